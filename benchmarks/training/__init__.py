"""How the weights of the block classifier are made: labels, targets, folds and training."""
