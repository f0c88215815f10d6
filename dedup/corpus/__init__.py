"""Many pages or documents: records in and out, the templates of sites, a run that can resume."""
