"""A run as JSON: in pytest-benchmark's shape, with the figures beside.

The keys of ``benchmarks`` are those of pytest-benchmark 5 (its documentation, "Comparing past
runs"), so that what reads its files reads ours; ``dedup`` holds the rest.
"""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.outcome import Better, Figure, Kind, Outcome, Timing
from benchmarks.suites import SUITES

_PACKAGES = (
    "dedup", "numpy", "selectolax", "trafilatura", "resiliparse", "turbohtml", "readability-lxml",
    "jusText", "lxml", "datasketch", "rensa", "gaoya", "simhash",
)  # fmt: skip


def as_json(outcomes: Iterable[Outcome], mode: str) -> dict[str, Any]:
    """All that was measured."""
    outcomes = list(outcomes)
    missing: dict[str, str] = {}
    for outcome in outcomes:
        missing |= outcome.missing
    return {
        "machine_info": machine(),
        "commit_info": {},
        "benchmarks": [_benchmark(t) for outcome in outcomes for t in outcome.timings],
        "datetime": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": "5.1.0",
        "dedup": {
            "mode": mode,
            "suites": [outcome.suite for outcome in outcomes],
            "missing": missing,
            "figures": [_figure(f) for outcome in outcomes for f in outcome.figures],
        },
    }


def machine() -> dict[str, Any]:
    """The machine without its name: what speed and memory depend on."""
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):  # not on Windows
        memory = 0.0
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "machine": platform.machine(),
        "system": platform.system(),
        "python_version": platform.python_version(),
        "packages": versions,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "suite": figure.suite,
        "table": figure.table,
        "row": figure.row,
        "column": figure.column,
        "value": figure.value,
        "kind": figure.kind.value,
        "better": figure.better.value,
        **({"error": figure.error, "count": figure.count} if figure.count else {}),
    }


def _benchmark(timing: Timing) -> dict[str, Any]:
    """One timing; ``ops`` are units (pages, texts) a CPU second."""
    each = sorted(seconds / timing.units for seconds in timing.seconds)
    low, _, high = statistics.quantiles(each * 2 if len(each) == 1 else each, n=4)
    spread = statistics.stdev(each) if len(each) > 1 else 0.0
    mean = statistics.fmean(each)
    far = 1.5 * (high - low)
    outliers = sum(not low - far <= value <= high + far for value in each)
    return {
        "group": f"{timing.suite}: {timing.task}",
        "name": timing.name,
        "fullname": timing.name,
        "params": {"tool": timing.tool},
        "param": timing.tool,
        "extra_info": {"units": timing.units, "clock": "CPU"},
        "options": {"timer": "process_time"},
        "stats": {
            "min": each[0],
            "max": each[-1],
            "mean": mean,
            "stddev": spread,
            "rounds": len(each),
            "median": statistics.median(each),
            "iqr": high - low,
            "q1": low,
            "q3": high,
            "iqr_outliers": outliers,
            "stddev_outliers": sum(abs(value - mean) > spread for value in each),
            "outliers": f"{sum(abs(value - mean) > spread for value in each)};{outliers}",
            "ld15iqr": each[0],
            "hd15iqr": each[-1],
            "ops": 1 / max(mean, 1e-12),
            "total": sum(each),
            "data": each,
            "iterations": 1,
        },
    }


def write(result: dict[str, Any], path: Path) -> None:
    """Write a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """Read a run."""
    result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return result


def figures(result: dict[str, Any]) -> list[Figure]:
    """The figures of a run."""
    return [
        Figure(**row | {"kind": Kind(row["kind"]), "better": Better(row["better"])})
        for row in result["dedup"]["figures"]
    ]


def merged(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Runs of one mode that hold different suites, as one; of a suite measured twice the last."""
    whole = {name: dict(value) if isinstance(value, dict) else value
             for name, value in runs[-1].items()}  # fmt: skip
    latest: dict[str, dict[str, Any]] = {
        suite: run for run in runs for suite in run["dedup"]["suites"]
    }
    suites = [suite for suite in SUITES if suite in latest]
    whole["dedup"]["suites"] = suites
    whole["dedup"]["missing"] = {
        what: why for run in runs for what, why in run["dedup"]["missing"].items()
    }
    whole["dedup"]["figures"] = [
        row for suite in suites for row in latest[suite]["dedup"]["figures"]
        if row["suite"] == suite
    ]  # fmt: skip
    whole["benchmarks"] = [
        bench for suite in suites for bench in latest[suite]["benchmarks"]
        if bench["group"].startswith(f"{suite}: ")
    ]  # fmt: skip
    return whole
