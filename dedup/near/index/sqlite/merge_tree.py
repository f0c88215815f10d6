"""Sorted runs of postings: a log-structured merge tree (O'Neil et al. 1996) in an SQLite file.

When two segments have grown to one level, they and those between them are merged into one, range
of keys by range of keys: what the new segment has up to its ``high`` is gone from the old ones,
whose ``low`` follows, so that a merge may stop and go on at any time, in any process.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dedup.near.index.sqlite.segment import COLUMNS, Ints, Keys, Segment, fits, numbers_of

# Documents of a segment of the lowest level, and how many times more the next level has. Every
# posting is written about four times a level, and a key is looked for in about one place a level.
FLUSH = 2048
_RATIO = 8
_STEP = 1 << 18  # postings merged in one transaction


class MergeTree:
    """The segments of a file. Whoever calls is inside a transaction."""

    def __init__(self, sql: sqlite3.Connection, cap: int) -> None:
        self._sql = sql
        self._cap = cap
        self.segments: dict[int, Segment] = {}

    @property
    def end(self) -> int:
        """The number behind that of the last document in segments."""
        return max((part.base + part.documents for part in self.segments.values()), default=0)

    def refresh(self, end: int) -> None:
        """Learn what other processes, or a merge, changed.

        Args:
            end: number of the document that is added next.

        Raises:
            ValueError: if a segment is about what there cannot be.
        """
        old, self.segments = self.segments, {}
        for row in self._sql.execute(f"SELECT {COLUMNS} FROM segment"):
            number, base, documents, postings, blocks, low, high, written, inputs = row
            made_of = tuple(json.loads(inputs))
            fresh = Segment(
                self._sql, number, base, documents, postings, blocks, low, high, written, made_of
            )
            fresh.check(end)
            if before := old.get(number):
                fresh.lines, fresh.known, fresh.asked = before.lines, before.known, before.asked
            self.segments[number] = fresh

    def forget(self) -> None:
        """Drop what is held in memory."""
        self.segments = {}

    def find(self, keys: Keys) -> Iterator[tuple[Ints, Ints]]:
        """For each segment the places of the keys found, and the documents that have them."""
        for part in self.segments.values():
            if part.low < part.high:
                yield part.find(keys)

    def write(self, base: int, documents: int, words: Keys) -> None:
        """Make a segment of sorted postings, whose numbers count from ``base``."""
        part = self._create(base, documents, words.size, ())
        part.fill(words, part.blocks, self._cap)

    def merge(self, postings: int, needs: npt.NDArray[np.uint8]) -> int:
        """Do a part of the work that merges need, smallest first.

        Args:
            postings: how many to merge, about.
            needs: of each document, 0 for those that were removed: their postings are left out.

        Returns:
            The postings merged; 0 when there is nothing to do.
        """
        self._begin_merge()
        running = [part for part in self.segments.values() if part.inputs]
        if not running:
            return 0
        part = min(running, key=lambda part: part.postings)
        inputs = [self.segments[i] for i in part.inputs]
        share = max(1, part.blocks * min(postings, _STEP) // max(part.postings, 1))
        last = min(part.blocks, part.filled + share)
        low, high = part.high, part.first_key(last)
        words = np.concatenate([source.range(low, high, part.base) for source in inputs])
        words = words[needs[numbers_of(words) + part.base] > 0]
        words.sort()
        part.fill(words, last, self._cap)
        for source in inputs:
            source.give_up(high)
        if last == part.blocks:
            part.finish()
            for source in inputs:
                source.drop()
                del self.segments[source.id]
        return max(words.size, 1)

    def join_all(self, anew: bool) -> None:
        """Begin to merge all segments that no merge is under way with into as few as can be.

        With ``anew`` a segment that stays alone is written anew.
        """
        for parts in self._free():
            rest = parts
            while rest:
                many = len(rest)
                while many > 1 and not _fit(rest[:many]):
                    many -= 1
                if many > 1 or anew:
                    self._join(rest[:many])
                rest = rest[many:]

    def _begin_merge(self) -> None:
        """Where two segments of one level are, join them and all between."""
        for parts in self._free():
            for i, part in enumerate(parts):
                for j in range(len(parts) - 1, i, -1):
                    if _level(parts[j]) >= _level(part) and _fit(parts[i : j + 1]):
                        self._join(parts[i : j + 1])
                        return

    def _free(self) -> list[list[Segment]]:
        """Neighbours that no merge is under way with."""
        running = [part for part in self.segments.values() if part.inputs]
        busy = {number for part in running for number in (part.id, *part.inputs)}
        groups: list[list[Segment]] = [[]]
        for part in sorted(self.segments.values(), key=lambda part: part.base):
            if part.id in busy:
                groups.append([])
            else:
                groups[-1].append(part)
        return groups

    def _join(self, parts: Sequence[Segment]) -> None:
        base, documents, postings = _together(parts)
        self._create(base, documents, postings, tuple(part.id for part in parts))

    def _create(self, base: int, documents: int, postings: int, inputs: tuple[int, ...]) -> Segment:
        part = Segment.create(self._sql, base, documents, postings, inputs)
        self.segments[part.id] = part
        return part


def _level(part: Segment) -> int:
    """The level of a segment, by the number of its documents."""
    level = 0
    while part.documents > FLUSH * _RATIO**level:
        level += 1
    return level


def _together(parts: Sequence[Segment]) -> tuple[int, int, int]:
    """Base, documents and postings of neighbours as one."""
    base, end = parts[0].base, parts[-1].base + parts[-1].documents
    return base, end - base, sum(part.postings for part in parts)


def _fit(parts: Sequence[Segment]) -> bool:
    _, documents, postings = _together(parts)
    return fits(postings, documents)
