"""HTML to blocks: one walk over the tree that Lexbor built.

A block ends where a browser starts a new line box for another element: at the edges of block-level
elements, and at two line breaks in a row. Inline elements never cut a sentence. The walk keeps no
Python object per node: it fills columns (one row an element, one row a block) that the features
are computed from; `Block` values are made when somebody asks for them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dedup.model import Block
from dedup.page.state import body_of

# What an element does to the text around it. Anything not named is inline.
INLINE, BLOCK, CELL, SKIP, BREAK, PRE, OPTION, LINK, META = range(9)
_ROLES = {
    BLOCK: "address article aside blockquote body button caption center dd details dialog dir div"
    " dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html"
    " legend li main menu nav ol optgroup p search section select summary table tbody tfoot thead"
    " tr ul",
    CELL: "td th",
    SKIP: "-comment -doctype script style noscript template svg iframe video audio canvas noframes"
    " annotation annotation-xml datalist base link meta title",
    BREAK: "br",
    PRE: "pre textarea listing xmp plaintext",
    OPTION: "option",
    LINK: "a",
}
ROLE = {tag: role for role, tags in _ROLES.items() for tag in tags.split()}
ROLE |= dict.fromkeys(("script", "link", "meta", "title"), META)

# Cells up to this many characters are joined to one block a row; longer ones are blocks of their
# own, since old pages are laid out by tables. Our choice, not tuned.
_LONG_CELL = 160
_CELL_GAP = "\t"
_CELL_EDGE = "\0\t\0"

_PATH_DEPTH = 24
_PATH_TOKENS = 4

# A tree whose paragraphs hold fewer characters than this may have its body elsewhere.
_POOR = 300
_PARAGRAPH = 80

# Lone surrogates cannot be written as UTF-8: while the tree is built they stand in plane 15.
_SURROGATE = re.compile("[\ud800-\udfff]")
_STAND_IN = re.compile("[\U000f0800-\U000f0fff]")
_STAND_IN_SHIFT = 0xF0800 - 0xD800


@dataclass(frozen=True)
class Markup:
    """A parsed page: its blocks, and the columns that they were made from.

    Attributes:
        source: the decoded source, as given.
        title: the best of the page's own titles, or the empty string.
        metadata: what the page's head says of it (author, date, description, type ...), sorted.
        hints: what the page says of its own type: Open Graph type, schema.org types, address,
            classes of the body, as words for `signals.PAGE_GROUPS`.
        texts: one a block, white space collapsed.
        elements: one a block: the row of its innermost block-level element.
        tags: one an element: its tag.
        parents: one an element: the row of its parent, -1 for the root.
        names: one an element: class and id as ``class tokens#id``, or the empty string.
        first: one an element: the first block that begins in it or after it.
        last: one an element: one behind the last block in it.
        links: one a block: characters that stand in links.
        images: one a block: images seen since the block before.
        inner: one a block: rows of the first and one behind the last element opened in it.
        raws: one a block: its text nodes as parsed, and what was put between them.
        scripts: the texts of JSON-LD scripts.
        hidden: rows of elements that a style or an attribute hides.
        marks: rows of elements that a selector found, with the selector's number.
        outside: from which row on the elements were found outside the tree, and where.
    """

    source: str
    title: str
    metadata: tuple[tuple[str, str], ...]
    hints: str
    texts: tuple[str, ...]
    elements: tuple[int, ...]
    tags: tuple[str, ...]
    parents: tuple[int, ...]
    names: tuple[str, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    links: tuple[int, ...]
    images: tuple[int, ...]
    inner: tuple[tuple[int, int], ...]
    raws: tuple[Sequence[str], ...]
    scripts: tuple[str, ...]
    hidden: frozenset[int]
    marks: dict[int, int]
    outside: tuple[int, str] | None

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The page's blocks in the order of the tree."""
        paths: dict[int, str] = {}
        blocks = []
        spans = self.spans
        for index, (text, element, links) in enumerate(
            zip(self.texts, self.elements, self.links, strict=True)
        ):
            if element not in paths:
                paths[element] = self.path(element)
            start, end = spans[index]
            density = min(links / len(text), 1.0)
            blocks.append(
                Block(index, text, start, end, paths[element], self.tags[element], density)
            )
        return tuple(blocks)

    def path(self, element: int) -> str:
        """The elements around and with one, outermost first; at most 24, the innermost ones."""
        steps: list[str] = []
        while element > 0 and len(steps) < _PATH_DEPTH:
            names, _, ident = self.names[element].partition("#")
            step = self.tags[element]
            if ident:
                step += "#" + "".join(ident.split())
            steps.append(".".join([step, *names.split()[:_PATH_TOKENS]]))
            element = self.parents[element]
        return "/".join(reversed(steps))

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each block stands in the source: (start, end) in code points."""
        return tuple(_align(self.source, self.raws))


def blocks_of_html(source: str, selectors: Sequence[str] = ()) -> Markup:
    """Read an HTML document, or a fragment of one, into blocks.

    Inline elements are joined without a break; ``br`` leaves a line break inside the block and two
    of them end it; ``pre`` keeps its white space; a table row is one block, cells separated by a
    tab, unless a cell is long or holds blocks of its own. Text hidden by a style is text; scripts,
    styles, comments, templates and ``noscript`` are not.

    Args:
        source: the decoded page.
        selectors: CSS selectors whose elements are marked (`Markup.marks`); the last one wins.

    >>> page = blocks_of_html("<h1>A&amp;B</h1><p>发展<a href='/x'>动力源</a>、<!-- x -->再<p>b")
    >>> [(block.tag, block.text) for block in page.blocks]
    [('h1', 'A&B'), ('p', '发展动力源、再'), ('p', 'b')]
    >>> page.title, page.blocks[1].link_density, page.blocks[1].start
    ('A&B', 0.42857142857142855, 19)
    """
    swapped = False
    try:
        data = source.encode()
    except UnicodeEncodeError:
        swapped = True
        data = _SURROGATE.sub(lambda m: chr(ord(m[0]) + _STAND_IN_SHIFT), source).encode()
    walk = _Walk()
    tree = LexborHTMLParser(data)
    for number, selector in enumerate(selectors):
        walk.wanted |= dict.fromkeys((node.mem_id for node in tree.css(selector)), number)
    if tree.root is not None:
        walk.run(tree.root)
    outside = None
    if walk.body_length() < _POOR:
        summary = walk.meta.get("og:description") or walk.meta.get("description") or ""
        fragment = body_of(data.decode(), walk.scripts, summary)
        found = LexborHTMLParser(fragment).css_first("div") if fragment else None
        if found is not None:
            outside = (len(walk.last), found.id or "")
            walk.run(found)
    if swapped:
        walk.texts = [_restore(text) for text in walk.texts]
        walk.raws = [[_restore(piece) for piece in pieces] for pieces in walk.raws]
    tags, parents, names, first = zip(*walk.rows, strict=True) if walk.rows else ((),) * 4
    blocks = zip(walk.texts, walk.elements, strict=True)
    heading = next((text for text, element in blocks if tags[element] == "h1"), "")
    return Markup(
        source=source,
        title=_best_title(walk.title, walk.meta.get("og:title", ""), heading),
        metadata=_metadata(walk.meta),
        hints=_hints(walk.meta, walk.scripts, walk.body),
        texts=tuple(walk.texts),
        elements=tuple(walk.elements),
        tags=tags,
        parents=parents,
        names=names,
        first=first,
        last=tuple(walk.last),
        links=tuple(walk.links),
        images=tuple(walk.images),
        inner=tuple(walk.inner),
        raws=tuple(walk.raws),
        scripts=tuple(walk.scripts),
        hidden=frozenset(walk.hidden),
        marks=walk.marks,
        outside=outside,
    )


def _collapsed(raw: str, pre: int) -> str:
    """The text of a run: white space collapsed, or kept in ``pre``."""
    if pre:
        text = raw.replace("\0", "\n").rstrip()
        return text if text.strip() else ""
    if "\0" not in raw:
        return " ".join(raw.split())
    if _CELL_EDGE in raw:
        cells = (" ".join(cell.replace("\0", " ").split()) for cell in raw.split(_CELL_EDGE))
        return _CELL_GAP.join(cells).strip()
    lines = (" ".join(line.split()) for line in raw.split("\0"))
    return "\n".join(line for line in lines if line)


def _restore(text: str) -> str:
    return _STAND_IN.sub(lambda m: chr(ord(m[0]) - _STAND_IN_SHIFT), text)


class _Walk:
    """One walk: the columns, and the run of text that is open until the next boundary."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, str, int]] = []  # tag, parent, name, first block
        self.last: list[int] = []
        self.texts: list[str] = []
        self.elements: list[int] = []
        self.links: list[int] = []
        self.images: list[int] = []
        self.inner: list[tuple[int, int]] = []
        self.raws: list[list[str]] = []
        self.hidden: list[int] = []
        self.scripts: list[str] = []
        self.meta: dict[str, str] = {}
        self.title = ""
        self.body = ""
        self.wanted: dict[int, int] = {}
        self.marks: dict[int, int] = {}
        # The open run. NUL never is in the text of a tree: between pieces it is a line break.
        self.pieces: list[str] = []
        self.linked = 0  # characters of it that stand in links
        self.blank = True  # no text since the last line break
        self.home = 0  # its innermost block-level element
        self.mark = 0  # the first element opened since the last boundary
        self.cell = 0  # the piece with which the table cell began
        self.seen_images = 0

    def run(self, root: LexborNode) -> None:  # noqa: C901
        """Visit every node once, without recursion."""
        stack: list[tuple[LexborNode, int, int, int]] = []
        node, element, home, link, pre = root, -1, 0, 0, 0
        # This loop and `open` run for every node: bound methods are looked up once.
        roles, push, enter, read, last = ROLE.get, stack.append, self.open, self.text, self.last
        while True:
            tag = node.tag or ""
            if tag == "-text":
                text = node.text_content or ""
                if self.pieces or not text.isspace():
                    read(text, home, link)
            else:
                role = roles(tag, INLINE)
                if role == SKIP:
                    pass
                elif role == META:
                    self.head(tag, node)
                elif role == BREAK:
                    self.line_break(pre)
                else:
                    push((node, element, home, role))
                    if role != INLINE:
                        if role == LINK:
                            link += 1
                            if self.pieces and self.pieces[-1] == "":
                                self.pieces[-1] = " "  # menus are often spaced by style alone
                        else:
                            if self.pieces:
                                self.edge(role, pre, home)
                            self.mark = len(last)
                            if role != OPTION:
                                home = self.mark
                            pre += role == PRE
                    element = enter(tag, node, element)
                    child = node.first_child
                    if child is not None:
                        node = child
                        continue
            following = node.next if not stack or stack[-1][0] is not node else None
            while following is None:
                if not stack:
                    self.flush(pre)
                    return
                node, outer, home, role = stack.pop()
                if role == LINK:
                    link -= 1
                    if self.pieces:
                        self.pieces.append("")
                elif role == CELL:
                    self.cell_end(pre)
                elif role not in (INLINE, OPTION):
                    if self.pieces:
                        self.edge(BLOCK, pre, home)
                        if role == PRE:
                            self.flush(pre)
                    self.mark = len(last)
                    pre -= role == PRE
                last[element] = len(self.texts)
                element = outer
                following = node.next
            node = following

    def body_length(self) -> int:
        """Characters of the blocks that may be paragraphs: long, and mostly outside links."""
        pairs = zip(self.texts, self.links, strict=True)
        return sum(len(t) for t, links in pairs if len(t) >= _PARAGRAPH and links * 3 < len(t))

    def open(self, tag: str, node: LexborNode, parent: int) -> int:
        """Add an element's row and return its number."""
        row = len(self.last)
        attributes = node.attributes
        name = ""
        if attributes:
            name = attributes.get("class") or ""
            ident = attributes.get("id")
            if ident:
                name = f"{name}#{ident}"
            style = attributes.get("style")
            if "hidden" in attributes or (style and "display:none" in style.replace(" ", "")):
                self.hidden.append(row)
            if tag == "html" and attributes.get("lang"):
                self.meta["lang"] = attributes["lang"] or ""
            elif tag == "time" and attributes.get("datetime"):
                self.meta.setdefault("time", attributes["datetime"] or "")
        if self.wanted and node.mem_id in self.wanted:
            self.marks[row] = self.wanted[node.mem_id]
        if tag == "body" and not self.body:
            self.body = name
        elif tag == "img":
            self.seen_images += 1
        self.rows.append((tag, parent, name, len(self.texts)))
        self.last.append(0)
        return row

    def text(self, text: str, home: int, link: int) -> None:
        """Take up one text node."""
        if not self.pieces:
            self.home = home
        if link:
            self.linked += len(text.strip())
        self.blank = self.blank and text.isspace()
        self.pieces.append(text)

    def line_break(self, pre: int) -> None:
        """Take up one ``br``: the second in a row ends the block."""
        if self.blank and not pre:
            self.flush(pre)
        elif self.pieces:
            self.pieces.append("\0")
            self.blank = True

    def edge(self, role: int, pre: int, home: int) -> None:
        """Pass the boundary of a block-level element."""
        if pre or role == OPTION:
            if self.pieces:
                self.pieces.append("\0")
        elif role == CELL and self.pieces:
            # The run began in a cell of this row: every other boundary would have ended it.
            self.pieces.append(_CELL_EDGE)
            self.cell = len(self.pieces)
            self.home = home
        else:
            self.flush(pre)

    def cell_end(self, pre: int) -> None:
        """Give a long cell a block of its own, apart from the cells before it."""
        if not pre and sum(map(len, self.pieces[self.cell :])) > _LONG_CELL:
            rest, linked = self.pieces[self.cell :], self.linked
            if self.cell:
                del self.pieces[self.cell - 1 :]
                self.linked = 0
                self.flush(pre)
                self.pieces, self.linked, self.cell = rest, linked, 0
                self.home = len(self.last) - 1
            self.flush(pre)

    def flush(self, pre: int) -> None:
        """End the open run: it becomes a block if there is text in it."""
        pieces = self.pieces
        raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
        text = _collapsed(raw, pre)
        if text:
            self.texts.append(text)
            self.elements.append(self.home)
            self.links.append(self.linked)
            self.images.append(self.seen_images)
            self.inner.append((self.mark, len(self.last)))
            self.raws.append(pieces)
            self.seen_images = 0
        self.pieces = []
        self.linked = self.cell = 0
        self.blank = True
        self.mark = len(self.last)

    def head(self, tag: str, node: LexborNode) -> None:
        """Take up an element that speaks of the page."""
        if tag == "title":
            self.title = self.title or " ".join(node.text().split())
            return
        attributes = node.attributes
        if tag == "meta":
            key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = attributes.get("content")
            if key and content:
                self.meta.setdefault(key.strip().lower(), " ".join(content.split()))
        elif tag == "link":
            if (attributes.get("rel") or "").lower() == "canonical" and attributes.get("href"):
                self.meta.setdefault("canonical", attributes["href"] or "")
        elif (attributes.get("type") or "").lower() == "application/ld+json":
            self.scripts.append(node.text())


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


def _align(source: str, raws: tuple[Sequence[str], ...]) -> Iterator[tuple[int, int]]:
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
            key = " ".join(piece.replace("\0", " ").split())
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
