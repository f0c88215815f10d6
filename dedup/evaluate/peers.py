"""Cleaners of pages to measure beside dedup, where they are installed; each used the usual way."""

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from importlib.util import find_spec

# From the bytes of a page to its main text.
Extract = Callable[[bytes], str]
_BLOCK_TAGS = "p div li tr h1 h2 h3 h4 h5 h6 br blockquote pre dd dt".split()
_STOP_LISTS = ("English", "German", "French", "Spanish")


def _trafilatura() -> Extract:
    """Its defaults, comments left out."""
    from trafilatura import extract

    return lambda html: extract(html, include_comments=False) or ""


def _resiliparse() -> Extract:
    """Main content, comments left out."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    def run(html: bytes) -> str:
        text = bytes_to_str(html, detect_encoding(html, from_html_meta=True) or "utf-8")
        found: str = extract_plain_text(
            text, main_content=True, comments=False, alt_texts=False, preserve_formatting=True
        )
        return found

    return run


def _turbohtml() -> Extract:
    """The text of its article."""
    from turbohtml import parse

    return lambda html: parse(html).article().text or ""


def _readability() -> Extract:
    """The text of the summary, its block-level tags taken as line breaks."""
    import lxml.html
    from readability import Document

    def run(html: bytes) -> str:
        root = lxml.html.fromstring(Document(html).summary())
        for element in root.iter(*_BLOCK_TAGS):
            element.tail = "\n" + (element.tail or "")
        return str(root.text_content())

    return run


def _justext() -> Extract:
    """All stop lists together, since the language is not given."""
    import justext

    stops = frozenset().union(*map(justext.get_stoplist, _STOP_LISTS))
    return lambda html: "\n".join(
        p.text for p in justext.justext(html, stops) if not p.is_boilerplate
    )


CLEANERS: dict[str, Callable[[], Extract]] = {
    "trafilatura": _trafilatura,
    "resiliparse": _resiliparse,
    "turbohtml": _turbohtml,
    "readability": _readability,
    "justext": _justext,
}


def cleaners(names: Sequence[str] = tuple(CLEANERS)) -> dict[str, Extract]:
    """The cleaners that can be imported."""
    return {name: CLEANERS[name]() for name in names if find_spec(name)}


def quietly(extract: Extract, html: bytes) -> str:
    """The text, or nothing where the cleaner fails."""
    with redirect_stderr(io.StringIO()):
        try:
            return extract(html)
        except Exception:
            return ""
