"""Candidates for containment: texts that share more sampled shingles than chance would have.

A shingle is a sample where its hash says so (sampling modulo, Broder 1997), so two texts sample
what they share alike, however different their lengths.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.near.bands import Pairs, distinct, text_mask
from dedup.near.parallel import each

# A long text is looked for by a quarter of its samples, one shingle in sixteen: of 192 it shares at
# least one with a probability above .9999. Only what it may have from shorter texts takes them all.
LONG = 192
COARSE = 3 << 62
# Places of the largest filter, as a power of two: 128 GB of bits are more than anybody has.
_MOST_BITS = 40


@dataclass(frozen=True, slots=True, eq=False)
class SamplePairs:
    """Candidate pairs; the samples that were too common to pair texts; the texts that have such."""

    pairs: Pairs
    hot: int
    veiled: int


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The samples that can tell something.

    Attributes:
        keys: distinct and ascending, each with its text in the low bits.
        bits: two masks: those that are zero in a coarse sample, and those that hold the text.
        is_long: for each text whether it has `LONG` shingles or more.
    """

    keys: npt.NDArray[np.uint64]
    bits: tuple[int, int]
    is_long: npt.NDArray[np.bool_]


def telling_samples(
    samples: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    texts: npt.NDArray[np.int64],
    is_long: npt.NDArray[np.bool_],
    jobs: int = 1,
) -> Samples:
    """Pick the samples that can tell something.

    Args:
        samples: sampled shingles, one text after the other.
        offsets: of each text in them.
        texts: the texts to pair; the pairs will speak of their places in this array.
        is_long: for each of these whether it has `LONG` shingles or more.
        jobs: threads.
    """
    from dedup.kernels.samples import mark_samples, pick_samples

    bits = (COARSE, int(text_mask(texts.size)))
    short = texts[~is_long]
    seen = empty_filter(int((offsets[short + 1] - offsets[short]).sum()))
    mark_samples(samples, offsets, texts, is_long, seen)

    def part(number: int) -> Pairs:  # of the hashes, from low to high
        return distinct(pick_samples(samples, offsets, texts, is_long, seen, bits, number, jobs))

    parts = list(each(part, range(jobs), jobs))
    return Samples(np.concatenate(parts) if jobs > 1 else parts[0], bits, is_long)


def sample_pairs(found: Samples, cap: int, share: float, jobs: int = 1) -> SamplePairs:
    """Pairs of texts of which one may hold the given share of the other.

    Args:
        found: the samples of the texts.
        cap: texts that may share a sample before it is passed over.
        share: the share of the shingles to look for.
        jobs: threads.

    Returns:
        Distinct pairs ``a << 32 | b``, ascending, and what was passed over.
    """
    from dedup.kernels import samples as kernels

    keys, bits, is_long = found.keys, found.bits, found.is_long
    buckets, total, hidden, hot = kernels.sample_buckets(keys, bits, is_long, cap)
    need = needed(total, hidden, share)

    def pairs_of(span: tuple[int, int]) -> Pairs:
        pairs, _ = kernels.sample_pairs(keys, bits, is_long, buckets, need, span)
        pairs.sort()
        return pairs

    # More spans than threads: the work for a text is not known before.
    turns = 1 if jobs == 1 else 8 * jobs
    begins = buckets[0]
    cuts = np.searchsorted(begins, np.linspace(0, int(begins[-1]), turns + 1)).tolist()
    cuts[0], cuts[-1] = 0, is_long.size
    pairs = np.concatenate(list(each(pairs_of, pairwise(cuts), jobs)))
    return SamplePairs(pairs, hot, int((hidden > 0).sum()))


def empty_filter(samples: int) -> npt.NDArray[np.uint64]:
    """A filter of bits for the samples of short texts, with 16 to 32 places for each.

    >>> empty_filter(100).size
    32
    """
    places = min(1 << _MOST_BITS, max(64, 1 << (16 * samples - 1).bit_length()))
    return np.zeros(places // 64, np.uint64)


def needed(
    total: npt.NDArray[np.int64], hidden: npt.NDArray[np.int64], share: float
) -> npt.NDArray[np.int64]:
    """How many of its samples a text has to share, so that it may share so much of its shingles.

    Args:
        total: the samples that it is judged by: all, of a long text the coarse ones.
        hidden: of these, those that were passed over: they may be shared for what is known.
        share: the share of the shingles to look for.

    >>> needed(np.array([100, 100, 1]), np.array([0, 60, 0]), 0.8).tolist()
    [68, 8, 1]
    """
    # Three standard deviations below what a share of the samples would be.
    low = np.floor(share * total - 3.0 * np.sqrt(share * (1.0 - share) * total))
    need: npt.NDArray[np.int64] = np.maximum(low.astype(np.int64) - hidden, 1)
    return need
