"""Exact figures for candidate pairs, from the shingles themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.columns import Readable
from dedup.config import TextSettings
from dedup.near.bands import Pairs, distinct, split
from dedup.near.parallel import Progress, each, silent
from dedup.near.relation import Figures, figures
from dedup.text.fold import fold_table

# Shingles are cut anew for the texts of a batch of pairs, so that never more than these are held.
_BATCH_BYTES = 1 << 22
_GROUP = 256  # texts that are kept together, so that each is cut about once


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
    def figures(self) -> Figures:
        """Jaccard similarity and containments of each pair."""
        return figures(self.size_a, self.size_b, self.shared)

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Verified":
        """The chosen pairs only."""
        return Verified(
            self.pairs[chosen], self.size_a[chosen], self.size_b[chosen], self.shared[chosen]
        )


def verify(
    texts: Readable,
    chosen: npt.NDArray[np.int64],
    pairs: Pairs,
    share: float,
    settings: TextSettings,
    jobs: int = 1,
    progress: Progress = silent,
) -> Verified:
    """Count what each candidate pair shares, and drop those that share too little.

    Args:
        texts: all texts.
        chosen: the texts that the pairs speak of by their places in this array.
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
    from dedup.kernels.shingles import shingles

    lengths = texts.sizes[chosen]
    a, b = split(pairs)
    # Texts that are connected come together, so that few are cut into shingles twice, the shorter
    # ones first; the later text of a pair leads: see `shared_shingles`.
    groups = neighbourhoods(pairs, chosen.size, _GROUP)
    queue = np.lexsort((lengths, groups))
    turn = np.empty(chosen.size, np.int64)
    turn[queue] = np.arange(chosen.size)
    swap = turn[b] > turn[a]
    lead, other = np.where(swap, b, a), np.where(swap, a, b)
    order = np.argsort((turn[lead] << 32) + turn[other])
    sizes = np.empty((2, pairs.size), np.int64)
    shared = np.empty(pairs.size, np.int64)

    def batch(span: tuple[int, int]) -> None:
        these = order[span[0] : span[1]]
        one, two = turn[lead[these]], turn[other[these]]
        here = distinct(np.concatenate((one, two)))
        places = np.empty(chosen.size, np.int64)  # only those of the texts here are filled
        places[here] = np.arange(here.size)
        one, two = places[one], places[two]
        taken = texts.taken(chosen[queue[here]])
        hashes, offsets, _, _ = shingles(taken, fold_table(), settings.shingle)
        counts, shared[these] = shared_shingles(hashes, offsets, one, two, share)
        turned = swap[these]
        sizes[0, these] = counts[np.where(turned, two, one)]
        sizes[1, these] = counts[np.where(turned, one, two)]

    spans = list(_batches(lengths, groups, lead[order], other[order], jobs))
    for (_, done), _ in zip(spans, each(batch, spans, jobs), strict=True):
        progress("pairs", done, pairs.size)
    return Verified(pairs, sizes[0], sizes[1], shared).where(shared > 0)


def _batches(
    lengths: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    lead: npt.NDArray[np.int64],
    other: npt.NDArray[np.int64],
    jobs: int,
) -> Iterator[tuple[int, int]]:
    """Runs of pairs whose texts come to about `_BATCH_BYTES` on all threads.

    A run may come to twice the longest text. The pairs of a group come together; its texts count
    once, and those of other groups each time.
    """
    group = groups[lead]
    fresh = np.ones(lead.size, np.bool_)
    np.not_equal(group[1:], group[:-1], out=fresh[1:])
    weights = np.bincount(groups, lengths).astype(np.int64)
    total = np.cumsum(
        np.where(groups[other] != group, lengths[other], 0) + np.where(fresh, weights[group], 0)
    )
    room = max(_BATCH_BYTES // jobs, 2 * int(lengths.max(initial=0)))
    start = 0
    while start < lead.size:
        before = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + room)))
        yield start, stop
        start = stop
