"""A cleaned page as its own markup, the boilerplate taken out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from dedup.expressions import expression
from dedup.model import LabelledBlock, Page

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


def to_html(html: str, page: Page) -> str:
    """The page's own markup without its boilerplate.

    Args:
        html: the decoded source that ``page`` was cleaned from.
        page: the cleaned page.

    >>> from dedup.page.clean import clean
    >>> html = "<nav>Home</nav><p>The <b>town</b> opened its new library on Monday morning.</p>"
    >>> to_html(html, clean(html))
    '<p>The <b>town</b> opened its new library on Monday morning.</p>'
    """
    from bs4 import BeautifulSoup

    marked = _marked_source(html, (block for block in page.blocks if block.kept))
    # Of a line that is no markup the parser asks whether it is an address or the name of a file.
    soup = BeautifulSoup(marked + "\n", "html.parser")
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
