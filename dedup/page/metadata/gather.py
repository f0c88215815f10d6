"""The statements of a page about itself, gathered from its blocks and its head."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from dedup.model import Label
from dedup.page.metadata.read import BYLINE_NAMES, Line, Statements
from dedup.page.source.head import Notes
from dedup.page.source.titles import headed, headings_of
from dedup.page.table import PageTable

_LONGEST = 240  # characters of a line that may hold a byline
_AROUND = 15  # blocks around a heading that may be a byline
_MOST = 200  # lines that are looked at
_HEADINGS = 20  # headings that are looked at
# What the names of elements for authors hold; only around a heading others are looked for.
_AUTHORS = ("author", "byline", "by-line", "autor", "writer", "journalist", "signature")
_UP = 3  # elements around a block whose names speak of it


def statements_of(
    page: PageTable, notes: Notes, labels: Sequence[Label | None], url: str | None
) -> Statements:
    """What a page says of itself.

    Args:
        page: the page's blocks.
        notes: what its head says.
        labels: one per block: what it is, or None where it is no content.
        url: where the page came from.
    """
    elements, rows = page.blocks.element, page.elements
    parents = rows.parent
    heading_rows = headed(rows, page.blocks)
    heading = heading_rows >= 0
    named = np.array([_names_author(name) for name in rows.names])
    speaks = np.zeros(len(elements), bool)
    up = elements
    for _ in range(_UP):
        speaks |= named[rows.name[up]]
        up = np.where(parents[up] < 0, up, parents[up])
    byline = np.array([label is Label.BYLINE for label in labels], bool)
    near = np.zeros(len(elements), bool)
    for at in np.flatnonzero(heading).tolist():
        near[max(at - _AROUND, 0) : at + _AROUND] = True
    lines = []
    for block in np.flatnonzero(near | speaks | byline).tolist():
        text = page.blocks.text_of(block)
        if len(text) <= _LONGEST or heading[block]:
            label = labels[block] or ""
            names = _names(page, int(elements[block]))
            if not speaks[block] and not _names_byline(names):
                names = ""
            lines.append(Line(text, label, names, bool(heading[block])))
            if len(lines) == _MOST:
                break
    headings = headings_of(page.blocks, heading_rows)
    schemas = [note.content(page.utf8) for note in notes.schemas]
    return Statements(notes.values(page.utf8), schemas, notes.title, headings, lines, url)


@lru_cache(maxsize=1 << 14)
def _names_author(name: str) -> bool:
    """Whether the name of an element speaks of authors; the pages of a site have the same names."""
    return any(map(name.lower().__contains__, _AUTHORS))


@lru_cache(maxsize=1 << 14)
def _names_byline(names: str) -> bool:
    return BYLINE_NAMES.search(names) is not None


def _names(page: PageTable, element: int) -> str:
    rows = page.elements
    names = []
    for _ in range(_UP):
        names.append(rows.names[rows.name[element]])
        element = max(int(rows.parent[element]), 0)
    return " ".join(filter(None, names))
