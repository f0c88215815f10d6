"""HTML to a table of blocks.

A browser starts a new line box for another element at the edges of block-level elements, and at
two line breaks in a row: these are the borders of blocks. Inline elements never cut a sentence.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dedup.errors import InputError
from dedup.expressions import expression
from dedup.kernels.markup import LARGEST, read
from dedup.kernels.tags import NUMBER, TAGS
from dedup.kernels.utf8 import prose
from dedup.model import SourceKind
from dedup.page.source.embedded import Embedded, body_of
from dedup.page.source.head import Notes, hints_of
from dedup.page.source.titles import Stated, headed, headings_of, site_names, stated_title
from dedup.page.table import Blocks, Elements, PageTable

Array = np.ndarray[Any, Any]

# Of the name of an unknown tag so many bytes are kept.
_NAME_OF_TAG = expression(rb"[^\t\n\f\r />]{0,256}")

# A page whose paragraphs hold fewer characters than this may have its body elsewhere.
_POOR = 300
_PARAGRAPH = 80


def blocks_of_html(
    source: str, selectors: Sequence[str] = (), utf8: bytes | None = None
) -> PageTable:
    """Read an HTML document, or a fragment of one, into blocks.

    Inline elements are joined without a break; ``br`` leaves a line break inside the block and two
    of them end it; ``pre`` keeps its white space; a table row is one block, cells separated by a
    tab, unless a cell is long or holds blocks of its own. Text hidden by a style is text; scripts,
    styles, comments, templates and ``noscript`` are not.

    Args:
        source: the decoded page.
        selectors: CSS selectors whose elements are marked (`PageTable.marks`); the last one wins.
        utf8: the page as UTF-8, if known; ``source`` is then ignored.

    Raises:
        InputError: the page is larger than 1 GiB.

    >>> page = blocks_of_html("<h1>A&amp;B</h1><p>发展<a href='/x'>动力源</a>、<!-- x -->再<p>b")
    >>> [(block.tag, block.text) for block in page.views]
    [('h1', 'A&B'), ('p', '发展动力源、再'), ('p', 'b')]
    >>> page.title, page.views[1].link_density, page.views[1].start
    ('A&B', 0.42857142857142855, 19)
    """
    data = source.encode("utf-8", "surrogatepass") if utf8 is None else utf8
    if len(data) > LARGEST:
        raise InputError("the page is larger than 1 GiB: cut it into parts")
    rows, blocks, noted, text, names = read(data, False)
    notes = Notes(data, noted.tolist())
    elements = _elements(data, rows, names)
    table = _blocks(blocks, text)
    meta, title = notes.meta, notes.title
    schemas = [note.content(data) for note in notes.schemas]
    outside = None
    if _poor(table):
        summary = notes.meta.get("og:description") or notes.meta.get("description") or ""
        found = body_of(data, notes, summary)
        if found is not None:
            outside = (len(elements), found.where)
            elements, table, more = _appended(elements, table, found)
            meta = {**more.meta, **meta}
            title = title or more.title
            schemas += [note.content(found.html) for note in more.schemas]
    marks: dict[int, int] = {}
    if selectors:
        from dedup.page.source.selectors import rows_found

        marks = rows_found(data, elements, selectors)
    return PageTable(
        kind=SourceKind.HTML,
        utf8=data,
        elements=elements,
        blocks=table,
        title=_title(notes.titles, title, elements, table),
        hints=hints_of(meta, schemas, _body_name(elements)),
        marks=marks,
        outside=outside,
        notes=notes,
    )


def _elements(data: bytes, rows: Array, names: bytes) -> Elements:
    """The columns of elements; unknown tags are numbered after the known ones."""
    tag, start = rows[0], rows[5]
    tags = TAGS
    unknown = np.flatnonzero(tag == 0)
    if len(unknown):
        others: dict[str, int] = {}
        for row, at in zip(unknown.tolist(), start[unknown].tolist(), strict=True):
            name = _NAME_OF_TAG.match(data, at + 1)[0].lower()  # type: ignore[index]
            other = name.decode(errors="ignore")
            tag[row] = others.setdefault(other, len(TAGS) + len(others))
        tags = (*TAGS, *others)
    return Elements(
        tags=tags,
        tag=tag,
        parent=rows[1],
        names=tuple(names.decode("utf-8", "surrogatepass").split("\0")),
        name=rows[2],
        first=rows[3],
        last=rows[4],
        start=start,
        hidden=rows[6],
    )


def _blocks(blocks: Array, text: bytes) -> Blocks:
    return Blocks(
        text=text,
        element=blocks[0],
        links=blocks[1],
        images=blocks[2],
        inner=np.ascontiguousarray(blocks[3:5].T),
        begin=blocks[5],
        end=blocks[6],
    )


def _appended(
    elements: Elements, blocks: Blocks, found: Embedded
) -> tuple[Elements, Blocks, Notes]:
    """The columns with those of a body that was found elsewhere behind them, and its notes."""
    data = found.html
    rows, more, noted, text, names = read(data, True)
    added = _elements(data, rows, names)
    own = _blocks(more, text)
    tags = tuple(dict.fromkeys((*elements.tags, *added.tags)))
    number = {tag: place for place, tag in enumerate(tags)}
    places = np.array([number[tag] for tag in added.tags], np.int32)
    before, done = np.int32(len(elements)), np.int32(len(blocks))

    def joined(one: Array, other: Array) -> Array:
        return np.concatenate((one, other.astype(np.int32)))

    return (
        Elements(
            tags=tags,
            tag=joined(elements.tag, places[added.tag]),
            parent=joined(elements.parent, np.where(added.parent < 0, -1, added.parent + before)),
            names=elements.names + added.names,
            name=joined(elements.name, added.name + np.int32(len(elements.names))),
            first=joined(elements.first, added.first + done),
            last=joined(elements.last, added.last + done),
            start=joined(elements.start, np.full(len(added), -1)),
            hidden=joined(elements.hidden, added.hidden),
        ),
        Blocks(
            text=blocks.text + own.text,
            element=joined(blocks.element, own.element + before),
            links=joined(blocks.links, own.links),
            images=joined(blocks.images, own.images),
            inner=np.concatenate((blocks.inner, own.inner + before)),
            begin=joined(blocks.begin, np.full(len(own), found.start)),
            end=joined(blocks.end, np.full(len(own), found.end)),
        ),
        Notes(data, noted.tolist()),
    )


def _poor(blocks: Blocks) -> bool:
    """Whether the blocks that may be paragraphs, long and mostly outside links, hold little."""
    return prose(blocks.text, blocks.links, _PARAGRAPH, _POOR) < _POOR


def _title(stated: Stated, title: str, elements: Elements, blocks: Blocks) -> str:
    headings = headings_of(blocks, headed(elements, blocks))
    return stated_title(stated, title, headings, site_names(stated))


def _body_name(elements: Elements) -> str:
    """Class and id of the body."""
    bodies: Iterable[int] = elements.name[elements.tag == NUMBER["body"]].tolist()
    return next(filter(None, (elements.names[number] for number in bodies)), "")
