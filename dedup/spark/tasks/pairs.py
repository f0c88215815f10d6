"""Pairs put together, weighed, and compared; and which text leads which."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dedup.config import Settings
from dedup.near.batches import add_up, compare_pairs
from dedup.near.samples import LONG, needed
from dedup.near.streams import Followers
from dedup.spark.rows import (
    COMMON,
    HIDDEN,
    OWN,
    PAIRS,
    SETTLED,
    Partitions,
    batch,
    counted,
    gathered,
    pack,
    unpack,
)
from dedup.spark.tasks.bands import SURE

Batches = Iterable[Any]
# Pairs that are written together, and that are compared together.
_PAIRS, _COMPARED = 1 << 17, 1 << 12


@dataclass(frozen=True, slots=True)
class MergePairs:
    """Packed rows of pairs, all of a pair on one task, to one of each: settled, or still open."""

    partitions: Partitions

    def __call__(self, batches: Batches) -> Iterator[Any]:
        a, b, every, some = unpack(batches)[PAIRS]
        a, b, every, some = add_up(a, b, every.astype(np.int64), some.astype(np.int64))
        settled = every >= SURE
        # Anywhere: very many of these may have one text in common.
        columns = [a[settled], b[settled]]
        yield pack(SETTLED, self.partitions.of_numbers(*columns), columns, self.partitions)
        columns = [column[~settled] for column in (a, b, every, some)]
        yield pack(PAIRS, self.partitions.of_numbers(columns[0]), columns, self.partitions)


@dataclass(frozen=True, slots=True)
class WeighPairs:
    """Open pairs, where what their first text needs is there: settled, or open for the second.

    A pair is turned round where it stays open. ``last``: it comes from there; rows of pairs are
    written, and those that are open are dropped.
    """

    share: float
    last: bool
    partitions: Partitions

    SCHEMA = "a long, b long"
    OPEN = "part int, data binary, count long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        found = unpack(batches)
        a, b, every, some = found[PAIRS]
        numbers, need, is_long, veiled = self._needs(found[OWN], found[HIDDEN], found[COMMON])
        at = np.searchsorted(numbers, a)
        settled = np.where(is_long[at], some, every) >= need[at]
        first = np.concatenate((found[SETTLED][0], a[settled]))
        second = np.concatenate((found[SETTLED][1], b[settled]))
        if self.last:
            for start in range(0, first.size, _PAIRS):
                some_of = slice(start, start + _PAIRS)
                yield batch(a=(first[some_of], "int64"), b=(second[some_of], "int64"))
            return
        columns = [first, second]
        yield counted(pack(SETTLED, self.partitions.of_numbers(*columns), columns, self.partitions))
        columns = [b[~settled], a[~settled], every[~settled], some[~settled]]
        places = self.partitions.of_numbers(b[~settled])
        yield counted(pack(PAIRS, places, columns, self.partitions), veiled)

    def _needs(
        self, own: list[Any], hidden: list[Any], common: list[Any]
    ) -> tuple[Any, Any, Any, int]:
        order = np.argsort(own[0])
        numbers, judged = own[0][order], own[1][order].astype(np.int64)
        passed = np.zeros(numbers.size, np.int64)
        np.add.at(passed, np.searchsorted(numbers, hidden[0]), hidden[1])
        texts, first = np.unique(common[0], return_index=True)  # the same from each copy
        passed[np.searchsorted(numbers, texts)] += common[1][first]
        is_long = judged < 0
        total = np.where(is_long, -judged - 1, judged)
        return numbers, needed(total, passed, self.share), is_long, int((passed > 0).sum())


@dataclass(frozen=True, slots=True)
class PackOwn:
    """Rows of heads to packed rows of what they are judged by."""

    partitions: Partitions

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for rows in gathered(batches, _PAIRS):
            numbers = rows.column("k").to_numpy()
            own = rows.column("own").to_numpy().astype(np.int64)
            is_long = rows.column("tokens").to_numpy() >= LONG
            judged = np.where(is_long, -own - 1, own)
            places = self.partitions.of_numbers(numbers)
            yield pack(OWN, places, [numbers, judged], self.partitions)


@dataclass(frozen=True, slots=True)
class Compare:
    """Rows of pairs with both texts to rows of those that are near-duplicates or contained.

    Of each pair the text that would be kept comes first.
    """

    settings: Settings

    SCHEMA = (
        "a long, b long, tokens_a int, tokens_b int, pref_a double, pref_b double, kind byte, "
        "jaccard double, containment_a double, containment_b double, b_inside boolean, "
        "inner_last boolean"
    )

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for rows in gathered(batches, _COMPARED):
            yield self._compared(rows)

    def _compared(self, rows: Any) -> Any:
        sides = [
            [rows.column(name).to_numpy() for name in (f"pref_{side}", f"tokens_{side}", side)]
            for side in "ab"
        ]
        (pref_a, tokens_a, a), (pref_b, tokens_b, b) = sides
        swap = np.where(
            pref_a != pref_b,
            pref_a > pref_b,
            np.where(tokens_a != tokens_b, tokens_a < tokens_b, a > b),
        )
        pref, tokens, numbers = (
            (np.where(swap, y, x), np.where(swap, x, y)) for x, y in zip(*sides, strict=True)
        )
        # Which text is which does not matter to what they share, so that none has to be moved.
        found = compare_pairs(
            (a, b), (rows.column("text_a"), rows.column("text_b")), self.settings.near,
            self.settings.text, swap,
        )  # fmt: skip
        at = found.at
        return batch(
            a=(numbers[0][at], "int64"), b=(numbers[1][at], "int64"),
            tokens_a=(tokens[0][at], "int32"), tokens_b=(tokens[1][at], "int32"),
            pref_a=(pref[0][at], "double"), pref_b=(pref[1][at], "double"),
            kind=(found.kind, "int8"), jaccard=(found.jaccard, "double"),
            containment_a=(found.containment_a, "double"),
            containment_b=(found.containment_b, "double"),
            b_inside=(found.b_inside, "bool"), inner_last=(found.inner_last, "bool"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lead:
    """Rows of pairs in order, ``first`` and ``second`` by their places, to those that lead."""

    texts: int

    SCHEMA = "first long, second long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        stream = Followers(self.texts)
        for rows in gathered(batches, _PAIRS):
            first, second = (rows.column(name).to_numpy() for name in ("first", "second"))
            leads = stream.feed(first, second)
            yield batch(first=(first[leads], "int64"), second=(second[leads], "int64"))
