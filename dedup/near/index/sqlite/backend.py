"""The index in one SQLite file, shared by processes; ``:memory:`` for one that is not kept."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import numpy.typing as npt

from dedup.config import IndexSettings
from dedup.errors import StoreError
from dedup.logs import logger_of
from dedup.near.index.format import HIT_NEED, HIT_NUMBER, NUMBER_BITS
from dedup.near.index.sqlite import merge_tree
from dedup.near.index.sqlite.file import open_file, told, transaction
from dedup.near.index.sqlite.memtable import Memtable
from dedup.near.index.store import Document, Ints, Keys, Size, document_of

logger = logger_of("near")

_COLUMNS = "number, name, head, added, meta, folded, size, total, content"
_EXPORTED = 1 << 17  # documents whose keys are gathered in one pass over all postings
_COMPACTED = 256  # documents of the memtable from which compacting makes a segment of it
_EVERYTHING = 1 << 62
_GONE = "FROM removed WHERE turn <= ? AND number < ?"
_NO_KEYS: Keys = np.zeros(0, np.uint64)
_NO_NUMBERS: Ints = np.zeros(0, np.int64)
_CHUNK = 4096  # of these, handed out at once
_NUMBERS = np.uint64((1 << NUMBER_BITS) - 1)
# Postings merged for each one that comes in: more than all levels need, so that merges keep up.
_PACE = 24


class SqliteStore:
    """A `dedup.near.index.store.Store` in an SQLite file in WAL mode.

    A transaction is there as soon as it is committed: killing the process loses nothing that was
    acknowledged. Against a power cut that holds with ``synchronous="full"``; with ``"normal"`` the
    last transactions may be gone then, the file stays whole.
    """

    def __init__(self, path: str, settings: IndexSettings, cap: int, create: bool = True) -> None:
        self.path = path
        self._settings = settings
        self._cap = cap
        self._depth = 0
        self._version = -1
        self._generation = -1
        self._grown = 0  # postings written to segments since merges were last looked after
        self._memtable = Memtable(self._cap)
        self._flushed = 0  # number past the last document in segments
        self._latest = 0  # number past the last document in the memtable
        self._needs: npt.NDArray[np.uint8] = np.zeros(1 << 12, np.uint8)  # 0: removed
        self._turn = 0  # of the last removal that is known here
        self._sql = open_file(path, settings, create)
        self._tree = merge_tree.MergeTree(self._sql, cap)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the file, whatever other processes write meanwhile."""
        with self._within("DEFERRED"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing. Merges that have become due follow."""
        outermost = not self._depth
        with self._within("IMMEDIATE"):
            yield
        if outermost and self._grown:
            try:
                self._merge_due()
            except StoreError as error:  # what was written is there; merges can wait
                logger.warning("merging goes on later: %s", error)

    def _merge_due(self) -> None:
        """Do as much of the merges as what was added asks for."""
        due, self._grown = self._grown * _PACE, 0
        while due > 0 and (done := self._merge_some(due)):
            due -= done

    def _merge_some(self, postings: int) -> int:
        with self._within("IMMEDIATE"):
            done = self._tree.merge(postings, self._needs)
            if done:
                self._changed()
        return done

    @contextmanager
    def _within(self, kind: str) -> Iterator[None]:
        if self._depth:
            yield
            return
        try:
            with self._told(), transaction(self._sql, kind):
                self._depth = 1
                self._refresh()
                yield
        except BaseException:
            self._version = self._generation = -1  # what is in memory may be ahead of the file
            raise
        finally:
            self._depth = 0

    def _told(self) -> AbstractContextManager[None]:
        return told(self.path, self._settings.timeout)

    def _refresh(self) -> None:
        """Take in what changed in the file since the last transaction."""
        version = self._sql.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        generation = self._state("generation")
        if generation != self._generation:
            known = self._flushed
            if self._generation == -1:
                known = self._turn = 0
                self._tree.forget()
            self._tree.refresh(self.next_number())
            if self._generation == -1 or self._tree.end != self._flushed:
                self._memtable, self._flushed = Memtable(self._cap), self._tree.end
                self._latest = self._flushed
            for first, needs in self._sql.execute(
                "SELECT first, needs FROM need WHERE first >= ? ORDER BY first", (known,)
            ):
                self._set_needs(first, np.frombuffer(needs, np.uint8))
        for number, need, keys in self._sql.execute(
            "SELECT number, need, keys FROM tail WHERE number >= ? ORDER BY number",
            (self._latest,),
        ).fetchall():
            self._enter(number, np.frombuffer(keys, np.uint64), np.array([need], np.uint8))
        self._forget(
            self._sql.execute(
                "SELECT turn, number FROM removed WHERE turn > ? ORDER BY turn", (self._turn,)
            ).fetchall()
        )
        self._version, self._generation = version, generation

    def _enter(self, number: int, keys: Keys, need: npt.NDArray[np.uint8]) -> None:
        self._memtable.add(keys, np.full(keys.size, number))
        self._set_needs(number, need)
        self._latest = number + 1

    def _forget(self, removals: Sequence[tuple[int, int]]) -> None:
        """Take in removals: the turn and the document of each."""
        if not removals:
            return
        numbers = np.array([number for _, number in removals])
        self._make_room(int(numbers.min()), int(numbers.max()) + 1)
        self._needs[numbers] = 0
        self._memtable.drop(numbers[numbers >= self._flushed])
        self._turn = removals[-1][0]

    def _set_needs(self, first: int, needs: npt.NDArray[np.uint8]) -> None:
        self._make_room(first, first + needs.size)
        self._needs[first : first + needs.size] = needs

    def _make_room(self, first: int, end: int) -> None:
        if first < 0:
            raise ValueError(f"there is no document {first}")
        if end > self._needs.size:
            if end > self.next_number():
                raise ValueError(f"there is no document {end - 1}")
            room = np.zeros(1 << end.bit_length(), np.uint8)
            room[: self._needs.size] = self._needs
            self._needs = room

    def _state(self, name: str) -> int:
        return int(
            self._sql.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()[0]
        )

    def _add_state(self, name: str, more: int) -> None:
        self._sql.execute("UPDATE state SET value = value + ? WHERE name = ?", (more, name))

    def _changed(self) -> None:
        """Let other processes know that segments changed; this one knows."""
        self._add_state("generation", 1)
        self._generation += 1

    def hits(self, keys: Keys) -> Keys:
        """Who has each key: place, number and need in one number."""
        found = [self._memtable.find(keys), *self._tree.find(keys)]
        places = np.concatenate([part[0] for part in found])
        numbers = np.concatenate([part[1] for part in found])
        needs = self._needs[numbers]
        shifted = places << (HIT_NUMBER + HIT_NEED) | numbers << HIT_NEED
        hits: Keys = (shifted | needs)[needs > 0].astype(np.uint64)
        return hits

    def documents(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Those of these documents that are there."""
        rows = self._sql.execute(
            f"SELECT {_COLUMNS} FROM json_each(?) CROSS JOIN document ON number = value",
            (str(list(numbers)),),
        )
        return {row[0]: document_of(row) for row in rows}

    def copies(self, head: int, limit: int) -> list[Document]:
        """The copies of a document in the order of adding, up to a number of them."""
        rows = self._sql.execute(
            f"SELECT {_COLUMNS} FROM document WHERE head = ? ORDER BY number LIMIT ?", (head, limit)
        )
        return [document_of(row) for row in rows]

    def next_number(self) -> int:
        """The number of the document that is added next."""
        return self._state("next")

    def reserve(self, end: int) -> None:
        """Nothing is to be done: what was written before an error is not there."""

    def append(
        self, documents: Sequence[Document], keys: Keys, offsets: Ints, needs: npt.NDArray[np.uint8]
    ) -> None:
        """Store documents: into the memtable, or with it into a segment where they are many."""
        if not documents:
            return
        first = documents[0].number
        rows = (
            (d.number, d.name, d.head, d.added, d.meta, d.folded, d.size, d.total, d.content)
            for d in documents
        )
        self._sql.executemany("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._add_state("next", len(documents))
        self._add_state("documents", sum(d.name is not None for d in documents))
        numbers = np.repeat(np.arange(first, first + len(documents)), np.diff(offsets))
        self._set_needs(first, needs)
        begin = self._tree.end
        if first + len(documents) - begin < merge_tree.FLUSH:
            at = offsets.tolist()
            self._sql.executemany(
                "INSERT INTO tail VALUES (?, ?, ?)",
                (
                    (first + i, need, keys[at[i] : at[i + 1]].tobytes())
                    for i, need in enumerate(needs.tolist())
                ),
            )
            self._memtable.add(keys, numbers)
            self._latest = first + len(documents)
            return
        self._flush(begin, first + len(documents), keys, numbers)

    def _flush(self, begin: int, end: int, keys: Keys, numbers: Ints) -> None:
        """Make a segment of the memtable and of further postings."""
        old_keys, old_numbers = self._memtable.postings()
        keys = np.concatenate((old_keys, keys))
        numbers = np.concatenate((old_numbers, numbers))
        words = keys << np.uint64(NUMBER_BITS) | (numbers - begin).astype(np.uint64)
        words.sort()
        self._tree.write(begin, end - begin, words)
        self._sql.execute(
            "INSERT INTO need VALUES (?, ?)", (begin, self._needs[begin:end].tobytes())
        )
        self._sql.execute("DELETE FROM tail")
        self._memtable, self._flushed, self._latest = Memtable(self._cap), end, end
        self._grown += words.size
        self._changed()

    def drop(self, number: int) -> None:
        """Remove a document; its postings are passed over, and go when segments are merged."""
        row = self._sql.execute(
            "DELETE FROM document WHERE number = ? RETURNING name", (number,)
        ).fetchone()
        self._add_state("documents", -(row is not None and row[0] is not None))
        turn = self._sql.execute(
            "INSERT INTO removed (number) VALUES (?) RETURNING turn", (number,)
        ).fetchone()[0]
        self._sql.execute("DELETE FROM tail WHERE number = ?", (number,))
        self._forget([(turn, number)])

    def unname(self, number: int) -> None:
        """Take the id of a document that only stays for its copies."""
        self._sql.execute(
            "UPDATE document SET name = NULL, meta = NULL WHERE number = ?", (number,)
        )
        self._add_state("documents", -1)

    def older(self, when: int, after: int, limit: int) -> list[int]:
        """Documents with an id that were added before a time, the oldest first."""
        self._sql.execute(
            "CREATE INDEX IF NOT EXISTS age ON document (added) WHERE name IS NOT NULL"
        )
        rows = self._sql.execute(
            "SELECT number FROM document WHERE added < ? AND name IS NOT NULL LIMIT ?",
            (when, limit),
        )
        return [row[0] for row in rows]

    def export(self) -> Iterator[tuple[list[Document], Keys, Ints, npt.NDArray[np.uint8]]]:
        """All documents with their keys, in the order of adding."""
        for first in range(0, self.next_number(), _EXPORTED):
            last = first + _EXPORTED
            words = [self._words_in_memory(first, last)]
            words += [part.words(first, last) for part in self._tree.segments.values()]
            every = np.concatenate(words)
            numbers = (every & _NUMBERS).astype(np.int64)
            every = every[np.argsort(numbers, kind="stable")] >> np.uint64(NUMBER_BITS)
            counts = np.bincount(numbers, minlength=_EXPORTED)
            starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
            rows = self._sql.execute(
                f"SELECT {_COLUMNS} FROM document WHERE number >= ? AND number < ?", (first, last)
            )
            while chunk := [document_of(row) for row in rows.fetchmany(_CHUNK)]:
                at = np.array([d.number - first for d in chunk])
                keys = np.concatenate([every[starts[i] : starts[i + 1]] for i in at.tolist()])
                offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts[at])))
                yield chunk, keys, offsets, self._needs[at + first]

    def _words_in_memory(self, first: int, last: int) -> Keys:
        keys, numbers = self._memtable.postings()
        chosen = (numbers >= first) & (numbers < last)
        return keys[chosen] << np.uint64(NUMBER_BITS) | (numbers[chosen] - first).astype(np.uint64)

    def get(self, name: str) -> bytes | None:
        """What `put` kept under this name."""
        with self._told():
            row = self._sql.execute(
                "SELECT value FROM state WHERE name = ?", (f"data:{name}",)
            ).fetchone()
            if row is not None and type(row[0]) is not bytes:
                raise ValueError(f"{name} is no bytes")
        return None if row is None else row[0]

    def put(self, name: str, data: bytes) -> None:
        """Keep some bytes under a name."""
        self._sql.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (f"data:{name}", data))

    def size(self) -> Size:
        """How much there is."""
        pages, free, page = (
            self._sql.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        copies = self._sql.execute("SELECT count(*) FROM document WHERE head NOT NULL").fetchone()[
            0
        ]
        parts = self._tree.segments.values()
        live = [part for part in parts if part.low < part.high]
        held = self._memtable.postings()[0].size
        return Size(
            documents=self._state("documents"),
            copies=copies,
            postings=held + sum(part.postings for part in parts if not part.inputs),
            parts=len(live) + (held > 0),
            bytes=pages * page,
            free=free * page,
        )

    def compact(self) -> None:
        """Merge all segments into one, drop what was removed, and shorten the file."""
        with self._within("IMMEDIATE"):
            if self._latest - self._tree.end >= _COMPACTED:
                self._flush(self._tree.end, self._latest, _NO_KEYS, _NO_NUMBERS)
        while self._merge_some(_EVERYTHING):
            pass
        with self._within("IMMEDIATE"):
            gone = (self._turn, self._tree.end)  # whose postings no segment will have
            removed = self._sql.execute(f"SELECT 1 {_GONE} LIMIT 1", gone).fetchone()
            self._tree.join_all(anew=removed is not None)
            self._changed()
        while self._merge_some(_EVERYTHING):
            pass
        with self._within("IMMEDIATE"):
            self._sql.execute(f"DELETE {_GONE}", gone)
        with self._told():
            self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._sql.execute("VACUUM")
            self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file; the last process to do so folds the journal into it."""
        with self._told():
            self._sql.close()
