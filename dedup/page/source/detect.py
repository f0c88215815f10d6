"""Tell from the text whether it is HTML, Markdown or plain text."""

import re

from dedup.expressions import expression
from dedup.model import SourceKind

# Enough to tell; the rest of a huge page is not looked at.
_HEAD = 1 << 16
_START = 1 << 12
_BLANK = "\ufeff\x00 \t\r\n"
_FRONT_MATTER = expression(r"\s*---[ \t]*\r?\n(?:[^\n]*\n){0,200}?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_MARKUP = expression(
    r"<(?:!doctype\s+html|\?xml|/?(?:html|head|body|title|meta|link|script|style|div|p|span|table"
    r"|t[rdh]|article|section|main|header|footer|nav|aside|h[1-6]|ul|ol|li|dl|dt|dd|a|b|i|em|strong"
    r"|br|hr|img|font|center|blockquote|pre|code|form|iframe|figure|figcaption|frameset|noscript)"
    r"(?=[\s>/]))",
    re.IGNORECASE,
)
_MARKDOWN = (
    expression(r"^#{1,6} \S", re.MULTILINE),
    expression(r"^(?:```|~~~)", re.MULTILINE),
    expression(r"\]\((?:https?:|/|#)[^()\s]*\)"),
    expression(r"^(?:[-*+] |\d+\. )\S", re.MULTILINE),
    expression(r"\*\*[^*\n]+\*\*"),
    expression(r"^\|.*\|[ \t]*$\n^\|[ :|-]+\|[ \t]*$", re.MULTILINE),
    expression(r"^(?:={3,}|-{3,})[ \t]*$", re.MULTILINE),
)


def sniff_utf8(data: bytes) -> SourceKind:
    """The same as `sniff` for UTF-8: most pages are HTML by their first bytes."""
    start = data[:_START].decode("utf-8", "ignore").lstrip(_BLANK)[:200]
    if _MARKUP.match(start):
        return SourceKind.HTML
    return sniff(data[: 4 * _HEAD].decode("utf-8", "replace"))


def sniff(text: str) -> SourceKind:
    """What the text is: front matter makes Markdown, tags make HTML, else plain text.

    >>> sniff("<p>Hello"), sniff("# Title\\n\\nA [link](/x)."), sniff("1 < 2, as <b> says")
    (<SourceKind.HTML: 'html'>, <SourceKind.MARKDOWN: 'markdown'>, <SourceKind.TEXT: 'text'>)
    """
    head = text[:_HEAD]
    if _FRONT_MATTER.match(head):
        return SourceKind.MARKDOWN
    start = head.lstrip(_BLANK)[:200]
    if _MARKUP.match(start):
        return SourceKind.HTML
    tags = sum(1 for _ in zip(range(10), _MARKUP.finditer(head), strict=False))
    if tags == 10:  # whatever else there is
        return SourceKind.HTML
    signs = sum(1 for sign in _MARKDOWN if sign.search(head))
    if start.startswith("<!--") and (tags or signs < 2):
        return SourceKind.HTML
    # A tag or two may be what a text is about; Markdown may hold a few for good.
    if tags >= (10 if signs >= 2 else 3):
        return SourceKind.HTML
    return SourceKind.MARKDOWN if signs >= 2 else SourceKind.TEXT
