"""The hashes of runs of tokens (shingles)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.source import Texts

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

def shingles(texts: Texts, fold: Sequence[Any], size: int) -> tuple[_Hashes, _Ints, _Hashes, _Ints]:
    """Every shingle of ``size`` tokens of many texts, in order, repeats included.

    Args:
        texts: strings or columns: see `dedup.kernels.source`.
        fold: the fold table, as in `dedup.kernels.tokens`.
        size: tokens in a shingle.

    Returns:
        The hashes one text after the other; the offsets of each text in them, of shape (texts + 1);
        two keys of shape (texts, 2) that are equal where the folded texts are; and the number of
        tokens of each. The arrays belong to the caller.

    Raises:
        TypeError: if something else than strings is given.
        ValueError: if a text lies outside of the data, or the fold table is too short.
    """
