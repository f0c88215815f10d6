"""What a suite hands back: figures, timings, and what could not be measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from pathlib import Path
from statistics import median

from benchmarks.pages import Example
from dedup.evaluate.metric import Estimate


class Kind(StrEnum):
    """How the gate reads a figure.

    ``quality``: must not fall by more than two standard errors. ``count``: counted exactly, must
    not grow. ``ratio``: how many times the peer's time contains ours; must not fall by more than a
    margin. ``cost``: memory, or work per byte; must not grow by more than a margin. ``shown``: is
    only shown.
    """

    QUALITY = "quality"
    COUNT = "count"
    RATIO = "ratio"
    COST = "cost"
    SHOWN = "shown"


class Better(StrEnum):
    """Which of two values in a row is the better one."""

    MORE = "more"
    LESS = "less"
    NEITHER = ""


DIRECTION = {
    Kind.QUALITY: Better.MORE,
    Kind.COUNT: Better.LESS,
    Kind.RATIO: Better.MORE,
    Kind.COST: Better.LESS,
    Kind.SHOWN: Better.NEITHER,
}


def share(hits: int, count: int) -> Estimate:
    """A share with its standard error, by Agresti and Coull: never zero, even where all are hits.

    >>> share(100, 100)
    Estimate(value=1.0, error=0.0132..., count=100)
    """
    adjusted = (hits + 2) / (count + 4)
    return Estimate(hits / max(count, 1), sqrt(adjusted * (1 - adjusted) / (count + 4)), count)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number and its place: the cell of a table of a suite.

    ``error`` is the standard error (0: none), ``count`` how many pages or pairs it was measured on.
    """

    suite: str
    table: str
    row: str
    column: str
    value: float
    kind: Kind = Kind.SHOWN
    better: Better = Better.NEITHER
    error: float = 0.0
    count: int = 0

    @property
    def key(self) -> str:
        """Its name in the floors.

        >>> Figure("labels", "F1", "nav", "dedup", 0.9).key
        'labels / F1 / nav / dedup'
        """
        return " / ".join((self.suite, self.table, self.row, self.column))


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU seconds of one tool on one task, one value per round; ``units`` are done in each."""

    suite: str
    task: str
    tool: str
    seconds: tuple[float, ...]
    units: int = 1

    @property
    def name(self) -> str:
        """Its name for comparison between runs."""
        return f"{self.suite}: {self.task} [{self.tool}]"

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.seconds)


@dataclass
class Outcome:
    """Collects what a suite measures.

    Attributes:
        suite: its name.
        figures: in the order in which the report shows them.
        timings: in the same order.
        missing: what could not be measured, by the beginning of its keys, and why.
    """

    suite: str
    figures: list[Figure] = field(default_factory=list)
    timings: list[Timing] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def put(
        self, table: str, row: str, column: str, value: float | Estimate, kind: Kind = Kind.SHOWN,
        better: Better | None = None,
    ) -> None:  # fmt: skip
        """Add one figure."""
        if not isinstance(value, Estimate):
            value = Estimate(float(value), 0.0, 0)
        better = DIRECTION[kind] if better is None else better
        self.figures.append(
            Figure(
                self.suite, table, row, column, value.value, kind, better, value.error, value.count
            )
        )

    def time(
        self, task: str, rounds: Mapping[str, tuple[float, ...]], units: int = 1,
        gated: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Add the rounds of all tools at a task, and ours as a ratio to each of them.

        Args:
            task: what was done.
            rounds: CPU seconds by tool.
            units: pages or texts done in each round.
            gated: the tools whose ratio the gate holds.
        """
        for tool, seconds in rounds.items():
            self.timings.append(Timing(self.suite, task, tool, seconds, units))
        gated = set(gated)
        for tool, seconds in rounds.items():
            if tool != "dedup" and "dedup" in rounds:
                # Rounds are interleaved: what slows the machine slows both of a pair.
                pairs = zip(seconds, rounds["dedup"], strict=True)
                ratio = median(theirs / max(ours, 1e-9) for theirs, ours in pairs)
                kind = Kind.RATIO if tool in gated else Kind.SHOWN
                self.put("times faster than", task, tool, ratio, kind, Better.MORE)

    def absent(self, table: str, why: str) -> None:
        """Note that a table (or, where empty, the suite) could not be measured."""
        self.missing[f"{self.suite} / {table}" if table else self.suite] = why

    def absent_tools(self, wanted: Iterable[str], there: Iterable[str]) -> None:
        """Note the peers that are not installed."""
        for tool in sorted(set(wanted) - set(there)):
            self.missing[tool] = "not installed: pip install '.[bench]'"


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for.

    Attributes:
        quick: the small samples; otherwise the large ones.
        rounds: interleaved rounds of each timing.
        scratch: a folder for files.
        chosen: development sets by name; empty for all.
        peers: measure the quality of the peers too.
        jobs: processes that share the pages of quality measurements; timings run alone.
        million: grow to a million documents.
        sets: pages of the user's own, by name.
        texts: documents of the user's own, by name.
    """

    quick: bool
    rounds: int
    scratch: Path
    chosen: tuple[str, ...] = ()
    peers: bool = False
    jobs: int = 1
    million: bool = False
    sets: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def among(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the development sets that were asked for."""
        return tuple(name for name in names if not self.chosen or name in self.chosen)
