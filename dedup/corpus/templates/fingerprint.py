"""Marks: what the template finder knows of a block. Fingerprints, not texts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import urlsplit

from dedup.model import Label, LabelledBlock

_PUNCTUATION = re.compile(r"[\W_]+")
_ASCII_LOWER = bytes(range(256)).lower()
_ASCII_PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum())
_DIGITS = re.compile(r"\d+")
# Folded characters from which a block that differs in a name or number is looked for, and those
# that must agree at the end where less of it is compared.
_LOOSE_LENGTH = 48
_LOOSE_END = 8
# Elements that give a text its structure; between own paragraphs they are no template, however
# often they recur ("Ingredients", "Price").
_STRUCTURE = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "figcaption"})
# Labels whose blocks do not make a page a page with text of its own.
_NO_TEXT = frozenset({Label.TITLE, Label.HEADING, Label.BYLINE, Label.CAPTION})


@dataclass(frozen=True, slots=True)
class Mark:
    """The fingerprint of a block and where it stood.

    Attributes:
        key: hash of the folded text and the elements around it (digits masked in both).
        opening: of a longer block the same of its opening and its very end, so that one with
            another name or number in between is recognised; 0 for a short one.
        ending: the same of its ending and its very beginning.
        parent: hash of the elements around the block.
        size: the text's UTF-8 bytes.
        content: whether the classifier took it for content.
        text: whether it is content of the kind that makes up a text.
        structure: whether it is a heading or a cell.
    """

    key: int
    opening: int
    ending: int
    parent: int
    size: int
    content: bool
    text: bool
    structure: bool

    @property
    def keys(self) -> tuple[int, int, int]:
        """Its fingerprints, the strictest first; 0 stands for none."""
        return self.key, self.opening, self.ending


def host_of(url: str | None) -> str:
    """The host of a URL, lower case, without ``www.``; empty where there is none.

    >>> host_of("https://WWW.Example.org:8080/a"), host_of("no url"), host_of(None)
    ('example.org', '', '')
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def mark(blocks: Iterable[LabelledBlock]) -> tuple[Mark, ...]:
    """The marks of a page's blocks, in their order.

    >>> from dedup.model import Block, Label
    >>> def one(text):
    ...     return LabelledBlock(Block(0, text, 0, len(text), "body/p"), Label.BODY, 1.0, "")
    >>> a, b, c = mark([one("Page 3 of 10"), one("page 4 of  12!"), one("3.50")])
    >>> a.key == b.key, a.key == c.key
    (True, False)
    """
    parents: dict[str, int] = {}
    return tuple(_mark(block, parents) for block in blocks)


def _mark(labelled: LabelledBlock, parents: dict[str, int]) -> Mark:
    block = labelled.block
    around = block.path.rpartition("/")[0]
    parent = parents.get(around)
    if parent is None:
        parent = parents[around] = hash64(_DIGITS.sub("0", around))
    folded = fold(block.text)
    opening, ending = _ends(folded, parent) if len(folded) >= _LOOSE_LENGTH else (0, 0)
    return Mark(
        key=hash64(folded, parent),
        opening=opening,
        ending=ending,
        parent=parent,
        size=len(block.text.encode("utf-8", "surrogatepass")),
        content=labelled.label.is_content,
        text=labelled.label.is_content and labelled.label not in _NO_TEXT,
        structure=block.tag in _STRUCTURE,
    )


def fold(text: str) -> str:
    """Letters and numbers only, case and width folded; digits masked where letters prevail.

    >>> fold("Ｃopyright © 2024, ACME"), fold("12.50")
    ('copyright0acme', '1250')
    """
    if text.isascii():  # most blocks, in a tenth of the time
        folded = text.encode().translate(_ASCII_LOWER, _ASCII_PUNCTUATION).decode()
    else:
        folded = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).casefold())
    masked, runs = _DIGITS.subn("0", folded)
    letters = len(masked) - runs
    return masked if letters > len(folded) - letters else folded


def _ends(folded: str, parent: int) -> tuple[int, int]:
    # A power of two, so that blocks of about one length compare the same stretch.
    size = 1 << ((len(folded) // 2).bit_length() - 1)
    short = _LOOSE_END
    opening = f"{folded[:size]} {folded[-short:]}"
    ending = f"{folded[:short]}  {folded[-size:]}"
    return hash64(opening, parent), hash64(ending, parent)


def hash64(text: str, seed: int = 0) -> int:
    """A 64-bit hash that is the same in every process (BLAKE2b)."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(
        blake2b(data, digest_size=8, salt=seed.to_bytes(8, "little")).digest(), "little"
    )


def inside(marks: Sequence[Mark], recurs: Sequence[bool]) -> list[bool]:
    """Which blocks stand among the page's own paragraphs.

    A block does if the nearest text on either side that does not recur has one parent; for a
    heading or a cell it is enough that what follows it under its own parent is such content.

    Args:
        marks: the blocks of a page.
        recurs: for each whether it is on other pages as well.
    """
    count = len(marks)
    before = _nearest(marks, recurs, range(count))
    after = _nearest(marks, recurs, range(count - 1, -1, -1))
    result = []
    for mark_, left, right in zip(marks, before, after, strict=True):
        between = left is not None and left == right
        leads = mark_.structure and mark_.content and right == mark_.parent
        result.append(between or leads)
    return result


def _nearest(
    marks: Sequence[Mark], recurs: Sequence[bool], order: Iterable[int]
) -> list[int | None]:
    """For each block the parent of the last own content block passed in the given order."""
    found: list[int | None] = [None] * len(marks)
    last: int | None = None
    for index in order:
        found[index] = last
        if marks[index].text and not recurs[index]:
            last = marks[index].parent
    return found
