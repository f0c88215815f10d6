"""Many pages or documents: records in and out, site templates, the resumable pipeline."""
