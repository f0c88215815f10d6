"""One run at a time in a directory."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dedup.errors import RunError

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = "stages/lock"


@contextmanager
def locked(root: Path, shared: bool) -> Iterator[None]:
    """Hold the directory of a run, so that no other run writes to it at the same time.

    The lock ends with the process, however that ends. Where the system or the file system knows no
    such locks, nothing is held.

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
            if fcntl is not None:
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
