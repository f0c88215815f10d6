"""Folded tokens of UTF-8 text.

In all of them ``fold`` is the fold table (`dedup.text.fold.FoldTable`): ``uint32`` entries by code
point, and the ``uint32`` table of those that fold to several. Bytes that are no UTF-8 count as
symbols. Arrays are only read, those returned belong to the caller. A table that is too short is
refused (ValueError); entries that point outside of the second table are passed over.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int64]

def spans(data: _Bytes, fold: Sequence[Any]) -> tuple[_Ints, _Ints]:
    """The first byte of each token of one text, and the byte past each."""

def count(data: _Bytes, fold: Sequence[Any]) -> int:
    """The number of tokens of one text, whose UTF-8 bytes are ``data``."""
