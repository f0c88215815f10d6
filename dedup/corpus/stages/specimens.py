"""Pages and documents picked at random, the same ones every time: what a person will look at."""

import heapq
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus.io.records import scalar_text
from dedup.model import LabelledBlock, Page

# Where the metadata of a file of the stage ``clean`` hold the pages.
PAGES = b"pages"
# Pages that the first part of a source hands on, and each later one: reasons and positions of a
# page take longer to make than its text.
_FIRST, _LATER = 8, 1
# Pages of more blocks or characters of text are not shown.
_MOST_BLOCKS, _MOST_CHARACTERS = 5_000, 200_000
# Blocks that are shown of a page, their characters, and those of a block and of its reason.
BLOCKS, CHARACTERS = 160, 12_000
_OF_BLOCK, _OF_REASON = 1_500, 200


def draws(source: int, rows: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """A number for each row of a source, as if drawn by lot: the lowest ones are picked.

    The finaliser of SplitMix64 (Steele, Lea and Flood 2014) over source and row.

    >>> draws(0, [0, 1, 2]) % 1000
    array([  7, 922, 792], dtype=uint64)
    """
    with np.errstate(over="ignore"):
        mixed = np.asarray(rows).astype(np.uint64) + np.uint64((source + 1) << 40)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))


class Specimens:
    """The pages of a part that a report may show, with all their blocks.

    Args:
        source: the number of the source.
        part: that of the part in it.
    """

    def __init__(self, source: int, part: int) -> None:
        self._source = source
        self._most = _LATER if part else _FIRST
        self._heap: list[tuple[int, int, Page]] = []

    def offer(self, row: int, page: Page) -> None:
        """Take a page, if the lot falls on it."""
        if len(page.blocks) > _MOST_BLOCKS or len(page.text) > _MOST_CHARACTERS:
            return
        entry = (-int(draws(self._source, [row])[0]), row, page)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, entry)
        elif entry[0] > self._heap[0][0]:
            heapq.heapreplace(self._heap, entry)

    def records(self) -> list[dict[str, Any]]:
        """The pages as values that JSON can hold, by row."""
        return [_record(row, page) for _, row, page in sorted(self._heap, key=lambda e: e[1])]


def _record(row: int, page: Page) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    room = CHARACTERS
    for block in page.blocks:
        if room <= 0 or len(blocks) == BLOCKS:
            break
        blocks.append(_block(block))
        room -= len(blocks[-1]["text"])
    return {
        "row": row,
        "type": page.type.value,
        "confidence": round(page.confidence, 4),
        "blocks": blocks,
        "more": len(page.blocks) - len(blocks),
    }


def _block(block: LabelledBlock) -> dict[str, Any]:
    text = block.text
    return {
        "label": block.label.value,
        "score": round(block.score, 4),
        "reason": scalar_text(block.reason[:_OF_REASON]),
        "duplicate_of": block.duplicate_of,
        "kept": block.kept,
        "text": scalar_text(text if len(text) <= _OF_BLOCK else text[:_OF_BLOCK] + "…"),
    }
