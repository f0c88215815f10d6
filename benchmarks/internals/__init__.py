"""What the benchmarks take from inside the package, one file per room.

Suites use the public names of `dedup`. What training, folds and a few checks need beyond them is
imported here and nowhere else.
"""
