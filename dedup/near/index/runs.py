"""Sorted runs of postings in an SQLite file: a log-structured merge tree (O'Neil et al. 1996).

A segment holds the postings of a range of documents, sorted, in blocks of about a page; it is never
changed. When two segments have grown to one level, they and those between them are merged into one,
range of keys by range of keys: what the new segment has up to its ``high`` is gone from the old
ones, whose ``low`` follows, so that a merge may stop and go on at any time, in any process.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dedup.near.index.layout import KEY_BITS, LINE_WORDS, LINES, NUMBER_BITS

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

SCHEMA = (
    """CREATE TABLE segment (
        id INTEGER PRIMARY KEY AUTOINCREMENT, base INTEGER NOT NULL, documents INTEGER NOT NULL,
        postings INTEGER NOT NULL, blocks INTEGER NOT NULL, low INTEGER NOT NULL,
        high INTEGER NOT NULL, written INTEGER NOT NULL, inputs TEXT NOT NULL)""",
    "CREATE TABLE block (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    """CREATE TABLE filter (
        segment INTEGER, first INTEGER, lines BLOB NOT NULL, PRIMARY KEY (segment, first))""",
)

# Documents of a segment of the lowest level, and how many times more the next level has. Every
# posting is written about four times a level, and a key is looked for in about one place a level.
FLUSH = 2048
_RATIO = 8
# Bytes of a block, so that nearly all fit the page of 4,096 bytes that they are stored in.
_BLOCK_BYTES = 3600
_LEAST_BLOCKS = 256  # so that a posting takes at most 57 bits
_MOST_BLOCKS = 1 << 20
_BLOCK_SHIFT = 24  # of a block's id, above: the segment
_STEP = 1 << 18  # postings merged in one transaction
_SCAN = 1 << 10  # blocks read at once
_PATIENCE = 64  # questions that a large segment answers without its filter
_SMALL = 1 << 16  # documents of a segment whose filter is read at once
_ALL = 1 << KEY_BITS
_SHIFT = np.uint64(NUMBER_BITS)


@dataclass(slots=True)
class Segment:
    """What the table ``segment`` says of one, and its filter.

    Attributes:
        id: never used twice.
        base: number of its first document.
        documents: numbers from there on that it is about.
        postings: as many as it has, or, while it is written, will have at most.
        blocks: blocks that all keys are spread over.
        low: its keys below this have gone to another segment.
        high: its keys from here on are still to come.
        written: postings up to ``high``.
        inputs: the segments that it is made of, while it is written.
        lines: the filter.
        known: blocks whose lines have been read.
        asked: how often it was asked without the filter.
    """

    id: int
    base: int
    documents: int
    postings: int
    blocks: int
    low: int
    high: int
    written: int
    inputs: tuple[int, ...]
    lines: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))
    known: int = 0
    asked: int = 0

    @property
    def number_bits(self) -> int:
        """Bits that the number of a document takes."""
        return max(1, (self.documents - 1).bit_length())

    @property
    def level(self) -> int:
        """The level, by the number of documents."""
        level = 0
        while self.documents > FLUSH * _RATIO**level:
            level += 1
        return level

    def first_key(self, block: int) -> int:
        """The smallest key of a block."""
        return -(-(block << KEY_BITS) // self.blocks)

    def block_of(self, key: int) -> int:
        """The block of a key."""
        return key * self.blocks >> KEY_BITS


class Runs:
    """The segments of a file. Whoever calls is inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, cap: int) -> None:
        self._sql = connection
        self._cap = cap
        self.segments: dict[int, Segment] = {}

    @property
    def end(self) -> int:
        """The number behind that of the last document in segments."""
        return max((part.base + part.documents for part in self.segments.values()), default=0)

    def refresh(self) -> None:
        """Learn what other processes, or a merge, changed."""
        old, self.segments = self.segments, {}
        for row in self._sql.execute("SELECT * FROM segment"):
            fresh = Segment(*row[:-1], tuple(json.loads(row[-1])))
            if before := old.get(fresh.id):
                fresh.lines, fresh.known, fresh.asked = before.lines, before.known, before.asked
            self.segments[fresh.id] = fresh

    def find(self, keys: Keys) -> Iterator[tuple[Ints, Ints]]:
        """For each segment the places of the keys found, and the documents that have them."""
        from dedup.near.index import kernels

        for part in self.segments.values():
            if part.low == part.high:
                continue
            self._read_filter(part)
            places, blocks = kernels.probe(keys, part.lines, part.blocks, part.low, part.high)
            if not places.size:
                continue
            wanted, which = np.unique(blocks, return_inverse=True)
            data, offsets = self._read(part, wanted.tolist())
            yield kernels.find(
                data, offsets, which, keys, places, blocks, part.blocks, part.number_bits, part.base
            )

    def forget(self) -> None:
        """Drop what is held in memory."""
        self.segments = {}

    def words(self, part: Segment, first: int, last: int) -> Keys:
        """The postings of some documents of a segment, by key, numbers from its base."""
        low, found = part.low, []
        while low < part.high:
            block = part.block_of(low)
            high = min(part.first_key(block + _SCAN), part.high)
            words = self._range(part, low, high, part.base)
            numbers = _numbers(words) + part.base
            found.append(words[(numbers >= first) & (numbers < last)])
            low = high
        return np.concatenate(found) if found else np.zeros(0, np.uint64)

    def write(self, base: int, documents: int, words: Keys) -> None:
        """Make a segment of sorted postings, whose numbers count from ``base``."""
        part = self._create(base, documents, words.size, ())
        self._fill(part, words, part.blocks)

    def merge(self, postings: int, removed: Ints) -> int:
        """Do a part of the work that merges need, smallest first.

        Args:
            postings: how many to merge, about.
            removed: documents whose postings are left out.

        Returns:
            The postings merged; 0 when there is nothing to do.
        """
        self._begin_merge()
        running = [part for part in self.segments.values() if part.inputs]
        if not running:
            return 0
        part = min(running, key=lambda part: part.postings)
        inputs = [self.segments[i] for i in part.inputs]
        first = part.block_of(part.high) if part.high else 0
        share = max(1, part.blocks * min(postings, _STEP) // max(part.postings, 1))
        last = min(part.blocks, first + share)
        low, high = part.first_key(first), part.first_key(last)
        words = np.concatenate([self._range(source, low, high, part.base) for source in inputs])
        if removed.size:
            words = words[~np.isin(_numbers(words), removed - part.base)]
        words.sort()
        self._fill(part, words, last)
        for source in inputs:
            done = range(source.block_of(low), source.block_of(high))
            self._delete(source, done.start, done.stop)
            source.low = high
            self._sql.execute("UPDATE segment SET low = ? WHERE id = ?", (high, source.id))
        if last == part.blocks:
            part.inputs, part.postings = (), part.written
            self._sql.execute(
                "UPDATE segment SET inputs = '[]', postings = written WHERE id = ?", (part.id,)
            )
            for source in inputs:
                self._drop(source)
        return max(words.size, 1)

    def join_all(self, anew: bool) -> None:
        """Begin to merge all segments that no merge is under way with into as few as can be.

        With ``anew`` a segment that stays alone is written anew.
        """
        for parts in self._free():
            rest = parts
            while rest:
                many = len(rest)
                while many > 1 and not self._fits(rest[:many]):
                    many -= 1
                if many > 1 or anew:
                    self._join(rest[:many])
                rest = rest[many:]

    def _begin_merge(self) -> None:
        """Where two segments of one level are, join them and all between."""
        for parts in self._free():
            for i, part in enumerate(parts):
                for j in range(len(parts) - 1, i, -1):
                    if parts[j].level >= part.level and self._fits(parts[i : j + 1]):
                        self._join(parts[i : j + 1])
                        return

    def _free(self) -> list[list[Segment]]:
        """Neighbours that no merge is under way with."""
        busy = {i for part in self.segments.values() for i in (part.id, *part.inputs) if part.inputs}
        groups: list[list[Segment]] = [[]]
        for part in sorted(self.segments.values(), key=lambda part: part.base):
            if part.id in busy:
                groups.append([])
            else:
                groups[-1].append(part)
        return groups

    def _fits(self, parts: Sequence[Segment]) -> bool:
        documents = parts[-1].base + parts[-1].documents - parts[0].base
        blocks = sum(part.postings for part in parts) // _per_block(documents)
        return documents < 1 << NUMBER_BITS and blocks < _MOST_BLOCKS

    def _join(self, parts: Sequence[Segment]) -> Segment:
        base, end = parts[0].base, parts[-1].base + parts[-1].documents
        postings = sum(part.postings for part in parts)
        return self._create(base, end - base, postings, tuple(part.id for part in parts))

    def _create(
        self, base: int, documents: int, postings: int, inputs: tuple[int, ...]
    ) -> Segment:
        blocks = max(_LEAST_BLOCKS, -(-postings // _per_block(documents)))
        row = (base, documents, postings, blocks, json.dumps(inputs))
        number = self._sql.execute(
            "INSERT INTO segment (base, documents, postings, blocks, low, high, written, inputs)"
            " VALUES (?, ?, ?, ?, 0, 0, 0, ?) RETURNING id",
            row,
        ).fetchone()[0]
        part = Segment(number, base, documents, postings, blocks, 0, 0, 0, inputs)
        self.segments[number] = part
        return part

    def _fill(self, part: Segment, words: Keys, last: int) -> None:
        """Write the blocks of a segment from its ``high`` up to ``last``."""
        from dedup.near.index import kernels

        first = part.block_of(part.high) if part.high else 0
        data, offsets, lines = kernels.pack_blocks(
            words, first, last, part.blocks, part.number_bits, self._cap
        )
        raw, at = data.tobytes(), offsets.tolist()
        self._sql.executemany(
            "INSERT INTO block VALUES (?, ?)",
            (
                (part.id << _BLOCK_SHIFT | first + i, raw[at[i] : at[i + 1]])
                for i in range(last - first)
            ),
        )
        self._sql.execute("INSERT INTO filter VALUES (?, ?, ?)", (part.id, first, lines.tobytes()))
        part.high = part.first_key(last)
        part.written += words.size
        self._sql.execute(
            "UPDATE segment SET high = ?, written = ? WHERE id = ?",
            (part.high, part.written, part.id),
        )

    def _range(self, part: Segment, low: int, high: int, base: int) -> Keys:
        """The postings of a range of keys, with numbers counted from ``base``."""
        from dedup.near.index import kernels

        first, last = part.block_of(low), part.block_of(high - 1) + 1
        data, offsets = self._read(part, range(first, last))
        words: Keys = kernels.unpack_blocks(
            data, offsets, first, part.blocks, part.number_bits, part.base - base
        )
        begin, end = np.searchsorted(words, np.array([low, high], np.uint64) << _SHIFT)
        return words[begin:end] if high < _ALL else words[begin:]

    def _read(self, part: Segment, blocks: Sequence[int]) -> tuple[npt.NDArray[np.uint8], Ints]:
        """Blocks of a segment, one after the other, and where each begins."""
        if isinstance(blocks, range):
            rows = self._sql.execute(
                "SELECT data FROM block WHERE id >= ? AND id < ? ORDER BY id",
                (part.id << _BLOCK_SHIFT | blocks.start, part.id << _BLOCK_SHIFT | blocks.stop),
            ).fetchall()
        else:
            rows = self._sql.execute(
                "SELECT data FROM json_each(?) CROSS JOIN block ON block.id = (value + ?)",
                (str(blocks), part.id << _BLOCK_SHIFT),
            ).fetchall()
        pieces = [row[0] for row in rows]
        offsets = np.zeros(len(pieces), np.int64)
        if len(pieces) > 1:
            np.cumsum([len(piece) for piece in pieces[:-1]], out=offsets[1:])
        return np.frombuffer(b"".join(pieces), np.uint8), offsets

    def _read_filter(self, part: Segment) -> None:
        """Read what is missing of a filter, once it is worth it."""
        if part.documents > _SMALL and part.asked < _PATIENCE:
            part.asked += 1
            return
        there = part.block_of(part.high) if part.high else 0
        if part.known == there:
            return
        rows = self._sql.execute(
            "SELECT lines FROM filter WHERE segment = ? AND first >= ? ORDER BY first",
            (part.id, part.known),
        )
        size = part.blocks * LINES * LINE_WORDS
        if not part.lines.size:
            part.lines = np.zeros(size, np.uint64)
        at = part.known * LINES * LINE_WORDS
        for (data,) in rows:
            lines = np.frombuffer(data, np.uint64)
            part.lines[at : at + lines.size] = lines
            at += lines.size
        part.known = there

    def _delete(self, part: Segment, first: int, last: int) -> None:
        self._sql.execute(
            "DELETE FROM block WHERE id >= ? AND id < ?",
            (part.id << _BLOCK_SHIFT | first, part.id << _BLOCK_SHIFT | last),
        )

    def _drop(self, part: Segment) -> None:
        self._delete(part, 0, part.blocks)
        self._sql.execute("DELETE FROM filter WHERE segment = ?", (part.id,))
        self._sql.execute("DELETE FROM segment WHERE id = ?", (part.id,))
        del self.segments[part.id]


def _per_block(documents: int) -> int:
    """Postings that a block takes on average.

    >>> _per_block(1_000_000)
    669
    """
    bits = max(1, (documents - 1).bit_length())
    # The bits of a key in a block shrink as blocks grow in number with the documents: about 43 less.
    return 8 * _BLOCK_BYTES // max(40, bits + _key_bits(documents))


def _key_bits(documents: int) -> int:
    """Bits of a key within its block, for the common number of postings (about 100) a document."""
    return KEY_BITS - max(7, (documents * 100 // 650).bit_length() - 1)


def _numbers(words: Keys) -> Ints:
    return (words & np.uint64((1 << NUMBER_BITS) - 1)).astype(np.int64)
