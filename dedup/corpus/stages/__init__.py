"""The stages of a run, in their order: clean, templates, texts, near, write."""
