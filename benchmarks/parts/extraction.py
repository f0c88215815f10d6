"""Main text: how much of it, how little else, and how fast, beside the peers."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from benchmarks import extraction
from benchmarks.crawl import make_crawl
from benchmarks.extractors import PEERS, Extract, installed, quietly
from benchmarks.measure import interleaved
from benchmarks.metric import Score
from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.pages import LABELLED, ROOT, SETS, Example, folder, load
from dedup.page.clean import clean

EVERY = {True: 16, False: 3}  # of the development pages, in the quick and the full run
TIMED = {True: 80, False: 32}  # of the wcxb pages
TABLE = "F1 of the main text"
OURS = ("dedup", "dedup (text)")


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("extraction")
    peers = installed()
    out.absent_tools(PEERS, peers)
    tools = {"dedup": lambda html: clean(html).text, **peers}
    own = {"fixtures": fixtures(), "generated": generated(), **options.sets}
    for name, examples in own.items():
        for row, scores in scored(name, examples, tools).items():
            _rows(out, row, scores)
    small = [page.html for page in (*own["fixtures"], *own["generated"])]
    timed(out, "fixtures and generated pages", tools, small, options.rounds)
    if folder().is_dir():
        table = extraction.quality(SETS + LABELLED, EVERY[options.quick], peers)
        for row, scores in sorted(table.items()):
            _rows(out, row, scores)
        _macro(out, table)
        pages = [page.html for page in load("wcxb", TIMED[options.quick])]
        timed(out, "web pages", tools, pages, options.rounds)
    else:
        why = f"no development pages in {folder().name}: set DEDUP_DATA"
        for name in (*SETS, *LABELLED, "short Chinese bodies", "mean of the sets"):
            out.absent(f"{TABLE} / {name}", why)
        out.absent("times faster than / web pages", why)
    return out


def timed(
    out: Outcome, task: str, tools: Mapping[str, Extract], pages: list[bytes], rounds: int
) -> None:
    """CPU milliseconds a page, bytes to text, warm."""

    def all_pages(extract: Extract) -> None:
        for html in pages:
            quietly(extract, html)

    for extract in tools.values():
        quietly(extract, pages[0])
    times, _ = interleaved({name: partial(all_pages, e) for name, e in tools.items()}, rounds)
    out.time(task, times, len(pages))


def scored(
    name: str, examples: Iterable[Example], tools: Mapping[str, Extract]
) -> dict[str, dict[str, Score]]:
    """Scores of a set, and of each kind of page in it where they are told apart."""
    table: dict[str, dict[str, Score]] = {}
    for example in examples:
        row = f"{name}: {example.kind}" if example.kind else name
        scores = table.setdefault(row, {tool: Score() for tool in tools})
        for tool, extract in tools.items():
            text = quietly(extract, example.html)
            scores[tool].add(text, example.golds, example.keep, example.drop)
    return table


def _rows(out: Outcome, row: str, scores: Mapping[str, Score]) -> None:
    out.put(TABLE, row, "pages", next(iter(scores.values())).pages)
    for tool, score in scores.items():
        kind = Kind.QUALITY if tool in OURS else Kind.SHOWN
        out.put(TABLE, row, tool, score.f1, kind, Better.MORE)


def _macro(out: Outcome, table: Mapping[str, Mapping[str, Score]]) -> None:
    """The mean over sets and page types, each counted once."""
    rows = [table[row] for row in table if not row.endswith(": zh") and "short" not in row]
    out.put(TABLE, "mean of the sets", "pages", sum(row["dedup"].pages for row in rows))
    for tool in rows[0]:
        kind = Kind.QUALITY if tool in OURS else Kind.SHOWN
        mean = sum(row[tool].f1 for row in rows) / len(rows)
        out.put(TABLE, "mean of the sets", tool, mean, kind, Better.MORE)


def fixtures() -> list[Example]:
    """The golden pages that are HTML."""
    return list(_fixtures())


def _fixtures() -> Iterator[Example]:
    for path in sorted((ROOT / "fixtures" / "pages").glob("*/expected.json")):
        source = path.parent / "source.html"
        expected = json.loads(path.read_text("utf-8"))
        if source.is_file() and expected["text"]:
            gold = "\n\n".join(expected["text"])
            name = path.parent.name
            yield Example(name, name, source.read_bytes(), golds=(gold,))


def generated() -> list[Example]:
    """Pages of sites that do not exist."""
    return [
        Example(page.url, page.url, page.html.encode(), golds=("\n".join(page.body),))
        for page in make_crawl(4, 12, seed=5)
    ]
