"""The registry of peers: cleaners of pages and finders of near-duplicates, where installed.

Each is used the usual way. A cleaner goes from the bytes of a page to its main text; a finder goes
from a list of str to candidate pairs, tokenising included.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr
from importlib.util import find_spec

Extract = Callable[[bytes], str]
Find = Callable[[Sequence[str], bool], set[tuple[int, int]]]

_WORDS = re.compile(r"\w+")
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
        text = bytes_to_str(html, detect_encoding(html, from_html_meta=True))
        return extract_plain_text(
            text, main_content=True, comments=False, alt_texts=False, preserve_formatting=True
        )

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


def shingles(text: str, spaced: bool) -> set[str]:
    """Runs of five words, or of five characters where no spaces are written."""
    if spaced:
        words = _WORDS.findall(text.lower())
        return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}
    text = "".join(text.split())
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))}


def _datasketch(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    pairs = set()
    for i, text in enumerate(texts):
        minhash = MinHash(num_perm=128)
        minhash.update_batch([shingle.encode() for shingle in shingles(text, spaced)])
        pairs.update((j, i) for j in index.query(minhash))
        index.insert(i, minhash)
    return pairs


def _rensa(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    pairs = set()
    for i, text in enumerate(texts):
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(list(shingles(text, spaced)))
        pairs.update((j, i) for j in index.query(minhash))
        index.insert(i, minhash)
    return pairs


def _gaoya(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.8,
        num_bands=20,
        band_size=5,
        num_hashes=100,
        analyzer="word" if spaced else "char",
        lowercase=True,
        ngram_range=(5, 5),
    )
    for i, text in enumerate(texts):
        index.insert_document(i, text)
    return {
        (min(i, j), max(i, j)) for i, text in enumerate(texts) for j in index.query(text) if i != j
    }


def _simhash(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from simhash import Simhash, SimhashIndex

    index = SimhashIndex([], f=64, k=3)
    pairs = set()
    for i, text in enumerate(texts):
        fingerprint = Simhash(list(shingles(text, spaced)), f=64)
        pairs.update((int(j), i) for j in index.get_near_dups(fingerprint))
        index.add(str(i), fingerprint)
    return pairs


FINDERS: Mapping[str, Find] = {
    "gaoya": _gaoya,
    "rensa": _rensa,
    "datasketch": _datasketch,
    "simhash": _simhash,
}


def finders(names: Sequence[str] = tuple(FINDERS)) -> dict[str, Find]:
    """The finders that can be imported."""
    return {name: FINDERS[name] for name in names if find_spec(name)}
