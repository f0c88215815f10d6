"""Whether each block stands in the source where it says.

``source[start:end]`` without tags, comments and what is no text (scripts, styles), its character
references read, is held against the block's text: with white space squeezed (a line break element
counts as white space), and with all white space left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from multiprocessing import get_context

from benchmarks.golden import golden_pages
from benchmarks.internals.page import decode
from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.pages import LABELLED, NO_PAGES, SETS, folder, load
from dedup import clean

SUITE = "positions"
TABLE = "blocks found at their positions"
ROWS = {True: "every 8th development page", False: "all development pages"}
SAMPLED = 8
MEASURED = ("exact", "without white space", "empty range")

_ATTRIBUTES = r"""(?:[^"'>]|"[^"]*"|'[^']*')*"""
_NO_TEXT = re.compile(
    r"<!--.*?(?:--!?>|\Z)|<(script|style|template|noscript|iframe)\b.*?(?:</\1\b[^>]*>|\Z)"
    r"|<[!?/][^>]*(?:>|\Z)",
    re.S | re.I,
)
_BREAK = re.compile(rf"<(?:br|wbr|hr)\b{_ATTRIBUTES}>", re.I)
_TAG = re.compile(rf"<[a-zA-Z/]{_ATTRIBUTES}>")


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    golden: Counter[str] = Counter()
    for page in golden_pages():
        golden += counts(page.source, page.url)
    _row(out, "golden pages", golden, Kind.QUALITY)
    if not folder().is_dir():
        out.absent(f"{TABLE} / {ROWS[True]}", NO_PAGES)
        return out
    names = options.among(SETS + LABELLED)
    totals: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    every = SAMPLED if options.quick and not options.chosen else 1
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for name, pages in zip(names, pool.map(_of_set, names, [every] * len(names)), strict=True):
            totals[False] += (of_set := sum(pages, Counter()))
            totals[True] += sum(pages[:: SAMPLED // every], Counter())
            if every == 1:
                _row(out, name, of_set)
    if not options.chosen:
        _row(out, ROWS[True], totals[True], Kind.QUALITY)
        if every == 1:
            _row(out, ROWS[False], totals[False])
    return out


def _of_set(name: str, every: int) -> list[Counter[str]]:
    return [counts(example.html) for example in load(name, every)]


def _row(out: Outcome, row: str, counted: Counter[str], kind: Kind = Kind.SHOWN) -> None:
    out.put(TABLE, row, "blocks", counted["blocks"])
    for column in MEASURED:
        found = share(counted[column], counted["blocks"])
        held = kind if column == "without white space" else Kind.SHOWN
        better = Better.LESS if column == "empty range" else Better.MORE
        out.put(TABLE, row, column, found, held, better)


def counts(html: bytes, url: str | None = None) -> Counter[str]:
    """How many blocks a page has, and of how many the positions are right."""
    source = decode(html)
    counted: Counter[str] = Counter()
    for block in clean(html, url=url).blocks:
        there = visible(source[block.start : block.end])
        counted["blocks"] += 1
        counted["exact"] += " ".join(there.split()) == " ".join(block.text.split())
        counted["without white space"] += "".join(there.split()) == "".join(block.text.split())
        counted["empty range"] += block.start >= block.end
    return counted


def wrong(html: bytes) -> Iterator[tuple[str, str]]:
    """The text of each block that is not where it says, and the source there: for looking into."""
    source = decode(html)
    for block in clean(html).blocks:
        there = source[block.start : block.end]
        if "".join(visible(there).split()) != "".join(block.text.split()):
            yield block.text, there


def visible(markup: str) -> str:
    """Markup without its tags, character references read.

    >>> visible('caf&eacute; <b title=">">and</b><!-- > -->bar<script>if (a < b)</script>, 3 < 4')
    'café andbar, 3 < 4'
    """
    if "<" in markup:
        markup = _NO_TEXT.sub("", markup)
        markup = _TAG.sub("", _BREAK.sub(" ", markup))
    return unescape(markup)
