"""Candidates for containment: texts that share more sampled shingles than chance would have.

A shingle is a sample where its hash says so (sampling modulo, Broder 1997), so two texts sample
what they share alike, however different their lengths.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.near.lsh import Pairs, distinct, text_mask


@dataclass(frozen=True, slots=True, eq=False)
class SamplePairs:
    """Candidate pairs; the samples that were too common to pair texts; the texts that have such."""

    pairs: Pairs
    hot: int
    veiled: int


def sample_pairs(
    samples: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    texts: npt.NDArray[np.int64],
    cap: int,
    share: float,
) -> SamplePairs:
    """Pairs of texts of which one may hold the given share of the other.

    Args:
        samples: sampled shingles, one text after the other.
        offsets: of each text in them.
        texts: the texts to pair; the pairs speak of their places in this array.
        cap: texts that may share a sample before it is passed over.
        share: the share of the shingles to look for.

    Returns:
        Distinct pairs ``a << 32 | b``, ascending, and what was passed over.
    """
    from dedup.near import kernels

    mask = text_mask(texts.size)
    place = np.full(offsets.size - 1, -1, np.int64)
    place[texts] = np.arange(texts.size)
    owners = np.repeat(place, np.diff(offsets))
    chosen = owners >= 0
    keys = samples[chosen] & ~mask
    keys |= owners[chosen].astype(np.uint64)
    del owners, chosen
    pairs, hot, veiled = kernels.sample_pairs(distinct(keys), mask, texts.size, cap, share)
    pairs.sort()
    return SamplePairs(pairs, hot, veiled)
