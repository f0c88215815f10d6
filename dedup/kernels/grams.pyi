"""What the words of short texts say: words and pairs of words, hashed to rows of a table.

Of a text its first 240 bytes and 40 tokens count. Its grams are its tokens as the fold table has
them, their pairs, a short text as a whole, and how many tokens there are; each is a number of 32
bits. Texts are UTF-8, each after a NUL byte, and are only read.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.int32]

def grams(
    text: _Bytes, fold: Sequence[Any], blocks: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The grams of each text: where those of each begin (texts + 1), and all of them.

    Raises:
        ValueError: there are more or fewer texts, or the fold table is too short.
    """

def heads(tokens: _Floats, context: _Ints, out: _Ints) -> None:
    """Find the short blocks that stand over each block, in three columns; -1 for none.

    The first blocks of its two innermost containers, and the last heading before it, unless it is
    30 blocks away. A head has up to 12 tokens, stands before the block, and counts once.

    Args:
        tokens: (blocks,).
        context: (blocks, 10), see `dedup.kernels.page.Page`.
        out: (blocks, 3), filled.

    Raises:
        ValueError: lengths differ.
    """

def add_words(
    text: _Bytes,
    fold: Sequence[Any],
    table: npt.NDArray[np.int8],
    of_heads: int,
    scale: _Floats,
    over: _Ints,
    out: _Floats,
) -> None:
    """Add what the words of each text, and of the blocks over it, say of it.

    The rows of a text's grams are added up, and divided by the square root of their number. Each
    gram is taken once per text, each block over others once, whatever the size of what it is over.

    Args:
        text: the texts.
        fold: the fold table.
        table: (rows, 16) weights; the first rows are those of the texts' own grams, which are
            numbered modulo the number of these rows; the last ones are those of heads.
        of_heads: how many rows are those of heads.
        scale: (kinds,), what a weight of one stands for; up to 16.
        over: (texts, 3), see `heads`.
        out: (texts, kinds), added to.

    Raises:
        ValueError: the shapes do not belong together, or a head is no block.
    """
