"""Plain text to blocks: text dumps of pages, WET records, books.

A line is a block, as in dumps where a line is a paragraph; lines that were wrapped at a width are
joined again. A bulleted line is a list item. A sentence that a column break cut in two is two
blocks of which the first ``joins`` the second.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from dedup.expressions import expression
from dedup.kernels.paragraphs import paragraphs
from dedup.model import SourceKind
from dedup.page.table import Blocks, Elements, PageTable

Array = np.ndarray[Any, Any]

_TAGS = ("body", "ul", "p", "li")
_UL, _P, _LI = 1, 2, 3

# What is stripped from the ends of a line.
BLANK = " \t\u3000\xa0\ufeff\x00\u200b\r"
# The flags of a line that `paragraphs` gives.
_BULLET, _INDENTED, _ENDS, _PROSE = 1, 2, 8, 16
# A cut sentence is looked for where ending with punctuation is the rule: in a text of at least so
# many paragraphs of prose, so many of which do.
_CUT_PROSE, _CUT_ENDED = 4, 0.7

_LETTER = expression(r"[^\W\d_]")
# Code points that take two columns (East_Asian_Width W and F in Unicode's EastAsianWidth.txt).
_WIDE = """
    1100-115F 231A-231B 2329-232A 23E9-23EC 23F0 23F3 25FD-25FE 2614-2615 2648-2653 267F 2693 26A1
    26AA-26AB 26BD-26BE 26C4-26C5 26CE 26D4 26EA 26F2-26F3 26F5 26FA 26FD 2705 270A-270B 2728 274C
    274E 2753-2755 2757 2795-2797 27B0 27BF 2B1B-2B1C 2B50 2B55 2E80-303E 3041-3247 3250-4DBF
    4E00-A4CF A960-A97F AC00-D7A3 F900-FAFF FE10-FE19 FE30-FE6F FF01-FF60 FFE0-FFE6 16FE0-18DFF
    1AFF0-1B2FF 1F004 1F0CF 1F18E 1F191-1F19A 1F200-1F320 1F32D-1F335 1F337-1F37C 1F37E-1F393
    1F3A0-1F3CA 1F3CF-1F3D3 1F3E0-1F3F0 1F3F4 1F3F8-1F43E 1F440 1F442-1F4FC 1F4FF-1F53D
    1F54B-1F54E 1F550-1F567 1F57A 1F595-1F596 1F5A4 1F5FB-1F64F 1F680-1F6C5 1F6CC 1F6D0-1F6D2
    1F6D5-1F6D7 1F6DC-1F6DF 1F6EB-1F6EC 1F6F4-1F6FC 1F7E0-1F7EB 1F7F0 1F90C-1F93A 1F93C-1F945
    1F947-1F9FF 1FA70-1FAFF 20000-3FFFD
"""


@cache
def _wide_ranges() -> Array:
    """First and last code point of each range of wide ones."""
    rows = [row.partition("-") for row in _WIDE.split()]
    ranges = [(int(first, 16), int(last or first, 16)) for first, _, last in rows]
    return np.array(ranges, np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Paragraphs:
    """The paragraphs of a text, as columns.

    Attributes:
        data: UTF-8 of the texts, ``uint8``, each behind a NUL byte.
        offsets: text ``i`` is ``data[offsets[i]:offsets[i + 1] - 1]``.
        start: code point of the source at which each begins, ``int64``.
        end: the one past its last.
        item: whether it is an item of a list.
        joins: whether it is the first half of a sentence that the next one ends.
    """

    data: Array
    offsets: Array
    start: Array
    end: Array
    item: Array
    joins: Array


def paragraphs_of(source: str) -> Paragraphs:
    """Cut plain text into paragraphs.

    >>> found = paragraphs_of("Title\\n\\n  • one\\n  • two")
    >>> found.data.tobytes(), found.start.tolist(), found.item.tolist()
    (b'\\x00Title\\x00one\\x00two', [0, 11, 19], [False, True, True])
    """
    codes = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), "<u4")
    data, offsets, places, flags, firsts = paragraphs(codes, _wide_ranges())
    first, last = firsts[:-1], firsts[1:] - 1
    start, end = places[first, 0], places[last, 1]
    item = (flags[first] & _BULLET) > 0
    joins = _cuts(source, start, end, flags[first], flags[last])
    return Paragraphs(data, offsets, start, end, item, joins)


def _cuts(source: str, start: Array, end: Array, opening: Array, closing: Array) -> Array:
    """Which paragraphs end in the middle of a sentence that the next one ends."""
    joins = np.zeros(len(start), bool)
    prose, ended = (opening & _PROSE) > 0, (closing & _ENDS) > 0
    many = int(prose.sum())
    if many < _CUT_PROSE or int((prose & ended).sum()) < _CUT_ENDED * many:
        return joins
    indented = (opening & _INDENTED) > 0  # an indented line opens a paragraph
    able = prose[:-1] & prose[1:] & ~ended[:-1] & ended[1:] & ~(indented[:-1] & indented[1:])
    for i in np.flatnonzero(able).tolist():
        before, after = source[end[i] - 1], source[start[i + 1]]
        if wide(before) and wide(after):
            joins[i] = bool(_LETTER.match(before) and _LETTER.match(after))
        else:
            joins[i] = after.islower()
    return joins


def wide(character: str) -> bool:
    """Whether a character takes two columns."""
    code, ranges = ord(character), _wide_ranges()
    place = int(np.searchsorted(ranges[:, 1], code))
    return place < len(ranges) and int(ranges[place, 0]) <= code


def join_lines(lines: Iterable[str]) -> str:
    """Put wrapped lines together: a space between words, nothing between CJK characters.

    >>> join_lines(["a wrapped", "line"]), join_lines(["换行的", "句子"])
    ('a wrapped line', '换行的句子')
    """
    parts: list[str] = []
    for line in lines:
        if parts and not (wide(parts[-1][-1]) and wide(line[0])):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def columns(texts: Sequence[str]) -> Array:
    """How wide each text is set: two columns a CJK character, one for any other (int64).

    >>> columns(["ab中", "c"]).tolist()
    [4, 1]
    """
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    joined = "".join(texts)
    if joined.isascii():
        return sizes
    ends = np.cumsum(sizes)
    wide_before = np.zeros(len(joined) + 1, np.int32)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    np.cumsum(_wide_table()[codes], out=wide_before[1:], dtype=np.int32)
    return np.asarray(sizes + wide_before[ends] - wide_before[ends - sizes])


@cache
def _wide_table() -> Array:
    """By code point whether it takes two columns (uint8)."""
    table = np.zeros(sys.maxunicode + 1, np.uint8)
    for first, last in _wide_ranges().tolist():
        table[first : last + 1] = 1
    return table


def blocks_of_text(source: str) -> PageTable:
    """Cut plain text into blocks.

    Args:
        source: the decoded text.

    >>> [(b.tag, b.text) for b in blocks_of_text("Title\\n\\n  • one\\n  • two").views]
    [('p', 'Title'), ('li', 'one'), ('li', 'two')]
    """
    found = paragraphs_of(source)
    ranges = found.start.astype(np.int32), found.end.astype(np.int32)
    return _table(found.data.tobytes(), found.item, "", ranges, found.joins)


def columns_of_lines(texts: Sequence[str], bullets: Sequence[bool], title: str = "") -> PageTable:
    """The same columns from texts and whether each is bulleted.

    >>> page = columns_of_lines(["a", "b", "c"], [False, True, True])
    >>> [page.elements.tags[tag] for tag in page.elements.tag], page.blocks.element.tolist()
    (['body', 'p', 'ul', 'li', 'li'], [1, 3, 4])
    """
    data = "".join("\0" + text.replace("\0", " ") for text in texts)
    nothing = np.zeros(len(texts), np.int32)
    items = np.array(bullets, bool)
    return _table(data.encode("utf-8", "surrogatepass"), items, title, (nothing, nothing), None)


def _table(
    data: bytes, item: Array, title: str, ranges: tuple[Array, Array], joins: Array | None
) -> PageTable:
    """Paragraphs and items as a page that has no tree but its lists."""
    count = len(item)
    opens = item & ~np.append(False, item[:-1])
    closes = item & ~np.append(item[1:], False)
    starts = np.flatnonzero(opens)
    places = np.arange(count, dtype=np.int32)
    elements = places + 1 + np.cumsum(opens, dtype=np.int32)
    lists = elements[starts] - 1
    tag = np.zeros(count + len(lists) + 1, np.int32)
    tag[elements], tag[lists] = np.where(item, _LI, _P), _UL
    parent, first, last = np.zeros_like(tag), np.zeros_like(tag), np.zeros_like(tag)
    parent[elements] = np.where(item, np.maximum.accumulate(np.where(opens, elements - 1, 0)), 0)
    parent[0] = -1
    first[elements], last[elements] = places, places + 1
    first[lists], last[lists] = starts, np.flatnonzero(closes) + 1
    last[0] = count
    nothing = np.zeros(count, np.int32)
    return PageTable(
        kind=SourceKind.TEXT,
        utf8=b"",
        title=title,
        elements=Elements(
            tags=_TAGS,
            tag=tag,
            parent=parent,
            names=("",),
            name=np.zeros_like(tag),
            first=first,
            last=last,
            start=np.full_like(tag, -1),
            hidden=np.zeros_like(tag),
        ),
        blocks=Blocks(
            text=data,
            element=elements,
            links=nothing,
            images=nothing,
            inner=np.zeros((count, 2), np.int32),
            begin=ranges[0],
            end=ranges[1],
            joins=joins,
        ),
    )
