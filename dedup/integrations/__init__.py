"""Other people's frameworks: a few lines each that put dedup into them."""
