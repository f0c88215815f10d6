"""A cleaned page in the forms that people ask for: Markdown, a record, its own markup."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dedup.config import DEFAULTS, Settings
from dedup.expressions import expression
from dedup.model import Label, LabelledBlock, Page
from dedup.page.labelled import brief

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString

# Elements that show nothing that a reader of the text could want.
_MACHINERY = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "link",
    "form",
    "input",
    "button",
)
_MEDIA = frozenset({"img", "picture", "video", "audio", "svg", "source", "canvas", "hr"})
_FRAME = frozenset({"html", "head", "body", "title", "meta", "base"})
# Marks of where a block begins and ends: no characters, by Unicode's word.
_BEGIN, _END = "\U0010fffe", "\U0010ffff"
_MARKS = expression(f"([{_BEGIN}{_END}])")


def to_markdown(page: Page, settings: Settings = DEFAULTS) -> str:
    """The page as Markdown: title, headings, lists, quotes, code, paragraphs.

    >>> from dedup.page.clean import clean
    >>> page = clean("# Tea\\n\\nSteep **it** for three minutes, then taste, then wait.\\n\\n- cup")
    >>> to_markdown(page).splitlines()
    ['# Tea', '', 'Steep it for three minutes, then taste, then wait.', '', '- cup']
    """
    parts = [f"# {page.title}"] if page.title else []
    previous: Label | None = None
    for block in _kept(brief(page.blocks), settings):
        if block.label is Label.TITLE or block.text == page.title:
            continue
        text = _marked(block)
        if previous is block.label and block.label in (Label.LIST, Label.TABLE, Label.QUOTE):
            parts[-1] += "\n" + text
        else:
            parts.append(text)
        previous = block.label
    return "\n\n".join(parts)


def _marked(block: LabelledBlock) -> str:
    text = block.text
    if block.label is Label.HEADING:
        level = int(block.block.tag[1]) if re.fullmatch(r"h[1-6]", block.block.tag) else 2
        return "#" * level + " " + text.replace("\n", " ")
    if block.label is Label.LIST:
        return "- " + text.replace("\n", "\n  ")
    if block.label is Label.QUOTE:
        return "> " + text.replace("\n", "\n> ")
    if block.label is Label.CODE:
        return f"```\n{text}\n```"
    if block.label is Label.TABLE:
        return "| " + text.replace("\t", " | ").replace("\n", " ") + " |"
    return text


def kept_blocks(page: Page, settings: Settings = DEFAULTS) -> Iterator[LabelledBlock]:
    """The blocks that make up the text: of an included label, and repeating nothing."""
    return _kept(page.blocks, settings)


def _kept(blocks: Iterable[LabelledBlock], settings: Settings) -> Iterator[LabelledBlock]:
    return (
        block
        for block in blocks
        if block.label in settings.page.include and block.duplicate_of is None
    )


def to_record(page: Page) -> dict[str, Any]:
    """The page as values that JSON can hold.

    >>> from dedup.page.clean import clean
    >>> record = to_record(clean("A line of plain text that says something, and ends."))
    >>> record["kind"], record["blocks"][0]["label"], record["blocks"][0]["end"]
    ('text', 'body', 51)
    """
    return {
        "url": page.url,
        "title": page.title,
        "text": page.text,
        "kind": page.kind.value,
        "encoding": page.encoding,
        "metadata": dict(page.metadata),
        "blocks": [
            {
                "index": block.index,
                "label": block.label.value,
                "score": round(block.score, 4),
                "reason": block.reason,
                "duplicate_of": block.duplicate_of,
                "start": block.start,
                "end": block.end,
                "text": block.text,
            }
            for block in page.blocks
        ],
    }


def to_html(html: str, page: Page, settings: Settings = DEFAULTS) -> str:
    """The page's own markup without its boilerplate.

    Args:
        html: the decoded source that ``page`` was cleaned from.
        page: the cleaned page.
        settings: which labels are kept.

    >>> from dedup.page.clean import clean
    >>> html = "<nav>Home</nav><p>The <b>town</b> opened its new library on Monday morning.</p>"
    >>> to_html(html, clean(html))
    '<p>The <b>town</b> opened its new library on Monday morning.</p>'
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_marked_source(html, kept_blocks(page, settings)), "html.parser")
    for element in soup(list(_MACHINERY)):
        element.decompose()
    left = []
    inside = False
    for string in _strings(soup):
        inside, text, kept = _kept_part(str(string), inside)
        if text != string:
            replaced = type(string)(text)
            string.replace_with(replaced)
            string = replaced
        if kept:
            left.append(string)
    _prune(soup, left)
    return str(soup).strip()


def _marked_source(html: str, blocks: Iterable[LabelledBlock]) -> str:
    """The source with a mark where each block begins and ends, which is never inside a tag."""
    html = html.replace(_BEGIN, "\ufffd").replace(_END, "\ufffd")
    parts = []
    at = 0
    for block in blocks:
        if block.start >= at:
            parts += [html[at : block.start], _BEGIN, html[block.start : block.end], _END]
            at = block.end
    return "".join((*parts, html[at:]))


def _kept_part(text: str, inside: bool) -> tuple[bool, str, bool]:
    """What is kept of a text node: whether a block goes on after it, the text, whether any is."""
    parts = []
    kept = False
    for piece in _MARKS.split(text):
        if piece in (_BEGIN, _END):
            inside = piece == _BEGIN
        elif inside or not piece.strip():
            parts.append(piece)
            kept |= inside and bool(piece.strip())
    return inside, "".join(parts), kept


def _strings(soup: "BeautifulSoup") -> Iterator["NavigableString"]:
    """The text nodes that show."""
    from bs4.element import NavigableString, PreformattedString

    for node in list(soup.descendants):
        if isinstance(node, PreformattedString):
            node.extract()
        elif isinstance(node, NavigableString) and node.find_parent("title") is None:
            yield node


def _prune(soup: "BeautifulSoup", left: Sequence["NavigableString"]) -> None:
    """Take out the elements that hold nothing any more; pictures stay inside the kept text."""
    from bs4.element import Tag

    holding: set[int] = set()
    for string in left:
        for parent in string.parents:
            if id(parent) in holding:
                break
            holding.add(id(parent))
    inside = False
    remaining = len(left)
    leftover = {id(string) for string in left}
    doomed: list[Tag] = []
    for node in soup.descendants:
        if id(node) in leftover:
            remaining -= 1
            inside = remaining > 0
        if not isinstance(node, Tag) or node.name in _FRAME or id(node) in holding:
            continue
        if not (node.name == "br" or (node.name in _MEDIA and inside)):
            doomed.append(node)
    for element in doomed:
        if element.find(list(_MEDIA)) is None:
            element.decompose()
