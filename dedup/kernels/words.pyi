"""Plain words, 64 bytes at a time: for other kernels only (see ``words.pxd``)."""
