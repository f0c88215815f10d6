"""Texts beside each other, with the passages on which they agree marked in both."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from dedup.report.markup import Child, element, number


def marked(window: Mapping[str, Any], name: str, other: str) -> Element:
    """A part of a text, its passages marked and numbered.

    Each number leads to the same passage of the other text.

    Args:
        window: ``text``, ``spans``, and how many characters are ``before`` and ``after`` it.
        name: what the ids of its passages begin with.
        other: what those of the other text begin with.
    """
    pieces: list[Child] = [_left_off(window["before"])] if window["before"] else []
    seen: set[int] = set()
    for start, end, passages in _segments(len(window["text"]), window["spans"]):
        text = window["text"][start:end]
        if not passages:
            pieces.append(text)
            continue
        fresh = [n for n in passages if n not in seen]
        seen.update(fresh)
        signs = [
            element(
                "a",
                str(n + 1),
                id=f"{name}{n + 1}",
                href=f"#{other}{n + 1}",
                aria_label=f"passage {n + 1}",
            )
            for n in fresh
        ]
        pieces.append(
            element("mark", signs, text, data_passages=" ".join(str(n + 1) for n in passages))
        )
    if window["after"]:
        pieces.append(_left_off(window["after"]))
    return element("div", pieces or element("em", "no text"), class_="text", dir="auto")


def _left_off(characters: int) -> Element:
    return element("em", f" [{number(characters)} characters not shown] ", class_="off")


def _segments(
    length: int, spans: Sequence[Sequence[int]]
) -> list[tuple[int, int, tuple[int, ...]]]:
    """A text cut wherever a span begins or ends, with the spans over each piece.

    >>> _segments(9, [(0, 4), (2, 6)])
    [(0, 2, (0,)), (2, 4, (0, 1)), (4, 6, (1,)), (6, 9, ())]
    """
    cuts = sorted({0, length, *(place for span in spans for place in span)})
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for n, (start, end) in enumerate(spans):
        if start < end:
            begins.setdefault(start, []).append(n)
            ends.setdefault(end, []).append(n)
    over: set[int] = set()
    found = []
    for start, end in pairwise(cuts):
        over.difference_update(ends.get(start, ()))
        over.update(begins.get(start, ()))
        found.append((start, end, tuple(sorted(over))))
    return found
