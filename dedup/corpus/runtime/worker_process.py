"""A process of `dedup.corpus.runtime.workers`: takes calls from stdin, answers on stdout.

It is started as ``python -m dedup.corpus.runtime.worker_process BEATS`` and not by
`multiprocessing`, so that a script that calls `dedup.run` needs no main guard and no thread is
forked.
"""

import contextlib
import itertools
import os
import pickle  # nosec B403
import struct
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

LENGTH = struct.Struct("<Q")
# How many beats there were, and the index of the present item.
BEAT = struct.Struct("<qq")
IDLE = -1
_LOOK = 1.0  # seconds between two looks whether the process that started this one is there


def send(stream: IO[bytes], value: Any) -> None:
    """Write the length of one value, then the value."""
    data = pickle.dumps(value, protocol=5)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one value.

    Raises:
        EOFError: if the other side is gone.
    """
    head = _exactly(stream, LENGTH.size)
    # Only the process at the other end of an anonymous pipe can write here; see `main`.
    return pickle.loads(_exactly(stream, LENGTH.unpack(head)[0]))  # nosec B301


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, whatever it is at."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)


def main(beats: str) -> None:
    """Answer calls until stdin ends, or the parent of this process does."""
    # Asked here and not told: the python of a virtual environment may only start another one, as
    # it does on Windows, and is then the parent.
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    calls = sys.stdin.buffer
    # What a library prints must not run into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    beat_file = Path(beats).open("r+b", buffering=0)  # noqa: SIM115 (until the process ends)
    with contextlib.suppress(OSError):  # a file in use can be removed, but on Windows
        Path(beats).unlink()
    count = itertools.count(1)

    def beat(index: int) -> None:
        beat_file.seek(0)
        beat_file.write(BEAT.pack(next(count), index))

    known: Any = None
    while True:
        try:
            task, payload, skip = receive(calls)
        except EOFError:
            return
        try:
            if task != known:
                known, function = task, task.open()
            answer = (True, function(payload, skip, beat))
        except Exception as error:
            answer = (False, error)
        beat(IDLE)
        try:
            send(answers, (*answer, time.process_time()))
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main(sys.argv[1])
