"""The plots of a run, as SVG."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "dedup", "font.size": 9}

import matplotlib.pyplot as plt  # noqa: E402 (the backend is chosen first)
from matplotlib.axes import Axes  # noqa: E402

from benchmarks.report import Table, tables  # noqa: E402


def draw(measured: dict[str, Any], folder: Path) -> list[str]:
    """Write one SVG file a plot into the folder; returns their names without ``.svg``."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, table, plot in plots(measured):
        figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
        plot(axes, table)
        axes.set_title(table.name)
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
        names.append(name)
    return names


def plots(measured: dict[str, Any]) -> Iterator[tuple[str, Table, Any]]:
    """Name, table and drawing function of each plot that the run has figures for."""
    kinds = {
        "found by kind of copy": bars,
        "by threshold": by_threshold,
        "CPU seconds by texts": by_size,
        "S-curve": s_curve,
    }
    for _, table in tables(measured):
        for beginning, plot in kinds.items():
            if table.name.startswith(beginning):
                yield table.name.lower().replace(",", "").replace(" ", "-"), table, plot


def bars(axes: Axes, table: Table) -> None:
    """A group of bars a row, a bar a tool."""
    height = 0.8 / len(table.columns)
    for place, tool in enumerate(table.columns):
        rows = [number + place * height for number in range(len(table.rows))]
        axes.barh(rows, _values(table, tool), height, label=tool)
    middle = 0.4 - height / 2
    axes.set_yticks([number + middle for number in range(len(table.rows))], table.rows)
    axes.invert_yaxis()
    axes.set_xlabel("share of the copies found")


def by_threshold(axes: Axes, table: Table) -> None:
    """Recall and precision at each threshold."""
    _lines(axes, table)
    axes.set_xlabel("Jaccard threshold")
    axes.set_ylim(min(0.95, *(f.value for f in table.figures)), 1.002)


def by_size(axes: Axes, table: Table) -> None:
    """Seconds against texts, both logarithmic: a line of slope one is linear."""
    _lines(axes, table)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("texts")
    axes.set_ylabel("CPU seconds")


def s_curve(axes: Axes, table: Table) -> None:
    """The chance to become a candidate against similarity."""
    _lines(axes, table)
    axes.set_xlabel("Jaccard similarity")
    axes.set_ylabel("chance to become a candidate")


def _lines(axes: Axes, table: Table) -> None:
    at = [float(row) for row in table.rows]
    for column in table.columns:
        axes.plot(at, _values(table, column), marker="o", markersize=3, label=column)


def _values(table: Table, column: str) -> list[float]:
    cells = (table.cell(row, column) for row in table.rows)
    return [cell.value if cell else float("nan") for cell in cells]
