"""What a range of a page's source shows, found without the reader."""

import re

from dedup.kernels.references import unescape
from dedup.page.table import PageTable

_QUOTED = r"""(?:[^>"'=]|=\s*"[^"]*"|=\s*'[^']*'|=|"|')*"""
_OUT = (
    r"<!--(?:>|->|.*?(?:-->|--!>|\Z))"
    r"|<(script|style|noscript|template|svg|iframe|video|audio|canvas|noframes|annotation"
    r"|annotation-xml|datalist)\b" + _QUOTED + r"(?:>.*?(?:</\1\s*[^>]*>|\Z))"
    r"|<[!?][^>]*(?:>|\Z)|</?[a-zA-Z]" + _QUOTED + r"(?:>|\Z)|</[^a-zA-Z>][^>]*(?:>|\Z)|</>"
)
_TAGS = re.compile(_OUT, re.IGNORECASE | re.DOTALL)
_TEXT_ONLY = re.compile(r"<(?:textarea|xmp|listing|plaintext|title|noembed)", re.IGNORECASE)


def squeezed(text: str) -> str:
    """Text without white space and NUL characters."""
    return "".join(text.replace("\0", "").split())


def shown(source: str) -> str:
    """The text of a piece of source: tags, comments and raw elements out, references read."""
    data = _TAGS.sub("", source).encode("utf-8", "surrogatepass")
    return squeezed(unescape(data, False).decode("utf-8", "surrogatepass"))


def misplaced(page: PageTable) -> list[tuple[str, str]]:
    """Blocks whose range of the source shows another text: the text, and the range.

    Left out: blocks found outside the elements, and what stands in elements whose content is text.
    """
    found = []
    own = page.outside[0] if page.outside is not None else len(page.elements)
    for text, (start, end), element, tag in zip(
        page.blocks.texts,
        page.spans.tolist(),
        page.blocks.element.tolist(),
        page.block_tags,
        strict=True,
    ):
        piece = page.source[start:end]
        if element >= own or tag in ("textarea", "xmp", "plaintext") or _TEXT_ONLY.search(piece):
            continue
        if shown(piece) != squeezed(text):
            found.append((text, piece))
    return found
