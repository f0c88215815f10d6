"""The templates of sites: fingerprints of blocks, and what recurs over the pages of a host."""
