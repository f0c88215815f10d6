"""The statements of a page about itself, gathered from its blocks and its head."""

from collections.abc import Sequence

import numpy as np

from dedup.model import Label
from dedup.page.head import Head
from dedup.page.markup import Markup
from dedup.page.metadata.read import BYLINE_NAMES, Line, Statements

_LONGEST = 240  # characters of a line that may hold a byline
_AROUND = 15  # blocks around a heading that may be a byline
_MOST = 200  # lines that are looked at
# What the names of elements for authors hold; only around a heading others are looked for.
_AUTHORS = ("author", "byline", "by-line", "autor", "writer", "journalist", "signature")
_UP = 3  # elements around a block whose names speak of it


def statements_of(
    page: Markup, head: Head, labels: Sequence[Label | None], url: str | None
) -> Statements:
    """What a page says of itself.

    Args:
        page: the page's blocks.
        head: what its head says.
        labels: one per block: what it is, or None where it is no content.
        url: where the page came from.
    """
    elements, parents = page.elements, page.parents
    heading = _within(page, "h1")
    named = np.array([any(map(name.lower().__contains__, _AUTHORS)) for name in page.labels])
    speaks = np.zeros(len(elements), bool)
    up = elements
    for _ in range(_UP):
        speaks |= named[page.name_numbers[up]]
        up = np.where(parents[up] < 0, up, parents[up])
    byline = np.array([label is Label.BYLINE for label in labels], bool)
    near = np.zeros(len(elements), bool)
    for at in np.flatnonzero(heading).tolist():
        near[max(at - _AROUND, 0) : at + _AROUND] = True
    lines = []
    for block in np.flatnonzero(near | speaks | byline).tolist():
        text = page.texts[block]
        if len(text) <= _LONGEST or heading[block]:
            label = labels[block] or ""
            names = _names(page, int(elements[block]))
            if not speaks[block] and not BYLINE_NAMES.search(names):
                names = ""
            lines.append(Line(text, label, names, bool(heading[block])))
            if len(lines) == _MOST:
                break
    headings = headings_of(page)
    return Statements(head.values, head.scripts, head.title, headings, lines, url)


def headings_of(page: Markup) -> list[str]:
    """The texts of the page's ``h1`` elements."""
    return [page.texts[block] for block in np.flatnonzero(_within(page, "h1")).tolist()]


def _within(page: Markup, tag: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each block stands in an element of the tag."""
    number = page.kinds.index(tag)
    at, found = page.elements, np.zeros(len(page.elements), bool)
    for _ in range(_UP):
        found |= page.tag_numbers[at] == number
        at = np.where(page.parents[at] < 0, at, page.parents[at])
    return found


def _names(page: Markup, element: int) -> str:
    names = []
    for _ in range(_UP):
        names.append(page.labels[page.name_numbers[element]])
        element = max(int(page.parents[element]), 0)
    return " ".join(filter(None, names))
