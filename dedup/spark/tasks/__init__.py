"""What the tasks of a search do with their record batches: Arrow in, Arrow out.

Each task is a frozen value that is called with an iterator of record batches, so that what it needs
travels with it; Spark pickles it by the name of its class, so ``dedup`` has to be installed where
the tasks run.
"""

from dedup.spark.tasks.bands import CommonBands, PackBands, PairBands, StreamBuckets
from dedup.spark.tasks.fingerprints import CommonKeys, Fingerprint
from dedup.spark.tasks.pairs import Compare, Lead, MergePairs, PackOwn, WeighPairs
from dedup.spark.tasks.samples import HiddenSamples, MarkShort, PackSamples, PairSamples

__all__ = [
    "CommonBands",
    "CommonKeys",
    "Compare",
    "Fingerprint",
    "HiddenSamples",
    "Lead",
    "MarkShort",
    "MergePairs",
    "PackBands",
    "PackOwn",
    "PackSamples",
    "PairBands",
    "PairSamples",
    "StreamBuckets",
    "WeighPairs",
]
