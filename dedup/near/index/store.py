"""What a store of the index does, and the rows that it keeps."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
_MOST = 1 << 32  # documents of an index, and shingles of one
_YEAR_10000 = 253_402_300_800  # in seconds; Python's dates end before


@dataclass(frozen=True, slots=True)
class Document:
    """One stored document.

    Attributes:
        number: counted up in the order of adding, never used twice.
        name: the caller's id in UTF-8; None once the document is removed, where copies of it
            are still there.
        head: number of the document whose folded text this one repeats, or None. A copy has
            none of what follows but ``added`` and ``meta``.
        added: when it was added, in seconds since 1970.
        meta: what the caller wanted to be kept with it, as JSON, or None.
        folded: 16 bytes that are equal where folded texts are.
        size: the number of distinct shingles, 0 where it is too short for one.
        total: the number of samples.
        content: what it is verified by: slots of the sketch, shingles or the text.
    """

    number: int
    name: bytes | None
    head: int | None
    added: int
    meta: str | None
    folded: bytes = b""
    size: int = 0
    total: int = 0
    content: bytes = b""


def document_of(row: Sequence[Any]) -> Document:
    """The document of a row that was read, its fields in their order.

    Raises:
        ValueError: if it is of other types than those that were stored, or out of their range.

    >>> document_of((0, b"a", None, 1, None, b"", 0, 0, b"")).name
    b'a'
    """
    number, name, head, added, meta, folded, size, total, content = row
    sound = (
        all(type(value) is int for value in (number, added, size, total))
        and (head is None or type(head) is int)
        and (name is None or type(name) is bytes)
        and (meta is None or type(meta) is str)
        and type(folded) is type(content) is bytes
        and min(number, size, total) >= 0
        and max(number, size, total) < _MOST
        and 0 <= added < _YEAR_10000
    )
    if not sound:
        raise ValueError(f"what is stored of document {number!r} is no document")
    return Document(*row)


@dataclass(frozen=True, slots=True)
class Size:
    """How much a store holds.

    Attributes:
        documents: documents, copies among them.
        copies: documents whose folded text another has as well.
        postings: keys entered, over all documents.
        parts: places that each key is looked for in.
        bytes: size on disk (in memory, for a store that is there).
        free: of these, bytes that are free for new documents.
    """

    documents: int
    copies: int
    postings: int
    parts: int
    bytes: int
    free: int


class Store(Protocol):
    """Documents and postings, safe against other processes and sudden ends."""

    def reading(self) -> AbstractContextManager[None]:
        """Everything read inside comes from one state of the store."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Everything written inside is there afterwards, or, after an error, nothing of it."""
        ...

    def hits(self, keys: Keys) -> Keys:
        """Who has each key, as `dedup.near.index.kernels.weigh` takes it, in any order.

        Of a key that more than the cap have, the first of them, one above the cap at least.
        """
        ...

    def documents(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Those of these documents that are there."""
        ...

    def copies(self, head: int, limit: int) -> list[Document]:
        """The copies of a document in the order of adding, up to a number of them."""
        ...

    def next_number(self) -> int:
        """The number of the document that is added next."""
        ...

    def reserve(self, end: int) -> None:
        """Give no number below this one to another document, whatever happens next."""
        ...

    def append(
        self, documents: Sequence[Document], keys: Keys, offsets: Ints, needs: npt.NDArray[np.uint8]
    ) -> None:
        """Store documents from the next number on.

        The key of the name and those of the text of document ``i`` are
        ``keys[offsets[i]:offsets[i + 1]]``.
        """
        ...

    def drop(self, number: int) -> None:
        """Remove a document, and everything that it was entered under."""
        ...

    def unname(self, number: int) -> None:
        """Take the id of a document that only stays for its copies."""
        ...

    def older(self, when: int, after: int, limit: int) -> list[int]:
        """Documents with an id that were added before a time, in seconds since 1970.

        As many as the limit where there are more. Who has seen to these asks again, with the
        highest number given: some stores go on after it, others give those that are still there.
        """
        ...

    def export(self) -> Iterator[tuple[list[Document], Keys, Ints, npt.NDArray[np.uint8]]]:
        """All documents in the order of adding, in parts, as `append` takes them."""
        ...

    def get(self, name: str) -> bytes | None:
        """What `put` kept under this name; outside of a transaction as well."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Keep some bytes under a name."""
        ...

    def size(self) -> Size:
        """How much there is."""
        ...

    def compact(self) -> None:
        """Bring everything into one part, and give back the space of removed documents."""
        ...

    def close(self) -> None:
        """Let go of the file or connection."""
        ...
