"""Train the weights and those of the folds; see `benchmarks.training.train`."""

from benchmarks.training.train import main

if __name__ == "__main__":
    main()
