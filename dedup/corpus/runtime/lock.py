"""One run at a time in a directory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dedup.errors import RunError

LOCK = "stages/lock"


@contextmanager
def locked(root: Path, shared: bool) -> Iterator[None]:
    """Hold the directory of a run, so that no other run writes to it at the same time.

    The lock ends with the process, however that ends. Where the file system knows no such locks,
    nothing is held; on Windows, which knows no shared ones, ranks hold nothing either.

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
            _lock(file, shared)
        except (BlockingIOError, PermissionError) as error:
            raise RunError(f"another process is at work in {root}: wait for its end") from error
        except OSError:
            pass
        try:
            yield
        finally:
            if not shared:
                _remove(path)
    if sys.platform == "win32" and not shared:  # which removes no file that is open
        _remove(path)


def _remove(path: Path) -> None:
    """Remove the lock, and its folder if nothing else is there."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def _lock(file: BinaryIO, shared: bool) -> None:
    """Lock a file until it is closed.

    Raises:
        BlockingIOError, PermissionError: if another process holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        if not shared:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
