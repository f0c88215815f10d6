"""The documents of JSON lines and text files, for the commands that need no run."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from dedup.config import DEFAULTS, Format, KeySettings
from dedup.corpus.io.formats import format_of
from dedup.corpus.io.readers import read_lines
from dedup.corpus.io.records import Reject, as_text, load_object, lookup, made_id
from dedup.corpus.io.streams import Problems, read_file
from dedup.errors import InputError

# Makes the id of a document that has none, of its source, its row and its text.
MakeId = Callable[[str, int, str], str]
_LIMIT = DEFAULTS.corpus.record_bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its id, its text, and the object that it came from."""

    id: str
    text: str
    fields: dict[str, Any]


def id_of_place(source: str, row: int, text: str) -> str:
    """An id for a report on these files: where the document stands.

    >>> id_of_place("a.jsonl", 3, "text")
    'a.jsonl#3'
    """
    return made_id(source, row)


def id_of_text(source: str, row: int, text: str) -> str:
    """An id for an index, which outlives the files: the same for the same text, wherever it is.

    >>> id_of_text("a.jsonl", 3, "text")
    'blake2b:d732c6be860e019351f99173fa6ae612'
    """
    data = text.encode("utf-8", "surrogatepass")
    return "blake2b:" + blake2b(data, digest_size=16).hexdigest()


class Documents:
    """The documents of files, in their order; what cannot be read is told and left out.

    Args:
        files: JSON lines by their names, or ``-`` for JSON lines from standard input; any other
            file is one document.
        keys: what the fields of a record are called: ``id`` and ``text`` are used.
        make_id: makes the ids of records that have none.
        failed: told the place and the error of what cannot be read.
        raw: take files that are one document as they are, and do not clean them as pages.

    Attributes:
        read: the documents read so far.
    """

    def __init__(
        self,
        files: Sequence[str],
        keys: KeySettings,
        make_id: MakeId,
        failed: Callable[[str, Exception], None],
        raw: bool = True,
    ) -> None:
        self._files = files
        self._keys = keys
        self._make_id = make_id
        self._failed = failed
        self._raw = raw
        self.read = 0

    def __iter__(self) -> Iterator[Document]:
        for path in self._files:
            try:
                if path == "-":
                    yield from self._lines(path, sys.stdin.buffer)
                else:
                    with Path(path).open("rb") as file:
                        yield from self._of(path, file)
            except (OSError, InputError) as error:
                self._failed(path, error)

    def _of(self, path: str, file: BinaryIO) -> Iterator[Document]:
        kind = format_of(path)
        if kind is Format.JSONL:
            yield from self._lines(path, file)
        elif kind in (Format.PARQUET, Format.WARC):
            raise InputError(f"{kind} is read by `dedup run`; give JSON lines or text files")
        else:
            text = self._text(read_file(file, _LIMIT))
            self.read += 1
            yield Document(path, text, {})

    def _text(self, data: bytes) -> str:
        """The text of a file that is one document."""
        if self._raw:
            from dedup.page.source.decode import decode

            return decode(data).text
        from dedup.page.clean import clean

        return clean(data).text

    def _lines(self, path: str, file: BinaryIO) -> Iterator[Document]:
        problems: Problems = []
        for item in read_lines(file, problems, _LIMIT):
            if isinstance(item, Reject):
                self._failed(f"{path}:{item.row + 1}", InputError(item.reason))
            elif (document := self.parse(item.data, path, item.row)) is not None:
                yield document
        for problem in problems:
            self._failed(path, InputError(problem))

    def parse(self, line: bytes, source: str, row: int) -> Document | None:
        """The document of a JSON line; None for a blank line, and for one that cannot be read."""
        if not line.strip():
            return None
        try:
            fields = load_object(line)
            text = lookup(fields, self._keys.text)
            if text is not None and not isinstance(text, str):
                kind = type(text).__name__
                raise InputError(
                    f"what is under {self._keys.text!r} is no text but {kind}: "
                    "give it as a string, or name another field with --text-key"
                )
            if text is None:
                there = ", ".join(fields) or "none"
                raise InputError(
                    f"no text under {self._keys.text!r} (keys there: {there}): "
                    "name another with --text-key"
                )
        except InputError as error:
            self._failed(f"{source}:{row + 1}", error)
            return None
        self.read += 1
        own = as_text(lookup(fields, self._keys.id))
        return Document(self._make_id(source, row, text) if own is None else own, text, fields)
