"""Candidates for containment: texts that share more sampled shingles than chance would have.

A shingle is a sample where its hash says so (sampling modulo, Broder 1997), so two texts sample
what they share alike, however different their lengths.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.near.lsh import Pairs, distinct, text_mask
from dedup.near.threads import each

# A long text is looked for by a quarter of its samples, one shingle in sixteen: of 192 it shares at
# least one with a probability above .9999. Only what it may have from shorter texts takes them all.
LONG = 192
_COARSE = 3 << 62


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
    is_long: npt.NDArray[np.bool_],
    cap: int,
    share: float,
    jobs: int = 1,
) -> SamplePairs:
    """Pairs of texts of which one may hold the given share of the other.

    Args:
        samples: sampled shingles, one text after the other.
        offsets: of each text in them.
        texts: the texts to pair; the pairs speak of their places in this array.
        is_long: for each of these whether it has `LONG` shingles or more.
        cap: texts that may share a sample before it is passed over.
        share: the share of the shingles to look for.
        jobs: threads.

    Returns:
        Distinct pairs ``a << 32 | b``, ascending, and what was passed over.
    """
    from dedup.kernels import samples as kernels

    bits = (_COARSE, int(text_mask(texts.size)))

    def part(number: int) -> Pairs:  # of the hashes, from low to high
        return distinct(kernels.pick_samples(samples, offsets, texts, is_long, bits, number, jobs))

    parts = list(each(part, range(jobs), jobs))
    keys = np.concatenate(parts) if jobs > 1 else parts[0]
    del parts
    pairs, hot, veiled = kernels.sample_pairs(keys, bits, is_long, cap, share)
    pairs.sort()
    return SamplePairs(pairs, hot, veiled)
