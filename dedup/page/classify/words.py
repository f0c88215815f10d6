"""What the words of a block, and of the short blocks over it, say of its kind.

Words, characters of scripts without spaces, pairs of them and short texts as a whole are hashed to
the rows of one table of small numbers, one column per kind; `dedup.kernels.grams` adds them up.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dedup.kernels.grams import add_words, heads
from dedup.page.classify.features import Described
from dedup.text.fold import fold_table

Array = np.ndarray[Any, Any]
_HEADS = 3
_COLUMNS = 16  # of the kernel


@dataclass(frozen=True)
class Words:
    """The table.

    Attributes:
        table: (rows, 16) int8, the rows of blocks' own words first; columns beyond the kinds are 0.
        of_heads: how many rows are those of heads.
        scale: (kinds,) float32, what a weight of one stands for.
    """

    table: Array
    of_heads: int
    scale: Array

    @classmethod
    def of(cls, table: Array, of_heads: int, scale: Array) -> "Words":
        """From a table of as many columns as there are kinds."""
        kinds = len(scale)
        padded = np.pad(np.asarray(table, np.int8), ((0, 0), (0, _COLUMNS - kinds)))
        return cls(np.ascontiguousarray(padded), of_heads, np.asarray(scale, np.float32))

    def add(self, page: Described, raw: Array) -> None:
        """Add to the log-weights of the kinds, (blocks, kinds) float32, one row per block."""
        over = heads_of(page)
        text = np.frombuffer(page.text, np.uint8)
        add_words(text, fold_table(), self.table, self.of_heads, self.scale, over, raw)

    def said(self, page: Described) -> Array:
        """What is added, (blocks, kinds)."""
        raw = np.zeros((len(page), len(self.scale)), np.float32)
        self.add(page, raw)
        return raw


def heads_of(page: Described) -> Array:
    """The short blocks that stand over each block, (blocks, 3) int32, -1 for none."""
    over = np.empty((len(page), _HEADS), np.int32)
    heads(page.tokens, page.context, over)
    return over
