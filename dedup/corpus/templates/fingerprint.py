"""Marks: what the template finder knows of a page's blocks. Fingerprints, not texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from dedup.kernels.fingerprints import fingerprints, parents, polynomial
from dedup.model import Block, Label, LabelledBlock, SourceKind
from dedup.page.labelled import LabelledColumns, columns_of
from dedup.page.table import PageTable, step_of
from dedup.text.fold import fold_table

Array = np.ndarray[Any, Any]
Flags = npt.NDArray[np.bool_]

_DIGITS = re.compile(r"\d+")
# Elements that give a text its structure; between own paragraphs they are no template, however
# often they recur ("Ingredients", "Price").
_STRUCTURE = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "figcaption"})
# Labels whose blocks do not make a page a page with text of its own.
_NO_TEXT = frozenset({Label.TITLE, Label.HEADING, Label.BYLINE, Label.CAPTION})
_IS_CONTENT = np.array([label.is_content for label in Label])
_IS_TEXT = np.array([label.is_content and label not in _NO_TEXT for label in Label])
# Steps that are remembered: those of a few thousand sites.
_STEPS = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The fingerprints of blocks and where they stood, one row per block, of one page or of many.

    Attributes:
        keys: (blocks, 3) uint64. The hash of the folded text and the elements around it (digits
            masked in both); of a longer block the same of its opening and its very end, so that one
            with another name or number in between is recognised, and of its ending and its very
            beginning; 0 for a short one.
        parent: hash of the elements around the block (uint64).
        size: the text's UTF-8 bytes (int32).
        content: whether the classifier took it for content.
        text: whether it is content of the kind that makes up a text.
        structure: whether it is a heading or a cell.
    """

    keys: Array
    parent: Array
    size: Array
    content: Flags
    text: Flags
    structure: Flags

    def __len__(self) -> int:
        return len(self.parent)

    def of(self, first: int, last: int) -> "Marks":
        """Those of some rows."""
        rows = slice(first, last)
        columns = (self.keys, self.parent, self.size, self.content, self.text, self.structure)
        return Marks(*(column[rows] for column in columns))


def host_of(url: str | None) -> str:
    """The host of a URL, lower case, without ``www.``; empty where there is none.

    >>> host_of("https://WWW.Example.org:8080/a"), host_of("no url"), host_of(None)
    ('example.org', '', '')
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def mark(blocks: Sequence[LabelledBlock]) -> Marks:
    """The marks of a page's blocks, in their order.

    >>> from dedup.model import Block, Label
    >>> def one(text):
    ...     return LabelledBlock(Block(0, text, 0, len(text), "body/p"), Label.BODY, 1.0, "")
    >>> a, b, c = mark([one("Page 3 of 10"), one("page 4 of  12!"), one("3.50")]).keys[:, 0]
    >>> bool(a == b), bool(a == c)
    (True, False)
    """
    return marks_of(columns_of(blocks))


def marks_of(columns: LabelledColumns) -> Marks:
    """`mark` of blocks that are there as columns."""
    if columns.elements is not None:
        parent, structure = _around(columns.elements)
    else:
        parent = np.array([_around_block(block) for block in columns.blocks], np.uint64)
        structure = np.array([block.tag in _STRUCTURE for block in columns.blocks], np.bool_)
    data = np.frombuffer(columns.text, np.uint8)
    return Marks(
        fingerprints(data, columns.begins, columns.ends, parent, fold_table()),
        parent,
        (columns.ends - columns.begins).astype(np.int32),
        _IS_CONTENT[columns.label],
        _IS_TEXT[columns.label],
        structure,
    )


def _around(page: PageTable) -> tuple[Array, Flags]:
    """Of each block the hash of the elements around it, and whether its own is of `_STRUCTURE`."""
    rows, element = page.elements, page.blocks.element
    structure = _structure(rows.tags)[rows.tag[element]]
    if page.kind is not SourceKind.HTML:
        return np.zeros(len(element), np.uint64), structure
    names = np.array([_rest_of_step(name) for name in rows.names], np.uint64)
    tags = _tags(rows.tags)
    return parents(element, rows.parent, rows.tag, rows.name, tags, names), structure


@lru_cache(maxsize=64)
def _structure(tags: tuple[str, ...]) -> Flags:
    """Per tag whether it is of `_STRUCTURE`."""
    return np.array([tag in _STRUCTURE for tag in tags])


@lru_cache(maxsize=64)
def _tags(tags: tuple[str, ...]) -> Array:
    """Per tag the hash of how its step begins."""
    return np.array([_hash_of_path("/" + step_of(tag, "")) for tag in tags], np.uint64)


@lru_cache(maxsize=_STEPS)
def _rest_of_step(name: str) -> tuple[int, int]:
    """The hash of what a step has beside its tag."""
    return _hash_of_path(step_of("", name))


def _around_block(block: Block) -> int:
    """The same hash as `_around` of a block as a value."""
    end = block.path.rfind("/" + block.tag)
    return _hash_of_path("/" + block.path[:end])[0] if end > 0 else 0


def _hash_of_path(path: str) -> tuple[int, int]:
    """The hash of a part of a path, digits masked, and its factor."""
    return polynomial(_DIGITS.sub("0", path).encode("utf-8", "surrogatepass"))


def hash64(text: str) -> int:
    """A 64-bit hash that is the same in every process (BLAKE2b)."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def inside(marks: Marks, recurs: Flags) -> Flags:
    """Which blocks of a page stand among its own paragraphs.

    A block does if the nearest text on either side that does not recur has one parent; for a
    heading or a cell it is enough that what follows it under its own parent is such content.

    Args:
        marks: the blocks of a page.
        recurs: for each whether it is on other pages as well.
    """
    count = len(marks)
    places = np.arange(count)
    own = marks.text & ~recurs
    before, after = np.full(count + 1, -1), np.full(count + 1, count)
    before[1:] = np.maximum.accumulate(np.where(own, places, -1))
    after[:-1] = np.minimum.accumulate(np.where(own, places, count)[::-1])[::-1]
    left, right = before[:-1], after[1:]
    follows = right < count
    follow = marks.parent[np.minimum(right, count - 1)]
    between = (left >= 0) & follows & (marks.parent[left] == follow)
    leads = marks.structure & marks.content & follows & (marks.parent == follow)
    return np.asarray(between | leads)
