"""One text: fold, tokens, shingles, sketch."""
