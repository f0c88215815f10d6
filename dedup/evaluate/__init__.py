"""The quality of cleaning on pages of which the main text is known, beside other cleaners."""
