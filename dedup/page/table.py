"""The table of a page: its elements and blocks as columns, and what the page says of itself.

Every reader makes one, the classifier and the exporters read it. A column is an array with one
value per element or per block; `Block` values are made when somebody looks at them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from dedup.kernels.utf8 import code_points
from dedup.model import Block, SourceKind

Array = np.ndarray[Any, Any]

_PATH_DEPTH = 24
_PATH_TOKENS = 4
_QUOTES = frozenset({"blockquote"})


@dataclass(frozen=True, eq=False)
class Elements:
    """The elements of a page, one row per element; parents come before their children.

    Attributes:
        tags: the tags that may occur: `dedup.kernels.tags.TAGS`, then the unknown ones of the page.
        tag: place in ``tags`` (int32).
        parent: row of the parent, -1 for a root (int32).
        names: the distinct ``class tokens#id``; the empty string for elements without either.
        name: place in ``names`` (int32).
        first: the first block that begins in it or after it (int32).
        last: past the last block in it (int32).
        start: offset of its start tag in the source in bytes of UTF-8, -1 if it has none (int32).
        hidden: whether a style or an attribute hides it (int32, 0 or 1).
    """

    tags: tuple[str, ...]
    tag: Array
    parent: Array
    names: tuple[str, ...]
    name: Array
    first: Array
    last: Array
    start: Array
    hidden: Array

    def __len__(self) -> int:
        return len(self.tag)


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of a page, one row per block, in the order of the source.

    Attributes:
        text: UTF-8 of the texts (surrogates encoded too), white space collapsed, each after a NUL.
        element: row of the innermost block-level element (int32).
        links: characters that stand in links (int32).
        images: images since the block before (int32).
        inner: rows of the first and past the last element opened in it (int32, two columns).
        begin: byte offset in the UTF-8 of the source of its first character that shows (int32);
            where the table has no source, the code point.
        end: byte offset past its last one (int32).
        joins: whether its text goes on in the next block without a break; none: no block's does.
    """

    text: bytes
    element: Array
    links: Array
    images: Array
    inner: Array
    begin: Array
    end: Array
    joins: Array | None = None

    def __len__(self) -> int:
        return len(self.element)

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Where each text begins and ends in ``text`` (int64)."""
        marks = np.flatnonzero(np.frombuffer(self.text, np.uint8) == 0)
        return marks + 1, np.append(marks, len(self.text))[1:]

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts as strings, made anew each time."""
        return tuple(self.text.decode("utf-8", "surrogatepass").split("\0")[1:])

    def text_of(self, block: int) -> str:
        """One text."""
        begins, ends = self.bounds
        return self.text[begins[block] : ends[block]].decode("utf-8", "surrogatepass")

    def texts_of(self, which: Array) -> list[str]:
        """The texts of some blocks."""
        begins, ends = self.bounds
        return [
            self.text[begin:end].decode("utf-8", "surrogatepass")
            for begin, end in zip(begins[which].tolist(), ends[which].tolist(), strict=True)
        ]

    def joined(self, which: Array) -> str:
        """The texts of some blocks, separated by blank lines."""
        begins, ends = self.bounds
        pairs = zip(begins[which].tolist(), ends[which].tolist(), strict=True)
        whole = b"\n\n".join([self.text[begin:end] for begin, end in pairs])
        return whole.decode("utf-8", "surrogatepass")


@dataclass(frozen=True, eq=False)
class PageTable:
    """A page that was read.

    Positions: ``source[start:end]`` of a block, tags, comments and raw elements that show nothing
    taken out and character references read, is the block's text but for white space. A block of a
    body that was found outside the elements (`outside`) has the range of what it was found in,
    where its text may be escaped.

    Attributes:
        kind: what it was read as.
        utf8: the source as UTF-8 (surrogates encoded too); empty for lines without a source.
        elements: its elements.
        blocks: its blocks.
        title: the best of the page's own titles, or the empty string.
        hints: what the page says of its own type: Open Graph type, schema.org types, address,
            classes of the body, as words for the lexicon's groups of pages.
        marks: rows of elements that a selector found, with the selector's number.
        outside: from which row on the elements were found outside the page's own, and where.
        notes: what the reader noted in the head and elsewhere (`dedup.page.source.head.Notes`);
            None where there is no markup.
    """

    kind: SourceKind
    utf8: bytes
    elements: Elements
    blocks: Blocks
    title: str = ""
    hints: str = ""
    marks: dict[int, int] | None = None
    outside: tuple[int, str] | None = None
    notes: Any = None

    @cached_property
    def source(self) -> str:
        """The decoded source."""
        return self.utf8.decode("utf-8", "surrogatepass")

    @property
    def block_tags(self) -> list[str]:
        """The tag of each block's element."""
        tags = self.elements.tags
        return [tags[number] for number in self.elements.tag[self.blocks.element].tolist()]

    def tagged(self, tags: frozenset[str]) -> Array:
        """Whether each block's element has one of some tags (bool)."""
        return _among(self.elements.tags, tags)[self.elements.tag[self.blocks.element]]

    @cached_property
    def spans(self) -> Array:
        """Start and end of each block in code points of the source (int64, two columns)."""
        offsets = np.stack((self.blocks.begin, self.blocks.end), 1).astype(np.int64)
        if not len(offsets) or self.utf8.isascii():
            return offsets
        places, order = np.unique(offsets, return_inverse=True)
        return code_points(self.utf8, places)[order].reshape(offsets.shape)

    @cached_property
    def quoted(self) -> Array:
        """Whether each element stands in, or is, something set as a quotation."""
        kinds = _among(self.elements.tags, _QUOTES)
        names = np.array(["quote" in name for name in self.elements.names])
        quoted = kinds[self.elements.tag] | names[self.elements.name]
        parent = self.elements.parent
        up = np.where(parent < 0, np.arange(len(quoted)), parent)
        while quoted.any():
            quoted |= quoted[up]  # twice as far up each time
            further = up[up]
            if (further == up).all():
                break
            up = further
        return np.asarray(quoted)

    @property
    def views(self) -> tuple[Block, ...]:
        """The blocks as values, made anew each time."""
        return tuple(self.views_of(0, len(self.blocks)))

    @property
    def unplaced(self) -> tuple[Block, ...]:
        """The same without their positions, which take longer to find than the rest."""
        return tuple(self.views_of(0, len(self.blocks), placed=False))

    def views_of(self, first: int, last: int, placed: bool = True) -> Iterator[Block]:
        """Some blocks as values."""
        rows = slice(first, last)
        blocks = self.blocks
        element = blocks.element[rows]
        tags = map(self.elements.tags.__getitem__, self.elements.tag[element].tolist())
        joins = [False] * len(element) if blocks.joins is None else blocks.joins[rows].tolist()
        for index, text, (start, end), path, tag, links, goes_on in zip(
            range(first, last),
            blocks.texts_of(np.arange(first, last)),
            self.spans[rows].tolist() if placed else [(0, 0)] * len(element),
            self._paths(element),
            tags,
            blocks.links[rows].tolist(),
            joins,
            strict=True,
        ):
            density = min(links / len(text), 1.0) if links else 0.0
            yield Block(index, text, start, end, path, tag, density, goes_on)

    def _paths(self, elements: Array) -> Iterator[str]:
        """The elements around and with each, outermost first; the innermost 24."""
        if self.kind is not SourceKind.HTML:
            yield from [""] * len(elements)
            return
        rows, known = self.elements, self._known_paths
        alike = (elements, rows.parent[elements], rows.tag[elements], rows.name[elements])
        for element, *key in zip(*(column.tolist() for column in alike), strict=True):
            if element == 0:
                yield ""
                continue
            path = known.get(tuple(key))
            if path is None:
                path = known[tuple(key)] = self._path(element)
            yield path

    @cached_property
    def _known_paths(self) -> dict[tuple[int, ...], str]:
        """By parent, tag and name: siblings of one tag and name have one path."""
        return {}

    @cached_property
    def _known_rows(self) -> dict[int, tuple[str, int]]:
        """Paths of elements that are not cut off, with their lengths."""
        return {0: ("", 0), -1: ("", 0)}

    def _path(self, element: int) -> str:
        rows, known = self.elements, self._known_rows
        chain: list[int] = []
        while element not in known and len(chain) < _PATH_DEPTH:
            chain.append(element)
            element = int(rows.parent[element])
        path, depth = known.get(element, ("", _PATH_DEPTH))
        if depth + len(chain) > _PATH_DEPTH:  # the outermost are cut off
            while element > 0 and len(chain) < _PATH_DEPTH:
                chain.append(element)
                element = int(rows.parent[element])
            return "/".join(map(self._step, reversed(chain)))
        for row in reversed(chain):
            depth += 1
            path = f"{path}/{self._step(row)}" if path else self._step(row)
            known[row] = path, depth
        return path

    @cached_property
    def _known_steps(self) -> dict[tuple[int, int], str]:
        return {}

    def _step(self, element: int) -> str:
        rows = self.elements
        key = int(rows.tag[element]), int(rows.name[element])
        if key not in self._known_steps:
            self._known_steps[key] = step_of(rows.tags[key[0]], rows.names[key[1]])
        return self._known_steps[key]


@lru_cache(maxsize=64)
def _among(tags: tuple[str, ...], wanted: frozenset[str]) -> Array:
    """Which tags are among some; most pages have the same tags."""
    found = np.array([tag in wanted for tag in tags], bool)
    found.flags.writeable = False
    return found


def step_of(tag: str, name: str) -> str:
    """An element of a path: ``div#id.class.class``.

    >>> step_of("div", "wide box#main")
    'div#main.wide.box'
    """
    names, _, ident = name.partition("#")
    ident = "#" + "".join(ident.split()) if ident else ""
    return ".".join([tag + ident, *names.split()[:_PATH_TOKENS]])
