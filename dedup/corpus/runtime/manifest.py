"""The list of the whole files of a run: what a resumed run need not do again."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, checksum_of
from dedup.errors import RunError


class Manifest:
    """Which files of a run are whole.

    One line is appended, and synced, for each file after it was renamed; a line cut short by a
    crash counts for nothing, and its file is made again. Each rank of a job array appends to a
    manifest of its own and reads all of them.
    """

    def __init__(self, root: Path, name: str = "manifest.jsonl") -> None:
        self._root = root
        self._path = root / name
        self._entries: dict[str, Entry] = {}
        self._facts: dict[str, Any] = {}
        self._checked: set[str] = set()
        for path in sorted(root.glob("manifest*.jsonl")):
            self._load(path)

    def _load(self, path: Path) -> None:
        orjson = require("orjson")
        for line in path.read_bytes().split(b"\n"):
            try:
                fields = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # the line that was being written when the run was killed
            if "fact" in fields:
                self._facts[fields["fact"]] = fields["value"]
            else:
                entry = Entry(**fields)
                self._entries[entry.name] = entry

    def _append(self, fields: Mapping[str, Any]) -> None:
        try:
            with self._path.open("ab") as file:
                # A torn last line must not swallow this one.
                if file.tell() and not _ends_with_newline(self._path):
                    file.write(b"\n")
                file.write(require("orjson").dumps(fields) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RunError(
                f"cannot write {self._path}: {error.strerror}: then resume with --resume"
            ) from error

    def add(self, entry: Entry) -> None:
        """List a file that is whole."""
        self._entries[entry.name] = entry
        self._checked.add(entry.name)
        self._append({"name": entry.name, "size": entry.size, "checksum": entry.checksum})

    def note(self, fact: str, value: Any) -> None:
        """Note something that a resumed run need not find out again."""
        self._facts[fact] = value
        self._append({"fact": fact, "value": value})

    def fact(self, fact: str) -> Any:
        """What was noted, or None."""
        return self._facts.get(fact)

    def whole(self, name: str) -> bool:
        """Whether a file is listed and still has the bytes that it was listed with."""
        entry = self._entries.get(name)
        if entry is None:
            return False
        if name not in self._checked:
            path = self._root / name
            if not path.exists() or checksum_of(path) != (entry.size, entry.checksum):
                return False
            self._checked.add(name)
        return True


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
