"""Files that are written whole or not at all."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from dedup.errors import RunError

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


def write_bytes(root: Path, name: str, data: bytes) -> Entry:
    """Write bytes as a file; see `write_whole`."""
    return write_whole(root, name, lambda file: file.write(data))


@contextmanager
def new_file(root: Path, name: str) -> Iterator[Any]:
    """A file to write, which gets its name when the block ends well; see `write_whole`."""
    path = root / name
    # Of another name in every process, also on other machines.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.time_ns()}.tmp")
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
            f"cannot write {path}: {why}; mend that, then resume with --resume"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


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
