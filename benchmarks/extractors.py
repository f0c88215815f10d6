"""The peers, as functions from the bytes of a page to its main text, where they are installed."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr
from importlib.util import find_spec

Extract = Callable[[bytes], str]


def trafilatura() -> Extract:
    """Its defaults, comments left out."""
    from trafilatura import extract

    return lambda html: extract(html, include_comments=False) or ""


def resiliparse() -> Extract:
    """Main content, comments left out."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    def run(html: bytes) -> str:
        text = bytes_to_str(html, detect_encoding(html, from_html_meta=True))
        return extract_plain_text(
            text, main_content=True, comments=False, alt_texts=False, preserve_formatting=True
        )

    return run


def readability() -> Extract:
    """The summary, its tags taken off by resiliparse's plain text."""
    import lxml.html
    from readability import Document

    blocks = [
        "p",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "blockquote",
        "pre",
        "dd",
        "dt",
    ]

    def run(html: bytes) -> str:
        root = lxml.html.fromstring(Document(html).summary())
        for element in root.iter(*blocks):
            element.tail = "\n" + (element.tail or "")
        return str(root.text_content())

    return run


def justext() -> Extract:
    """All stop lists together, since the language is not given."""
    import justext as package

    stops = frozenset().union(
        *(package.get_stoplist(name) for name in ("English", "German", "French", "Spanish"))
    )
    return lambda html: "\n".join(
        p.text for p in package.justext(html, stops) if not p.is_boilerplate
    )


PEERS: dict[str, tuple[str, Callable[[], Extract]]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "resiliparse": ("resiliparse", resiliparse),
    "readability": ("readability", readability),
    "justext": ("justext", justext),
}


def installed() -> dict[str, Extract]:
    """The peers that can be imported."""
    return {name: make() for name, (module, make) in PEERS.items() if find_spec(module)}


def quietly(extract: Extract, html: bytes) -> str:
    """The text, or nothing where the peer fails."""
    with redirect_stderr(io.StringIO()):
        try:
            return extract(html)
        except Exception:
            return ""
