"""A run as tables, and as one Markdown report."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.outcome import Better, Figure
from benchmarks.result import figures

HEAD = """# Benchmarks

Written by `python -m benchmarks --{mode} --json RESULT.json --report docs`, from one run.

{machine}

All times are CPU time, in rounds in which every tool runs once; the middle round is
shown with the spread of the middle half, and ratios are the median of the ratios within a round.
Memory is the peak of a fresh process.

## What is measured, and what is not

- **Extraction**: 4-gram F1 of the main text (harmonic mean of mean precision and mean recall; one
  token a character in scripts without spaces), on whole sets. `dedup` and `dedup (text)` judge
  every page by a model that has seen no page of its site; the latter sees the page's lines only.
  `clean()` is the package as shipped: it was trained on some of these pages, so that its figures
  compare with itself only. CleanEval, `mozilla_readability`, `fundus` and the DAniEL sets other
  than Chinese were never trained on. The set `trafilatura` counts segments that must and must not
  be in the text. The standard error is a jackknife over pages. jusText gets the stop lists of four
  languages at once and has none for Chinese. Golden pages are what the tests hold us to.
- **Labels**: of pages labelled line by line, judged by models that have not seen their sites.
- **Positions**: the share of blocks whose text stands in the source where `start` and `end` say.
- **Near**: copies of known kinds planted into documents. The truth is every pair of Jaccard >= 0.8
  on 5-token shingles, by brute force after folding; a peer that shingles otherwise is held against
  that same truth. Peers give candidate pairs, ours are verified. A kind of copy counts as found
  where copy and base are related in any way (for ours that includes containment, which the peers
  do not look for).
- **Generated** texts are words at random, generated crawls come from a small grammar: they show
  that nothing broke, not how hard the web is.
- **Not measured**: other languages' labels, networks and disks, GPUs, clusters of machines, and
  sets that nobody here has seen (run them with `--data`).

## On your own pages and texts

`python -m benchmarks extraction --data FOLDER` takes any folder of Parquet files: pages have
the columns `id`, `url` and `html` (bytes as served) with `golds` (accepted main texts, the best
counts) or `keep` and `drop` (segments that must and must not be in the text), and optionally `kind`
and `lang`; documents have one column `text`. Copies of WCXB, CleanEval, L3S-GN1 and of the layout
of article-extraction-benchmark are recognised as they were published. Your own sets have no floors.

`python -m benchmarks gate RESULT.json` holds a run against `benchmarks/floors.toml`, where each
floor stands with what was reached, its standard error and the size of the set; `raise` moves floors
up, `lower` needs `--reason`, which is written into the file.
"""


@dataclass(frozen=True)
class Table:
    """Figures in rows and columns, in the order in which they came."""

    name: str
    figures: tuple[Figure, ...]

    @property
    def rows(self) -> list[str]:
        return list(dict.fromkeys(figure.row for figure in self.figures))

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(figure.column for figure in self.figures))

    def cell(self, row: str, column: str) -> Figure | None:
        """The figure in a place, if there is one."""
        found = (f for f in self.figures if f.row == row and f.column == column)
        return next(found, None)

    def cells(self, bold: bool = False) -> Iterator[list[str]]:
        """The head and the rows as strings; the best of a row in bold where asked for."""
        yield ["", *self.columns]
        for row in self.rows:
            there = [self.cell(row, column) for column in self.columns]
            best = best_of([figure for figure in there if figure])
            yield [row, *(self._show(f, bold and f is not None and f in best) for f in there)]

    def _show(self, figure: Figure | None, bold: bool) -> str:
        text = number(figure.value) if figure else ""
        return f"**{text}**" if bold else text

    def aligned(self) -> list[str]:
        """For a terminal."""
        rows = list(self.cells())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]

    def markdown(self) -> list[str]:
        """For a page."""
        head, *rows = self.cells(bold=True)
        rule = ["---", *("---:" for _ in head[1:])]
        return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]


def best_of(row: Sequence[Figure]) -> list[Figure]:
    """The best of those in a row that compare; none where there is nothing to compare with."""
    rated = [figure for figure in row if figure.better]
    if len(rated) < 2:
        return []
    choose = max if rated[0].better is Better.MORE else min
    best = choose(figure.value for figure in rated)
    return [figure for figure in rated if figure.value == best]


def number(value: float) -> str:
    """A number as short as it says something.

    >>> number(0.98765), number(12.3456), number(1234567.0), number(1.0)
    ('0.988', '12.3', '1,234,567', '1')
    """
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def tables(measured: dict[str, Any]) -> Iterator[tuple[str, Table]]:
    """The tables of a run, each with its suite."""
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures(measured):
        groups.setdefault((figure.suite, figure.table), []).append(figure)
    for (suite, name), members in groups.items():
        yield suite, Table(name, tuple(members))


def losses(measured: dict[str, Any]) -> Iterator[str]:
    """Every row in which a peer is ahead of us, with both figures."""
    for suite, table in tables(measured):
        for row in table.rows:
            members = [figure for figure in table.figures if figure.row == row]
            ours = [figure for figure in members if figure.column == "dedup"]
            best = [figure for figure in best_of(members) if not figure.column.startswith("dedup")]
            if best and ours and ours[0] not in best_of(members):
                there = f"{best[0].column} {number(best[0].value)}"
                yield f"- {suite}, {table.name}, {row}: {there}, dedup {number(ours[0].value)}"
        if table.name == "times faster than":
            for figure in table.figures:
                if figure.value < 1:
                    times = number(1 / figure.value)
                    yield f"- {suite}, {figure.row}: {figure.column} is {times} times faster"


def timings(measured: dict[str, Any]) -> Iterator[str]:
    """One table for all timings: median per unit, spread, and units per second."""
    yield "| task | tool | median, ms | middle half | rounds | per CPU second |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for bench in measured["benchmarks"]:
        stats = bench["stats"]
        low, high = (number(1000 * stats[name]) for name in ("q1", "q3"))
        yield (
            f"| {bench['group']} | {bench['param']} | {number(1000 * stats['median'])} "
            f"| {low} to {high} | {stats['rounds']} | {number(1 / stats['median'])} |"
        )


def machine(measured: dict[str, Any]) -> str:
    """The machine in words."""
    info = measured["machine_info"]
    packages = ", ".join(f"{name} {version}" for name, version in info["packages"].items())
    return textwrap.fill(
        f"Machine: {info['cores']} cores ({info['machine']}), {info['memory_gb']} GB of memory, "
        f"{info['system']}, Python {info['python_version']}; {measured['datetime'][:10]}. "
        f"{packages}.",
        width=100,
    )


def markdown(measured: dict[str, Any], plots: Sequence[str]) -> str:
    """The whole report; ``plots`` are the names of SVG files beside it."""
    mode = measured["dedup"]["mode"]
    lines = [HEAD.format(mode=mode, machine=machine(measured))]
    lines += [
        "## Where others are ahead",
        "",
        *(list(losses(measured)) or ["Nowhere in this run."]),
    ]
    suite_now = ""
    for suite, table in tables(measured):
        if suite != suite_now:
            suite_now = suite
            lines += ["", f"## {suite[0].upper()}{suite[1:]}"]
        lines += ["", f"### {table.name[0].upper()}{table.name[1:]}", "", *table.markdown()]
    lines += ["", "## Times", "", *timings(measured)]
    if plots:
        lines += ["", "## Plots"]
        for name in plots:
            lines += ["", f"![{name}](benchmarks/{name}.svg)"]
    missing = measured["dedup"]["missing"]
    if missing:
        lines += ["", "## Missing in this run", "", *(f"- {k}: {v}" for k, v in missing.items())]
    return "\n".join(lines) + "\n"
