"""What a search for near-duplicates found: verified matches, clusters, and what to keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from dedup.errors import MissingExtraError
from dedup.model import Cluster, Match, NearReport, Relation
from dedup.near.relation import KINDS
from dedup.values import Columns

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matches(Columns, Sequence[Match]):
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

    def __repr__(self) -> str:
        return f"<Matches: {len(self)} pairs>"

    def to_arrow(self) -> Any:
        """A table with a row per pair: ``a``, ``b``, the three figures and ``kind``.

        Raises:
            MissingExtraError: if pyarrow is not installed.
        """
        pa = _arrow()
        kinds = pa.array([str(kind) for kind in self.kinds])
        return pa.table(
            {
                "a": _named(self.a, self.ids),
                "b": _named(self.b, self.ids),
                "jaccard": self.jaccard,
                "containment_a": self.containment_a,
                "containment_b": self.containment_b,
                "kind": kinds.take(pa.array(self.kind)),
            }
        )

    def to_pandas(self) -> Any:
        """`to_arrow` as a pandas frame."""
        return self.to_arrow().to_pandas()


@dataclass(frozen=True, eq=False, repr=False)
class Clusters(Columns, Sequence[Cluster]):
    """The outcome of `dedup.find_duplicates`: a sequence of the clusters of two texts and more.

    >>> from dedup import find_duplicates
    >>> found = find_duplicates({"a": "one", "b": "two", "c": "ONE"})
    >>> found, found[0]
    (<Clusters: 1 of 3 texts, 2 kept>, Cluster(keep='a', members=('c',)))
    >>> found.to_arrow().to_pydict()
    {'text': ['a', 'b', 'c'], 'keep': [True, True, False], 'cluster': ['a', 'b', 'a']}

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
        return map(self._cluster, range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Cluster: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Cluster]: ...
    def __getitem__(self, at: int | slice) -> Cluster | Sequence[Cluster]:
        if isinstance(at, slice):
            return [self._cluster(i) for i in range(*at.indices(len(self)))]
        return self._cluster(range(len(self))[at])

    def _cluster(self, at: int) -> Cluster:
        others, begins = self._groups
        members = others[begins[at] : begins[at + 1]].tolist()
        leader = int(self.leaders[members[0]])
        if self.ids is None:
            return Cluster(leader, tuple(members))
        return Cluster(self.ids[leader], tuple(self.ids[i] for i in members))

    def __repr__(self) -> str:
        kept = int(self.keep.sum())
        return f"<Clusters: {len(self)} of {self.leaders.size} texts, {kept} kept>"

    def to_arrow(self) -> Any:
        """A table with a row per text: its id, whether it is kept, and which is kept for it.

        Raises:
            MissingExtraError: if pyarrow is not installed.
        """
        texts = np.arange(self.leaders.size)
        columns = {"text": _named(texts, self.ids), "keep": self.keep}
        return _arrow().table({**columns, "cluster": _named(self.leaders, self.ids)})

    def to_pandas(self) -> Any:
        """`to_arrow` as a pandas frame."""
        return self.to_arrow().to_pandas()


def _named(texts: Ints, ids: Sequence[int | str] | None) -> Any:
    """A column of what texts are called."""
    return texts if ids is None else [ids[text] for text in texts.tolist()]


def _arrow() -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise MissingExtraError("pyarrow", "corpus") from error
    return pyarrow
