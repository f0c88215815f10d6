"""Records in and out: sources, readers, and writers of each format."""
