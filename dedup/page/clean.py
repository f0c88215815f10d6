"""One page: bytes to text, blocks, labels and repeats.

decode -> blocks -> classify -> repeats -> Page
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from dedup.config import DEFAULT_INCLUDE, DEFAULTS, PageSettings, Settings
from dedup.errors import InputError
from dedup.model import Block, LabelledBlock, Page, SourceKind
from dedup.page.classify import classify
from dedup.page.decode import Decoded, decode
from dedup.page.dump import judge_dump
from dedup.page.head import Head
from dedup.page.lazy import LazyBlocks, LazyTuple
from dedup.page.learned import Verdicts, judge
from dedup.page.markup import Markup, blocks_of_html
from dedup.page.metadata.gather import headings_of, statements_of
from dedup.page.metadata.read import Statements, read_metadata, read_title
from dedup.page.repeats import COUNTED, find_repeats, mark_repeats, may_repeat
from dedup.page.rules import rule_for
from dedup.page.sniff import sniff
from dedup.page.source.markdown import blocks_of_markdown
from dedup.page.source.plain import blocks_of_text, join_lines

if TYPE_CHECKING:
    from bs4 import BeautifulSoup


@dataclass(frozen=True, slots=True)
class _Source:
    """A source cut into blocks."""

    blocks: tuple[Block, ...]
    title: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    markup: Markup | None = None


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
        InputError: the data is binary, the encoding or kind unknown, or ``data`` of another type.

    >>> page = clean("<title>New library</title><nav>Home</nav><p>The town's new library opened on"
    ...              " Monday, after three years of work.</p><footer>© The Town</footer>")
    >>> page.text
    "The town's new library opened on Monday, after three years of work."
    >>> [(block.label.value, block.reason) for block in page.blocks]
    [('nav', 'says "home" and nothing else'), ('body', 'a paragraph'), ('legal', 'begins with "©"')]
    """
    decoded, known = _text(data, encoding)
    text, utf8 = decoded.text, decoded.utf8
    if "\n" not in text and "\r" in text:
        text, utf8 = text.replace("\r", "\n"), None  # old Mac line ends; every position stays
    kind = _kind(kind) if kind is not None else known or sniff(text)
    rules = rule_for(settings.page.rules, url)
    source = _read(text, utf8, kind, [selector for selector, _ in rules])
    title, metadata = source.title, cast("Sequence[tuple[str, str]]", source.metadata)
    if source.markup is not None:
        verdicts = judge(source.markup, settings.page, rules=rules)
        blocks, body = _judged(source.markup, verdicts, settings)
        if source.markup.head is not None:
            title, metadata = _said(source.markup, source.markup.head, verdicts, url)
    else:
        blocks = mark_repeats(_labelled(source, kind, settings.page), settings.text)
        body = page_text(blocks, settings.page)
    return Page(
        title=title or _first_title(blocks),
        blocks=blocks,
        text=body,
        kind=kind,
        encoding=decoded.encoding,
        metadata=metadata,
        url=url,
    )


def _said(
    markup: Markup, head: Head, verdicts: Verdicts, url: str | None
) -> tuple[str, Sequence[tuple[str, str]]]:
    """The title of a page, and the metadata, which is read when somebody looks at it."""
    title = read_title(Statements(head.values, (), head.title, headings_of(markup), (), url))
    return title, LazyTuple(
        lambda: read_metadata(statements_of(markup, head, verdicts.kept, url)).pairs()
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


def _read(text: str, utf8: bytes | None, kind: SourceKind, selectors: Sequence[str]) -> _Source:
    if kind is SourceKind.HTML:
        markup = blocks_of_html(text, selectors, utf8)
        return _Source((), markup.title, markup.metadata, markup)
    if kind is SourceKind.MARKDOWN:
        markdown = blocks_of_markdown(text, _fragment)
        title = dict(markdown.metadata).get("title", "")
        return _Source(markdown.blocks, title, markdown.metadata)
    return _Source(blocks_of_text(text))


def _labelled(
    source: _Source, kind: SourceKind, settings: PageSettings
) -> tuple[LabelledBlock, ...]:
    """Labels of blocks that have no tree; Markdown is written by people, and holds no menus."""
    if kind is SourceKind.TEXT:
        return judge_dump(source.blocks, settings)
    return classify(source.blocks, source.title)


def _judged(
    markup: Markup, verdicts: Verdicts, settings: Settings
) -> tuple[Sequence[LabelledBlock], str]:
    """Blocks and text of a tree; the blocks are made when somebody looks at them."""
    texts, labels = markup.texts, verdicts.kept
    include = settings.page.include
    content = [text for text, label in zip(texts, labels, strict=True) if label is not None]
    copies: dict[int, int] = {}
    again = may_repeat(content, settings.text)
    if again or not include <= DEFAULT_INCLUDE:
        labels = verdicts.labels  # what stands outside the content is named only where it counts
    if again:
        quoted = markup.quoted[markup.elements].tolist()
        places = [i for i, label in enumerate(labels) if label in COUNTED and not quoted[i]]
        copies = find_repeats([texts[i] for i in places], places, settings.text)
    kept = (
        text
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
        if label in include and i not in copies
    )
    return LazyBlocks(lambda: verdicts.labelled(copies)), "\n\n".join(kept)


def _fragment(html: str, offset: int, first: int) -> tuple[Block, ...]:
    """The blocks of HTML inside Markdown, in the positions and numbers of the whole."""
    return tuple(
        replace(
            block,
            index=first + block.index,
            start=offset + block.start,
            end=offset + block.end,
        )
        for block in blocks_of_html(html).blocks
    )


def _first_title(blocks: Sequence[LabelledBlock]) -> str:
    return next((block.text for block in blocks if block.label == "title"), "")


def page_text(blocks: Sequence[LabelledBlock], settings: PageSettings) -> str:
    """Kept blocks, separated by blank lines; a cut sentence is put together."""
    parts: list[str] = []
    cut = -1  # the block that the last part was cut in
    for block in blocks:
        if block.label not in settings.include or block.duplicate_of is not None:
            continue
        if cut == block.index - 1 and parts and cut >= 0:
            parts[-1] = join_lines([parts[-1], block.text])
        else:
            parts.append(block.text)
        cut = block.index if block.block.joins else -1
    return "\n\n".join(parts)
