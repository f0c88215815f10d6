"""Many texts: sketches, candidates, verified matches, clusters."""
