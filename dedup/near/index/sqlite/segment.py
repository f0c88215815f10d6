"""A segment: the sorted postings of a range of documents, in blocks of about a page, in SQLite."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt

from dedup.near.index.format import KEY_BITS, LINE_WORDS, LINES, NUMBER_BITS

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
COLUMNS = "id, base, documents, postings, blocks, low, high, written, inputs"
END = 1 << KEY_BITS
# Of all blocks of a segment: with fewer a posting would take more than 57 bits, and with more the
# place of a key could not be found by one multiplication.
_LEAST, _MOST = 256, 1 << 20
# Bytes of a block, so that nearly all fit the page of 4,096 bytes that they are stored in.
_BLOCK_BYTES = 3600
_ID_SHIFT = 24  # of a block's id, above: the segment
_PATIENCE = 64  # questions that a large segment answers without its filter
_SMALL = 1 << 16  # documents of a segment whose filter is read at once
_SCAN = 1 << 11  # blocks read at once


@dataclass(slots=True)
class Segment:
    """What the table ``segment`` says of one, and its filter.

    All but ``low`` and ``high`` stays as it is once it is written.

    Attributes:
        sql: the file.
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

    sql: sqlite3.Connection
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

    def first_key(self, block: int) -> int:
        """The smallest key of a block."""
        return -(-(block << KEY_BITS) // self.blocks)

    def block_of(self, key: int) -> int:
        """The block of a key."""
        return key * self.blocks >> KEY_BITS

    @classmethod
    def create(
        cls,
        sql: sqlite3.Connection,
        base: int,
        documents: int,
        postings: int,
        inputs: tuple[int, ...],
    ) -> Self:
        """A new one without postings yet."""
        blocks = max(_LEAST, blocks_for(postings, documents))
        row = (base, documents, postings, blocks, json.dumps(inputs))
        number = sql.execute(
            "INSERT INTO segment (base, documents, postings, blocks, low, high, written, inputs)"
            " VALUES (?, ?, ?, ?, 0, 0, 0, ?) RETURNING id",
            row,
        ).fetchone()[0]
        return cls(sql, number, base, documents, postings, blocks, 0, 0, 0, inputs)

    def check(self, end: int) -> None:
        """See that the row makes sense: a damaged file may tell anything.

        Args:
            end: number past the last document that there is.

        Raises:
            ValueError: if it does not.
        """
        sound = (
            self.base >= 0
            and 0 < self.documents < 1 << NUMBER_BITS
            and self.base + self.documents <= end
            and self.postings >= 0
            and _LEAST <= self.blocks <= _MOST
            and 0 <= self.low <= self.high <= END
            and self.written >= 0
            and all(type(number) is int for number in self.inputs)
        )
        if not sound:
            raise ValueError(f"what is stored of segment {self.id} is no segment")

    @property
    def filled(self) -> int:
        """Blocks written so far."""
        return self.block_of(self.high)

    def fill(self, words: Keys, last: int, cap: int) -> None:
        """Write the blocks up to ``last``, from sorted postings."""
        from dedup.kernels import blocks as kernels

        first = self.filled
        data, offsets, lines = kernels.pack_blocks(
            words, (first, last), self.blocks, self.number_bits, cap
        )
        raw, at = data.tobytes(), offsets.tolist()
        self.sql.executemany(
            "INSERT INTO block VALUES (?, ?)",
            ((self._block(first + i), raw[at[i] : at[i + 1]]) for i in range(last - first)),
        )
        self.sql.execute("INSERT INTO filter VALUES (?, ?, ?)", (self.id, first, lines.tobytes()))
        self.high = self.first_key(last)
        self.written += words.size
        self.sql.execute(
            "UPDATE segment SET high = ?, written = ? WHERE id = ?",
            (self.high, self.written, self.id),
        )

    def finish(self) -> None:
        """All is written."""
        self.inputs, self.postings = (), self.written
        self.sql.execute(
            "UPDATE segment SET inputs = '[]', postings = written WHERE id = ?", (self.id,)
        )

    def give_up(self, high: int) -> None:
        """Leave the keys below ``high`` to another segment."""
        self._delete(self.block_of(self.low), self.block_of(high))
        self.low = high
        self.sql.execute("UPDATE segment SET low = ? WHERE id = ?", (high, self.id))

    def drop(self) -> None:
        """Take it out of the file."""
        self._delete(0, self.blocks)
        self.sql.execute("DELETE FROM filter WHERE segment = ?", (self.id,))
        self.sql.execute("DELETE FROM segment WHERE id = ?", (self.id,))

    def find(self, keys: Keys) -> tuple[Ints, Ints]:
        """Places of the keys found, once for each document, and the documents' numbers."""
        from dedup.kernels import blocks as kernels

        self._read_filter()
        places, blocks = kernels.probe(keys, self.lines, self.blocks, self.low, self.high)
        order = np.argsort(blocks)
        places, blocks = places[order], blocks[order]
        wanted, which = np.unique(blocks, return_inverse=True)
        cuts = np.searchsorted(which, np.arange(0, wanted.size + _SCAN, _SCAN)).tolist()
        found: list[tuple[Ints, Ints]] = [(_NOTHING, _NOTHING)]
        for turn, (first, last) in enumerate(pairwise(cuts)):
            data, offsets = self._read(wanted[turn * _SCAN : (turn + 1) * _SCAN].tolist())
            found.append(
                kernels.find(
                    data,
                    offsets,
                    which[first:last] - turn * _SCAN,
                    (keys, places[first:last], blocks[first:last]),
                    (self.blocks, self.number_bits, self.base),
                )
            )
        numbers = np.concatenate([number for _, number in found])
        if numbers.size and int(numbers.max()) >= self.base + self.documents:
            raise ValueError(f"segment {self.id} has postings of documents that are not its own")
        return np.concatenate([place for place, _ in found]), numbers

    def range(self, low: int, high: int, base: int) -> Keys:
        """The postings of a range of keys, with numbers counted from ``base``."""
        from dedup.kernels import blocks as kernels

        first, last = self.block_of(low), self.block_of(high - 1) + 1
        data, offsets = self._read(range(first, last))
        words: Keys = kernels.unpack_blocks(
            data, offsets, first, self.blocks, self.number_bits, self.base - base
        )
        begin, end = np.searchsorted(words, np.array([low, high], np.uint64) << _SHIFT)
        return words[begin:end] if high < END else words[begin:]

    def words(self, first: int, last: int) -> Keys:
        """The postings of some documents, by key, with numbers counted from ``first``."""
        low, found = self.low, [np.zeros(0, np.uint64)]
        while low < self.high:
            high = min(self.first_key(self.block_of(low) + _SCAN), self.high)
            words = self.range(low, high, self.base)
            numbers = numbers_of(words) + self.base
            chosen = (numbers >= first) & (numbers < last)
            keys = words[chosen] >> _SHIFT << _SHIFT
            found.append(keys | (numbers[chosen] - first).astype(np.uint64))
            low = high
        return np.concatenate(found)

    def _read(self, blocks: Sequence[int]) -> tuple[npt.NDArray[np.uint8], Ints]:
        """Some blocks, one after the other, and where each begins."""
        if isinstance(blocks, range):
            rows = self.sql.execute(
                "SELECT data FROM block WHERE id >= ? AND id < ? ORDER BY id",
                (self._block(blocks.start), self._block(blocks.stop)),
            ).fetchall()
        else:
            rows = self.sql.execute(
                "SELECT data FROM json_each(?) CROSS JOIN block ON block.id = (value + ?)",
                (str(blocks), self._block(0)),
            ).fetchall()
        pieces = [row[0] for row in rows]
        offsets = np.zeros(len(pieces), np.int64)
        if len(pieces) > 1:
            np.cumsum([len(piece) for piece in pieces[:-1]], out=offsets[1:])
        return np.frombuffer(b"".join(pieces), np.uint8), offsets

    def _read_filter(self) -> None:
        """Read what is missing of the filter, once it is worth it."""
        if self.documents > _SMALL and self.asked < _PATIENCE:
            self.asked += 1
            return
        if self.known == self.filled:
            return
        if not self.lines.size:
            self.lines = np.zeros(self.blocks * LINES * LINE_WORDS, np.uint64)
        at = self.known * LINES * LINE_WORDS
        for (data,) in self.sql.execute(
            "SELECT lines FROM filter WHERE segment = ? AND first >= ? ORDER BY first",
            (self.id, self.known),
        ):
            lines = np.frombuffer(data, np.uint64)
            self.lines[at : at + lines.size] = lines
            at += lines.size
        self.known = self.filled

    def _delete(self, first: int, last: int) -> None:
        self.sql.execute(
            "DELETE FROM block WHERE id >= ? AND id < ?", (self._block(first), self._block(last))
        )

    def _block(self, number: int) -> int:
        return self.id << _ID_SHIFT | number


def blocks_for(postings: int, documents: int) -> int:
    """How many blocks take so many postings.

    >>> blocks_for(80_000_000, 1_000_000)
    122223
    """
    key_bits = KEY_BITS - max(8, (postings // 650).bit_length() - 1)
    width = key_bits + max(1, (documents - 1).bit_length())
    return -(-postings * width // (8 * _BLOCK_BYTES))


def fits(postings: int, documents: int) -> bool:
    """Whether one segment may have so many."""
    return documents < 1 << NUMBER_BITS and blocks_for(postings, documents) < _MOST


def numbers_of(words: Keys) -> Ints:
    """The numbers of the documents of postings, counted from the base."""
    return (words & _NUMBERS).astype(np.int64)


_NOTHING: Ints = np.zeros(0, np.int64)
_SHIFT = np.uint64(NUMBER_BITS)
_NUMBERS = np.uint64((1 << NUMBER_BITS) - 1)
