"""Bytes looked for and names looked up, in compiled loops: what `walk` and `tame` read markup with.

Numba's cache does not see a change here in the kernels of other files: after one, empty it.
"""

from typing import Any

import numpy as np
from numba import njit, types

from dedup.text.kernels import _eight_bytes, _trailing_zeros

Array = np.ndarray[Any, Any]

# Explicit types: each helper is compiled once, whatever it is called with.
INT, BYTES = types.int64, types.Array(types.uint8, 1, "C", readonly=True)
I32, I64, TABLE32, U8 = (
    types.int32[::1],
    types.int64[::1],
    types.int32[:, ::1],
    types.uint8[::1],
)

BASIS, PRIME = np.uint64(14695981039346656037), np.uint64(1099511628211)

_EVERY = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)


def fnv(name: str) -> int:
    """FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/)."""
    value = int(BASIS)
    for byte in name.encode():
        value = ((value ^ byte) * int(PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


def name_table(numbers: dict[str, int], slots: int) -> tuple[Array, Array]:
    """Hashes of names in a table with open addresses, and the number of each name."""
    keys, values = np.zeros(slots, np.uint64), np.zeros(slots, np.int32)
    for name, number in numbers.items():
        slot = fnv(name) % slots
        while keys[slot]:
            slot = (slot + 1) % slots
        keys[slot], values[slot] = fnv(name), number
    return keys, values


@njit(INT(BYTES, INT, INT), cache=True)
def find(data, i, byte):  # type: ignore[no-untyped-def]
    """Where a byte stands next, or the end; eight bytes at a time (Mycroft's test for zeros)."""
    size = len(data)
    wanted = np.uint64(byte) * _EVERY
    while i + 8 <= size:
        word = _eight_bytes(data, i) ^ wanted  # type: ignore[call-arg]
        zeros = (word - _EVERY) & ~word & _HIGH
        if zeros:
            return i + np.int64(_trailing_zeros(zeros) >> np.uint64(3))
        i += 8
    while i < size and data[i] != byte:
        i += 1
    return i
