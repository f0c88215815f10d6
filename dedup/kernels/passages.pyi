"""Repeated windows to repeated passages: the pieces that always stand as a whole, and their runs.

Arrays are only read; those returned belong to the caller. What would lead outside of an array is
refused (ValueError).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.source import Texts

_Ints = npt.NDArray[np.int64]

def pieces(classes: npt.NDArray[np.uint32]) -> tuple[_Ints, _Ints]:
    """Runs of windows that always follow each other: their first windows, and how many each has.

    ``classes`` are those that `dedup.kernels.windows.equal_windows` writes. Pieces of which one
    directly follows the other stay two where either also stands without the other.
    """

def passages(
    names: _Ints, joined: npt.NDArray[np.uint8], order: _Ints, border: int
) -> npt.NDArray[np.int64]:
    """Runs of pieces that stand more than once, and cannot be made longer in all of their places.

    Args:
        names: what each piece says: equal for equal ones, not negative.
        joined: 1 where the next piece directly follows.
        order: the pieces sorted by what they and those that follow say.
        border: -1, or the first piece of a reference: then only runs count that stand both before
            it and from there on.

    Returns:
        A row for each: its places are those in ``order`` from the first number up to the second;
        the third is its pieces; the fourth its first place.
    """

def locate(
    texts: Texts, fold: Sequence[Any], offsets: _Ints, firsts: _Ints, lasts: _Ints
) -> tuple[_Ints, _Ints]:
    """Where runs of tokens stand in their texts: the first code point, and the one past the last.

    Args:
        texts: strings or columns: see `dedup.kernels.source`.
        fold: the fold table, as in `dedup.kernels.tokens`.
        offsets: text ``i`` has the runs from ``offsets[i]`` up to ``offsets[i + 1]``.
        firsts: the first token of each run, counted in its text, ascending in each text.
        lasts: the last one, ascending too.
    """
