"""One page: bytes to text, blocks, labels and repeats.

decode -> blocks -> classify -> repeats -> Page
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dedup.config import DEFAULT_INCLUDE, DEFAULTS, PageSettings, Settings
from dedup.errors import InputError
from dedup.model import Block, Label, LabelledBlock, Page, SourceKind
from dedup.page.classify.decide import Verdicts, judge
from dedup.page.classify.site_rules import rule_for
from dedup.page.lazy import LazyBlocks
from dedup.page.lines import columns_of_lines
from dedup.page.repeats import COUNTED, find_repeats, is_quoted, may_repeat
from dedup.page.source.decode import Decoded, decode
from dedup.page.source.detect import sniff_utf8
from dedup.page.source.html import blocks_of_html
from dedup.page.source.markdown import blocks_of_markdown
from dedup.page.source.plain import blocks_of_text, join_lines
from dedup.page.table import PageTable

if TYPE_CHECKING:
    from bs4 import BeautifulSoup


@dataclass(frozen=True, slots=True)
class _Source:
    """A source read into columns; where there is no tree, into blocks as well."""

    table: PageTable
    title: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] | None = None


def clean(
    data: "bytes | str | BeautifulSoup",
    *,
    url: str | None = None,
    kind: SourceKind | str | None = None,
    encoding: str | None = None,
    settings: Settings = DEFAULTS,
) -> Page:
    """Clean one page: label every block, and keep the text that belongs and repeats nothing.

    Args:
        data: the page as served (bytes), decoded (str), or as a parsed ``BeautifulSoup``.
        url: where the page came from.
        kind: ``html``, ``text`` or ``markdown``; told from the data if not given.
        encoding: the encoding of the bytes where it is known (the HTTP header).
        settings: see `dedup.config`.

    Raises:
        InputError: the data is binary or too large, the encoding or kind unknown, or ``data`` of
            another type.

    >>> page = clean("<title>New library</title><nav>Home</nav><p>The town's new library opened on"
    ...              " Monday, after three years of work.</p><footer>© The Town</footer>")
    >>> page.text
    "The town's new library opened on Monday, after three years of work."
    >>> [(block.label.value, block.reason) for block in page.blocks]
    [('nav', 'says "home" and nothing else'), ('body', 'a paragraph'), ('legal', 'begins with "©"')]
    """
    settings.page.check_size(data)
    decoded, known = _text(data, encoding)
    if b"\n" not in decoded.utf8 and b"\r" in decoded.utf8:
        # Old Mac line ends; every position stays.
        decoded = Decoded(decoded.utf8.replace(b"\r", b"\n"), decoded.encoding)
    kind = _kind(kind) if kind is not None else known or sniff_utf8(decoded.utf8)
    rules = rule_for(settings.page.rules, url)
    source = _read(decoded, kind, [selector for selector, _ in rules])
    verdicts = judge(source.table, settings.page, kind=kind, rules=rules, blocks=source.blocks)
    copies = _copies(source, verdicts, settings)
    page_type, probability = verdicts.type
    return Page(
        title=source.title or _first_title(verdicts),
        blocks=LazyBlocks(lambda: verdicts.labelled(copies)),
        text=_kept_text(source, verdicts, copies, settings.page.include),
        kind=kind,
        encoding=decoded.encoding,
        metadata=source.metadata,
        url=url,
        type=page_type,
        type_probability=probability,
        confidence=verdicts.confidence,
    )


def _kind(kind: str) -> SourceKind:
    try:
        return SourceKind(kind)
    except ValueError:
        kinds = ", ".join(SourceKind)
        raise InputError(f"unknown kind {kind!r}: give one of {kinds}, or none") from None


def _text(
    data: "bytes | str | BeautifulSoup", encoding: str | None
) -> tuple[Decoded, SourceKind | None]:
    """The decoded text, and the kind where the type of the data says it."""
    if isinstance(data, bytes | bytearray | memoryview):
        return decode(bytes(data), encoding), None
    if isinstance(data, str):
        return Decoded(data, "str"), None
    if hasattr(data, "find_all") and hasattr(data, "decode"):
        return Decoded(str(data), "str"), SourceKind.HTML
    raise InputError(f"clean() takes bytes, str or a BeautifulSoup, not {type(data).__name__}")


def _read(decoded: Decoded, kind: SourceKind, selectors: Sequence[str]) -> _Source:
    if kind is SourceKind.HTML:
        table = blocks_of_html("", selectors, decoded.utf8)
        return _Source(table, table.title, table.metadata)
    if kind is SourceKind.MARKDOWN:
        markdown = blocks_of_markdown(decoded.text, _fragment)
        blocks, metadata = markdown.blocks, markdown.metadata
    else:
        blocks, metadata = blocks_of_text(decoded.text), ()
    title = dict(metadata).get("title", "")
    bullets = [block.tag == "li" for block in blocks]
    return _Source(
        columns_of_lines([b.text for b in blocks], bullets, title), title, metadata, blocks
    )


def _copies(source: _Source, verdicts: Verdicts, settings: Settings) -> dict[int, int]:
    """Which blocks repeat which others."""
    texts = source.table.blocks.texts
    if not may_repeat([texts[i] for i in verdicts.found.tolist()], settings.text):
        return {}
    if source.blocks is None:
        quoted = source.table.quoted[source.table.blocks.element]
    else:
        quoted = np.array([is_quoted(block) for block in source.blocks])
    # What stands outside the content is named only where it counts.
    places = [i for i in verdicts.having(COUNTED, everywhere=True).tolist() if not quoted[i]]
    return find_repeats([texts[i] for i in places], places, settings.text)


def _kept_text(
    source: _Source, verdicts: Verdicts, copies: Mapping[int, int], include: frozenset[Label]
) -> str:
    """Kept blocks, separated by blank lines; a cut sentence is put together."""
    kept = verdicts.having(include, everywhere=bool(copies) or not include <= DEFAULT_INCLUDE)
    places = [i for i in kept.tolist() if i not in copies] if copies else kept.tolist()
    texts = source.table.blocks.texts
    if source.blocks is None or not any(block.joins for block in source.blocks):
        return "\n\n".join([texts[i] for i in places])
    return _put_together(source.blocks[i] for i in places)


def _fragment(html: str, offset: int, first: int) -> tuple[Block, ...]:
    """The blocks of HTML inside Markdown, in the positions and numbers of the whole."""
    return tuple(
        replace(
            block,
            index=first + block.index,
            start=offset + block.start,
            end=offset + block.end,
        )
        for block in blocks_of_html(html).views
    )


def _first_title(verdicts: Verdicts) -> str:
    found = verdicts.having(frozenset({Label.TITLE}), everywhere=True).tolist()
    return verdicts.page.blocks.texts[found[0]] if found else ""


def page_text(blocks: Sequence[LabelledBlock], settings: PageSettings) -> str:
    """Kept blocks, separated by blank lines; a cut sentence is put together."""
    return _put_together(
        block.block
        for block in blocks
        if block.label in settings.include and block.duplicate_of is None
    )


def _put_together(blocks: Iterable[Block]) -> str:
    parts: list[str] = []
    cut = -1  # the block that the last part was cut in
    for block in blocks:
        if cut == block.index - 1 and parts and cut >= 0:
            parts[-1] = join_lines([parts[-1], block.text])
        else:
            parts.append(block.text)
        cut = block.index if block.joins else -1
    return "\n\n".join(parts)
