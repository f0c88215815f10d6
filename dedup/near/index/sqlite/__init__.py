"""The index in one SQLite file: documents in tables, postings in a merge tree of segments."""
