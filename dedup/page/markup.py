"""HTML to blocks: one walk over the markup of the tree that Lexbor built.

A block ends where a browser starts a new line box for another element: at the edges of block-level
elements, and at two line breaks in a row. Inline elements never cut a sentence. The walk keeps no
Python object per node: it fills columns (one row an element, one row a block) that the features
are computed from; `Block` values are made when somebody asks for them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from typing import Any

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from dedup.model import Block
from dedup.page.head import Head, best_title, hints_of, metadata_of
from dedup.page.runs import ELEMENT, IMAGES, LINKS, NODE_FIRST, NODE_LAST
from dedup.page.spans import align
from dedup.page.state import body_of
from dedup.page.tags import TAG_ID, TAGS
from dedup.page.taming import tame
from dedup.page.walk import AT, BEGIN, END, MARK, MARKED, NAME, PARENT, TAG, UNSEEN, Columns, walk

Array = np.ndarray[Any, Any]

_PATH_DEPTH = 24
_PATH_TOKENS = 4
# Of the name of an unknown tag so many bytes are kept.
_NAME_OF_TAG = re.compile(rb"[^ >]{0,256}")

# A tree whose paragraphs hold fewer characters than this may have its body elsewhere.
_POOR = 300
_PARAGRAPH = 80

# Lone surrogates cannot be written as UTF-8: while the tree is built they stand in plane 15.
_SURROGATE = re.compile("[\ud800-\udfff]")
_STAND_IN = re.compile("[\U000f0800-\U000f0fff]")
_STAND_IN_SHIFT = 0xF0800 - 0xD800


@dataclass(frozen=True, eq=False)
class Markup:
    """A parsed page: the columns of its walk; blocks are made when somebody asks for them.

    Attributes:
        source: the decoded source, as given but for what `tame` blanked out.
        title: the best of the page's own titles, or the empty string.
        metadata: what the page's head says of it (author, date, description, type ...), sorted.
        hints: what the page says of its own type: Open Graph type, schema.org types, address,
            classes of the body, as words for `signals.PAGE_GROUPS`.
        text: UTF-8 of the blocks' texts, white space collapsed, each behind a NUL byte.
        texts: the text of each block.
        elements: one a block: the row of its innermost block-level element.
        kinds: the tags that occur.
        tag_numbers: one an element: its tag, as its place in ``kinds``.
        parents: one an element: the row of its parent, -1 for the root.
        labels: the distinct class and id of elements as ``class tokens#id``, or the empty string.
        name_numbers: one an element: its class and id, as their place in ``labels``.
        first: one an element: the first block that begins in it or after it.
        last: one an element: one behind the last block in it.
        links: one a block: characters that stand in links.
        images: one a block: images seen since the block before.
        inner: one a block: rows of the first and one behind the last element opened in it.
        nodes: one a block: its text nodes as the parser wrote them.
        hidden: one an element: whether a style or an attribute hides it.
        marks: rows of elements that a selector found, with the selector's number.
        outside: from which row on the elements were found outside the tree, and where.
        head: what its head says; None where there is none.
    """

    source: str
    title: str
    metadata: tuple[tuple[str, str], ...]
    hints: str
    text: bytes
    texts: tuple[str, ...]
    elements: Array
    kinds: tuple[str, ...]
    tag_numbers: Array
    parents: Array
    labels: tuple[str, ...]
    name_numbers: Array
    first: Array
    last: Array
    links: Array
    images: Array
    inner: Array
    nodes: Callable[[], Iterator[Sequence[str]]]
    hidden: Array
    marks: dict[int, int]
    outside: tuple[int, str] | None
    head: Head | None = None

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tag of each element."""
        return tuple(map(self.kinds.__getitem__, self.tag_numbers.tolist()))

    @cached_property
    def homes(self) -> list[str]:
        """The tag of each block's innermost block-level element."""
        numbers = self.tag_numbers[self.elements].tolist()
        return [self.kinds[number] for number in numbers]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Class and id of each element."""
        return tuple(map(self.labels.__getitem__, self.name_numbers.tolist()))

    @cached_property
    def quoted(self) -> Array:
        """Whether each element stands in, or is, something set as a quotation."""
        kinds = np.array([kind == "blockquote" for kind in self.kinds])
        names = np.array(["quote" in label for label in self.labels])
        quoted = kinds[self.tag_numbers] | names[self.name_numbers]
        up = np.where(self.parents < 0, np.arange(len(quoted)), self.parents)
        while quoted.any():
            quoted |= quoted[up]  # twice as far up each time
            further = up[up]
            if (further == up).all():
                break
            up = further
        return np.asarray(quoted)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The page's blocks in the order of the tree."""
        return tuple(
            replace(block, start=start, end=end)
            for block, (start, end) in zip(self.outlines, self.spans, strict=True)
        )

    @cached_property
    def outlines(self) -> tuple[Block, ...]:
        """The blocks without their positions in the source, which take longest to find."""
        paths = self._paths()
        blocks = []
        for index, (text, element, links) in enumerate(
            zip(self.texts, self.elements.tolist(), self.links.tolist(), strict=True)
        ):
            density = min(links / len(text), 1.0)
            blocks.append(Block(index, text, 0, 0, paths[element], self.tags[element], density))
        return tuple(blocks)

    def _paths(self) -> dict[int, str]:
        """The elements around and with that of each block, outermost first; the innermost 24."""
        parents, tags, names = self.parents.tolist(), self.tags, self.names
        steps: dict[int, str] = {}
        paths: dict[int, str] = {}
        for element in dict.fromkeys(self.elements.tolist()):
            chain: list[str] = []
            at = element
            while at > 0 and len(chain) < _PATH_DEPTH:
                if at not in steps:
                    steps[at] = _step(tags[at], names[at])
                chain.append(steps[at])
                at = parents[at]
            paths[element] = "/".join(reversed(chain))
        return paths

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each block stands in the source: (start, end) in code points."""
        return tuple(align(self.source, self.nodes()))


def _step(tag: str, name: str) -> str:
    """An element of a path: ``div#id.class.class``."""
    names, _, ident = name.partition("#")
    ident = "#" + "".join(ident.split()) if ident else ""
    return ".".join([tag + ident, *names.split()[:_PATH_TOKENS]])


def blocks_of_html(source: str, selectors: Sequence[str] = (), utf8: bytes | None = None) -> Markup:
    """Read an HTML document, or a fragment of one, into blocks.

    Inline elements are joined without a break; ``br`` leaves a line break inside the block and two
    of them end it; ``pre`` keeps its white space; a table row is one block, cells separated by a
    tab, unless a cell is long or holds blocks of its own. Text hidden by a style is text; scripts,
    styles, comments, templates and ``noscript`` are not.

    Args:
        source: the decoded page.
        selectors: CSS selectors whose elements are marked (`Markup.marks`); the last one wins.
        utf8: the page as UTF-8, where it is at hand.

    >>> page = blocks_of_html("<h1>A&amp;B</h1><p>发展<a href='/x'>动力源</a>、<!-- x -->再<p>b")
    >>> [(block.tag, block.text) for block in page.blocks]
    [('h1', 'A&B'), ('p', '发展动力源、再'), ('p', 'b')]
    >>> page.title, page.blocks[1].link_density, page.blocks[1].start
    ('A&B', 0.42857142857142855, 19)
    """
    data, swapped = (utf8, False) if utf8 is not None else _encoded(source)
    tamed = tame(data)
    if tamed is not data:
        data, source = tamed, _decoded(tamed, swapped)
    html = _parsed(data, selectors)
    columns = walk(html, bool(selectors))
    texts = columns.text.decode().split("\0")[1:]
    head = Head(html, columns)
    outside = None
    if _poor(texts, columns):
        summary = head.meta.get("og:description") or head.meta.get("description") or ""
        fragment = body_of(data, head.scripts, summary)
        found = LexborHTMLParser(fragment).css_first("div") if fragment else None
        if found is not None:
            outside = (columns.rows.shape[1], found.id or "")
            html += (found.html or "").encode()
            columns = walk(html, bool(selectors))
            texts = columns.text.decode().split("\0")[1:]
            head = Head(html, columns)
    rows, text = columns.rows, columns.text
    if swapped:
        texts = list(map(_restore, texts))
        text = "\0".join(("", *texts)).encode("utf-8", "surrogatepass")
    elements = columns.blocks[ELEMENT]
    headings = np.flatnonzero(rows[TAG, elements] == TAG_ID["h1"])
    heading = texts[headings[0]] if len(headings) else ""
    labels = tuple(columns.names.decode().split("\0"))
    bodies = (labels[number] for number in rows[NAME, rows[TAG] == TAG_ID["body"]])
    kinds, numbers = _tags(html, rows)
    marked = np.flatnonzero(rows[MARKED] >= 0)
    return Markup(
        source=source,
        title=best_title(head.title, head.meta.get("og:title", ""), heading),
        metadata=metadata_of(head.meta),
        hints=hints_of(head.meta, head.scripts, next(filter(None, bodies), "")),
        text=text,
        texts=tuple(texts),
        elements=elements,
        kinds=kinds,
        tag_numbers=numbers,
        parents=rows[PARENT],
        labels=labels,
        name_numbers=rows[NAME],
        first=rows[BEGIN],
        last=rows[END],
        links=columns.blocks[LINKS],
        images=columns.blocks[IMAGES],
        inner=columns.inner,
        nodes=lambda: _nodes(html, columns, swapped),
        hidden=rows[UNSEEN],
        marks=dict(zip(marked.tolist(), rows[MARKED, marked].tolist(), strict=True)),
        outside=outside,
        head=head,
    )


def _encoded(source: str) -> tuple[bytes, bool]:
    """UTF-8 of the source, and whether it holds lone surrogates, which others stand for then."""
    try:
        return source.encode(), False
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda m: chr(ord(m[0]) + _STAND_IN_SHIFT), source).encode(), True


def _decoded(data: bytes, swapped: bool) -> str:
    return _restore(data.decode()) if swapped else data.decode()


def _parsed(data: bytes, selectors: Sequence[str]) -> bytes:
    """The tree of a page as markup; what a selector finds carries the selector's number."""
    tree = LexborHTMLParser(data)
    if selectors:
        found = [tree.css(selector) for selector in selectors]
        for node in tree.css(f"[{MARK}]"):
            del node.attrs[MARK]
        for number, nodes in enumerate(found):
            for node in nodes:
                node.attrs[MARK] = str(number)
    return ((tree.root.html if tree.root is not None else "") or "").encode()


def _tags(html: bytes, rows: Array) -> tuple[tuple[str, ...], Array]:
    """The tags that occur, and the number of each element's tag: unknown ones behind the known."""
    numbers = rows[TAG]
    unknown = np.flatnonzero(numbers == 0)
    if not len(unknown):
        return TAGS, numbers
    others: dict[str, int] = {}
    numbers = numbers.copy()
    for row, at in zip(unknown.tolist(), rows[AT, unknown].tolist(), strict=True):
        tag = _NAME_OF_TAG.match(html, at)[0].decode(errors="ignore")  # type: ignore[index]
        numbers[row] = others.setdefault(tag, len(TAGS) + len(others))
    return (*TAGS, *others), numbers


def _poor(texts: Sequence[str], columns: Columns) -> bool:
    """Whether the blocks that may be paragraphs, long and mostly outside links, hold little."""
    length = 0
    for text, links in zip(texts, columns.blocks[LINKS].tolist(), strict=True):
        if len(text) >= _PARAGRAPH and links * 3 < len(text):
            length += len(text)
            if length >= _POOR:
                return False
    return True


def _nodes(html: bytes, columns: Columns, swapped: bool) -> Iterator[Sequence[str]]:
    """The text nodes of each block."""
    begins, ends = columns.nodes.tolist()
    for first, last in columns.blocks[NODE_FIRST : NODE_LAST + 1].T.tolist():
        yield [unescape(_decoded(html[begins[k] : ends[k]], swapped)) for k in range(first, last)]


def _restore(text: str) -> str:
    return _STAND_IN.sub(lambda m: chr(ord(m[0]) - _STAND_IN_SHIFT), text)
