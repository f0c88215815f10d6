"""Pairs of texts: those that share a key, and the groups and representatives that pairs make.

A pair is one ``uint64``, ``a << 32 | b`` with ``a < b``. Arrays are only read unless told; those
returned belong to the caller. Pairs of texts that are not there are refused (ValueError).
"""

import numpy as np
import numpy.typing as npt

_Pairs = npt.NDArray[np.uint64]
_Ints = npt.NDArray[np.int64]

def bucket_pairs(keys: _Pairs, text: int, cap: int) -> tuple[_Pairs, int, int]:
    """Pairs of texts that share a key, from sorted keys with the text in the bits ``text``.

    In a bucket of more than ``cap`` texts each is only paired with the first and with the next one.

    Returns:
        The pairs, the number of such buckets, and of the texts in the largest.
    """

def follow(pairs: _Pairs, taken: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which pairs, one after the other, give their second text a leader: their first one.

    They do where neither text is taken; the second one is from then on.

    Args:
        pairs: in the order in which they are to be looked at; the texts of each in any order.
        taken: a byte a text, which is written to: other than 0 for those that have a leader. A
            second call with the same array goes on where the first one ended.
    """

def neighbourhoods(pairs: _Pairs, texts: int, most: int) -> _Ints:
    """Groups of at most ``most`` texts that are connected by pairs: for each text its group's."""
