"""Worker processes that may die or hang without taking the run along."""

import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from dedup.corpus.runtime.worker_process import BEAT, IDLE, receive, send
from dedup.errors import RunError, SettingsError

# Calls after which a worker is replaced, so that what libraries leak stays small.
_RENEW = 200
_AHEAD = 3  # answers that are held for each process where their order counts
_LOOK = 0.25  # seconds between two looks at the beats
# A worker is one of as many as there are cores: threads for the small matrices of a page would only
# wait for each other, at ten times the cost where the machine is busy.
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}

_PROGRAM = "dedup.corpus.runtime.worker_process"
# A process group of their own.
_APART: dict[str, Any] = (
    {"process_group": 0}
    if os.name == "posix"
    else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
)

# What a task gets beside its payload: why items are left out, and whom to tell where it is.
Skip = Mapping[int, str]
Beat = Callable[[int], None]


class Task(Protocol):
    """What the processes do with payloads: a frozen dataclass, so that it can be sent to them."""

    def open(self) -> Callable[..., Any]:
        """Prepare the work, once per process.

        Returns:
            The function that takes ``(payload, skip, beat)``. It calls ``beat(index)`` before each
            item of the payload and leaves out the items of ``skip``, whose values say why.
        """
        ...


class _DiedError(Exception):
    """A worker is gone; ``index`` is the item it was at, or `IDLE`."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index = index


class _Worker:
    """One process, its two pipes, and the file in which it tells where it is."""

    def __init__(self) -> None:
        handle, self._beats = tempfile.mkstemp(prefix="dedup-")
        self._beat_file = os.fdopen(handle, "r+b", buffering=0)
        self._beat_file.write(BEAT.pack(0, IDLE))
        home = str(Path(__file__).parents[3])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", _PROGRAM, self._beats],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
            # Ctrl-C is for the process that started them, which then ends them.
            **_APART,
        )
        self._reading = threading.Lock()
        self._why = ""
        self._seen = (0, time.monotonic())
        self.calls = 0
        self.cpu_seconds = 0.0

    def call(self, task: Task, payload: Any, skip: dict[int, str]) -> Any:
        """Have a call done.

        Raises:
            _DiedError: if the process ended, by itself or by `look`.
        """
        calls, answers = self._process.stdin, self._process.stdout
        if calls is None or answers is None:
            raise RunError("a worker was started without pipes")
        self.calls += 1
        try:
            send(calls, (task, payload, skip))
            well, answer, self.cpu_seconds = receive(answers)
        except (EOFError, OSError) as error:
            code = self._process.wait()
            why = self._why or f"killed the worker ({_exit_name(code)})"
            raise _DiedError(self._beat()[1], why) from error
        if not well:
            raise answer
        return answer

    def look(self, seconds: float) -> None:
        """Kill the process if it has been at one item for longer than that."""
        (beat, index), now = self._beat(), time.monotonic()
        if beat != self._seen[0] or index == IDLE:
            self._seen = (beat, now)
        elif now - self._seen[1] > seconds:
            self._why = f"took longer than {seconds:g} s (page_seconds)"
            self._process.kill()

    def stop(self) -> None:
        """End the process, which has nothing to do."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still in the buffer of a killed worker's pipe
        with self._reading:
            self._beat_file.close()
        Path(self._beats).unlink(missing_ok=True)

    def _beat(self) -> tuple[int, int]:
        with self._reading:  # two threads look, and one of them may close the file
            if self._beat_file.closed:
                return 0, IDLE
            self._beat_file.seek(0)
            count, index = BEAT.unpack(self._beat_file.read(BEAT.size))
        return count, index


def _exit_name(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class Workers:
    """A pool: calls go in, answers come out in the order in which they are done.

    Args:
        jobs: processes; each is started when there is something for it to do.
        seconds: time for one item; a process that takes longer is killed, and the item skipped.
    """

    def __init__(self, jobs: int, seconds: float) -> None:
        self._seconds = seconds
        self._calls: queue.Queue[Any] = queue.Queue(maxsize=jobs)
        self._answers: queue.Queue[Any] = queue.Queue()
        self._alive: dict[int, _Worker] = {}
        self._ended = threading.Event()
        self._retired_cpu = 0.0
        self._threads = [
            threading.Thread(target=self._serve, args=(number,), daemon=True)
            for number in range(jobs)
        ]
        self._threads.append(threading.Thread(target=self._watch, daemon=True))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        for worker in list(self._alive.values()):
            worker.stop()
        for thread in self._threads:
            thread.join(timeout=5)

    def map(self, task: Task, calls: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
        """Do calls given as (key, payload); yields (key, answer), soonest first.

        No more payloads are taken from ``calls`` than there are processes to work on, and as many
        again.

        Raises:
            RunError: if a process dies outside any item.
        """
        open_calls = 0
        for key, payload in calls:
            while True:
                try:
                    self._calls.put_nowait((task, key, payload))
                    break
                except queue.Full:
                    yield self._answer()
                    open_calls -= 1
            open_calls += 1
            while not self._answers.empty():
                yield self._answer()
                open_calls -= 1
        for _ in range(open_calls):
            yield self._answer()

    def ordered(self, task: Task, payloads: Iterable[Any], ahead: int) -> Iterator[Any]:
        """The answer to each payload, in their order.

        Args:
            task: what to do with them.
            payloads: taken when there is something to do for one more.
            ahead: how many payloads may be taken whose answers have not been handed out.

        Raises:
            RunError: if a process dies outside any item.
        """
        waiting: dict[int, Any] = {}
        sent = given = 0
        source = iter(payloads)
        while True:
            while sent - given < ahead and (payload := next(source, waiting)) is not waiting:
                self._calls.put((task, sent, payload))
                sent += 1
            if sent == given:
                return
            while given not in waiting:
                key, answer = self._answer()
                waiting[key] = answer
            yield waiting.pop(given)
            given += 1

    def _answer(self) -> tuple[Any, Any]:
        key, answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return key, answer

    def _serve(self, number: int) -> None:
        """One thread for each process: hand it calls, replace it when it dies or is old."""
        while not self._ended.is_set():
            try:
                task, key, payload = self._calls.get(timeout=_LOOK)
            except queue.Empty:
                continue
            try:
                self._answers.put((key, self._do(number, task, payload)))
            except BaseException as error:
                self._answers.put((key, error))
        self._retire(number)

    def _do(self, number: int, task: Task, payload: Any) -> Any:
        skip: dict[int, str] = {}
        while True:
            worker = self._alive.get(number)
            if worker is None or worker.calls >= _RENEW:
                self._retire(number)
                worker = self._alive[number] = _Worker()
            try:
                return worker.call(task, payload, skip)
            except _DiedError as death:
                self._retire(number)
                if death.index == IDLE or self._ended.is_set():
                    raise RunError(f"a worker ended before its first page: {death}") from death
                skip = {**skip, death.index: str(death)}

    def _retire(self, number: int) -> None:
        worker = self._alive.pop(number, None)
        if worker is not None:
            self._retired_cpu += worker.cpu_seconds
            worker.stop()

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of all processes so far, up to the last answer of each."""
        return self._retired_cpu + sum(w.cpu_seconds for w in list(self._alive.values()))

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK):
            for worker in list(self._alive.values()):
                worker.look(self._seconds)


def check_jobs(jobs: int) -> None:
    """Refuse a number of processes that can do nothing.

    Raises:
        SettingsError: if it is no number, or below 1.
    """
    if not isinstance(jobs, int) or jobs < 1:
        raise SettingsError(f"jobs is {jobs}: give 1 or more processes")


def here(task: Task, payloads: Sequence[Any]) -> Iterator[Any]:
    """The answer to each payload, given by this process, which spares the start of another."""
    if payloads:
        function = task.open()
        yield from (function(payload, {}, lambda index: None) for payload in payloads)


def in_order(workers: Workers, jobs: int, task: Task, payloads: Sequence[Any]) -> Iterator[Any]:
    """The answer to each payload in their order, from this process where there is but one."""
    if jobs == 1:
        return here(task, payloads)
    return workers.ordered(task, payloads, _AHEAD * jobs)
