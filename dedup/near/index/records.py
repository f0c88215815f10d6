"""Which documents are stored, by id and by folded text: entered, replaced, removed."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.errors import InputError
from dedup.near.index.crawls import Crawls
from dedup.near.index.format import HIT_NEED, HIT_NUMBER
from dedup.near.index.keys import Keys, TextKeys, fold_keys, name_keys
from dedup.near.index.store import Document, Ints, Store

Record = tuple[str, str] | tuple[str, str, Any]
_NONE: Keys = np.zeros(0, np.uint64)


class Records:
    """The documents of a store. Whoever calls is inside a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.crawls = Crawls(store)
        self.crawl: str | None = None  # that what is added belongs to

    def _append(
        self, documents: list[Document], keys: Keys, offsets: Ints, needs: npt.NDArray[np.uint8]
    ) -> None:
        """Store documents; first their crawl, so that none is there that cannot be taken back."""
        if self.crawl is not None and documents:
            first = documents[0].number
            self._store.reserve(first + len(documents))
            self.crawls.note(self.crawl, first, first + len(documents))
        self._store.append(documents, keys, offsets, needs)

    def add(
        self,
        batch: Sequence[Record],
        prints: TextKeys,
        held: Sequence[bytes],
        chosen: Sequence[int],
    ) -> int:
        """Store the chosen records of a batch; of the same id the last one."""
        latest = {encoded(batch[i][0]): i for i in chosen}
        fresh = self._replace(latest, prints)
        if not fresh:
            return 0
        heads = self._heads([prints.folded[i].tobytes() for i in fresh.values()])
        number = self._store.next_number()
        documents, keys = [], []
        named = name_keys(list(fresh))
        for at, (name, i) in enumerate(fresh.items()):
            folded = prints.folded[i].tobytes()
            head = heads.get(folded)
            keys.append(named[at : at + 1])
            if head is None:
                heads[folded] = number + at
                keys.append(prints.keys[prints.offsets[i] : prints.offsets[i + 1]])
            documents.append(entry(number + at, name, head, batch[i], prints, held, i))
        places = np.fromiter(fresh.values(), np.int64, len(fresh))
        is_head = np.array([document.head is None for document in documents])
        counts = 1 + np.where(is_head, np.diff(prints.offsets)[places], 0)
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        self._append(documents, np.concatenate(keys), offsets, prints.needs[places])
        return len(documents)

    def _replace(self, latest: dict[bytes, int], prints: TextKeys) -> dict[bytes, int]:
        """Remove those that are stored with another text; leave out those stored with the same."""
        stored = self.named(list(latest))
        heads = self._store.documents(
            [document.head for document in stored.values() if document.head is not None]
        )
        fresh = dict(latest)
        for name, document in stored.items():
            head = document if document.head is None else heads[document.head]
            if head.folded == prints.folded[latest[name]].tobytes():
                del fresh[name]
            else:
                self.remove(document)
        return fresh

    def remove(self, document: Document) -> None:
        """Remove a document; what its copies need of it stays."""
        if document.head is None:
            if self._store.copies(document.number, 1):
                self._store.unname(document.number)
            else:
                self._store.drop(document.number)
            return
        self._store.drop(document.number)
        head = self._store.documents([document.head])[document.head]
        if head.name is None and not self._store.copies(head.number, 1):
            self._store.drop(head.number)

    def remove_all(self, numbers: Sequence[int]) -> int:
        """Remove those of these documents that are there, in this order; their number."""
        documents = self._store.documents(numbers)
        there = [documents[number] for number in numbers if number in documents]
        named = [document for document in there if document.name is not None]
        for document in named:
            self.remove(document)
        return len(named)

    def named(self, names: Sequence[bytes]) -> dict[bytes, Document]:
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

    def take_in(
        self,
        documents: list[Document],
        keys: Keys,
        offsets: Ints,
        needs: npt.NDArray[np.uint8],
        source: Store,
        places: dict[int, int],
    ) -> int:
        """Add a part of another store, as it exports it.

        ``places`` is kept from part to part: where each text of the source is in this store.
        """
        here = self.named([document.name for document in documents if document.name is not None])
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
                if name is None and (head is not None or not source.copies(document.number, 1)):
                    continue
            else:
                head = places[document.head]
                if name is None:
                    continue
            at = number + len(taken)
            if head is None:
                taken.append(replace(document, number=at, name=name))
                pieces.append(keys[offsets[i] : offsets[i + 1]])
            else:
                taken.append(Document(at, name, head, document.added, document.meta))
                pieces.append(name_keys([name or b""]))
            rows.append(i)
        counts = [piece.size for piece in pieces]
        ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
        self._append(taken, np.concatenate([_NONE, *pieces]), ends, needs[rows])
        return sum(document.name is not None for document in taken)


def encoded(id: str) -> bytes:
    """An id as it is stored; lone surrogates are kept."""
    if not isinstance(id, str):
        raise InputError(f"an id is no str but {type(id).__name__}: give it as str")
    return id.encode("utf-8", "surrogatepass")


def _as_json(meta: Any) -> str:
    try:
        return json.dumps(meta)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"meta does not go into JSON ({error}): give what does") from error


def entry(
    number: int,
    name: bytes,
    head: int | None,
    record: Record,
    prints: TextKeys,
    held: Sequence[bytes],
    at: int,
) -> Document:
    """What is stored of a record, the text at place ``at``; of a copy of ``head``, next to nothing.

    Args:
        number: the document's.
        name: its id.
        head: the document that it is a copy of, or None.
        record: as the caller gave it.
        prints: of the batch.
        held: what the texts of the batch are verified by.
        at: place of the text in the batch.
    """
    meta = _as_json(record[2]) if len(record) > 2 and record[2] is not None else None
    now = int(time.time())
    if head is not None:
        return Document(number, name, head, now, meta)
    return Document(
        number=number,
        name=name,
        head=None,
        added=now,
        meta=meta,
        folded=prints.folded[at].tobytes(),
        size=int(prints.sizes[at]),
        total=int(prints.totals[at]),
        content=held[at],
    )
