"""HTML to blocks: one walk over the markup of the tree that Lexbor built.

A block ends where a browser starts a new line box for another element: at the edges of block-level
elements, and at two line breaks in a row. Inline elements never cut a sentence. The walk keeps no
Python object per node: it fills columns (one row an element, one row a block) that the features
are computed from; `Block` values are made when somebody asks for them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from dedup.model import Block
from dedup.page.state import body_of
from dedup.page.taming import tame
from dedup.page.walk import (
    AT,
    BEGIN,
    ELEMENT,
    END,
    IMAGES,
    LINKS,
    MARK,
    MARKED,
    NAME,
    NODE_FIRST,
    NODE_LAST,
    PARENT,
    TAG,
    TAG_ID,
    TAGS,
    UNSEEN,
    Columns,
    walk,
)  # fmt: skip

Array = np.ndarray[Any, Any]

_PATH_DEPTH = 24
_PATH_TOKENS = 4
_LONG_TAG = 256  # bytes of the name of an unknown tag that are kept

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
        paths: dict[int, str] = {}
        blocks = []
        for index, (text, element, links) in enumerate(
            zip(self.texts, self.elements.tolist(), self.links.tolist(), strict=True)
        ):
            if element not in paths:
                paths[element] = self.path(element)
            density = min(links / len(text), 1.0)
            blocks.append(Block(index, text, 0, 0, paths[element], self.tags[element], density))
        return tuple(blocks)

    def path(self, element: int) -> str:
        """The elements around and with one, outermost first; at most 24, the innermost ones."""
        steps: list[str] = []
        parents = self.parents
        while element > 0 and len(steps) < _PATH_DEPTH:
            names, _, ident = self.names[element].partition("#")
            step = self.tags[element]
            if ident:
                step += "#" + "".join(ident.split())
            steps.append(".".join([step, *names.split()[:_PATH_TOKENS]]))
            element = int(parents[element])
        return "/".join(reversed(steps))

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each block stands in the source: (start, end) in code points."""
        return tuple(_align(self.source, self.nodes()))


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
    head = _Head(html, columns)
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
            head = _Head(html, columns)
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
        title=_best_title(head.title, head.meta.get("og:title", ""), heading),
        metadata=_metadata(head.meta),
        hints=_hints(head.meta, head.scripts, next(filter(None, bodies), "")),
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
        tag = re.split(rb"[ >]", html[at : at + _LONG_TAG], maxsplit=1)[0].decode(errors="ignore")
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


_ATTRIBUTE = re.compile(r' ([^\s][^\s=]*)(?:="([^"]*)")?')
_TAG = re.compile(r"<[^>]*>")


class _Head:
    """What the elements of the head, and a few others, say of the page."""

    def __init__(self, html: bytes, columns: Columns) -> None:
        self.scripts: list[str] = []
        self.meta: dict[str, str] = {}
        self.title = ""
        for number, at, end, close in columns.heads.tolist():
            opening, tag = html[at:end], TAGS[number]
            if tag == "title":
                text = unescape(_TAG.sub("", html[end + 1 : close].decode()))
                self.title = self.title or _spaced(text)
            elif tag == "script":
                if b"ld+json" in opening.lower():
                    self.take(tag, opening, html[end + 1 : close])
            elif tag != "link" or b"canonical" in opening.lower():
                self.take(tag, opening)

    def take(self, tag: str, opening: bytes, content: bytes = b"") -> None:
        """Take up one element by its attributes."""
        found: dict[str, str] = dict(_ATTRIBUTE.findall(opening.decode()))
        if tag == "meta":
            key = found.get("property") or found.get("name") or found.get("itemprop")
            value = found.get("content")
            if key and value:
                self.meta.setdefault(unescape(key).strip().lower(), _spaced(unescape(value)))
        elif tag == "link":
            if found.get("rel", "").lower() == "canonical" and found.get("href"):
                self.meta.setdefault("canonical", unescape(found["href"]))
        elif tag == "html":
            if found.get("lang"):
                self.meta["lang"] = unescape(found["lang"])
        elif tag == "time":
            self.meta.setdefault("time", unescape(found["datetime"]))
        elif found.get("type", "").lower() == "application/ld+json":
            self.scripts.append(content.decode())


def _spaced(text: str) -> str:
    return " ".join(text.split())


# Where metadata comes from: our key, and the names that pages give it, best first (Open Graph,
# Dublin Core, schema.org microdata, and what Chinese portals write).
_METADATA = {
    "author": (
        "author",
        "article:author",
        "byl",
        "dc.creator",
        "dcterms.creator",
        "twitter:creator",
    ),
    "date": (
        "article:published_time",
        "datepublished",
        "pubdate",
        "publishdate",
        "date",
        "dc.date",
        "dcterms.created",
        "og:release_date",
        "time",
    ),
    "description": ("og:description", "description", "twitter:description"),
    "keywords": ("keywords", "news_keywords"),
    "language": ("lang", "content-language", "og:locale"),
    "site": ("og:site_name", "application-name"),
    "type": ("og:type",),
    "url": ("canonical", "og:url"),
}


def _metadata(meta: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The known keys with the first value that the page gives."""
    found = []
    for key, names in _METADATA.items():
        value = next((meta[name] for name in names if meta.get(name)), "")
        if value:
            found.append((key, value))
    return tuple(found)


_SCHEMA_TYPE = re.compile(r'"@type"\s*:\s*"(\w{1,40})"')


def _hints(meta: dict[str, str], scripts: list[str], body: str) -> str:
    """What the page says of its own type, as words: ``og=article ld=newsarticle url=/a/b.html``."""
    words = [f"og={meta.get('og:type', '')}", f"by={meta.get('generator', '')}"]
    words += [f"has={key}" for key, value in _metadata(meta) if value]
    kinds = {kind for script in scripts for kind in _SCHEMA_TYPE.findall(script[:100_000])}
    words += [f"ld={kind}" for kind in sorted(kinds)]
    words += [f"body={word}" for word in body.replace("#", " ").split()]
    address = meta.get("canonical") or meta.get("og:url") or ""
    try:
        path = urlsplit(address).path
    except ValueError:  # "http://[x"
        path = ""
    return f"{' '.join(words)} url={path}".lower()


# What stands between the title of a page and the name of its site.
_TITLE_JOINT = re.compile(r"\s+[-–—|·•»:]\s+|\s*[|_»｜]\s*|\s*(?:--|——)\s*")


def _best_title(title: str, shared: str, heading: str) -> str:
    """The page's title without the site's name: confirmed by og:title or h1 where possible."""
    for other in (heading, shared):
        if other and title and other in title:
            return other
    parts = [part for part in _TITLE_JOINT.split(title) if part]
    for part in parts:
        if part and (part in heading or part in shared):
            return part
    # The site's name mostly comes last, and is mostly the shorter one.
    return max(parts, key=lambda part: len(part) * (1 + (part is parts[0]))) if parts else heading


# How many text nodes of the source may be passed over to find the next one of the tree.
_LOOKAHEAD = 64


def _align(source: str, raws: Iterable[Sequence[str]]) -> Iterator[tuple[int, int]]:
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
    lowered = source.lower() if len(source.lower()) == len(source) else source
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
