"""The incremental index: growth, what it finds, and datasketch's in the same run."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import index
from benchmarks.near_duplicates import DATA
from benchmarks.near_peers import PEERS
from benchmarks.outcome import Better, Kind, Options, Outcome

SIZES = {True: (10_000,), False: (10_000, 30_000, 100_000)}
BESIDE = {True: 2_000, False: 10_000}  # documents in the comparison with datasketch


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("index")
    with TemporaryDirectory(dir=options.scratch) as name:
        folder = Path(name)
        for row in index.growth(SIZES[options.quick], folder):
            step = "compacted" if "compacting, CPU s" in row else "added"
            for column, value in row.items():
                if column not in ("documents", "peak MB"):  # the peak would be the whole run's
                    out.put("growth", f"{row['documents']:,} documents, {step}", column, value)
        if "datasketch" in PEERS:
            _beside(out, index.peers(BESIDE[options.quick], folder))
        else:
            out.absent_tools(["datasketch"], [])
    _settings(out, options.quick)
    return out


def _settings(out: Outcome, quick: bool) -> None:
    """What each choice of what to keep finds and costs."""
    if not DATA.is_dir():
        for table in ("found of what find_duplicates finds", "cost of the settings"):
            out.absent(table, "no development documents: set DEDUP_DATA")
        return
    for language in ("en", "zh"):
        for row in index.contents(language, quick):
            name = f"{language}, keeps {row['content']}"
            for column in ("found", "true"):
                table = "found of what find_duplicates finds"
                out.put(table, name, column, row[column], Kind.QUALITY)
            for column in ("bytes/document", "adds/s", "queries/s, batches"):
                out.put("cost of the settings", name, column, row[column])


def _beside(out: Outcome, rows: list[dict[str, Any]]) -> None:
    """Rates a CPU second, ours and datasketch's where both keep them in the same place."""
    by_name = {row["index"]: row for row in rows}
    for name, row in by_name.items():
        for column in ("adds/s", "queries/s, new", "queries/s, stored"):
            table = "beside datasketch, a CPU second"
            out.put(table, column, name, row[column], better=Better.MORE)
    if "dedup, Redis" not in by_name:
        out.missing["datasketch, Redis"] = "no redis-server, or not the package redis"
    for ours, theirs in (
        ("dedup, file", "datasketch, memory"),
        ("dedup, Redis", "datasketch, Redis"),
    ):
        if ours in by_name and theirs in by_name:
            for column in ("adds/s", "queries/s, new", "queries/s, stored"):
                ratio = by_name[ours][column] / by_name[theirs][column]
                task = f"{column} ({ours.removeprefix('dedup, ')})"
                out.put("times faster than", task, theirs, ratio, Kind.RATIO, Better.MORE)
