"""How well the main text is told apart, on whole sets of development pages.

``dedup`` and ``dedup (text)`` judge every page by a model that has seen no page of its site
(`benchmarks.training.folds`); the latter is `clean` on the page's lines only, as in WET files.
``clean()`` is the package as shipped, all steps together: of the sets that it was trained on it has
seen the very pages, so that its figures compare with itself only.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context

from benchmarks.golden import golden_pages
from benchmarks.internals.page import read
from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.pages import LABELLED, NO_PAGES, SETS, Example, folder, load
from benchmarks.training.folds import cleaned_as_lines, judged
from dedup import clean
from dedup.evaluate.metric import Score, mean_of
from dedup.evaluate.peers import CLEANERS, Extract, cleaners, quietly
from tests.support.crawl import make_crawl

SUITE = "extraction"
TABLE = "F1 of the main text"
MEAN = "mean of the sets"
SHORT = "short Chinese bodies"
OURS: dict[str, Extract] = {"clean()": lambda html: clean(html).text}
_SHORT_BODY = 300  # characters below which a Chinese body is short
_PARTS = 2  # of each set, one a task of a process

Table = dict[str, dict[str, Score]]


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    if options.peers:
        out.absent_tools(CLEANERS, cleaners())
    own = {"golden pages": golden(), "generated": generated(), **options.sets}
    for name, examples in own.items() if not options.chosen else ():
        for row, scores in as_shipped(name, examples, options.peers).items():
            _row(out, row, scores)
    if not folder().is_dir():
        for name in (*SETS, *LABELLED, SHORT, MEAN):
            out.absent(f"{TABLE} / {name}", NO_PAGES)
        return out
    table = quality(options.among(SETS + LABELLED), options.peers, options.jobs)
    for row, scores in table.items():
        _row(out, row, scores, gated=("dedup",))
    if not options.chosen:
        _mean(out, table)
    return out


def quality(names: Iterable[str], peers: bool, jobs: int) -> Table:
    """Scores by row and tool of whole sets; the pages are shared among processes."""
    tasks = list(product(names, range(_PARTS), [peers]))
    table: Table = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for part in pool.map(_part, *zip(*tasks, strict=True)):
            for row, scores in part.items():
                for tool, score in scores.items():
                    table.setdefault(row, {}).setdefault(tool, Score()).extend(score)
    return table


def _part(name: str, part: int, with_peers: bool) -> Table:
    """The scores of every n-th page of one set."""
    peers = cleaners() if with_peers else {}
    table: Table = {}
    for example in load(name, _PARTS, part):
        page = read(example.html)
        texts = {
            "dedup": judged(example, page).text,
            "dedup (text)": cleaned_as_lines(example, page),
        }
        for tool, extract in {**OURS, **peers}.items():
            texts[tool] = quietly(extract, example.html)
        for row in rows_of(name, example):
            scores = table.setdefault(row, {tool: Score() for tool in texts})
            for tool, text in texts.items():
                scores[tool].add(text, example.golds, example.keep, example.drop)
    return table


def rows_of(name: str, example: Example) -> Iterator[str]:
    """The rows of the table in which a page counts.

    >>> list(rows_of("wcxb", Example("wcxb:1", "a.org", b"", kind="forum")))
    ['wcxb: forum']
    """
    yield f"{name}: {example.kind}" if name == "wcxb" else name
    if name in ("magic_article", "magic_forum") and example.lang == "zh":
        yield f"{name}: zh"
    chinese = name in ("daniel_zh", "labels_zh") or (
        name == "magic_article" and example.lang == "zh"
    )
    if chinese and len(min(example.golds, key=len)) < _SHORT_BODY:
        yield SHORT


def _is_part(row: str) -> bool:
    """Whether the pages of a row count in another row too."""
    return row.endswith(": zh") or row == SHORT


def _row(out: Outcome, row: str, scores: Mapping[str, Score], gated: Iterable[str] = ()) -> None:
    """One row of the table, and the standard error of ours beside it."""
    first = next(iter(scores.values()))
    out.put(TABLE, row, "pages", len(first.pages))
    for tool, score in scores.items():
        kind = Kind.QUALITY if tool in gated and not _is_part(row) else Kind.SHOWN
        out.put(TABLE, row, tool, score.estimate, kind, Better.MORE)
    if "dedup" in scores:
        out.put(TABLE, row, "standard error", scores["dedup"].error)


def _mean(out: Outcome, table: Table) -> None:
    """The mean over sets and page types, each counted once."""
    rows = [scores for row, scores in table.items() if not _is_part(row)]
    out.put(TABLE, MEAN, "pages", sum(len(scores["dedup"].pages) for scores in rows))
    for tool in rows[0]:
        kind = Kind.QUALITY if tool.startswith("dedup") or tool in OURS else Kind.SHOWN
        mean = mean_of(scores[tool].estimate for scores in rows)
        out.put(TABLE, MEAN, tool, mean, kind, Better.MORE)
        if tool == "dedup":
            error = mean.error
    out.put(TABLE, MEAN, "standard error", error)


def as_shipped(name: str, examples: Iterable[Example], with_peers: bool) -> Table:
    """Scores of pages that no fold knows, and of each kind of page where they are told apart."""
    tools = {**OURS, **(cleaners() if with_peers else {})}
    table: Table = {}
    for example in examples:
        row = f"{name}: {example.kind}" if example.kind else name
        scores = table.setdefault(row, {tool: Score() for tool in tools})
        for tool, extract in tools.items():
            text = quietly(extract, example.html)
            scores[tool].add(text, example.golds, example.keep, example.drop)
    return table


def golden() -> list[Example]:
    """The golden pages that are HTML."""
    return [
        Example(page.name, page.name, page.source, golds=("\n\n".join(page.text),))
        for page in golden_pages()
        if page.html and page.text
    ]


def generated() -> list[Example]:
    """Pages of sites that do not exist."""
    return [
        Example(page.url, page.url, page.html.encode(), golds=("\n".join(page.body),))
        for page in make_crawl(4, 12, seed=5)
    ]
