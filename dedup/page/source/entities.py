"""Character references in a text."""

from dedup.kernels.references import unescape


def unescaped(text: str) -> str:
    """A text with its character references read, however long a number in one of them is.

    >>> unescaped("a &lt; b &#x4e2d; &#" + "1" * 5000 + ";")
    'a < b 中 \ufffd'
    """
    if "&" not in text:
        return text
    return unescape(text.encode("utf-8", "surrogatepass"), False).decode("utf-8", "surrogatepass")
