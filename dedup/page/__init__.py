"""One page: bytes to blocks to labels."""
