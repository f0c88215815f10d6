"""One-permutation sketches, the samples drawn from shingles, and the keys of bands."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.source import Texts

_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

def sketches(
    texts: Texts,
    fold: Sequence[Any],
    size: int,
    borrowing: tuple[_Bytes, npt.NDArray[np.uint16]],
    sampled: int,
) -> tuple[npt.NDArray[np.uint32], _Hashes, _Ints, _Hashes, _Ints, _Ints]:
    """One-permutation sketches and sampled shingles of many texts, in one pass.

    Args:
        texts: strings or columns: see `dedup.kernels.source`.
        fold: the fold table, as in `dedup.kernels.tokens`.
        size: tokens in a shingle.
        borrowing: from which slot an empty one borrows, two arrays of shape (slots, slots): see
            `dedup.text.sketch.borrowing`.
        sampled: a shingle is sampled where these bits are all zero in its hash.

    Returns:
        The slots, of shape (texts, slots), all ones in a text without shingles; the sampled
        shingles one text after the other; the offsets of each text in them; two keys of shape
        (texts, 2) that are equal where the folded texts are; the number of tokens of each; and of
        bytes. The arrays belong to the caller.

    Raises:
        TypeError: if something else than strings is given.
        ValueError: if a text lies outside of the data, or a slot borrows from none that is there.
    """

def band_keys(values: npt.NDArray[np.uint32], rows: int, out: _Hashes, at: int) -> None:
    """Hash each run of ``rows`` slots of text ``i`` into ``out[band, at + i]``.

    Args:
        values: slots, of shape (texts, slots), only read.
        rows: slots in a band.
        out: of shape (bands, all texts); written to in the columns of these texts only.
        at: the column of the first text.
    """
