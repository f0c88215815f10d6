"""What a run stands on: worker processes, progress, and files that are whole or not there."""
