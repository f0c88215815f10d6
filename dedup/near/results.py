"""What a search for near-duplicates found: verified matches, clusters, and what to keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

from dedup.model import Cluster, Match, NearReport, Relation
from dedup.near.relation import KINDS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Matches(Sequence[Match]):
    """Matches as columns; a `Match` is made when one is asked for.

    Attributes:
        a: index of the first text of each pair.
        b: index of the second.
        jaccard: Jaccard similarity.
        containment_a: the share of a that is in b.
        containment_b: the share of b that is in a.
        kinds: the relations, as a tuple to look up ``kind`` in.
        kind: place of each pair's relation in ``kinds``.
        ids: what the indices stand for, or None where they are the ids.
    """

    a: Ints
    b: Ints
    jaccard: Floats
    containment_a: Floats
    containment_b: Floats
    kind: npt.NDArray[np.int8]
    ids: Sequence[int | str] | None = None
    kinds: tuple[Relation, ...] = KINDS

    def __len__(self) -> int:
        return self.a.size

    @overload
    def __getitem__(self, at: int) -> Match: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Match]: ...
    def __getitem__(self, at: int | slice) -> Match | Sequence[Match]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        a, b = int(self.a[at]), int(self.b[at])
        return Match(
            a=a if self.ids is None else self.ids[a],
            b=b if self.ids is None else self.ids[b],
            jaccard=float(self.jaccard[at]),
            containment_a=float(self.containment_a[at]),
            containment_b=float(self.containment_b[at]),
            kind=self.kinds[self.kind[at]],
        )


@dataclass(frozen=True, eq=False)
class Clusters:
    """The outcome of `dedup.find_duplicates`. Iterating gives the clusters of two texts and more.

    Attributes:
        leaders: for each text the index of the text that is kept for it (its own, if it is kept).
        matches: every verified pair of near-duplicates (a before b), and each exact copy (a) with
            the text that stands for it (b). What holds for a text holds for its exact copies.
        excerpts: directed containments: a is contained in b.
        report: what was searched, and what was passed over.
        ids: the caller's ids, or None where texts go by their index.
    """

    leaders: Ints
    matches: Matches
    excerpts: Matches
    report: NearReport
    ids: Sequence[int | str] | None = None

    @cached_property
    def keep(self) -> npt.NDArray[np.bool_]:
        """For each text whether it is kept."""
        kept: npt.NDArray[np.bool_] = self.leaders == np.arange(self.leaders.size)
        return kept

    @cached_property
    def _groups(self) -> tuple[Ints, Ints]:
        """Texts that are not kept, by their leaders; and where the run of each leader begins."""
        others = np.flatnonzero(~self.keep)
        others = others[np.argsort(self.leaders[others], kind="stable")]
        led = self.leaders[others]
        begins = np.flatnonzero(np.diff(led, prepend=-1))
        return others, np.append(begins, others.size)

    def __len__(self) -> int:
        return self._groups[1].size - 1

    def __iter__(self) -> Iterator[Cluster]:
        others, begins = self._groups
        for first, last in zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True):
            members = others[first:last].tolist()
            leader = int(self.leaders[members[0]])
            if self.ids is None:
                yield Cluster(leader, tuple(members))
            else:
                yield Cluster(self.ids[leader], tuple(self.ids[i] for i in members))
