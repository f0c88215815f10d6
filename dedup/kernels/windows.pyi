"""Runs of equal tokens: tokens as numbers, and which windows of them stand more than once.

A window is a run of tokens of one text. The tokens of all texts lie in one array, a 0 after each
text. Arrays are only read unless it is said otherwise; those returned belong to the caller. What
would lead outside of an array is refused (ValueError).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.source import Texts

_Ints = npt.NDArray[np.int64]
_Keys = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[np.uint32]

class Vocabulary:
    """A number for each token, from 1 in the order in which they are met."""

    def numbers(self, texts: Texts, fold: Sequence[Any]) -> tuple[_Numbers, _Ints]:
        """The folded tokens of many texts as numbers, a 0 after each text; and how many each has.

        Equal tokens have equal numbers in all calls. One thread at a time may call this.

        Args:
            texts: strings or columns: see `dedup.kernels.source`.
            fold: the fold table, as in `dedup.kernels.tokens`.
        """

def window_keys(numbers: _Numbers, length: int, place_bits: int, part: int, parts: int) -> _Keys:
    """The upper bits of a hash of each window, and its place in the lower ``place_bits``.

    Args:
        numbers: those of `Vocabulary.numbers`.
        length: tokens in a window.
        place_bits: enough for all places in ``numbers``.
        part: only windows of this part of the hashes are taken.
        parts: into how many the hashes are cut.
    """

def group_windows(keys: _Keys, place_bits: int, classes: _Numbers) -> None:
    """Group windows by their hashes.

    Args:
        keys: those of `window_keys`, sorted.
        place_bits: as in `window_keys`.
        classes: of the size of the tokens: where several windows have a hash, the place of the
            first, plus 1, is written at the place of each. Other places are left alone.
    """

def verify_windows(numbers: _Numbers, length: int, border: int, classes: _Numbers) -> _Ints:
    """Compare the windows of each class token by token, and leave only those that stand repeatedly.

    Args:
        numbers: those of `Vocabulary.numbers`.
        length: tokens in a window.
        border: -1, or the first place of a reference: then only windows count that stand both
            before it and from there on.
        classes: those of `group_windows`; 0 is written where a window does not equal the first of
            its class, or stands but once.

    Returns:
        The places of windows that do not equal the first of their class, though their hashes do.
    """
