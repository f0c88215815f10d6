"""Plain text to blocks: text dumps of pages, WET records, books.

A line is a block, as in dumps where a line is a paragraph; lines that were wrapped at a width are
joined again. A bulleted line is a list item. A sentence that a column break cut in two is two
blocks of which the first ``joins`` the second.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from dedup.model import Block

BULLETS = "•·●○■□◆◇▪▫▶►‣⁃∙※★☆"
BLANK = " \t\u3000\xa0\ufeff\x00\u200b\r"

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
_BULLET = re.compile(rf"(?:[{BULLETS}]|[-*+–—](?=[\s\u3000]))[\s\u3000]*")

# A wrapped paragraph: its full lines lie in this range of columns (typewriter to wide mail) ...
_WRAP_COLUMNS = (40, 110)
# ... and differ by no more than a long word.
_WRAP_SLACK = 16
# So many such lines are a wrapped paragraph even if they do not end a sentence.
_WRAP_SURE = 4

# Punctuation that ends a sentence, with what may close a quotation or bracket behind it.
_SENTENCE_END = re.compile(r"[.!?…。！？；;:：．][\s\"'”’」』》）)\]】]*$")
_CLAUSE = re.compile(r"[,，、;；：。]")
_HIGH = re.compile("[\u1100-\U0010ffff]")  # wide characters lie here
_LETTER = re.compile(r"[^\W\d_]")
# Both sides of a cut sentence are prose of at least this many characters.
_CUT_MIN = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank: its text, where that stands, how it is set."""

    text: str
    start: int
    end: int
    bullet: bool
    indented: bool
    follows: bool  # no blank line stands before it


def blocks_of_text(source: str, offset: int = 0, first: int = 0) -> tuple[Block, ...]:
    """Cut plain text into blocks.

    Args:
        source: the decoded text.
        offset: added to every position, where ``source`` is a part of a larger text.
        first: the index of the first block.

    >>> [(b.tag, b.text) for b in blocks_of_text("Title\\n\\n  • one\\n  • two")]
    [('p', 'Title'), ('li', 'one'), ('li', 'two')]
    """
    paragraphs = list(_paragraphs(_lines(source)))
    cuts = _cuts(paragraphs)
    return tuple(
        Block(
            index,
            join_lines(line.text for line in lines),
            offset + lines[0].start,
            offset + lines[-1].end,
            tag="li" if lines[0].bullet else "p",
            joins=cut,
        )
        for index, (lines, cut) in enumerate(zip(paragraphs, cuts, strict=True), first)
    )


def join_lines(lines: Iterable[str]) -> str:
    """Put wrapped lines together: a space between words, nothing between CJK characters.

    >>> join_lines(["a wrapped", "line"]), join_lines(["换行的", "句子"])
    ('a wrapped line', '换行的句子')
    """
    parts: list[str] = []
    for line in lines:
        if parts and not (_wide(parts[-1][-1]) and _wide(line[0])):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def _wide(character: str) -> bool:
    return character >= "\u1100" and unicodedata.east_asian_width(character) in "WF"


def columns(text: str) -> int:
    """How wide a text is set: two columns a CJK character, one for any other.

    >>> columns("ab中")
    4
    """
    return len(text) if text.isascii() else len(text) + sum(map(_wide, _HIGH.findall(text)))


def _lines(source: str) -> Iterator[_Line]:
    end = 0
    for match in _LINE.finditer(source):
        raw = match.group()
        text = raw.strip(BLANK)
        if not text:
            continue
        start = match.start() + raw.index(text)
        bullet = _BULLET.match(text)
        if bullet is not None and bullet.end() < len(text):
            start += bullet.end()
            text = text[bullet.end() :]
        yield _Line(
            text=text,
            start=start,
            end=start + len(text),
            bullet=bullet is not None,
            indented=raw[0] in BLANK,
            follows=end > 0 and source.count("\n", end, start) == 1,
        )
        end = match.end()


def _paragraphs(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Join the lines of wrapped paragraphs; any other line stands alone."""
    group: list[_Line] = []
    for line in lines:
        if group and not line.follows:
            yield from _unwrapped(group)
            group = []
        group.append(line)
    yield from _unwrapped(group)


def _unwrapped(group: list[_Line]) -> Iterator[list[_Line]]:
    """One run of lines without a blank one between: one paragraph if wrapped, else its lines."""
    widths = [columns(line.text) if len(line.text) <= _WRAP_COLUMNS[1] else 999 for line in group]
    full = widths[:-1]
    wrapped = (
        len(group) > 1
        and (len(group) >= _WRAP_SURE or _SENTENCE_END.search(group[-1].text) is not None)
        and _WRAP_COLUMNS[0] <= max(full)
        and max(widths) <= _WRAP_COLUMNS[1]
        and min(full) >= max(full) - _WRAP_SLACK
        and not any(line.bullet for line in group[1:])
        and not any(line.indented for line in group[1:] if not group[0].bullet)
        and 3 * sum(1 for line in group[:-1] if _SENTENCE_END.search(line.text)) <= len(full)
    )
    if wrapped:
        yield group
    else:
        yield from ([line] for line in group)


def _cuts(paragraphs: list[list[_Line]]) -> list[bool]:
    """Which paragraphs end in the middle of a sentence that the next one goes on with.

    Only where ending with punctuation is the rule: most prose paragraphs of the text do.
    """
    prose = [p for p in paragraphs if _is_prose(p)]
    ended = sum(1 for p in prose if _SENTENCE_END.search(p[-1].text))
    if len(prose) < 4 or ended < 0.7 * len(prose):
        return [False] * len(paragraphs)
    cuts = [_goes_on(one, other) for one, other in pairwise(paragraphs)]
    return [*cuts, False] if paragraphs else []


def _is_prose(paragraph: list[_Line]) -> bool:
    line = paragraph[0]
    return not line.bullet and len(line.text) >= _CUT_MIN and _CLAUSE.search(line.text) is not None


def _goes_on(one: list[_Line], other: list[_Line]) -> bool:
    last, following = one[-1].text, other[0].text
    if not (_is_prose(one) and _is_prose(other)) or _SENTENCE_END.search(last):
        return False
    if one[0].indented and other[0].indented:
        return False  # an indented line opens a paragraph
    if _wide(last[-1]) and _wide(following[0]):
        cut = _LETTER.match(last[-1]) is not None and _LETTER.match(following) is not None
    else:
        cut = following[0].islower()
    return cut and _SENTENCE_END.search(other[-1].text) is not None
