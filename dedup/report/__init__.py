"""What people look at: the report of a run, and the blocks of a page, each as one file of HTML."""
