"""The stage files of a run: written whole or not at all, and listed in a manifest."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from dedup.corpus.extra import require
from dedup.errors import RunError

LOCK = "stages/lock"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole file: its name below the directory of the run, its bytes and their BLAKE2b."""

    name: str
    size: int
    checksum: str


def write_whole(root: Path, name: str, write: Callable[[BinaryIO], object]) -> Entry:
    """Write a file under a temporary name and rename it when it is whole and on disk.

    Args:
        root: the directory of the run.
        name: the file's name below it.
        write: writes the content; it may write only forward.

    Raises:
        RunError: if the file cannot be written (disk full, no permission).
    """
    with new_file(root, name) as file:
        write(file)
    return Entry(name, file.size, file.digest.hexdigest())


@contextmanager
def new_file(root: Path, name: str) -> Iterator[Any]:
    """A file to write, which gets its name when the block ends well; see `write_whole`."""
    path = root / name
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield _Hashing(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        why = error.strerror or str(error)
        raise RunError(
            f"cannot write {path}: {why}; mend that, then go on with --resume"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def locked(root: Path, shared: bool) -> Iterator[None]:
    """Hold the directory of a run, so that no other run writes to it at the same time.

    The lock ends with the process, however that ends. Where the file system knows no locks, nothing
    is held.

    Args:
        root: the directory of the run.
        shared: whether others that share may work beside this one: the ranks of a job array.

    Raises:
        RunError: if another process is at work there.
    """
    path = root / LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise RunError(f"cannot write to {root}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(f"another process is at work in {root}: wait for its end") from error
        except OSError:
            pass
        try:
            yield
        finally:
            if not shared:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                    path.parent.rmdir()  # if nothing else is there


class _Hashing:
    """A file that knows the checksum of what was written to it."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = blake2b(digest_size=16)
        self.size = 0

    def write(self, data: Any) -> int:
        self.digest.update(data)
        written = self._file.write(data)
        self.size += written
        return written

    def flush(self) -> None:
        self._file.flush()

    def tell(self) -> int:
        return self.size

    def close(self) -> None:
        """Leave the closing to the owner of the file."""

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


def checksum_of(path: Path) -> tuple[int, str]:
    """Bytes and BLAKE2b of a file."""
    digest = blake2b(digest_size=16)
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


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
                f"cannot write {self._path}: {error.strerror}: then go on with --resume"
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
