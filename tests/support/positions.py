"""What a range of a page's source shows, found without the reader."""

import re

from dedup.kernels.references import unescape
from dedup.page.table import PageTable

_QUOTED = r"""(?:[^>"'=]|=\s*"[^"]*"|=\s*'[^']*'|=|"|')*"""
# Elements whose content does not show; and those whose content is text and holds no tags.
_GONE = (
    "script|style|noscript|template|svg|iframe|video|audio|canvas|noembed|noframes|annotation"
    "|annotation-xml|datalist|title"
)
_TEXT_ONLY = ("textarea", "xmp", "plaintext")
_OUT = re.compile(
    r"<!--(?:>|->|.*?(?:-->|--!>|\Z))"
    rf"|<(?P<gone>{_GONE})\b{_QUOTED}(?:>.*?(?:</(?P=gone)\s*[^>]*>|\Z))"
    rf"|<(?P<only>{'|'.join(_TEXT_ONLY)})\b{_QUOTED}>(?P<text>.*?)(?:</(?P=only)\s*[^>]*>|\Z)"
    rf"|<[!?][^>]*(?:>|\Z)|</?[a-zA-Z]{_QUOTED}(?:>|\Z)|</[^a-zA-Z>][^>]*(?:>|\Z)|</>",
    re.IGNORECASE | re.DOTALL,
)


def squeezed(text: str) -> str:
    """Text without white space and NUL characters."""
    return "".join(text.replace("\0", "").split())


def shown(source: str) -> str:
    """The text of a piece of source: tags, comments and raw elements out, references read.

    >>> shown("<p>a<b title='>'>b</b><script>c</script> <textarea><i>&amp;</textarea> <xmp>&amp;")
    'ab<i>&&amp;'
    """
    data = _OUT.sub(_left, source).encode("utf-8", "surrogatepass")
    return squeezed(unescape(data, False).decode("utf-8", "surrogatepass"))


def _left(found: re.Match[str]) -> str:
    """What is left of something between angle brackets, before references are read."""
    text = found["text"] or ""
    return (
        text if (found["only"] or "textarea").lower() == "textarea" else text.replace("&", "&amp;")
    )


def misplaced(page: PageTable) -> list[tuple[str, str]]:
    """Blocks whose range of the source shows another text: the text, and the range.

    Left out: blocks found outside the elements, whose range is that of what they were found in.
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
        if element >= own:
            continue
        if shown(f"<{tag}>{piece}" if tag in _TEXT_ONLY else piece) != squeezed(text):
            found.append((text, piece))
    return found
