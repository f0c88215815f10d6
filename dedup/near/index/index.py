"""The index: what its callers see. Stores keep it, `search` asks it."""

import json
import time
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dedup.config import DEFAULTS, Settings
from dedup.model import IndexReport, Relation, Seen
from dedup.near.index.content import contents
from dedup.near.index.header import agree, encode
from dedup.near.index.layout import HIT_NEED, HIT_NUMBER
from dedup.near.index.prints import Keys, Prints, fold_keys, name_keys, take_prints
from dedup.near.index.search import Found, as_seen, listed, search
from dedup.near.index.store import Document, Ints, Store
from dedup.near.lsh import bands_for
from dedup.text.shingles import pack

Record = tuple[str, str] | tuple[str, str, Any]

# Records of one transaction, and characters of text after which it ends.
_BATCH = 4096
_BATCH_CHARACTERS = 1 << 24
_HEADER = "header"
_LIMIT = 100
_NONE: Keys = np.zeros(0, np.uint64)


class Index:
    """Texts by id, to be asked whether a text was there before: exact, near or as an excerpt.

    Finds what `dedup.find_duplicates` finds on the same texts, in whatever order they are added.
    Bands and sampled shingles are the same (`dedup.near.lsh`, `dedup.near.excerpts`); where the
    index holds texts or shingles (``settings.index.content``) the figures are exact, else they are
    estimated from 256 bytes a document, and a match says so (`dedup.Seen`). Texts of equal folded
    text are stored once. A band or sample that more than ``settings.near.cap`` documents share is
    cut; `stats` counts that.

    A file may be used by several processes, one `Index` each. A document is stored for good when
    the call that adds it returns.

    Args:
        path: an SQLite file, made if it is not there; ``:memory:`` for one that is not kept; or
            ``redis://host:port/db`` for several machines (extra ``redis``).
        settings: how texts are compared (`text`, `near`) and stored (`index`); an index that is
            there keeps its own, and None takes them.
        create: make the index if it is not there.

    Raises:
        SketchMismatchError: if the index was made with other settings.
        StoreError: if it cannot be opened.

    >>> index = Index(":memory:")
    >>> index.add("a", "It was the best of times, it was the worst of times, it was foolish.")
    >>> [m] = index.query("IT WAS THE BEST OF TIMES; it was the worst of times; it was foolish!!")
    >>> m.b, m.kind.value, m.jaccard > 0.9, m.verified
    ('a', 'near', True, False)
    """

    def __init__(
        self, path: str | Path, settings: Settings | None = None, *, create: bool = True
    ) -> None:
        self.path = str(path)
        wanted = settings or DEFAULTS
        first = encode(wanted)
        self._store = _open(self.path, wanted, create)
        try:
            self.settings = self._agree(settings, wanted, first)
        except BaseException:
            self._store.close()
            raise
        self._bands = bands_for(self.settings.near.threshold, self.settings.text.slots)
        self._hot_bands = self._hot_samples = 0

    def _agree(self, settings: Settings | None, wanted: Settings, first: bytes) -> Settings:
        with self._store.reading():
            stored = self._store.get(_HEADER)
        if stored is None:
            with self._store.writing():
                stored = self._store.get(_HEADER)  # another process may have been quicker
                if stored is None:
                    self._store.put(_HEADER, first)
                    stored = first
        return agree(self.path, stored, settings, wanted)

    def add(self, id: str, text: str, meta: Any = None) -> None:
        """Store a text; one of the same id is replaced, unless it has the same folded text.

        Args:
            id: any string.
            text: any text; empty ones and those shorter than a shingle match equal ones only.
            meta: anything that goes into JSON, handed back with matches.
        """
        self.add_many([(id, text, meta)])

    def add_many(self, records: Iterable[Record]) -> int:
        """Store many texts, in a few large transactions.

        Args:
            records: ``(id, text)`` or ``(id, text, meta)``.

        Returns:
            The number of documents stored (those that were there already do not count).
        """
        stored = 0
        for batch in _batches(records):
            prints = self._prints([record[1] for record in batch])
            held = contents(prints, self.settings)
            with self._store.writing():
                stored += self._add(batch, prints, held, range(len(batch)))
        return stored

    def query(self, text: str, limit: int = _LIMIT) -> list[Seen]:
        """The stored documents that match a text, best first: exact, near, then excerpts.

        Args:
            text: the text to look for; it is ``a`` of each match, under the number 0.
            limit: the most matches to return.
        """
        return self.query_many([text], limit)[0]

    def query_many(self, texts: Sequence[str], limit: int = _LIMIT) -> list[list[Seen]]:
        """`query` for many texts; ``a`` of a match is the place of its text."""
        prints = self._prints(texts)
        with self._store.reading():
            found = self._search(prints)
            return [
                listed(one, self._store, text, limit, self._verified) if one else []
                for text, one in enumerate(found)
            ]

    def admit(self, id: str, text: str, meta: Any = None) -> Seen | None:
        """Store a text unless it was seen: `admit_many` for one."""
        return self.admit_many([(id, text, meta)])[0]

    def admit_many(self, records: Iterable[Record]) -> list[Seen | None]:
        """Store the new among many texts, each compared with all before it.

        A text was seen if it equals a stored one, is near to it, or is contained in it. A text
        that holds a stored one has something new to say, and is stored.

        Returns:
            For each record None if it is new, and stored now; else the best match.
        """
        verdicts: list[Seen | None] = []
        for batch in _batches(records):
            prints = self._prints([record[1] for record in batch])
            held = contents(prints, self.settings)
            with self._store.writing():
                seen, fresh = self._sift(batch, prints, held)
                self._add(batch, prints, held, fresh)
            verdicts += seen
        return verdicts

    def seen(self, id: str) -> bool:
        """Whether a document of this id is stored."""
        name = _encoded(id)
        with self._store.reading():
            return name in self._named([name])

    __contains__ = seen

    def remove(self, id: str) -> bool:
        """Remove a document; whether there was one."""
        name = _encoded(id)
        with self._store.writing():
            document = self._named([name]).get(name)
            if document is not None:
                self._remove(document)
        return document is not None

    def merge(self, other: "Index") -> int:
        """Add all documents of another index of the same settings; ids that are here stay.

        Returns:
            The number of documents added.

        Raises:
            SketchMismatchError: if the two were made with different settings.
        """
        agree(self.path, encode(self.settings), other.settings, other.settings)
        added = 0
        places: dict[int, int] = {}
        with other._store.reading(), self._store.writing():
            for documents, keys, offsets, needs in other._store.export():
                copied = other._store.copies([d.number for d in documents if d.head is None])
                added += self._take_in(documents, keys, offsets, needs, copied, places)
        return added

    def stats(self) -> IndexReport:
        """How much is stored, and what was too common to be followed so far."""
        with self._store.reading():
            size = self._store.size()
        return IndexReport(
            documents=size.documents,
            copies=size.copies,
            bytes=size.bytes,
            free=size.free,
            postings=size.postings,
            parts=size.parts,
            content=self.settings.index.content,
            hot_bands=self._hot_bands,
            hot_samples=self._hot_samples,
        )

    def compact(self) -> None:
        """Bring everything into one part, and give back the space of removed documents."""
        self._store.compact()

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes in the same file, such as ``Templates.to_bytes()``."""
        with self._store.writing():
            self._store.put(f"user:{name}", data)

    def get(self, name: str) -> bytes | None:
        """What `put` kept under this name, or None."""
        with self._store.reading():
            return self._store.get(f"user:{name}")

    def close(self) -> None:
        """Let go of the file or connection."""
        self._store.close()

    def __len__(self) -> int:
        with self._store.reading():
            return self._store.size().documents

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _verified(self) -> bool:
        return self.settings.index.content != "sketch"

    def _prints(self, texts: Sequence[str]) -> Prints:
        return take_prints(pack(texts, self.settings.text), self._bands, self.settings)

    def _search(
        self, prints: Prints, batch: dict[int, Document] | None = None
    ) -> list[list[Found]]:
        outcome = search(prints, self._store, self.settings, batch)
        self._hot_bands += outcome.hot_bands
        self._hot_samples += outcome.hot_samples
        return outcome.found

    def _sift(
        self, batch: Sequence[Record], prints: Prints, held: Sequence[bytes]
    ) -> tuple[list[Seen | None], list[int]]:
        """For each record what it repeats; and those that are new."""
        first = self._store.next_number()
        names = [_encoded(record[0]) for record in batch]
        documents = {
            first + i: _document(first + i, names[i], None, batch[i], prints, held, i)
            for i in range(len(batch))
        }
        kept: set[int] = set()
        seen: list[Seen | None] = []
        for i, found in enumerate(self._search(prints, documents)):
            best = next((one for one in found if self._stands(one, kept, first)), None)
            if best is None:
                kept.add(first + i)
                seen.append(None)
                continue
            document = best.document
            if document.name is None:  # only its copies are left
                document = self._store.copies([document.number])[document.number][0]
            seen.append(as_seen(best, document, i, self._verified))
        return seen, [number - first for number in sorted(kept)]

    def _stands(self, found: Found, kept: set[int], first: int) -> bool:
        """Whether a match makes a text superfluous."""
        if found.document.number >= first and found.document.number not in kept:
            return False
        inside = found.containment_a >= self.settings.near.containment
        return found.relation is not Relation.CONTAINS or inside

    def _add(
        self, batch: Sequence[Record], prints: Prints, held: Sequence[bytes], chosen: Sequence[int]
    ) -> int:
        """Store the chosen records of a batch; of the same id the last one."""
        latest = {_encoded(batch[i][0]): i for i in chosen}
        fresh = self._replace(latest, prints)
        if not fresh:
            return 0
        heads = self._heads([prints.folded[i].tobytes() for i in fresh.values()])
        number = self._store.next_number()
        documents, keys = [], []
        named = name_keys(list(fresh))
        for at, (name, i) in enumerate(fresh.items()):
            folded = prints.folded[i].tobytes()
            head = heads.setdefault(folded, number + at)
            keys.append(named[at : at + 1])
            if head == number + at:
                head = None
                keys.append(prints.keys[prints.offsets[i] : prints.offsets[i + 1]])
            documents.append(_document(number + at, name, head, batch[i], prints, held, i))
        places = np.fromiter(fresh.values(), np.int64, len(fresh))
        is_head = np.array([document.head is None for document in documents])
        counts = 1 + np.where(is_head, np.diff(prints.offsets)[places], 0)
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        self._store.append(documents, np.concatenate(keys), offsets, prints.needs[places])
        return len(documents)

    def _replace(self, latest: dict[bytes, int], prints: Prints) -> dict[bytes, int]:
        """Remove those that are stored with another text; leave out those stored with the same."""
        stored = self._named(list(latest))
        heads = self._store.documents(
            [document.head for document in stored.values() if document.head is not None]
        )
        fresh = dict(latest)
        for name, document in stored.items():
            head = document if document.head is None else heads[document.head]
            if head.folded == prints.folded[latest[name]].tobytes():
                del fresh[name]
            else:
                self._remove(document)
        return fresh

    def _remove(self, document: Document) -> None:
        """Remove a document; what its copies need of it stays."""
        if document.head is None:
            if self._store.copies([document.number]):
                self._store.unname(document.number)
            else:
                self._store.drop(document.number)
            return
        self._store.drop(document.number)
        head = self._store.documents([document.head])[document.head]
        if head.name is None and not self._store.copies([head.number]):
            self._store.drop(head.number)

    def _named(self, names: Sequence[bytes]) -> dict[bytes, Document]:
        """The stored documents of these ids."""
        found = self._at(name_keys(list(names)))
        wanted = set(names)
        return {d.name: d for d in found if d.name is not None and d.name in wanted}

    def _heads(self, folds: Sequence[bytes]) -> dict[bytes, int]:
        """The numbers of the stored documents of these folded texts."""
        found = self._at(fold_keys(folds))
        return {document.folded: document.number for document in found if document.head is None}

    def _at(self, keys: Keys) -> Iterable[Document]:
        numbers = self._store.hits(keys) >> np.uint64(HIT_NEED)
        numbers &= np.uint64((1 << HIT_NUMBER) - 1)
        return self._store.documents(np.unique(numbers).tolist()).values()

    def _take_in(
        self,
        documents: list[Document],
        keys: Keys,
        offsets: Ints,
        needs: npt.NDArray[np.uint8],
        copied: Container[int],
        places: dict[int, int],
    ) -> int:
        """Add a part of another index; ``places`` says where each of its texts is in this one."""
        here = self._named([document.name for document in documents if document.name is not None])
        heads = self._heads([document.folded for document in documents if document.head is None])
        number = self._store.next_number()
        taken: list[Document] = []
        rows: list[int] = []
        pieces: list[Keys] = []
        for i, document in enumerate(documents):
            name = None if document.name in here else document.name
            if document.head is None:
                head = heads.get(document.folded)
                places[document.number] = number + len(taken) if head is None else head
                if name is None and (head is not None or document.number not in copied):
                    continue
            else:
                head = places[document.head]
                if name is None:
                    continue
            own = keys[offsets[i] : offsets[i + 1]]
            taken.append(replace(document, number=number + len(taken), name=name, head=head))
            rows.append(i)
            pieces.append(own if head is None else name_keys([name or b""]))
        counts = [piece.size for piece in pieces]
        ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
        self._store.append(taken, np.concatenate([_NONE, *pieces]), ends, needs[rows])
        return sum(document.name is not None for document in taken)


def _open(path: str, settings: Settings, create: bool) -> Store:
    if path.startswith(("redis://", "rediss://", "unix://")):
        from dedup.near.index.redis import RedisStore

        return RedisStore(path, settings.index, settings.near.cap)
    from dedup.near.index.sqlite import SqliteStore

    return SqliteStore(path, settings.index, settings.near.cap, create)


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Runs of records that go into one transaction."""
    source = iter(records)
    while batch := list(islice(source, 1)):
        size = len(batch[0][1])
        while len(batch) < _BATCH and size < _BATCH_CHARACTERS:
            record = next(source, None)
            if record is None:
                break
            batch.append(record)
            size += len(record[1])
        yield batch


def _encoded(id: str) -> bytes:
    return id.encode("utf-8", "surrogatepass")


def _document(
    number: int,
    name: bytes,
    head: int | None,
    record: Record,
    prints: Prints,
    held: Sequence[bytes],
    at: int,
) -> Document:
    meta = record[2] if len(record) > 2 else None
    now = int(time.time())
    encoded = None if meta is None else json.dumps(meta)
    if head is not None:
        return Document(number, name, head, now, encoded)
    return Document(
        number=number,
        name=name,
        head=None,
        added=now,
        meta=encoded,
        folded=prints.folded[at].tobytes(),
        tokens=int(prints.tokens[at]),
        total=int(prints.totals[at]),
        content=held[at],
    )
