"""Time and memory of `clean` on large and hostile pages, each in a process of its own.

Linear means: seconds and MB per MB of a row do not grow with the page. Memory is what the process
needs above what it held before, the page not included; once when only ``Page.text`` is asked for,
and once when every block is looked at.
"""

from collections.abc import Callable

from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.timing import fresh

SUITE = "hostile"
MB = 1_000_000
SENTENCE = "山脚下的磨坊从去年秋天起又转了起来，磨的是荞麦，卖给镇上三家面馆。"
SIZES = (1, 10, 50)
TINY_SIZES = (1, 8)
GATED = {"article": "text", "lines of text": "text", "table cells": "all blocks"}  # and how
LOOKS = {"text": "page.text", "all blocks": "sum(len(block.reason) for block in page.blocks)"}


def fill(row: str, size: int, before: str = "", after: str = "") -> bytes:
    """Rows, each with its number, up to about so many bytes.

    >>> fill("<p>{n}</p>", 30)
    b'<p>0</p><p>1</p><p>2</p>'
    """
    count = max(1, size // len(row.format(n=100).encode()))
    return (before + "".join(row.format(n=n) for n in range(count)) + after).encode()


LARGE: dict[str, Callable[[int], bytes]] = {
    "article": lambda size: fill(f"<div><p>{{n}} {SENTENCE}</p></div>\n", size),
    "the same paragraph": lambda size: fill(f"<p>{SENTENCE}</p>\n", size),
    "links": lambda size: fill("<li><a href='/n/{n}'>第{n}条新闻的标题</a></li>\n", size),
    "text dump": lambda size: fill(f"  • {{n}} {SENTENCE}\n\n", size),
    "nested tags": lambda size: fill("<div>", size, after=SENTENCE),
    "nested inline tags": lambda size: fill("<b>", size, after=SENTENCE),
    "tags without text": lambda size: fill("<p></p>", size),
    "one attribute": lambda size: fill("a", size, before="<p title='", after=f"'>{SENTENCE}"),
    "one line": lambda size: fill(SENTENCE, size),
    "one word": lambda size: fill("a", size),
    "binary": lambda size: bytes(range(256)) * (size // 256),
}
# Pages of nothing but tiny blocks.
TINY: dict[str, Callable[[int], bytes | str]] = {
    "lines of text": lambda size: fill("word {n}\n\n", size),
    "shortest lines": lambda size: fill("a\n", size),
    "table cells": lambda size: fill("<tr><td>a", size, before="<table>"),
    "cells of one row": lambda size: fill("<td>a", size, before="<table><tr>"),
    "line breaks": lambda size: fill("a<br><br>", size, before="<p>"),
    "empty line breaks": lambda size: fill("<br>", size, before="<p>a", after="b"),
    "list items": lambda size: fill("<li>a", size, before="<ul>"),
    "unclosed tags": lambda size: fill("<p><b><i>a", size),
    "lone surrogates": lambda size: "<p>\ud800a" * (size // 7),  # in UTF-8, seven bytes each
}
_CLEAN = """
import dedup
from benchmarks.suites.hostile import SENTENCE, MB, LARGE, TINY
dedup.clean("<p>" + SENTENCE).blocks[0].reason
data = {{**LARGE, **TINY}}[{name!r}]({megabytes} * MB)
before, start = peak(), time.process_time()
try:
    page = dedup.clean(data)
    {look}
    told["blocks"] = len(page.blocks)
except dedup.DedupError:
    told["refused"] = 1
told["seconds"], told["megabytes"] = time.process_time() - start, peak() - before
"""


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    for name in LARGE:
        for megabytes in SIZES:
            if not options.quick or _is_gated(name, megabytes, "text"):
                _measure(out, name, megabytes, "text")
    for name in TINY:
        for megabytes in TINY_SIZES:
            for look in LOOKS:
                if not options.quick or _is_gated(name, megabytes, look):
                    _measure(out, name, megabytes, look)
    return out


def _is_gated(name: str, megabytes: int, look: str) -> bool:
    """Whether the gate holds the memory of a case; the quick run measures no others."""
    return megabytes == SIZES[0] and GATED.get(name) == look


def _measure(out: Outcome, name: str, megabytes: int, look: str) -> None:
    row = f"{name}, {megabytes} MB, {look}"
    code = _CLEAN.format(name=name, megabytes=megabytes, look=LOOKS[look])
    try:
        told = fresh(code).told
    except RuntimeError as error:
        out.absent(f"per MB / {row}", str(error).strip().splitlines()[-1])
        return
    gated = _is_gated(name, megabytes, look)
    kind = Kind.COST if gated and not told.get("refused") else Kind.SHOWN
    out.put("per MB", row, "CPU s", told["seconds"] / megabytes, better=Better.LESS)
    out.put("per MB", row, "MB", told["megabytes"] / megabytes, kind, Better.LESS)
    out.put("per MB", row, "blocks", told.get("blocks", 0) / megabytes)
    if told.get("refused"):
        out.put("per MB", row, "refused", 1)
