"""Postings in memory: a hash table of chains.

``heads`` has a power of two places; both it and ``links`` hold places of keys, plus one. A key has
a link and a number; negative numbers are those of removed documents, which do not count.
"""

import numpy as np
import numpy.typing as npt

_Keys = npt.NDArray[np.uint64]
_Ints = npt.NDArray[np.int64]

def chain(
    heads: _Ints, links: _Ints, keys: _Keys, numbers: _Ints, entered: tuple[int, int], cap: int
) -> None:
    """Enter the keys of a range of places, by writing to ``heads`` and ``links``.

    Of equal keys the first ``cap + 1`` are entered (of an uncapped key all).
    """

def follow_chains(
    heads: _Ints, links: _Ints, keys: _Keys, numbers: _Ints, wanted: _Keys
) -> tuple[_Ints, _Ints]:
    """Look keys up: places in ``wanted`` of those found, and the documents' numbers."""
