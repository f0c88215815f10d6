"""Folded tokens of UTF-8 text, and the hashes of their runs (shingles).

In all of them ``fold`` is the fold table (`dedup.text.fold.FoldTable`): ``uint32`` entries by code
point, and the ``uint32`` table of those that fold to several. Text ``i`` is
``data[begins[i]:ends[i]]``; bytes that are no UTF-8 count as symbols. Arrays are only read, those
returned belong to the caller. Texts outside of the data and tables that are too short are refused
(ValueError); entries that point outside of the second table are passed over.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

def shingles(
    data: _Bytes, begins: _Ints, ends: _Ints, fold: Sequence[Any], size: int
) -> tuple[_Hashes, _Ints, _Hashes, _Ints]:
    """Every shingle of ``size`` tokens of many texts, in order, repeats included.

    Returns:
        The hashes one text after the other; the offsets of each text in them, of shape (texts + 1);
        two keys of shape (texts, 2) that are equal where the folded texts are; and the number of
        tokens of each.
    """

def spans(data: _Bytes, fold: Sequence[Any]) -> tuple[_Ints, _Ints]:
    """The first byte of each token of one text, and the byte past each."""

def count(data: _Bytes, fold: Sequence[Any]) -> int:
    """The number of tokens of one text, whose UTF-8 bytes are ``data``."""
