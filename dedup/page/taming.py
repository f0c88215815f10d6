"""Take the excess out of hostile markup before it is parsed.

HTML parsers search their stack of open elements at almost every tag, so that nesting of depth n
costs n squared. Browsers stop at a depth (512 in Blink and WebKit); so does this: tags that open
elements below it are blanked out, which keeps every position in the source.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import njit, types

# Blink's and WebKit's limit.
_DEPTH = 512
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*>")
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noframes"})
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# Elements that end themselves when another opens: unclosed ones nest no deeper.
_SELF_ENDING = frozenset(
    ["p", "li", "dt", "dd", "tr", "td", "th", "option", "optgroup", "thead", "tbody", "tfoot"]
)


def tame(html: str) -> str:
    """Blank out the tags of elements that are nested too deeply; all else stays as it is.

    >>> deep = "<div>" * 600 + "x" + "</div>" * 600
    >>> tamed = tame(deep)
    >>> len(tamed) == len(deep), tamed.count("<div>"), tame("<p>a<p>b")
    (True, 512, '<p>a<p>b')
    """
    data = np.frombuffer(html.encode("utf-8", "surrogatepass"), np.uint8)
    if _depth(data) <= _DEPTH:
        return html
    parts: list[str] = []
    end = 0
    for start, stop in _excess(html):
        parts += (html[end:start], " " * (stop - start))
        end = stop
    return "".join((*parts, html[end:]))


@njit(types.int64(types.Array(types.uint8, 1, "C", readonly=True)), nogil=True, cache=True)
def _depth(data: Any) -> int:
    """The greatest surplus of opening tags over closing ones: never less than the true depth."""
    depth = deepest = 0
    for i in range(data.size - 1):
        if data[i] == ord("<"):
            following = data[i + 1]
            if following == ord("/"):
                depth -= depth > 0
            elif (following | 0x20) >= ord("a") and (following | 0x20) <= ord("z"):
                depth += 1
                deepest = max(deepest, depth)
    return deepest


def _excess(html: str) -> Iterator[tuple[int, int]]:
    """The ranges of tags that would open, or that close, elements below the limit."""
    depth = blanked = 0
    tag = _TAG.search(html)
    while tag is not None:
        name, end = tag.group(2).lower(), tag.end()
        if name in _RAW and not tag.group(1):
            closing = re.compile(f"</{name}", re.IGNORECASE).search(html, end)
            end = closing.start() if closing is not None else len(html)
        elif name in _VOID or name in _SELF_ENDING:
            pass
        elif not tag.group(1):
            if depth >= _DEPTH:
                blanked += 1
                yield tag.span()
            else:
                depth += 1
        elif blanked:
            blanked -= 1
            yield tag.span()
        elif depth:
            depth -= 1
        tag = _TAG.search(html, end)
