"""Exact figures for candidate pairs, from the shingles themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.near.lsh import Pairs
from dedup.near.threads import Progress, each, silent
from dedup.text.fold import fold_table
from dedup.text.shingles import Packed

# Shingles are cut anew for the texts of a batch of pairs, so that never more than these are held.
_BATCH_BYTES = 1 << 22
_GROUP = 256  # texts that are kept together, so that each is cut about once
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@dataclass(frozen=True, slots=True, eq=False)
class Verified:
    """Pairs with what they share.

    Attributes:
        pairs: ``a << 32 | b``, places in the array of texts, ascending.
        size_a: distinct shingles of ``a``.
        size_b: distinct shingles of ``b``.
        shared: distinct shingles that both have.
    """

    pairs: Pairs
    size_a: npt.NDArray[np.int64]
    size_b: npt.NDArray[np.int64]
    shared: npt.NDArray[np.int64]

    @property
    def jaccard(self) -> npt.NDArray[np.float64]:
        """Shared shingles over all distinct shingles of a pair."""
        union = np.maximum(self.size_a + self.size_b - self.shared, 1)
        jaccard: npt.NDArray[np.float64] = self.shared / union
        return jaccard

    @property
    def containment_a(self) -> npt.NDArray[np.float64]:
        """The share of ``a`` that is in ``b``."""
        return np.divide(self.shared, np.maximum(self.size_a, 1), dtype=np.float64)

    @property
    def containment_b(self) -> npt.NDArray[np.float64]:
        """The share of ``b`` that is in ``a``."""
        return np.divide(self.shared, np.maximum(self.size_b, 1), dtype=np.float64)

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Verified":
        """The chosen pairs only."""
        return Verified(
            self.pairs[chosen], self.size_a[chosen], self.size_b[chosen], self.shared[chosen]
        )


def verify(
    packed: Packed,
    texts: npt.NDArray[np.int64],
    pairs: Pairs,
    share: float,
    settings: TextSettings,
    jobs: int = 1,
    progress: Progress = silent,
) -> Verified:
    """Count what each candidate pair shares, and drop those that share too little.

    Args:
        packed: all texts.
        texts: the texts that the pairs speak of by their places in this array.
        pairs: candidates ``a << 32 | b``.
        share: what the pairs have to share of the smaller of their sets.
        settings: how texts are folded and cut.
        jobs: threads.
        progress: told how many pairs are done.

    Returns:
        The pairs that share enough, ascending, with exact counts.
    """
    from dedup.kernels.overlap import shared_shingles
    from dedup.kernels.pairs import neighbourhoods
    from dedup.kernels.tokens import shingles

    begins, ends = packed.offsets[texts], packed.offsets[texts + 1]
    a, b = split(pairs)
    # Texts that are connected come together, so that few are cut into shingles twice; the longer
    # text of a pair leads, so that a long one is cut once for many short ones.
    groups = neighbourhoods(pairs, texts.size, _GROUP)
    lengths = ends - begins
    swap = lengths[b] > lengths[a]
    lead, other = np.where(swap, b, a), np.where(swap, a, b)
    order = np.lexsort((other, lead, groups[lead]))
    sizes = np.empty((2, pairs.size), np.int64)
    shared = np.empty(pairs.size, np.int64)

    def batch(span: tuple[int, int]) -> None:
        chosen = order[span[0] : span[1]]
        here, local = np.unique(np.stack((lead[chosen], other[chosen])), return_inverse=True)
        local = local.reshape(2, -1)
        hashes, offsets, _, _ = shingles(
            packed.data, begins[here], ends[here], fold_table(), settings.shingle
        )
        counts, shared[chosen] = shared_shingles(hashes, offsets, local[0], local[1], share)
        sizes[:, chosen] = counts[np.where(swap[chosen], local[::-1], local)]

    spans = list(_batches(lengths, lead[order], other[order]))
    for (_, done), _ in zip(spans, each(batch, spans, jobs), strict=True):
        progress("pairs", done, pairs.size)
    return Verified(pairs, sizes[0], sizes[1], shared).where(shared > 0)


def split(pairs: Pairs) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first and the second texts of pairs."""
    return (pairs >> _32).astype(np.int64), (pairs & _LOW).astype(np.int64)


def _batches(
    lengths: npt.NDArray[np.int64], lead: npt.NDArray[np.int64], other: npt.NDArray[np.int64]
) -> Iterator[tuple[int, int]]:
    """Runs of pairs whose texts come to about `_BATCH_BYTES`, or to twice the longest text."""
    fresh = np.ones(lead.size, np.bool_)
    np.not_equal(lead[1:], lead[:-1], out=fresh[1:])
    total = np.cumsum(lengths[other] + np.where(fresh, lengths[lead], 0))
    room = max(_BATCH_BYTES, 2 * int(lengths.max(initial=0)))
    start = 0
    while start < lead.size:
        before = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + room)))
        yield start, stop
        start = stop
