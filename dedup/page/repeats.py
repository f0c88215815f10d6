"""Runs of blocks that repeat inside one page.

The same article set twice (desktop and mobile), a summary that is the first paragraph again: a
run of blocks that comes a second time. Which copy stays: the one that stands in the longest run
of content; of equals, the first. What repeats by nature stays where it is: choruses, cells,
short items, quotations.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.model import Label, LabelledBlock
from dedup.page.plain import columns
from dedup.text.shingles import Shingles, shingles

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

_QUOTED = ("blockquote", "q", "cite")
_COUNTED = frozenset({Label.TITLE, Label.HEADING, Label.BODY, Label.LIST, Label.CAPTION})


# Blocks that repeat earlier ones, in step: pairs of (earlier, later) positions.
_Run = tuple[tuple[int, int], ...]


def mark_repeats(
    blocks: Sequence[LabelledBlock], settings: TextSettings
) -> tuple[LabelledBlock, ...]:
    """Mark the blocks that repeat others.

    >>> from dedup.model import Block
    >>> speech = "各位代表，去年我们新修了道路二十公里，改造老旧小区十六个。" * 3
    >>> page = [LabelledBlock(Block(i, t, 0, 0), Label.BODY, 1.0, "") for i, t in
    ...         enumerate([speech, "短句。", speech])]
    >>> [block.duplicate_of for block in mark_repeats(page, TextSettings())]
    [None, None, 0]
    """
    chosen = [block for block in blocks if _may_repeat(block)]
    if len(chosen) < 2:
        return tuple(blocks)
    index = _Index(shingles([block.text for block in chosen], settings))
    original: dict[int, int] = {}
    for run in _runs(index):
        if not _counts([chosen[copy] for _, copy in run]):
            continue
        kept, copies = _sides(run, chosen)
        original.update(
            (copy, keep)
            for keep, copy in zip(kept, copies, strict=True)
            if copy not in original and keep not in original
        )
        if len(run) > 1:
            original.update(_inside(kept, copies, index, original))
    return _marked(
        blocks, {chosen[copy].index: chosen[keep].index for copy, keep in original.items()}
    )


def _may_repeat(block: LabelledBlock) -> bool:
    """Tables, code and quotations repeat by nature; boilerplate is left out anyway."""
    path = block.block.path
    return block.label in _COUNTED and not (block.block.tag in _QUOTED or "quote" in path)


class _Index:
    """Which earlier block each block is equal or nearly equal to."""

    def __init__(self, cut: Shingles) -> None:
        self.cut = cut
        self.keys = [(int(a), int(b)) for a, b in cut.keys]
        self._sets: dict[int, npt.NDArray[np.uint64]] = {}
        self._by_key: dict[tuple[int, int], int] = {}
        self._by_shingle: dict[int, int] = {}

    def shingles(self, i: int) -> npt.NDArray[np.uint64]:
        """The distinct shingles of block i in order."""
        if i not in self._sets:
            self._sets[i] = np.unique(self.cut.of(i))
        return self._sets[i]

    def matches(self, i: int, hint: int) -> int | None:
        """An earlier block that block i repeats, ``hint`` first."""
        if 0 <= hint < i and self.same(hint, i):
            return hint
        found = self._by_key.get(self.keys[i])
        if found is not None:
            return found
        votes = Counter(
            earlier for low in self._lowest(i) if (earlier := self._by_shingle.get(low)) is not None
        )
        for earlier, _ in votes.most_common(2):
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
        small, large = sorted((one.size, other.size))
        if small < _LOOKUP_MIN or small < _NEAR * large:
            return False
        return np.intersect1d(one, other, assume_unique=True).size >= _NEAR * large

    def inside(self, a: int, b: int) -> bool:
        """Whether block a lies in block b."""
        one = self.shingles(a)
        if not one.size:
            return False
        return bool(np.isin(one, self.shingles(b), assume_unique=True).mean() >= _INSIDE)

    def _lowest(self, i: int) -> list[int]:
        if self.cut.of(i).size < _LOOKUP_MIN or self.shingles(i).size < _LOOKUP_MIN:
            return []
        return [int(h) for h in self.shingles(i)[:_LOOKUPS]]


def _runs(index: _Index) -> Iterator[_Run]:
    """Maximal runs, each block in at most one as a copy. Linear in the number of blocks."""
    pairs: list[tuple[int, int]] = []
    for i in range(len(index.keys)):
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


def _counts(copies: Sequence[LabelledBlock]) -> bool:
    """Whether the run is a repeated text, and not a chorus, an item or a quoted sentence."""
    width = sum(columns(block.text) for block in copies)
    lines = sum(block.text.count("\n") + 1 for block in copies)
    return width >= _RUN_COLUMNS and width >= _LINE_COLUMNS * lines


def _sides(run: _Run, chosen: Sequence[LabelledBlock]) -> tuple[list[int], list[int]]:
    """The copy to keep and the one to leave out: (kept, copies)."""
    first, second = ([pair[side] for pair in run] for side in (0, 1))
    if _around(second, set(first), chosen) > _around(first, set(second), chosen):
        return second, first
    return first, second


def _around(side: list[int], other: set[int], chosen: Sequence[LabelledBlock]) -> int:
    """Columns of the run of content that one copy stands in, the other copy ending it."""
    total = 0
    for start, step in ((side[0], -1), (side[-1], 1)):
        at = start + step
        while 0 <= at < len(chosen) and at not in other:
            if abs(chosen[at].index - chosen[at - step].index) > _GAP:
                break
            total += columns(chosen[at].text)
            at += step
    return total


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


def _marked(blocks: Sequence[LabelledBlock], original: dict[int, int]) -> tuple[LabelledBlock, ...]:
    """The blocks with their marks; a copy of a copy points to the one that stays."""
    return tuple(
        block
        if block.index not in original
        else replace(
            block,
            duplicate_of=(keep := _last(block.index, original)),
            label=blocks[keep].label,
            reason=f"repeats block {keep}",
        )
        for block in blocks
    )


def _last(block: int, original: dict[int, int]) -> int:
    """Follow copies of copies to the end; `mark_repeats` makes no circles."""
    while block in original:
        block = original[block]
    return block
