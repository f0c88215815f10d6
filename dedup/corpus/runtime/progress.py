"""How far a run is: reports while it works, times when it is over."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dedup.logs import logger_of

_logger = logger_of("corpus")
_EVERY = 0.5  # seconds between two reports


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage is.

    Attributes:
        stage: its name.
        done: units done since the run was started.
        unit: what is counted.
        total: how many there are, or None where nobody knows yet.
        seconds: time since the stage began.
        ended: whether this is its last report.
    """

    stage: str
    done: int
    unit: str
    seconds: float
    total: int | None = None
    ended: bool = False

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds that the stage will still take at this rate; None where nobody knows.

        >>> Progress("texts", 25, "parts", 5.0, total=100).remaining
        15.0
        """
        if self.total is None or not self.done:
            return None
        return max(0, self.total - self.done) / self.rate


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Report nothing."""


class Watch:
    """Counts and times the stages, and reports them.

    Args:
        report: called twice a second at most, and when a stage ends.
        cpu: the CPU seconds of the worker processes so far.
    """

    def __init__(self, report: Report, cpu: Callable[[], float]) -> None:
        self._report = report
        self._workers_cpu = cpu
        self._times: dict[str, dict[str, Any]] = {}
        self._stage, self._unit = "", ""
        self._done = 0
        self._total: int | None = None
        self._began = self._reported = 0.0

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[None]:
        """Time a stage."""
        self._stage, self._unit, self._done, self._total = name, unit, 0, None
        self._began = self._reported = time.monotonic()
        before = self._cpu()
        _logger.info("%s begins", name)
        yield
        seconds = time.monotonic() - self._began
        self._times[name] = {
            "seconds": round(seconds, 3),
            "cpu_seconds": round(self._cpu() - before, 3),
            self._unit: self._done,
        }
        _logger.info("%s has ended: %d %s in %.1f s", name, self._done, unit, seconds)
        self._report(Progress(name, self._done, unit, seconds, self._done, ended=True))

    def expect(self, total: int) -> None:
        """Say how many units the stage will have at its end."""
        self._total = total

    def step(self, units: int) -> None:
        """Count what was done, and report it if the last report is a while ago."""
        self._done += units
        now = time.monotonic()
        if now - self._reported >= _EVERY:
            self._reported = now
            seconds = now - self._began
            self._report(Progress(self._stage, self._done, self._unit, seconds, self._total))

    def _cpu(self) -> float:
        return time.process_time() + self._workers_cpu()

    def times(self) -> dict[str, dict[str, Any]]:
        """Seconds, CPU seconds of all processes, and units of each stage of this start."""
        return self._times
