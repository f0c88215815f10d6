"""How much of each text comes more than once, by the hashes of its parts."""

import os

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import mix

# Slots differ from process to process, and what is found does not: nobody can write a page whose
# hashes all begin at one place.
_SEED = cython.declare(cython.ulonglong, int.from_bytes(os.urandom(8), "little"))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _fingerprint(hash_: cython.ulonglong) -> cython.uint:
    """The upper 31 bits, above a free one; never 0."""
    upper: cython.uint = cython.cast(cython.uint, (hash_ >> 33) << 1)
    return upper if upper else 2


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _slot(
    hash_: cython.ulonglong, table: cython.uint[::1], slots: cython.ulonglong
) -> cython.ulonglong:
    """Where a hash is, or can be put; some slot is free.

    A product of 32 bits and the number of slots, which is below 2^33, does not overflow.
    """
    wanted: cython.uint = _fingerprint(hash_)
    slot: cython.ulonglong = ((mix(hash_ ^ _SEED) & 0x7FFFFFFF) * slots) >> 31
    while table[slot] != 0 and (table[slot] ^ wanted) > 1:
        slot = slot + 1 if slot + 1 < slots else 0
    return slot


def shared(
    hashes: cython.const[cython.ulonglong][::1],
    offsets: cython.const[cython.longlong][::1],
    out: cython.longlong[::1],
) -> None:
    """Count the hashes of each text that come more than once; see the stub."""
    texts: cython.Py_ssize_t = out.shape[0]
    size: cython.Py_ssize_t = hashes.shape[0]
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    if offsets.shape[0] != texts + 1 or offsets[0] != 0 or offsets[texts] != size:
        raise ValueError("the offsets are not those of the texts")
    for i in range(texts):
        if offsets[i] > offsets[i + 1]:
            raise ValueError("the offsets fall")
    if size >= 1 << 32:
        raise ValueError("so many hashes need wider slots")
    # A third of the slots stay free, so that each search ends. A slot holds the upper 31 bits of a
    # hash and whether it came twice; its place follows from all of them. Two hashes in a million
    # million are taken for one another.
    slots: cython.ulonglong = size + size // 2 + 16
    table: cython.uint[::1] = np.zeros(slots, np.uint32)
    slot: cython.ulonglong
    found: cython.longlong
    with cython.nogil:
        for i in range(size):
            slot = _slot(hashes[i], table, slots)
            # taken by this hash, or free: then it has come once now
            table[slot] = table[slot] | 1 if table[slot] else _fingerprint(hashes[i])
        for i in range(texts):
            found = 0
            for k in range(offsets[i], offsets[i + 1]):
                found += table[_slot(hashes[k], table, slots)] & 1
            out[i] = found
