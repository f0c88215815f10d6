"""Runs of blocks that repeat inside one page.

The same article set twice (desktop and mobile), a summary that is the first paragraph again: a
run of blocks that comes a second time. Which copy stays: the one that stands in the longest run
of content; of equals, the first. What repeats by nature stays where it is: choruses, cells,
short items, quotations.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dedup.config import TextSettings
from dedup.kernels import shingles as kernel
from dedup.kernels.repeats import shared
from dedup.model import Block, Label
from dedup.page.source.plain import columns
from dedup.page.table import Blocks
from dedup.text.fold import fold_table
from dedup.text.shingles import Shingles, shingles

Array = np.ndarray[Any, Any]

# A run is told from chance by its length, and from verse and tables by that of its lines, both in
# columns (a CJK character has two): the longest lines of verse are about 50 columns, the shortest
# leads of news about 120, a sentence that is quoted again mostly less.
_RUN_COLUMNS = 120
_LINE_COLUMNS = 56
# Two blocks are the same from this share of common shingles (of the larger one): it forgives a
# label in front ("Summary:") and an edited word.
_NEAR = 0.8
# So many blocks (a caption, a byline) may stand between two that continue a run.
_GAP = 2
# A block needs so many shingles to be looked up by them, and so many of the lowest are looked up.
_LOOKUP_MIN, _LOOKUPS = 16, 4
# Beside a run, a block that lies in another by this share is part of the copy (a cut-off lead).
_INSIDE = 0.9

# Less than any repeat that counts: the share of a block's shingles that come again, the tokens of
# one such block, and of all of them.
_SHARED, _LINE, _TOKENS = 0.5, 8, 50

_QUOTED = ("blockquote", "q", "cite")
# Tables, code and quotations repeat by nature; boilerplate is left out anyway.
COUNTED = frozenset({Label.TITLE, Label.HEADING, Label.BODY, Label.LIST, Label.CAPTION})


# Blocks that repeat earlier ones, in step: pairs of (earlier, later) positions.
_Run = tuple[tuple[int, int], ...]


def is_quoted(block: Block) -> bool:
    """Whether a block is set as a quotation."""
    return block.tag in _QUOTED or "quote" in block.path


def may_repeat(blocks: Blocks, which: Array, settings: TextSettings) -> bool:
    """Whether any of some blocks may repeat another: no answer but a quick no.

    >>> from dedup.page.source.plain import blocks_of_text
    >>> may_repeat(blocks_of_text("one text\\n\\nand another").blocks, np.arange(2), TextSettings())
    False
    """
    begins, ends = blocks.bounds
    # A token has at least one byte.
    which = which[ends[which] - begins[which] >= _LINE]
    if len(which) < 2 or int((ends[which] - begins[which]).sum()) < _TOKENS:
        return False
    if settings.phrases:
        cut = shingles(blocks.texts_of(which), settings)
    else:
        data = np.frombuffer(blocks.text, np.uint8)
        cut = Shingles(
            *kernel.shingles((data, begins[which], ends[which]), fold_table(), settings.shingle)
        )
    sizes = np.maximum(np.diff(cut.offsets), 1)
    twice = _shared(cut) >= _SHARED * sizes
    if settings.shingle > _LINE:  # else equal texts share their shingles
        twice |= _twice(cut.keys[:, 0])
    return bool(cut.tokens[twice & (cut.tokens >= _LINE)].sum() >= _TOKENS)


def _shared(cut: Shingles) -> Array:
    """How many shingles of each text come more than once."""
    out = np.empty(len(cut.tokens), np.int64)
    shared(cut.hashes, cut.offsets, out)
    return out


def _twice(values: Array) -> Array:
    """Whether each value comes more than once."""
    out = np.empty(len(values), np.int64)
    shared(np.ascontiguousarray(values), np.arange(len(values) + 1), out)
    return out > 0


def find_repeats(
    texts: Sequence[str], places: Sequence[int], settings: TextSettings
) -> dict[int, int]:
    """Which of the texts of a page repeat which others.

    Args:
        texts: the texts of blocks, in order.
        places: one a text: the place of its block in the page.
        settings: how texts are compared.

    Returns:
        The places of the copies, each with the place of the block that stays.

    >>> speech = "各位代表，去年我们新修了道路二十公里，改造老旧小区十六个。" * 3
    >>> find_repeats([speech, "短句。", speech], [0, 1, 2], TextSettings())
    {2: 0}
    """
    if len(texts) < 2:
        return {}
    index = _Index(shingles(texts, settings))
    if not len(index.able):
        return {}
    original: dict[int, int] = {}
    widths = _Widths(texts, places)
    for run in _runs(index):
        if not _counts(run, texts, widths):
            continue
        kept, copies = _sides(run, widths)
        original.update(
            (copy, keep)
            for keep, copy in zip(kept, copies, strict=True)
            if copy not in original and keep not in original
        )
        if len(run) > 1:
            original.update(_inside(kept, copies, index, original))
    return {places[copy]: places[_last(copy, original)] for copy in original}


class _Index:
    """Which earlier block each block is equal or nearly equal to."""

    def __init__(self, cut: Shingles) -> None:
        self.keys = list(map(tuple, cut.keys.tolist()))
        self._cut = cut
        self._sets: dict[int, Array] = {}
        self._by_key: dict[tuple[int, ...], int] = {}
        self._by_shingle: dict[int, int] = {}
        shared, equal = _shared(cut), _twice(cut.keys[:, 0])
        sizes = np.diff(cut.offsets)
        #: the blocks that may share enough with another to be the same
        self.able = np.flatnonzero(equal | ((sizes >= _LOOKUP_MIN) & (shared >= _NEAR * sizes)))

    def shingles(self, i: int) -> Array:
        """The distinct shingles of block i in order."""
        if i not in self._sets:
            ordered = self._cut.of(i).copy()
            ordered.sort()
            new = ordered[1:] != ordered[:-1]
            self._sets[i] = ordered if new.all() else np.append(ordered[:1], ordered[1:][new])
        return self._sets[i]

    def matches(self, i: int, hint: int) -> int | None:
        """An earlier block that block i repeats, ``hint`` first."""
        if 0 <= hint < i and self.same(hint, i):
            return hint
        found = self._by_key.get(self.keys[i])
        if found is not None:
            return found
        voters = [self._by_shingle[low] for low in self._lowest(i) if low in self._by_shingle]
        for earlier in sorted(dict.fromkeys(voters), key=voters.count, reverse=True)[:2]:
            if self.same(earlier, i):
                return earlier
        return None

    def add(self, i: int) -> None:
        """Make block i known to later ones."""
        self._by_key.setdefault(self.keys[i], i)
        for low in self._lowest(i):
            self._by_shingle.setdefault(low, i)

    def same(self, a: int, b: int) -> bool:
        """Equal after folding, or nearly so."""
        if self.keys[a] == self.keys[b]:
            return True
        one, other = self.shingles(a), self.shingles(b)
        small, large = min(one.size, other.size), max(one.size, other.size)
        if small < _LOOKUP_MIN or small < _NEAR * large:
            return False
        return _common(one, other) >= _NEAR * large

    def inside(self, a: int, b: int) -> bool:
        """Whether block a lies in block b."""
        one, other = self.shingles(a), self.shingles(b)
        return bool(one.size) and _common(one, other) / one.size >= _INSIDE

    def _lowest(self, i: int) -> list[int]:
        whole = self.shingles(i)
        lowest: list[int] = whole[:_LOOKUPS].tolist()
        return lowest if whole.size >= _LOOKUP_MIN else []


def _common(one: Array, other: Array) -> int:
    """How many values two ordered sets share."""
    if not other.size:
        return 0
    place = np.minimum(np.searchsorted(other, one), other.size - 1)
    return int(np.count_nonzero(other[place] == one))


def _runs(index: _Index) -> Iterator[_Run]:
    """Maximal runs, each block in at most one as a copy. Linear in the number of blocks."""
    pairs: list[tuple[int, int]] = []
    for i in index.able.tolist():
        hint = -1
        if pairs and i - pairs[-1][1] <= _GAP + 1:
            hint = pairs[-1][0] + 1
        earlier = index.matches(i, hint)
        if earlier is not None and pairs:
            step = (earlier - pairs[-1][0], i - pairs[-1][1])
            if not (0 < step[0] <= _GAP + 1 and 0 < step[1] <= _GAP + 1):
                yield tuple(pairs)
                pairs = []
        if earlier is not None:
            pairs.append((earlier, i))
        index.add(i)
    if pairs:
        yield tuple(pairs)


class _Widths:
    """The columns of the texts, and where the texts stand with other blocks between them."""

    def __init__(self, texts: Sequence[str], places: Sequence[int]) -> None:
        self._before = np.append(0, np.cumsum(columns(texts)))
        #: the texts with more than a gap of other blocks before them
        self._apart = (np.flatnonzero(np.diff(places) > _GAP) + 1).tolist()

    def between(self, first: int, last: int) -> int:
        """Of the texts from ``first`` up to ``last``."""
        return int(self._before[last] - self._before[first])

    def around(self, side: Sequence[int], other: Sequence[int]) -> int:
        """Of the run of content that one copy stands in, the other copy ending it."""
        first, last = side[0], side[-1] + 1
        before, after = bisect_left(other, first), bisect_left(other, last)
        apart, further = bisect_right(self._apart, first), bisect_left(self._apart, last)
        begin = max(other[before - 1] + 1 if before else 0, self._apart[apart - 1] if apart else 0)
        end = min(
            other[after] if after < len(other) else len(self._before) - 1,
            self._apart[further] if further < len(self._apart) else len(self._before) - 1,
        )
        return self.between(begin, first) + self.between(last, end)


def _counts(run: _Run, texts: Sequence[str], widths: _Widths) -> bool:
    """Whether the run is a repeated text, and not a chorus, an item or a quoted sentence."""
    width = sum(widths.between(copy, copy + 1) for _, copy in run)
    lines = sum(texts[copy].count("\n") + 1 for _, copy in run)
    return width >= _RUN_COLUMNS and width >= _LINE_COLUMNS * lines


def _sides(run: _Run, widths: _Widths) -> tuple[list[int], list[int]]:
    """The copy to keep and the one to leave out: (kept, copies)."""
    first, second = ([pair[side] for pair in run] for side in (0, 1))
    if widths.around(second, first) > widths.around(first, second):
        return second, first
    return first, second


def _inside(
    kept: list[int], copies: list[int], index: _Index, original: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Blocks beside the copy that lie in the first blocks of the kept run: leads of the layout."""
    near = {*range(copies[0] - _GAP, copies[0] + _GAP + 1), *range(copies[-1], copies[-1] + _GAP)}
    for i in sorted(near.difference(copies[:_GAP], copies[-_GAP:], kept[:_GAP], kept[-_GAP:])):
        if 0 <= i < len(index.keys) and i not in original:
            whole = next((k for k in kept[:_GAP] if index.inside(i, k)), None)
            if whole is not None and whole not in original:
                yield i, whole


def _last(block: int, original: dict[int, int]) -> int:
    """Follow copies of copies to the end; `find_repeats` makes no circles."""
    while block in original:
        block = original[block]
    return block
