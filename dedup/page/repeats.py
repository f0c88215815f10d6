"""Runs of blocks that repeat inside one page.

The same article set twice (desktop and mobile), a summary that is the first paragraph again: a
run of blocks that comes a second time. Which copy stays: the one that stands in the longest run
of content; of equals, the first. What repeats by nature stays where it is: choruses, cells,
short items, quotations.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dedup.config import TextSettings
from dedup.model import Label, LabelledBlock
from dedup.text.shingles import Shingles, shingles

# A run is told from chance by its length in tokens, and from verse and tables by that of its lines
# (the longest verse lines of song sites have about 15 tokens; the shortest news lead has 40).
_RUN_TOKENS = 60
_LINE_TOKENS = 12
# A block alone repeats only if it is a paragraph: a quoted sentence that stands out is shorter.
_ALONE_TOKENS = 60
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


@dataclass(frozen=True, slots=True)
class _Run:
    """Blocks that repeat earlier ones, in step: pairs of (earlier, later) positions."""

    pairs: tuple[tuple[int, int], ...]


def mark_repeats(
    blocks: Sequence[LabelledBlock], settings: TextSettings
) -> tuple[LabelledBlock, ...]:
    """Mark the blocks that repeat others.

    >>> from dedup.model import Block
    >>> speech = "各位代表，过去一年我们完成了全部三十项民生工程，新修道路二十公里，改造老旧小区十六个。" * 2
    >>> page = [LabelledBlock(Block(i, t, 0, 0), Label.BODY, 1.0, "") for i, t in
    ...         enumerate([speech, "短句。", speech])]
    >>> [block.duplicate_of for block in mark_repeats(page, TextSettings())]
    [None, None, 0]
    """
    chosen = [i for i, b in enumerate(blocks) if _may_repeat(b)]
    if len(chosen) < 2:
        return tuple(blocks)
    texts = [blocks[i].text for i in chosen]
    cut = shingles(texts, settings)
    original: dict[int, int] = {}
    for run in _runs(_Index(cut)):
        if not _counts(run, blocks, chosen, cut):
            continue
        kept, copies = _sides(run, blocks, chosen, cut)
        original.update(
            (copy, keep)
            for keep, copy in zip(kept, copies, strict=True)
            if copy not in original and keep not in original
        )
        if len(run.pairs) >= 2:
            original.update(_inside(kept, copies, cut, original))
    return _marked(blocks, {chosen[copy]: chosen[keep] for copy, keep in original.items()})


def _may_repeat(block: LabelledBlock) -> bool:
    """Tables, code and quotations repeat by nature; boilerplate is left out anyway."""
    path = block.block.path
    return block.label in _COUNTED and not (
        block.block.tag in _QUOTED
        or "blockquote" in path
        or "quote" in path
        or "td" == block.block.tag
    )


class _Index:
    """Which earlier block each block is equal or nearly equal to."""

    def __init__(self, cut: Shingles) -> None:
        self.cut = cut
        self.keys = [(int(a), int(b)) for a, b in cut.keys]
        self.sets = [np.unique(cut.of(i)) for i in range(len(self.keys))]
        self._by_key: dict[tuple[int, int], int] = {}
        self._by_shingle: dict[int, int] = {}

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
        one, other = self.sets[a], self.sets[b]
        small, large = sorted((one.size, other.size))
        if small < _LOOKUP_MIN or small < _NEAR * large:
            return False
        return np.intersect1d(one, other, assume_unique=True).size >= _NEAR * large

    def inside(self, a: int, b: int) -> bool:
        """Whether block a lies in block b."""
        one = self.sets[a]
        if not one.size:
            return False
        return bool(np.isin(one, self.sets[b], assume_unique=True).mean() >= _INSIDE)

    def _lowest(self, i: int) -> list[int]:
        if self.sets[i].size < _LOOKUP_MIN:
            return []
        return [int(h) for h in self.sets[i][:_LOOKUPS]]


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
                yield _Run(tuple(pairs))
                pairs = []
        if earlier is not None:
            pairs.append((earlier, i))
        index.add(i)
    if pairs:
        yield _Run(tuple(pairs))


def _counts(run: _Run, blocks: Sequence[LabelledBlock], chosen: list[int], cut: Shingles) -> bool:
    """Whether the run is a repeated text, and not a chorus, an item or a quoted sentence."""
    copies = [copy for _, copy in run.pairs]
    tokens = int(cut.tokens[copies].sum())
    lines = sum(blocks[chosen[copy]].text.count("\n") + 1 for copy in copies)
    least = _RUN_TOKENS if len(copies) > 1 else _ALONE_TOKENS
    return tokens >= least and tokens >= _LINE_TOKENS * lines


def _sides(
    run: _Run, blocks: Sequence[LabelledBlock], chosen: list[int], cut: Shingles
) -> tuple[list[int], list[int]]:
    """The copy to keep and the one to leave out: (kept, copies)."""
    first, second = ([p[side] for p in run.pairs] for side in (0, 1))
    if _around(second, set(first), blocks, chosen, cut) > _around(
        first, set(second), blocks, chosen, cut
    ):
        return second, first
    return first, second


def _around(
    side: list[int],
    other: set[int],
    blocks: Sequence[LabelledBlock],
    chosen: list[int],
    cut: Shingles,
) -> int:
    """Tokens of the run of content in which one copy stands, the other copy ending it."""
    total = 0
    for start, step in ((side[0] - 1, -1), (side[-1] + 1, 1)):
        at = start
        while 0 <= at < len(chosen) and at not in other:
            beside = at - step
            between = range(*sorted((chosen[at], chosen[beside])))[1:]
            if sum(1 for k in between if not blocks[k].label.is_content) > 1:
                break
            total += int(cut.tokens[at])
            at += step
    return total


def _inside(
    kept: list[int], copies: list[int], cut: Shingles, original: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Blocks beside the copy that lie in blocks of the kept run: cut-off leads of the layout."""
    index = _Index(cut)
    beside = [i for i in range(copies[0] - _GAP, copies[-1] + _GAP + 1) if i not in copies]
    for i in beside:
        if not 0 <= i < len(index.keys) or i in original or i in kept:
            continue
        whole = next((k for k in kept[:_GAP] if index.inside(i, k)), None)
        if whole is not None:
            yield i, whole


def _marked(blocks: Sequence[LabelledBlock], original: dict[int, int]) -> tuple[LabelledBlock, ...]:
    """The blocks with their marks; a copy of a copy points to the one that stays."""
    marked = []
    for i, block in enumerate(blocks):
        keep = original.get(i)
        if keep is None:
            marked.append(block)
            continue
        seen = {i}
        while keep in original and keep not in seen:
            seen.add(keep)
            keep = original[keep]
        reason = f"repeats block {blocks[keep].index}"
        label = blocks[keep].label
        marked.append(replace(block, duplicate_of=blocks[keep].index, label=label, reason=reason))
    return tuple(marked)
