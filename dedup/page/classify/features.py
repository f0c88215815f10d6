"""A page's blocks as numbers: what their texts say, and where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from dedup.kernels.counts import COUNTS, measure
from dedup.kernels.features import DENSE, ZONES, fill
from dedup.kernels.outline import Rows, Tree
from dedup.kernels.page import Page
from dedup.kernels.patterns import Words, shapes
from dedup.page.classify.lexicon import NAME_GROUPS, PAGE_GROUPS, TEXT_GROUPS
from dedup.page.classify.schema import (
    ADDRESS,
    H1_BIT,
    HEADING_BITS,
    INPUT_OF,
    OTHER_TAG,
    PAGE_NAMES,
    SECTION_BITS,
    TAG_BIT,
    ZONE_STARTS,
)
from dedup.page.table import PageTable
from dedup.text.fold import fold_table

Array = np.ndarray[Any, Any]

_TOKENS = COUNTS["tokens"]
_FIRST_HINT = len(PAGE_NAMES) - len(PAGE_GROUPS) - len(ADDRESS)
_GROUP_BITS = np.arange(len(PAGE_GROUPS))
_NO_DIGITS = str.maketrans("", "", "0123456789")


def compile_words(groups: Iterable[str], separator: str, everywhere: bool) -> Words:
    """Compile a table of groups; ``everywhere``: a word without a mark matches inside words."""
    keys: list[str] = []
    numbers = bytearray()
    needs = bytearray()
    for number, row in enumerate(groups):
        for word in row.split(separator):
            key = word.removeprefix("=").removesuffix("~")
            edges = key.isascii() and (not everywhere or word.startswith("="))
            keys.append(key)
            numbers.append(number)
            needs.append((1 if word.endswith("~") else 3) if edges else 0)
    joined = "\0".join(keys).lower().encode() + b"\0"
    return Words(*(np.frombuffer(part, np.uint8) for part in (joined, numbers, needs)))


@cache
def _words() -> tuple[Words, Words, Words]:
    """The words of names, of texts and of what pages say of themselves."""
    return (
        compile_words(NAME_GROUPS.values(), " ", True),
        compile_words(TEXT_GROUPS.values(), "|", False),
        compile_words(PAGE_GROUPS.values(), "|", True),
    )


# On pages of at most so many blocks the rows are made once, and kept.
_KEPT = 512


@dataclass(frozen=True, eq=False)
class Described:
    """A page's blocks as numbers, made when they are asked for.

    Attributes:
        tokens: (blocks,) float32, how many tokens each block has.
        counts: (blocks + 1, counts) float32, the columns of `COUNTS`; row 0 is the title.
        hashes: (blocks + 1,) uint64, of the folded letters and digits.
        phrases: (blocks + 1,) uint64, the groups of `TEXT_GROUPS` found; row 0 is the title.
        context: (blocks, 10) int32, see `dedup.kernels.page.Page`.
        page: (len(PAGE_NAMES),) float32, what is the same for all blocks.
        summed: what rows are made from.
        text: UTF-8 of the blocks' texts, each after a NUL byte.
    """

    tokens: Array
    counts: Array
    hashes: Array
    phrases: Array
    context: Array
    page: Array
    summed: Page
    text: bytes

    def __len__(self) -> int:
        return len(self.tokens)

    def dense(self, which: Array) -> tuple[Array, Array]:
        """The dense features and the masks of some blocks."""
        if len(self) > _KEPT:
            return self._made(which)
        values, masks = self._all
        return (values, masks) if len(which) == len(self) else (values[which], masks[which])

    @cached_property
    def _all(self) -> tuple[Array, Array]:
        return self._made(np.arange(len(self), dtype=np.int32))

    def _made(self, which: Array) -> tuple[Array, Array]:
        values = np.empty((len(which), len(DENSE)), np.float32)
        masks = np.empty((len(which), len(ZONES)), np.uint64)
        fill(self.summed, which, values, masks)
        return values, masks

    def inputs(self, which: Array) -> Array:
        """All inputs of a network for some blocks, (blocks, inputs) float32: for explanations."""
        out = np.zeros((len(which), ZONE_STARTS[-1]), np.float32)
        values, masks = self.dense(which)
        out[:, : len(DENSE)] = values
        out[:, len(DENSE) : ZONE_STARTS[0]] = self.page
        for zone, (first, last) in enumerate(pairwise(ZONE_STARTS)):
            bits = np.arange(last - first, dtype=np.uint64)
            mask = masks[:, zone] if zone < len(ZONES) else np.uint64(self.summed.names)
            out[:, first:last] = (np.reshape(mask, (-1, 1)) >> bits) & np.uint64(1)
        return out

    @property
    def matrix(self) -> Array:
        """Every block, the columns in the order of `schema.FEATURES`: for training."""
        return self.inputs(np.arange(len(self), dtype=np.int32))[:, INPUT_OF]


def hashes_of(texts: Sequence[str]) -> Array:
    """The hashes of texts as `Described.hashes` has them."""
    counts = np.empty((len(texts), len(COUNTS)), np.float32)
    hashes = np.empty(len(texts), np.uint64)
    data = "\0".join(texts).encode(errors="surrogatepass")
    measure(np.frombuffer(data, np.uint8), fold_table(), counts, hashes)
    return hashes


def _mask(words: Words, data: bytes, count: int) -> Array:
    masks = np.zeros(count, np.uint64)
    words.find(np.frombuffer(data, np.uint8), masks)
    return masks


def _page(values: Array, hints: str) -> Array:
    """What the page says of itself, and the shape of its address, after the kernel's values."""
    page = np.empty(len(PAGE_NAMES), np.float32)
    page[:_FIRST_HINT] = values
    data = hints.replace("\0", " ").encode(errors="surrogatepass")
    mask = int(_mask(_words()[2], data, 1)[0])
    page[_FIRST_HINT : -len(ADDRESS)] = mask >> _GROUP_BITS & 1
    path = hints.rpartition(" url=")[2]
    steps = path.strip("/").split("/")
    words = steps[-1].count("-") + steps[-1].count("_")
    if path.isascii():
        digits = len(path) - len(path.translate(_NO_DIGITS))
    else:
        digits = sum(letter.isdigit() for letter in path)
    page[-len(ADDRESS) :] = (
        len(steps), np.log1p(words), np.log1p(digits), path == "/", path != ""
    )  # fmt: skip
    return page


@lru_cache(maxsize=64)
def _tag_bits(tags: tuple[str, ...]) -> Array:
    """The bit of each tag; most pages have the same tags."""
    bits = np.array([TAG_BIT.get(tag, OTHER_TAG) for tag in tags], np.uint8)
    bits.flags.writeable = False
    return bits


def features_of(page: PageTable) -> Described:
    """Describe every block of a page.

    >>> from dedup.page.classify.schema import FEATURES
    >>> from dedup.page.source.html import blocks_of_html
    >>> page = features_of(blocks_of_html("<ul class=nav><li><a>Home</a></ul><p>One. Two."))
    >>> len(page), page.matrix[:, FEATURES.index("link_density")].tolist()
    (2, [1.0, 0.0])
    """
    elements, parts = page.elements, page.blocks
    blocks = len(parts)
    data = page.title.replace("\0", " ").encode(errors="surrogatepass") + parts.text
    counts = np.empty((blocks + 1, len(COUNTS)), np.float32)
    hashes = np.empty(blocks + 1, np.uint64)
    measure(np.frombuffer(data, np.uint8), fold_table(), counts, hashes)
    name_words, text_words, _ = _words()
    phrases = _mask(text_words, data, blocks + 1)
    names = "\0".join(elements.names).encode(errors="surrogatepass")
    name_shapes = np.empty(len(elements.names), np.uint64)
    shapes(np.frombuffer(names, np.uint8), name_shapes)
    tree = Tree(
        _tag_bits(elements.tags)[elements.tag],
        elements.parent,
        elements.name,
        _mask(name_words, names, len(elements.names)),
        name_shapes,
        (elements.first, elements.last),
        elements.hidden.astype(np.uint8),
    )
    texts = Rows(counts, hashes, phrases, parts.element, parts.links, parts.images, parts.inner)
    summed = Page(tree, texts, HEADING_BITS, H1_BIT, SECTION_BITS)
    tokens = counts[1:, _TOKENS].copy()
    whole = _page(summed.values, page.hints)
    return Described(tokens, counts, hashes, phrases, summed.context, whole, summed, parts.text)
