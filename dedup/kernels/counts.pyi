from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

COUNTS: dict[str, int]
"""The columns of the counts, by their names."""

def measure(
    text: npt.NDArray[np.uint8],
    fold: Sequence[Any],
    counts: npt.NDArray[np.float32],
    hashes: npt.NDArray[np.uint64],
) -> None:
    """Count what is in each of the texts that NUL bytes separate; the first one is the title.

    Args:
        text: UTF-8 (lone surrogates as three bytes), read only. Bytes that are no UTF-8 are
            counted as some character; nothing beyond the end is read.
        fold: the fold table (`dedup.text.fold.FoldTable`): what a token is.
        counts: (texts, len(COUNTS)), filled; owned by the caller.
        hashes: (texts,), filled: of the folded letters and digits of each text.

    Raises:
        ValueError: the arrays have other shapes, or the fold table is too short.
    """
