"""Tasks for worker processes, in a module that these can import."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from dedup.corpus.runtime.workers import Beat, Skip


@dataclass(frozen=True)
class Printing:
    """Prints its payload to standard output, from here and from a process of its own."""

    def open(self) -> Callable[[bytes, Skip, Beat], list[str]]:
        def task(payload: bytes, skip: Skip, beat: Beat) -> list[str]:
            beat(0)
            sys.stdout.buffer.write(payload)
            sys.stdout.flush()
            script = f"import sys; sys.stdout.buffer.write({payload!r})"
            subprocess.run([sys.executable, "-c", script], check=True, stderr=subprocess.DEVNULL)
            return []

        return task
