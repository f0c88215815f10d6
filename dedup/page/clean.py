"""One page: bytes to text, blocks, labels and repeats.

decode -> blocks -> classify -> repeats -> Page
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from dedup.config import DEFAULT_INCLUDE, DEFAULTS, PageSettings, Settings
from dedup.errors import InputError
from dedup.model import Block, Label, LabelledBlock, Page, SourceKind
from dedup.page.classify.decide import Verdicts, judge
from dedup.page.classify.network import Model
from dedup.page.classify.site_rules import rule_for
from dedup.page.labelled import LabelledBlocks
from dedup.page.repeats import COUNTED, find_repeats, is_quoted, may_repeat
from dedup.page.source.decode import Decoded, decode
from dedup.page.source.detect import sniff_utf8
from dedup.page.source.html import blocks_of_html
from dedup.page.source.plain import blocks_of_text, columns_of_lines, join_lines
from dedup.page.table import PageTable
from dedup.values import LazyMapping

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

    from dedup.page.metadata.read import Metadata


@dataclass(frozen=True, slots=True)
class _Source:
    """A source read into columns; where there is no tree, into blocks as well.

    Attributes:
        table: the columns.
        title: of text and Markdown, what the source says of itself; HTML is asked when somebody
            looks (`_title`, `_metadata`).
        metadata: the same.
        blocks: the blocks, where there is no tree.
    """

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
    """Clean one page; see `dedup.page.given.clean`, which checks what it is given.

    >>> clean("<nav>Home</nav><p>The town's library opened on Monday, after a year of work.").text
    "The town's library opened on Monday, after a year of work."
    """
    if url is not None and not isinstance(url, str):
        raise InputError(f"url is {url!r}: give the page's address as a string, or none")
    decoded, known = _text(data, encoding, settings.page)
    if b"\n" not in decoded.utf8 and b"\r" in decoded.utf8:
        # Old Mac line ends; every position stays.
        decoded = Decoded(decoded.utf8.replace(b"\r", b"\n"), decoded.encoding)
    kind = _kind(kind) if kind is not None else known or sniff_utf8(decoded.utf8)
    return cleaned(decoded, kind, url=url, settings=settings)


def cleaned(
    decoded: Decoded,
    kind: SourceKind,
    *,
    url: str | None = None,
    settings: Settings = DEFAULTS,
    model: Model | None = None,
) -> Page:
    """Clean one decoded page; ``model``: another than the one that comes with the package."""
    rules = rule_for(settings.page.rules, url)
    source = _read(decoded, kind, [selector for selector, _ in rules])
    verdicts = judge(
        source.table, settings.page, model, kind=kind, rules=rules, blocks=source.blocks
    )
    copies = _copies(source, verdicts, settings)
    page_type, probability = verdicts.type
    metadata, sources = _metadata(source, verdicts, url)
    page = Page(
        title="",
        blocks=LabelledBlocks(verdicts, copies, settings.page.include),
        text=_kept_text(source, verdicts, copies, settings.page.include),
        kind=kind,
        encoding=decoded.encoding,
        metadata=metadata,
        sources=sources,
        url=url,
        type=page_type,
        type_probability=probability,
    )
    return page.later(
        title=lambda: source.title or _first_title(verdicts),
        confidence=lambda: verdicts.confidence,
    )


def _metadata(
    source: _Source, verdicts: Verdicts, url: str | None
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What the page says of itself, and where; of HTML it is read when somebody looks at it."""
    table, notes = source.table, source.table.notes
    if notes is None:
        return LazyMapping.of(source.metadata), LazyMapping.of(())

    @cache
    def said() -> "Metadata":
        from dedup.page.metadata.gather import statements_of  # most callers read the text only
        from dedup.page.metadata.read import read_metadata

        return read_metadata(statements_of(table, notes, verdicts.kept, url))

    return LazyMapping(lambda: said().pairs()), LazyMapping(lambda: tuple(said().sources.items()))


def _kind(kind: str) -> SourceKind:
    try:
        return SourceKind(kind)
    except ValueError:
        kinds = ", ".join(SourceKind)
        raise InputError(f"unknown kind {kind!r}: give one of {kinds}, or none") from None


def _text(
    data: "bytes | str | BeautifulSoup", encoding: str | None, settings: PageSettings
) -> tuple[Decoded, SourceKind | None]:
    """The decoded text, and the kind where the type of the data says it."""
    settings.check_size(data)
    if isinstance(data, bytes | bytearray | memoryview):
        return decode(bytes(data), encoding), None
    if isinstance(data, str):
        return Decoded(data, "str"), None
    if hasattr(data, "find_all") and hasattr(data, "decode"):
        markup = str(data)
        settings.check_size(markup)
        return Decoded(markup, "str"), SourceKind.HTML
    raise InputError(f"clean() takes bytes, str or a BeautifulSoup, not {type(data).__name__}")


def _read(decoded: Decoded, kind: SourceKind, selectors: Sequence[str]) -> _Source:
    if kind is SourceKind.HTML:
        table = blocks_of_html("", selectors, decoded.utf8)
        return _Source(table, table.title)
    if kind is SourceKind.TEXT:
        return _Source(blocks_of_text(decoded.text))
    from dedup.page.source.markdown import blocks_of_markdown  # few pages are

    markdown = blocks_of_markdown(decoded.text, _fragment)
    title = dict(markdown.metadata).get("title", "")
    texts = [block.text for block in markdown.blocks]
    bullets = [block.tag == "li" for block in markdown.blocks]
    table = columns_of_lines(texts, bullets, title)
    return _Source(table, title, markdown.metadata, markdown.blocks)


def _copies(source: _Source, verdicts: Verdicts, settings: Settings) -> dict[int, int]:
    """Which blocks repeat which others."""
    blocks = source.table.blocks
    if not may_repeat(blocks, verdicts.found, settings.text):
        return {}
    if source.blocks is None:
        quoted = source.table.quoted[blocks.element]
    else:
        quoted = np.array([is_quoted(block) for block in source.blocks])
    # What stands outside the content is named only where it counts.
    found = verdicts.having(COUNTED, everywhere=True)
    places = found[~quoted[found]]
    return find_repeats(blocks.texts_of(places), places.tolist(), settings.text)


def _kept_text(
    source: _Source, verdicts: Verdicts, copies: Mapping[int, int], include: frozenset[Label]
) -> str:
    """Kept blocks, separated by blank lines; a cut sentence is put together."""
    blocks = source.table.blocks
    kept = verdicts.having(include, everywhere=bool(copies) or not include <= DEFAULT_INCLUDE)
    if copies:
        kept = kept[~np.isin(kept, list(copies))]
    if blocks.joins is None or not blocks.joins.any():
        return blocks.joined(kept)
    return put_together(
        zip(kept.tolist(), blocks.texts_of(kept), blocks.joins[kept].tolist(), strict=True)
    )


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
    return verdicts.page.blocks.text_of(found[0]) if found else ""


def page_text(blocks: Sequence[LabelledBlock], settings: PageSettings) -> str:
    """Kept blocks, separated by blank lines; a cut sentence is put together."""
    return put_together(
        (block.index, block.text, block.block.joins)
        for block in blocks
        if block.label in settings.include and block.duplicate_of is None
    )


def put_together(blocks: Iterable[tuple[int, str, bool]]) -> str:
    """The texts of blocks, separated by blank lines; a cut sentence is put together.

    Args:
        blocks: place, text, and whether it goes on in the next block, of each.

    >>> put_together([(0, "One.", False), (2, "Cut", True), (3, "here.", False)])
    'One.\\n\\nCut here.'
    """
    parts: list[str] = []
    cut = -1  # the block that the last part was cut in
    for place, text, joins in blocks:
        if cut == place - 1 and parts and cut >= 0:
            parts[-1] = join_lines([parts[-1], text])
        else:
            parts.append(text)
        cut = place if joins else -1
    return "\n\n".join(parts)
