"""The floors: what was reached and must not be lost.

``floors.toml`` has, for the quick and for the full run, a floor for each figure of ours. Quality
must not fall below it and counted work not rise above it, exactly; ratios of time and memory to a
peer may fall short by ``margin``. `raised` only moves them for the better; `lowered` moves named
ones and keeps the reason in the file.
"""

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.outcome import Figure, Kind
from benchmarks.pages import ROOT

FLOORS = ROOT / "benchmarks" / "floors.toml"
MARGIN = 0.4  # of a ratio: what interleaved rounds still differ by on a busy two-core machine
GATED = (Kind.QUALITY, Kind.WORK, Kind.RATIO)

Floors = dict[str, dict[str, float]]


@dataclass
class Verdict:
    """What the gate says.

    Attributes:
        held: floors that were held.
        fallen: key, and what is wrong.
        unmeasured: key, and why it could not be measured.
        fresh: figures without a floor.
    """

    held: int = 0
    fallen: dict[str, str] = field(default_factory=dict)
    unmeasured: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)


def floor_of(figure: Figure) -> float:
    """The floor that a figure would set: to four places, to the lenient side.

    >>> floor_of(Figure("labels", "F1", "nav", "dedup", 0.98769, Kind.QUALITY))
    0.9876
    >>> floor_of(Figure("near", "counted", "pairs", "dedup", 120, Kind.WORK))
    120
    """
    if figure.kind is Kind.WORK:
        return math.ceil(figure.value)
    return math.floor(figure.value * 10_000) / 10_000


def judge(
    figures: Iterable[Figure], floors: Mapping[str, Mapping[str, float]],
    missing: Mapping[str, str], parts: Iterable[str], margin: float = MARGIN,
) -> Verdict:  # fmt: skip
    """Hold figures against floors.

    A floor whose figure is missing has fallen, unless the run says why it could not be measured.
    """
    verdict = Verdict()
    measured = {figure.key: figure for figure in figures if figure.kind in GATED}
    wanted = {(key, kind): floor for kind, rows in floors.items() for key, floor in rows.items()}
    run = set(parts)
    for (key, kind), floor in wanted.items():
        figure = measured.get(key)
        if figure is None:
            why = why_missing(key, missing, run)
            (verdict.unmeasured if why else verdict.fallen)[key] = why or "no such figure any more"
            continue
        value = floor_of(figure)
        if kind == Kind.WORK and value > floor:
            verdict.fallen[key] = f"{value:,} where {floor:,} was enough"
        elif kind == Kind.QUALITY and value < floor:
            verdict.fallen[key] = f"{value} is below {floor}"
        elif kind == Kind.RATIO and value < floor * (1 - margin):
            verdict.fallen[key] = f"{value} is below {floor} by more than {margin:.0%}"
        else:
            verdict.held += 1
    known = {key for key, _ in wanted}
    verdict.fresh = [key for key in measured if key not in known]
    return verdict


def why_missing(key: str, missing: Mapping[str, str], parts: set[str]) -> str | None:
    """Why a figure is not there: its part was not run, or the run names a reason.

    >>> why_missing("a / times faster than / x / rensa", {"rensa": "not installed"}, {"a"})
    'not installed'
    """
    part, *_, column = key.split(" / ")
    if part not in parts:
        return "the part was not run"
    for name, why in missing.items():
        if column == name or key == name or key.startswith((f"{name} /", f"{name}: ")):
            return why
    return None


def raised(floors: Mapping[str, Mapping[str, float]], figures: Iterable[Figure]) -> Floors:
    """The floors with every figure that is better, or new."""
    made: Floors = {kind.value: dict(floors.get(kind, {})) for kind in GATED}
    for figure in figures:
        if figure.kind not in GATED:
            continue
        rows, value = made[figure.kind], floor_of(figure)
        better = min if figure.kind is Kind.WORK else max
        rows[figure.key] = better(rows.get(figure.key, value), value)
    return made


def lowered(
    floors: Mapping[str, Mapping[str, float]], figures: Iterable[Figure], keys: Iterable[str]
) -> tuple[Floors, dict[str, tuple[float, float | None]]]:
    """The floors with the named ones set to what a run reached (gone where it has no such figure).

    Returns:
        The floors, and for each key that changed the old and the new floor.

    Raises:
        KeyError: a key that has no floor.
    """
    made: Floors = {kind.value: dict(floors.get(kind, {})) for kind in GATED}
    now = {figure.key: floor_of(figure) for figure in figures if figure.kind in GATED}
    changed: dict[str, tuple[float, float | None]] = {}
    for key in keys:
        rows = next((rows for rows in made.values() if key in rows), None)
        if rows is None:
            raise KeyError(key)
        before = rows.pop(key)
        if key in now:
            rows[key] = now[key]
        if now.get(key) != before:
            changed[key] = (before, now.get(key))
    return made, changed


def load(path: Path = FLOORS) -> dict[str, Any]:
    """Read the file; empty where there is none."""
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def save(content: Mapping[str, Any], path: Path = FLOORS) -> None:
    """Write the file: the floors of each mode, sorted, and the reasons of lowered ones."""
    lines = [
        "# What was reached. Written by `python -m benchmarks raise` and `lower`; see gate.py.",
        "# quality: at least; work: at most, exactly; ratio: at least, less the margin.",
        f"margin = {content.get('margin', MARGIN)}",
    ]
    for mode in ("quick", "full"):
        for kind, rows in content.get(mode, {}).items():
            lines += ["", f"[{mode}.{kind}]"]
            lines += [f"{_string(key)} = {rows[key]}" for key in sorted(rows)]
    for entry in content.get("lowered", []):
        lines += ["", "[[lowered]]"]
        lines += [
            f"{name} = {_string(value) if isinstance(value, str) else value}"
            for name, value in entry.items()
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _string(text: str) -> str:
    """A TOML basic string: JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def entry(mode: str, key: str, change: tuple[float, float | None], reason: str) -> dict[str, Any]:
    """What is written down about a floor that was lowered."""
    before, after = change
    return {
        "run": mode,
        "floor": key,
        "from": before,
        **({} if after is None else {"to": after}),
        "reason": reason,
        "date": datetime.now(UTC).date().isoformat(),
    }
