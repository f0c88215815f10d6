"""Where blocks stand in the source, found by their text nodes: the parser tells no positions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

# How many text nodes of the source may be passed over to find the next one of the tree.
_LOOKAHEAD = 64


def align(source: str, raws: Iterable[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Find blocks in the source, in order, by the text nodes at their ends.

    Linear: a node that is not found within the next `_LOOKAHEAD` source nodes (the parser moved it)
    takes the place where the search stood.
    """
    nodes = list(_text_nodes(source))
    values = [" ".join(unescape(source[a:b]).split()) for a, b in nodes]
    at = 0
    for pieces in raws:
        first = last = None
        for piece in pieces:
            key = " ".join(piece.split())
            found = _find(values, at, key) if key else None
            if found is not None:
                first = found if first is None else first
                last, at = found, found + 1
        if first is None or last is None:
            place = nodes[min(at, len(nodes) - 1)][0] if nodes else 0
            yield place, place
            continue
        start, end = nodes[first][0], nodes[last][1]
        yield (
            start + len(source[start:end]) - len(source[start:end].lstrip()),
            end - len(source[start:end]) + len(source[start:end].rstrip()),
        )


def _find(values: list[str], at: int, key: str) -> int | None:
    """The first of the next nodes that is the key, or its beginning (parsers merge nodes)."""
    for j in range(at, min(at + _LOOKAHEAD, len(values))):
        if values[j] and key.startswith(values[j]):
            return j
    return None


_RAW = re.compile(r"(?i)<(script|style|noscript|noframes|iframe|svg)[\s>/]")


def _text_nodes(source: str) -> Iterator[tuple[int, int]]:
    """The ranges of the source that lie between tags, comments, scripts and styles."""
    lowered = source.lower()
    lowered = lowered if len(lowered) == len(source) else source  # "İ" becomes two code points
    at, end = 0, len(source)
    gone: set[str] = set()  # closing tags that do not come any more
    while at < end:
        tag = source.find("<", at)
        if tag < 0:
            tag = end
        if tag > at:
            yield at, tag
        if tag >= end - 1:
            return
        if source.startswith("<!--", tag):
            closing = source.find("-->", tag + 4)
            at = end if closing < 0 else closing + 3
            continue
        if not (source[tag + 1].isalpha() or source[tag + 1] in "/!?"):
            at = tag + 1
            continue
        closing = source.find(">", tag)
        if closing < 0:
            return
        at = closing + 1
        raw = _RAW.match(source, tag)
        if raw and raw[1].lower() not in gone:
            name = raw[1].lower()
            stop = lowered.find("</" + name, at)
            if stop < 0:
                gone.add(name)
            else:
                at = stop
