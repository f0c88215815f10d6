"""What a part of the benchmarks hands back: figures, timings, and what could not be measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import median

from benchmarks.pages import Example


class Kind(StrEnum):
    """How the gate reads a figure.

    ``quality``: must not fall. ``work``: counted exactly, must not grow. ``ratio``: how many times
    the peer's time or room ours is contained in it; must not fall by more than a margin.
    ``shown``: is only shown.
    """

    QUALITY = "quality"
    WORK = "work"
    RATIO = "ratio"
    SHOWN = "shown"


class Better(StrEnum):
    """Which of two values in a row is the better one."""

    MORE = "more"
    LESS = "less"
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number and its place: the cell of a table of a part."""

    part: str
    table: str
    row: str
    column: str
    value: float
    kind: Kind = Kind.SHOWN
    better: Better = Better.NEITHER

    @property
    def key(self) -> str:
        """Its name in the floors.

        >>> Figure("labels", "F1", "nav", "dedup", 0.9).key
        'labels / F1 / nav / dedup'
        """
        return " / ".join((self.part, self.table, self.row, self.column))


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU seconds of one tool on one task, a value a round; ``units`` are done in each."""

    part: str
    task: str
    tool: str
    seconds: tuple[float, ...]
    units: int = 1

    @property
    def name(self) -> str:
        """Its name for comparison between runs."""
        return f"{self.part}: {self.task} [{self.tool}]"

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.seconds)


@dataclass
class Outcome:
    """Collects what a part measures.

    Attributes:
        part: its name.
        figures: in the order in which the report shows them.
        timings: in the same order.
        missing: what could not be measured, by the beginning of its keys, and why.
    """

    part: str
    figures: list[Figure] = field(default_factory=list)
    timings: list[Timing] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def put(
        self, table: str, row: str, column: str, value: float, kind: Kind = Kind.SHOWN,
        better: Better = Better.NEITHER,
    ) -> None:  # fmt: skip
        """Add one figure."""
        self.figures.append(Figure(self.part, table, row, column, float(value), kind, better))

    def time(self, task: str, rounds: Mapping[str, tuple[float, ...]], units: int = 1) -> None:
        """Add the rounds of all tools at a task, and ours as a ratio to each of them."""
        for tool, seconds in rounds.items():
            self.timings.append(Timing(self.part, task, tool, seconds, units))
        for tool, seconds in rounds.items():
            if tool != "dedup" and "dedup" in rounds:
                # Rounds are interleaved: what slows the machine slows both of a pair.
                pairs = zip(seconds, rounds["dedup"], strict=True)
                ratio = median(theirs / max(ours, 1e-9) for theirs, ours in pairs)
                self.put("times faster than", task, tool, ratio, Kind.RATIO, Better.MORE)

    def absent(self, table: str, why: str) -> None:
        """Note that a table (or, where empty, the part) could not be measured."""
        self.missing[f"{self.part} / {table}" if table else self.part] = why

    def absent_tools(self, wanted: Iterable[str], there: Iterable[str]) -> None:
        """Note the peers that are not installed."""
        for tool in sorted(set(wanted) - set(there)):
            self.missing[tool] = "not installed: pip install '.[bench]'"


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for.

    Attributes:
        quick: the small sample; otherwise the large one.
        rounds: interleaved rounds of each timing.
        sets: pages of the user's own, by name.
        texts: documents of the user's own, by name.
        scratch: a folder for files.
    """

    quick: bool
    rounds: int
    scratch: Path
    sets: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
