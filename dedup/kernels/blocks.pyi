"""Sorted postings in packed blocks, with filters.

The layout is that of `dedup.near.index.format`. Arrays are only read; those returned belong to the
caller. A layout that is not possible is refused (ValueError); damaged blocks are read within their
bytes, whatever comes out.
"""

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Keys = npt.NDArray[np.uint64]
_Ints = npt.NDArray[np.int64]

def pack_blocks(
    words: _Keys, portion: tuple[int, int], blocks: int, number_bits: int, cap: int
) -> tuple[_Bytes, _Ints, _Keys]:
    """Pack sorted postings into the blocks from the first up to the last of ``portion``.

    Of a key that more than ``cap`` documents have, the first ``cap + 1`` are kept (of an uncapped
    key all).

    Returns:
        The bytes of the blocks one after the other, their offsets, and the lines of their filters.
    """

def unpack_blocks(
    data: _Bytes, offsets: _Ints, first: int, blocks: int, number_bits: int, shift: int
) -> _Keys:
    """The postings of the blocks from ``first`` on, sorted; ``shift`` is added to the numbers."""

def probe(keys: _Keys, lines: _Keys, blocks: int, low: int, high: int) -> tuple[_Ints, _Ints]:
    """Which keys from ``low`` up to ``high`` a segment's filter lets through, and their blocks.

    Without ``lines`` all of them.
    """

def find(
    data: _Bytes,
    offsets: _Ints,
    which: _Ints,
    asked: tuple[_Keys, _Ints, _Ints],
    segment: tuple[int, int, int],
) -> tuple[_Ints, _Ints]:
    """Look keys up in their blocks.

    Args:
        data: bytes of blocks.
        offsets: where each block begins in them.
        which: for each key that is looked up, the place of its block in ``offsets``.
        asked: keys; the places in them of those to look up; and the block of each of these.
        segment: its number of blocks, the bits of its numbers, and its first document.

    Returns:
        The places of the keys found, once for each document that has them, and the documents.
    """
