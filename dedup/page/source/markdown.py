"""Markdown to blocks: front matter, HTML fragments and Markdown lines, each where it stands.

Only what tells blocks apart is read (CommonMark's leaf and container blocks, GFM's tables and YAML
front matter); emphasis and link targets are taken out of the text. Line by line, so that
hostile input costs no more than its length.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dedup.expressions import expression
from dedup.model import Block
from dedup.page.source.entities import unescaped
from dedup.page.source.plain import BLANK, join_lines

FRONT_MATTER = expression(
    r"\s*---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE
)
_KEY = expression(r"([A-Za-z_][\w.-]*)[ \t]*:(?:[ \t]+|$)(.*)")
_ITEM = expression(r"[ \t]*-[ \t]+(.*)")

# CommonMark 4.6, start condition 6: elements that open a block of HTML.
_HTML_OPEN = expression(
    r" {0,3}<(?:!--|(/?(?:address|article|aside|blockquote|body|center|details|dialog|div|dl"
    r"|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|link|main|menu|nav|ol|p|pre"
    r"|script|section|style|summary|table|ul|video))(?=[\s/>]))",
    re.IGNORECASE,
)
_TAG = expression(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*>")
_VOID = frozenset({"hr", "link", "img", "br", "input", "meta"})

_HEADING = expression(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING = expression(r"(?:^|[ \t])#+$")
_SETEXT = expression(r" {0,3}(=+|-+)[ \t]*$")
_RULE = expression(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_FENCE = expression(r" {0,3}(`{3,}|~{3,})")
_BULLET = expression(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+(?=\S)")
_QUOTE = expression(r" {0,3}>[ \t]?")
_ROW = expression(r"[ \t]*\|.*\|[ \t]*$")
_DELIMITER = expression(r"[ \t]*:?-+:?[ \t]*")  # one cell of it

# No pattern reads on beyond the next opening mark of its kind: what is never closed costs its own
# length, and not that of the text for every mark.
_TARGET = r"\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)"
_INLINE = (
    (expression(r"!\[([^\[\]]*)\]" + _TARGET), r"\1"),
    (expression(r"\[([^\[\]]*)\]" + _TARGET), r"\1"),
    (expression(r"<([a-zA-Z][\w.+-]*:[^\s<>]*)>"), r"\1"),
    (expression(r"</?[a-zA-Z][\w-]*(?=[\s/>])[^<>]*>|<!--(?:(?!<!--).)*?-->"), ""),
    (expression(r"(\*\*|~~)(?=\S)((?:(?!\1).)+)(?<=\S)\1"), r"\2"),
    (expression(r"(?<!\w)__(?=\S)((?:(?!__).)+)(?<=\S)__(?!\w)"), r"\1"),
    (expression(r"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (expression(r"(?<!\w)_(?=\S)([^_]+)(?<=\S)_(?!\w)"), r"\1"),
)
_LITERAL = expression(r"\\[!-/:-@\[-`{-~]|`+|\ue000")
# What is no Markdown is stood for by private characters while the patterns work: a mark, and two
# that give its number, since the patterns take some marks out with the targets of links.
_HELD, _ZERO, _BASE = "\ue000", 0x100000, 0xFFF0
_MARK = expression("\ue000(.)(.)", re.DOTALL)

HtmlBlocks = Callable[[str, int, int], tuple[Block, ...]]


@dataclass(frozen=True, slots=True)
class Markdown:
    """The blocks of a Markdown text and what its front matter says."""

    blocks: tuple[Block, ...]
    metadata: tuple[tuple[str, str], ...]


def blocks_of_markdown(source: str, html_blocks: HtmlBlocks) -> Markdown:
    """Cut Markdown into blocks.

    Args:
        source: the decoded text.
        html_blocks: cuts a fragment of HTML, given its text, its offset in ``source`` and the
            index of its first block.

    >>> read = blocks_of_markdown("---\\ntitle: A\\n---\\nC [d](/e).", lambda *_: ())
    >>> read.blocks[0].text, read.metadata
    ('C d.', (('title', 'A'),))
    """
    metadata: tuple[tuple[str, str], ...] = ()
    position = 0
    front = FRONT_MATTER.match(source)
    if front is not None:
        metadata = _front_matter(front.group(1))
        position = front.end()
    blocks: list[Block] = []
    for start, end, is_html in _parts(source, position):
        part = source[start:end]
        if is_html:
            blocks.extend(html_blocks(part, start, len(blocks)))
        else:
            blocks.extend(_Lines(part, start, len(blocks)).blocks())
    return Markdown(tuple(blocks), metadata)


def _front_matter(text: str) -> tuple[tuple[str, str], ...]:
    """Keys with one value or a list of values: all that pages use of YAML. Sorted by key."""
    values: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        item = _ITEM.match(line)
        pair = _KEY.match(line)
        if item is not None and key:
            values[key].append(_unquoted(item.group(1)))
        elif pair is not None:
            key = pair.group(1).lower()
            values[key] = [_unquoted(pair.group(2))] if pair.group(2).strip() else []
    return tuple(sorted((k, ", ".join(v)) for k, v in values.items()))


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        quote = value[0]
        value = value[1:-1].replace("''", "'") if quote == "'" else value[1:-1]
    return value


def _parts(source: str, position: int) -> list[tuple[int, int, bool]]:
    """Alternating stretches of Markdown and of HTML: (start, end, is HTML)."""
    parts: list[tuple[int, int, bool]] = []
    start, fence = position, ""
    while position < len(source):
        end = source.find("\n", position) + 1 or len(source)
        line = source[position:end]
        mark = _FENCE.match(line)
        if mark is not None and mark.group(1).startswith(fence):
            fence = "" if fence else mark.group(1)
        if not fence and _HTML_OPEN.match(line):
            if start < position:
                parts.append((start, position, False))
            end = _html_end(source, position)
            parts.append((position, end, True))
            start = end
        position = end
    if start < len(source):
        parts.append((start, len(source), False))
    return parts


def _html_end(source: str, position: int) -> int:
    """Where the elements that open here are all closed, to the end of that line."""
    if source.startswith("<!--", position):
        end = source.find("-->", position)
        return _line_end(source, end) if end >= 0 else len(source)
    depth = 0
    for tag in _TAG.finditer(source, position):
        name = tag.group(2).lower()
        if name not in _VOID and not tag.group().endswith("/>"):
            depth += -1 if tag.group(1) else 1
        if depth <= 0:
            return _line_end(source, tag.end())
    return len(source)


def _line_end(source: str, position: int) -> int:
    return source.find("\n", position) + 1 or len(source)


def inline_text(text: str) -> str:
    """The text without link targets, emphasis marks, inline tags and the marks of code.

    Character references are read, except in code.

    >>> inline_text("a **b** [c](http://d) `__e__` \\\\*f &amp; `&amp;`")
    'a b c __e__ *f & &amp;'
    """
    text, held = _without_literals(text)
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    first, *rest = _MARK.split(text)
    parts = [unescaped(first)]
    for high, low, part in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts += (held[(ord(high) - _ZERO) * _BASE + ord(low) - _ZERO], unescaped(part))
    return "".join(parts).strip(BLANK)


def _without_literals(text: str) -> tuple[str, list[str]]:
    """Code and escaped characters taken out, with what each of them says.

    A run of backticks is closed by the next run of the same length (CommonMark 6.1).
    """
    marks = list(_LITERAL.finditer(text))
    closing: dict[int, int] = {}
    latest: dict[int, int] = {}  # length of a run of backticks -> the next mark of that length
    for i in range(len(marks) - 1, -1, -1):
        if marks[i].group()[0] == "`":
            length = len(marks[i].group())
            closing[i] = latest.get(length, 0)
            latest[length] = i
    parts: list[str] = []
    held: list[str] = []
    end = i = 0
    while i < len(marks):
        start, stop = marks[i].span()
        high, low = divmod(len(held), _BASE)
        parts += (text[end:start], _HELD, chr(_ZERO + high), chr(_ZERO + low))
        if closing.get(i):
            code = text[stop : marks[closing[i]].start()]
            padded = code[:1] == code[-1:] == " " and code.strip()
            held.append(code[1:-1] if padded else code)
            i = closing[i]
        else:
            held.append(marks[i].group().removeprefix("\\"))
        end = marks[i].end()
        i += 1
    return "".join((*parts, text[end:])), held


def _is_delimiter(line: str) -> bool:
    """Whether the line sets a table's head off: dashes between bars."""
    return all(map(_DELIMITER.fullmatch, line.strip().strip("|").split("|")))


class _Lines:
    """The state of one pass over the lines of a stretch of Markdown."""

    def __init__(self, source: str, offset: int, first: int) -> None:
        self._source = source
        self._offset = offset
        self._first = first
        self._done: list[Block] = []
        self._open: list[str] = []
        self._span = (0, 0)
        self._tag = "p"
        self._fence = ""

    def blocks(self) -> list[Block]:
        position = 0
        for line in self._source.splitlines(keepends=True):
            self._line(line.rstrip("\r\n"), position, position + len(line.rstrip()))
            position += len(line)
        self._close()
        return self._done

    def _line(self, line: str, start: int, end: int) -> None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence is not None and fence.group(1).startswith(self._fence):
                self._close()
                self._fence = ""
            else:
                self._add(line, start, end, "pre")
        elif fence is not None:
            self._close()
            self._fence = fence.group(1)
        elif not line.strip(BLANK):
            self._close()
        else:
            self._leaf(line, start, end)

    def _leaf(self, line: str, start: int, end: int) -> None:
        heading = _HEADING.match(line)
        setext = _SETEXT.match(line)
        bullet = _BULLET.match(line)
        quote = _QUOTE.match(line)
        if heading is not None:
            self._close()
            text = _CLOSING.sub("", (heading.group(2) or "").rstrip())
            self._add(text, start, end, f"h{len(heading.group(1))}")
            self._close()
        elif setext is not None and self._open and self._tag == "p":
            self._tag = "h1" if setext.group(1)[0] == "=" else "h2"
            self._close()
        elif _RULE.match(line):
            self._close()
        elif _is_delimiter(line):
            pass
        elif _ROW.match(line):
            self._close()
            self._add(
                " | ".join(c.strip() for c in line.strip().strip("|").split("|")), start, end, "tr"
            )
            self._close()
        elif bullet is not None:
            self._close()
            self._add(line[bullet.end() :], start, end, "li")
        elif quote is not None:
            self._add(line[quote.end() :], start, end, "blockquote")
        elif self._open and self._tag in ("p", "li", "blockquote"):
            self._add(line, start, end, self._tag)
        else:
            self._add(line, start, end, "p")

    def _add(self, text: str, start: int, end: int, tag: str) -> None:
        if self._open and tag != self._tag:
            self._close()
        if not self._open:
            self._span = (start, end)
        self._open.append(text)
        self._span = (self._span[0], end)
        self._tag = tag

    def _close(self) -> None:
        lines, self._open = self._open, []
        if self._tag == "pre":
            text = "\n".join(lines).strip("\n")
        else:
            text = inline_text(join_lines(s for line in lines if (s := line.strip(BLANK))))
        if text.strip(BLANK):
            start, end = self._span
            index = self._first + len(self._done)
            block = Block(index, text, self._offset + start, self._offset + end, tag=self._tag)
            self._done.append(block)
        self._tag = "p"
