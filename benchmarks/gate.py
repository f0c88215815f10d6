"""The floors: what was reached and must not be lost.

`floors.toml` holds one floor for each figure that a suite calls gated. They are the same for the
quick and the full run: both measure whole sets. How a floor is set from what was reached:

    quality   less two standard errors (over the pages or pairs of the set)
    ratio     less `RATIO_MARGIN`: what interleaved rounds differ by on a busy two-core machine
    cost      plus `COST_MARGIN`: what the peak memory of a process differs by between systems
    count     exactly

`raised` moves floors for the better only; `lowered` moves named ones and keeps the reason.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import ceil, floor
from pathlib import Path
from typing import Any

from benchmarks.outcome import DIRECTION, Better, Figure, Kind
from benchmarks.pages import ROOT

FLOORS = ROOT / "benchmarks" / "floors.toml"
RATIO_MARGIN = 0.4
COST_MARGIN = 0.25
STANDARD_ERRORS = 2
_PLACES = 4
_SLACK = 1e-6  # floors and figures are compared to six places


@dataclass(frozen=True, slots=True)
class Floor:
    """A figure's floor (for counts and costs: its ceiling), and what it was taken from."""

    kind: Kind
    floor: float
    reached: float
    error: float = 0.0
    count: int = 0

    def holds(self, value: float) -> bool:
        """Whether a figure is good enough."""
        if DIRECTION[self.kind] is Better.MORE:
            return value >= self.floor - _SLACK
        return value <= self.floor + _SLACK

    def better_than(self, other: "Floor") -> bool:
        """Whether this floor asks for more."""
        return self.floor != other.floor and not self.holds(other.floor)


Floors = dict[str, Floor]


@dataclass
class Verdict:
    """What the gate says.

    Attributes:
        held: floors that were held.
        fallen: key, and what is wrong.
        unmeasured: key, and why it could not be measured.
        fresh: gated figures without a floor.
    """

    held: int = 0
    fallen: dict[str, str] = field(default_factory=dict)
    unmeasured: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)


def floor_of(figure: Figure) -> Floor:
    """The floor that a figure sets.

    >>> floor_of(Figure("labels", "F1", "nav", "dedup", 0.98, Kind.QUALITY, error=0.01)).floor
    0.96
    >>> floor_of(Figure("near", "pairs", "wrong", "dedup", 3, Kind.COUNT)).floor
    3.0
    """
    value, scale = figure.value, 10**_PLACES
    if figure.kind is Kind.QUALITY:
        value -= STANDARD_ERRORS * figure.error
    elif figure.kind is Kind.RATIO:
        value *= 1 - RATIO_MARGIN
    elif figure.kind is Kind.COST:
        value *= 1 + COST_MARGIN
    lenient = floor if DIRECTION[figure.kind] is Better.MORE else ceil
    return Floor(
        figure.kind, lenient(round(value * scale, 3)) / scale, round(figure.value, _PLACES),
        round(figure.error, _PLACES), figure.count,
    )  # fmt: skip


def gated(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The figures that have floors, by key."""
    return {figure.key: figure for figure in figures if figure.kind is not Kind.SHOWN}


def judge(
    figures: Iterable[Figure], floors: Mapping[str, Floor], missing: Mapping[str, str],
    suites: Iterable[str],
) -> Verdict:  # fmt: skip
    """Hold figures against floors.

    A floor whose figure is missing has fallen, unless the run says why it could not be measured.
    """
    verdict = Verdict()
    measured, run = gated(figures), set(suites)
    for key, held in floors.items():
        figure = measured.get(key)
        if figure is None:
            why = why_missing(key, missing, run)
            (verdict.unmeasured if why else verdict.fallen)[key] = why or "no such figure any more"
        elif held.holds(figure.value):
            verdict.held += 1
        else:
            verdict.fallen[key] = explained(figure.value, held)
    verdict.fresh = [key for key in measured if key not in floors]
    return verdict


def explained(value: float, held: Floor) -> str:
    """Why a floor has fallen, in one line.

    >>> explained(0.9, Floor(Kind.QUALITY, 0.9434, 0.9534, 0.005, 139))
    '0.9 is below 0.9434 (reached 0.9534, standard error 0.005, on 139)'
    """
    side = "below" if DIRECTION[held.kind] is Better.MORE else "above"
    error = f", standard error {held.error:g}, on {held.count:,}" if held.count else ""
    return f"{round(value, _PLACES):g} is {side} {held.floor:g} (reached {held.reached:g}{error})"


def why_missing(key: str, missing: Mapping[str, str], suites: set[str]) -> str | None:
    """Why a figure is not there: its suite was not run, or the run names a reason.

    >>> why_missing("a / times faster than / x / rensa", {"rensa": "not installed"}, {"a"})
    'not installed'
    """
    suite, *_, column = key.split(" / ")
    if suite not in suites:
        return "the suite was not run"
    for name, why in missing.items():
        if column == name or key == name or key.startswith((f"{name} /", f"{name}: ")):
            return why
    return None


def raised(floors: Mapping[str, Floor], figures: Iterable[Figure]) -> Floors:
    """The floors with every one that is better, or new."""
    made = dict(floors)
    for key, figure in gated(figures).items():
        new = floor_of(figure)
        if key not in made or new.better_than(made[key]):
            made[key] = new
    return made


def lowered(
    floors: Mapping[str, Floor], figures: Iterable[Figure], keys: Iterable[str]
) -> tuple[Floors, dict[str, tuple[float, float | None]]]:
    """The floors with the named ones set from what a run reached (gone where it has no figure).

    Returns:
        The floors, and for each key that changed the old and the new floor.

    Raises:
        KeyError: a key that has no floor.
    """
    made, now = dict(floors), gated(figures)
    changed: dict[str, tuple[float, float | None]] = {}
    for key in keys:
        before = made.pop(key)
        if key in now:
            made[key] = floor_of(now[key])
        after = made[key].floor if key in made else None
        if after != before.floor:
            changed[key] = (before.floor, after)
    return made, changed


def load(path: Path = FLOORS) -> tuple[Floors, list[dict[str, Any]]]:
    """The floors in a file and the reasons of those that were lowered; none where it is absent."""
    content = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    rows = content.get("floor", {})
    floors = {key: Floor(**row | {"kind": Kind(row["kind"])}) for key, row in rows.items()}
    return floors, content.get("lowered", [])


def save(
    floors: Mapping[str, Floor], reasons: Iterable[Mapping[str, Any]], path: Path = FLOORS
) -> None:
    """Write the file: the floors, sorted, and the reasons of lowered ones."""
    lines = [
        "# Floors on whole sets; written by `python -m benchmarks raise` and `lower`, see gate.py.",
    ]
    for key in sorted(floors):
        lines += ["", f"[floor.{_string(key)}]"]
        lines += [
            f"{name} = {_value(value)}"
            for name, value in asdict(floors[key]).items()
            if value or name in ("kind", "floor", "reached")
        ]
    for entry in reasons:
        lines += ["", "[[lowered]]"]
        lines += [f"{name} = {_value(value)}" for name, value in entry.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _value(value: Any) -> str:
    return _string(value) if isinstance(value, str) else str(value)


def _string(text: str) -> str:
    """A TOML basic string: JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def entry(key: str, change: tuple[float, float | None], reason: str) -> dict[str, Any]:
    """What is written down about a floor that was lowered."""
    before, after = change
    return {
        "floor": key,
        "from": before,
        **({} if after is None else {"to": after}),
        "reason": reason,
        "date": datetime.now(UTC).date().isoformat(),
    }
