"""The index: what its callers see. Stores keep it, `search` asks it."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dedup.config import DEFAULTS, Given, Settings, settings_of
from dedup.errors import InputError, StoreError
from dedup.model import IndexReport, Relation, Seen
from dedup.near.bands import bands_for
from dedup.near.index.address import is_server, open_store
from dedup.near.index.evidence import contents
from dedup.near.index.format import agree, encode, without_password
from dedup.near.index.keys import TextKeys, keys_of_texts
from dedup.near.index.lifetimes import Lifetimes
from dedup.near.index.lookup import Found, as_seen, listed, look_again, search
from dedup.near.index.records import Record, encoded, entry
from dedup.near.index.store import Document
from dedup.text.shingles import pack

# Records of one transaction, and characters of text after which it ends.
_BATCH = 4096
_BATCH_CHARACTERS = 1 << 24
# The text of a document by its id, None where it is not there.
TextOf = Callable[[str], str | None]
_HEADER = "header"
_LIMIT = 100


class Index(Lifetimes):
    """Texts by id, to be asked whether a text was there before: exact, near or as an excerpt.

    Finds what `dedup.find_duplicates` finds on the same texts, in whatever order they are added.
    Bands and sampled shingles are the same (`dedup.near.bands`, `dedup.near.samples`); where the
    index holds texts or shingles (``settings.index.content``) the answers are the same, figures
    and all. By default it holds neither: figures are estimated from 256 bytes a document, a match
    says so (`dedup.Seen`), and of pairs near a threshold some are taken for another kind or missed.
    `dedup.IndexSettings` tells how many. Texts of equal folded text are stored once. A band or
    sample that more than ``settings.near.cap`` documents share is cut; `stats` counts that.

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
        self, path: str | Path, settings: Given | None = None, *, create: bool = True
    ) -> None:
        self.path = str(path)
        settings = None if settings is None else settings_of(settings)
        wanted = settings or DEFAULTS
        first = encode(wanted)
        super().__init__(open_store(self.path, wanted, create))
        try:
            self.settings = self._agree(settings, wanted, first)
        except BaseException:
            self._store.close()
            raise
        self._bands = bands_for(self.settings.near.threshold, self.settings.text.slots)
        self._hot_bands = self._hot_samples = 0

    def _agree(self, settings: Settings | None, wanted: Settings, first: bytes) -> Settings:
        stored = self._store.get(_HEADER)  # before anything that another format may have changed
        if stored is None:
            with self._store.writing():
                stored = self._store.get(_HEADER)  # another process may have been quicker
                if stored is None:
                    self._store.put(_HEADER, first)
                    stored = first
        return agree(without_password(self.path), stored, settings, wanted)

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
        for batch in batches(records):
            prints = self._prints([record[1] for record in batch])
            held = contents(prints, self.settings)
            with self._store.writing():
                stored += self._records.add(batch, prints, held, range(len(batch)))
        return stored

    def query(self, text: str, limit: int = _LIMIT) -> list[Seen]:
        """The stored documents that match a text, best first: exact, near, then excerpts.

        Args:
            text: the text to look for; it is ``a`` of each match, under the number 0.
            limit: the most matches to return.
        """
        return self.query_many([text], limit)[0]

    def query_many(
        self, texts: Sequence[str], limit: int = _LIMIT, text_of: TextOf | None = None
    ) -> list[list[Seen]]:
        """`query` for many texts; ``a`` of a match is the place of its text.

        Args:
            texts: the texts to look for.
            limit: the most matches of each.
            text_of: gives the text of a document by its id, or None: matches that an index of
                sketches has found are then held against it, and told with exact figures.
        """
        prints = self._prints(texts)
        with self._store.reading():
            found = self._exact(self._search(prints), texts, text_of)
            return [
                listed(one, self._store, text, limit, self._verified) if one else []
                for text, one in enumerate(found)
            ]

    def admit(self, id: str, text: str, meta: Any = None) -> Seen | None:
        """Store a text unless it was seen: `admit_many` for one."""
        return self.admit_many([(id, text, meta)])[0]

    def admit_many(
        self, records: Iterable[Record], text_of: TextOf | None = None
    ) -> list[Seen | None]:
        """Store the new among many texts, each compared with all before it.

        A text was seen if it equals a stored one, is near to it, or is contained in it. A text
        that holds a stored one has something new to say, and is stored.

        Args:
            records: ``(id, text)`` or ``(id, text, meta)``.
            text_of: as in `query_many`.

        Returns:
            For each record None if it is new, and stored now; else the best match.
        """
        verdicts: list[Seen | None] = []
        for batch in batches(records):
            prints = self._prints([record[1] for record in batch])
            held = contents(prints, self.settings)
            with self._store.writing():
                seen, fresh = self._sift(batch, prints, held, text_of)
                self._records.add(batch, prints, held, fresh)
            verdicts += seen
        return verdicts

    def seen(self, id: str) -> bool:
        """Whether a document of this id is stored."""
        name = encoded(id)
        with self._store.reading():
            return name in self._records.named([name])

    __contains__ = seen

    def remove(self, id: str) -> bool:
        """Remove a document; whether there was one."""
        return self.remove_many([id]) == 1

    def remove_many(self, ids: Iterable[str]) -> int:
        """Remove documents, all of them or none; the number of those that were there."""
        names = list({encoded(id) for id in ids})
        with self._store.writing():
            stored = self._records.named(names)
            for document in stored.values():
                self._records.remove(document)
        return len(stored)

    def merge(self, other: "Index") -> int:
        """Add all documents of another index of the same settings; ids that are here stay.

        Returns:
            The number of documents added.

        Raises:
            SketchMismatchError: if the two were made with different settings.
        """
        if not isinstance(other, Index):
            raise InputError("what is to be merged is no Index: open it, Index(path)")
        agree(without_password(self.path), encode(self.settings), other.settings, other.settings)
        added = 0
        places: dict[int, int] = {}
        with other._store.reading(), self._store.writing():
            for documents, keys, offsets, needs in other._store.export():
                added += self._records.take_in(
                    documents, keys, offsets, needs, other._store, places
                )
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
        """Keep bytes in the same file under a name, such as the templates of the sites crawled.

        >>> from dedup import Templates
        >>> index = Index(":memory:")
        >>> index.put("templates", Templates().to_bytes())
        >>> Templates.from_bytes(index.get("templates")).settings.pages
        4
        """
        if not isinstance(data, bytes):
            raise InputError(f"what is to be kept is {type(data).__name__}: give bytes")
        with self._store.writing():
            self._store.put(f"user:{name}", data)

    def change(self, name: str, change: Callable[[bytes | None], bytes]) -> None:
        """Replace what `put` kept under a name, by what is made of it; no other process between."""
        with self._store.writing():
            self._store.put(f"user:{name}", change(self._store.get(f"user:{name}")))

    def recall(self, ids: Iterable[str]) -> dict[str, Any]:
        """The meta of those of these documents that are stored, None where there is none."""
        names = list({encoded(id) for id in ids})
        with self._store.reading():
            stored = self._records.named(names)
        return {
            name.decode("utf-8", "surrogatepass"): None
            if row.meta is None
            else json.loads(row.meta)
            for name, row in stored.items()
        }

    def get(self, name: str) -> bytes | None:
        """What `put` kept under this name, or None."""
        with self._store.reading():
            return self._store.get(f"user:{name}")

    def close(self) -> None:
        """Let go of the file or connection."""
        self._store.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """By its address: what is unpickled, in another process say, opens it once more.

        >>> import pickle
        >>> pickle.dumps(Index(":memory:"))
        Traceback (most recent call last):
        ...
        dedup.errors.StoreError: an index in memory cannot be pickled: give it a file, Index(path)
        """
        if self.path == ":memory:":
            raise StoreError("an index in memory cannot be pickled: give it a file, Index(path)")
        address = self.path if is_server(self.path) else str(Path(self.path).resolve())
        return _reopened, (address, self._records.crawl)

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

    def _prints(self, texts: Sequence[str]) -> TextKeys:
        return keys_of_texts(pack(texts, self.settings.text), self._bands, self.settings)

    def _search(
        self, prints: TextKeys, batch: dict[int, Document] | None = None
    ) -> list[list[Found]]:
        outcome = search(prints, self._store, self.settings, batch)
        self._hot_bands += outcome.hot_bands
        self._hot_samples += outcome.hot_samples
        return outcome.found

    def _exact(
        self, found: list[list[Found]], texts: Sequence[str], text_of: TextOf | None
    ) -> list[list[Found]]:
        """The matches of texts, compared with the texts that are there."""
        if text_of is None or self._verified:
            return found
        return [
            look_again(one, text, text_of, self.settings)
            for one, text in zip(found, texts, strict=True)
        ]

    def _sift(
        self,
        batch: Sequence[Record],
        prints: TextKeys,
        held: Sequence[bytes],
        text_of: TextOf | None,
    ) -> tuple[list[Seen | None], list[int]]:
        """For each record what it repeats; and those that are new."""
        first = self._store.next_number()
        names = [encoded(record[0]) for record in batch]
        documents = {
            first + i: entry(first + i, names[i], None, batch[i], prints, held, i)
            for i in range(len(batch))
        }
        kept: set[int] = set()
        seen: list[Seen | None] = []
        every = self._search(prints, documents)
        for i, found in enumerate(self._exact(every, [record[1] for record in batch], text_of)):
            best = next((one for one in found if self._stands(one, kept, first)), None)
            if best is None:
                kept.add(first + i)
                seen.append(None)
                continue
            document = best.document
            if document.name is None:  # only its copies are left
                document = self._store.copies(document.number, 1)[0]
            seen.append(as_seen(best, document, i, self._verified))
        return seen, [number - first for number in sorted(kept)]

    def _stands(self, found: Found, kept: set[int], first: int) -> bool:
        """Whether a match makes a text superfluous."""
        if found.document.number >= first and found.document.number not in kept:
            return False
        return found.relation is not Relation.CONTAINS or found.inside


def _reopened(path: str, crawl: str | None) -> Index:
    """An index that was pickled; what is added to it belongs to the same crawl."""
    index = Index(path, create=False)
    index._records.crawl = crawl
    return index


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Runs of records that go into one transaction."""
    source = iter(records)
    while batch := list(islice(source, 1)):
        size = _length(batch[0])
        while len(batch) < _BATCH and size < _BATCH_CHARACTERS:
            record = next(source, None)
            if record is None:
                break
            batch.append(record)
            size += _length(record)
        yield batch


def _length(record: Record) -> int:
    """Of the text of a record, in characters."""
    shaped = isinstance(record, (tuple, list)) and len(record) in (2, 3)
    if not shaped or not isinstance(record[0], str) or not isinstance(record[1], str):
        kinds = ", ".join(type(part).__name__ for part in record) if shaped else repr(record)[:80]
        raise InputError(f"a record is ({kinds}): give (id, text) or (id, text, meta), two str")
    return len(record[1])
