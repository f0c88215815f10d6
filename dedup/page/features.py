"""Blocks to a feature matrix: the text is counted, then joined with where it stands.

`measure` reads the UTF-8 text of all blocks once and counts; `describe` joins the counts with the
element columns of the walk: own tag and names, those of the containers around, the mass and the
link density of four enclosing containers, neighbours, position, repetition, the page as a whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from dedup.page.automaton import Automaton, build, find_groups
from dedup.page.count import STATS, TOKENS, measure
from dedup.page.names import FEATURES, LEVELS, OTHER_TAG, TAG_BIT
from dedup.page.signals import NAME_GROUPS, PAGE_GROUPS, TEXT_GROUPS
from dedup.page.structure import describe
from dedup.page.table import PageTable

Array = np.ndarray[Any, Any]


def _compile(groups: dict[str, str], separator: str, everywhere: bool) -> Automaton:
    """Compile a table of groups; ``everywhere``: a word without a mark matches inside words."""
    words: list[tuple[str, int, bool, bool]] = []
    for number, row in enumerate(groups.values()):
        for word in row.split(separator):
            key = word.removeprefix("=").removesuffix("~")
            whole = word.startswith("=") or not everywhere
            latin = key.isascii()
            words.append((key, number, whole and latin, whole and latin and not word.endswith("~")))
    return build(words)


@cache
def _automata() -> tuple[Automaton, Automaton, Automaton]:
    return (
        _compile(NAME_GROUPS, " ", True),
        _compile(TEXT_GROUPS, "|", False),
        _compile(PAGE_GROUPS, "|", True),
    )


@dataclass(frozen=True)
class Described:
    """A page's blocks as numbers.

    Attributes:
        matrix: one row a block, one column a feature of `FEATURES`, float32.
        tokens: one a block: how many tokens it has, float32.
        context: one row a block: first and one behind the last block of the containers around it,
            its group of alike blocks, whether it is a heading.
    """

    matrix: Array
    tokens: Array
    context: Array


def _groups(data: bytes, count: int, automaton: Automaton) -> Array:
    masks = np.zeros(count, np.uint64)
    text = np.frombuffer(data, np.uint8)
    find_groups(
        text, automaton.classes, automaton.moves, automaton.outputs, automaton.others,
        automaton.words, masks,
    )  # fmt: skip
    return masks


def _joined(texts: Sequence[str]) -> bytes:
    """Texts as UTF-8 with NUL bytes between them, and none in them."""
    text = "\0".join(texts)
    if text.count("\0") >= len(texts):
        text = "\0".join(part.replace("\0", " ") for part in texts)
    return text.encode(errors="surrogatepass")


def _page_features(hints: str) -> Array:
    """What the page says of itself, and the shape of its address."""
    mask = int(_groups(_joined((hints,)), 1, _automata()[2])[0])
    row = [float(mask >> bit & 1) for bit in range(len(PAGE_GROUPS))]
    path = hints.rpartition(" url=")[2]
    steps = path.strip("/").split("/")
    words = steps[-1].count("-") + steps[-1].count("_")
    digits = sum(letter.isdigit() for letter in path)
    row += [len(steps), np.log1p(words), np.log1p(digits), path == "/", path != ""]
    return np.array(row, np.float32)


_IDENT = re.compile(rb"#[^\0]*")


def _shapes(names: bytes) -> Array:
    """Numbers of class names without id and digits: equal for the items of one list."""
    shapes = _IDENT.sub(b"", names.translate(None, b"0123456789")).split(b"\0")
    numbers = {shape: number for number, shape in enumerate(dict.fromkeys(shapes))}
    return np.fromiter(map(numbers.__getitem__, shapes), np.uint64, len(shapes))


def features_of(page: PageTable) -> Described:
    """Describe every block of a page.

    >>> from dedup.page.source.html import blocks_of_html
    >>> page = features_of(blocks_of_html("<ul class=nav><li><a>Home</a></ul><p>One. Two."))
    >>> page.matrix.shape[0], page.matrix[:, FEATURES.index("link_density")].tolist()
    (2, [1.0, 0.0])
    """
    blocks = len(page.blocks)
    out = np.zeros((blocks, len(FEATURES)), np.float32)
    context = np.zeros((blocks, 2 * LEVELS + 2), np.int32)
    data = _joined((page.title,)) + page.blocks.text
    stats = np.zeros((blocks + 1, len(STATS)), np.float32)
    hashes = np.zeros(blocks + 1, np.uint64)
    measure(np.frombuffer(data, np.uint8), stats, hashes)
    name_automaton, text_automaton, _ = _automata()
    phrases = _groups(data, blocks + 1, text_automaton)
    if blocks:
        rows, parts = page.elements, page.blocks
        names = _joined(rows.names)
        bits = _groups(names, len(rows.names), name_automaton)
        shapes = _shapes(names)
        kinds = np.array([TAG_BIT.get(tag, OTHER_TAG) for tag in rows.tags], np.uint8)
        describe(
            stats, hashes, phrases, parts.element, parts.links, parts.images,
            np.ascontiguousarray(parts.inner), kinds[rows.tag], rows.parent, bits[rows.name],
            shapes[rows.name], rows.first, rows.last, rows.hidden.astype(np.uint8), out,
            context, _page_features(page.hints),
        )  # fmt: skip
    return Described(out, stats[1:, TOKENS].copy(), context)
