"""The documents of text and JSONL files, one after the other."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import click

from dedup.cli.inputs import Failures


@dataclass(frozen=True, slots=True)
class Record:
    """A document: its id, its text, and the object it came from."""

    id: str
    text: str
    fields: dict[str, Any]


@dataclass(slots=True)
class Documents:
    """Documents in the order of the files; what cannot be read is named on stderr and counted."""

    files: Sequence[str]
    id_key: str = "id"
    text_key: str = "text"
    read: int = 0
    _failures: Failures = field(default_factory=Failures)

    def __iter__(self) -> Iterator[Record]:
        for path in self.files:
            try:
                with click.open_file(path, "rb") as stream:
                    yield from self._of(path, stream)
            except (OSError, UnicodeDecodeError) as error:
                self._failures.add(path, error)

    def _of(self, path: str, stream: IO[bytes]) -> Iterator[Record]:
        if path != "-" and not path.endswith(".jsonl"):
            self.read += 1
            yield Record(path, stream.read().decode(), {})
            return
        for number, line in enumerate(stream, 1):
            record = self.parse(line, f"{path}:{number}")
            if record is not None:
                yield record

    def parse(self, line: bytes, place: str) -> Record | None:
        """The document of a line; one without an id gets one by its text."""
        if not line.strip():
            return None
        try:
            fields = json.loads(line)
            if not isinstance(fields, dict):
                raise ValueError("no JSON object")
            text = fields.get(self.text_key)
            if not isinstance(text, str):
                there = ", ".join(fields) or "none"
                raise ValueError(f"no text under {self.text_key!r} (keys there: {there})")
        except (ValueError, RecursionError) as error:
            self._failures.add(place, error)
            return None
        self.read += 1
        name = fields.get(self.id_key)
        return Record(_id_of(text) if name is None else str(name), text, fields)

    def exit(self) -> None:
        """End with code 1 if anything could not be read."""
        self._failures.exit()


def _id_of(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return "blake2b:" + hashlib.blake2b(data, digest_size=16).hexdigest()
