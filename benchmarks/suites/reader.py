"""The reader of HTML alone, beside other parsers: from decoded text to blocks, or to a tree.

Ours gives a table of blocks and elements; the others build a tree of which nothing is read yet.
"""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

from benchmarks.internals.page import decode, read_decoded
from benchmarks.outcome import Options, Outcome
from benchmarks.pages import NO_PAGES, folder, load
from benchmarks.timing import interleaved

SUITE = "reader"
SAMPLED = {True: {"wcxb": 32, "daniel_zh": 5}, False: {"wcxb": 8, "daniel_zh": 1}}
Parse = Callable[[str, bytes], Any]


def _lexbor() -> Parse:
    from selectolax.lexbor import LexborHTMLParser

    return lambda text, utf8: LexborHTMLParser(utf8)


def _resiliparse() -> Parse:
    from resiliparse.parse.html import HTMLTree

    return lambda text, utf8: HTMLTree.parse(text)


def _turbohtml() -> Parse:
    from turbohtml import parse

    return lambda text, utf8: parse(text)


def _lxml() -> Parse:
    from lxml.html import document_fromstring

    return lambda text, utf8: document_fromstring(utf8)


PARSERS = {
    "Lexbor (selectolax)": ("selectolax", _lexbor),
    "resiliparse": ("resiliparse", _resiliparse),
    "turbohtml": ("turbohtml", _turbohtml),
    "lxml": ("lxml", _lxml),
}
GATED = {"wcxb": ("Lexbor (selectolax)",)}  # by set


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    parsers: dict[str, Parse] = {"dedup": read_decoded}
    parsers |= {name: make() for name, (module, make) in PARSERS.items() if find_spec(module)}
    out.absent_tools(PARSERS, parsers)
    for name in options.among(SAMPLED[options.quick]):
        if not folder().is_dir():
            out.absent(f"times faster than / {name}", NO_PAGES)
            continue
        texts = [decode(page.html) for page in load(name, SAMPLED[options.quick][name])]
        pages = [(text, text.encode("utf-8", "replace")) for text in texts]
        calls = {tool: partial(_parse_all, parse, pages) for tool, parse in parsers.items()}
        interleaved(calls, 1)  # warms up
        times, _ = interleaved(calls, options.rounds)
        out.time(name, times, len(pages), GATED.get(name, ()))
        for tool, seconds in times.items():
            milliseconds = 1000 * sorted(seconds)[len(seconds) // 2] / len(pages)
            out.put("CPU milliseconds per page", name, tool, milliseconds)
    return out


def _parse_all(parse: Parse, pages: list[tuple[str, bytes]]) -> None:
    for text, utf8 in pages:
        parse(text, utf8)
