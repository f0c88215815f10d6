"""A page as it came: bytes to text, text to a table of blocks."""
