"""How much of each text comes more than once, by the hashes of its parts."""

import cython
import numpy as np


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
    slots: cython.Py_ssize_t = 16
    while slots < 2 * size:
        slots *= 2
    # At least half the slots stay free, so that each search ends. A slot is taken if its count is
    # not 0; two are enough to know.
    keys: cython.ulonglong[::1] = np.empty(slots, np.uint64)
    times: cython.uchar[::1] = np.zeros(slots, np.uint8)
    last: cython.ulonglong = slots - 1
    slot: cython.ulonglong
    found: cython.longlong
    with cython.nogil:
        for i in range(size):
            slot = (hashes[i] ^ (hashes[i] >> 32)) & last
            while times[slot] != 0 and keys[slot] != hashes[i]:
                slot = (slot + 1) & last
            keys[slot] = hashes[i]
            times[slot] = 1 if times[slot] == 0 else 2
        for i in range(texts):
            found = 0
            for k in range(offsets[i], offsets[i + 1]):
                slot = (hashes[k] ^ (hashes[k] >> 32)) & last
                while keys[slot] != hashes[k]:
                    slot = (slot + 1) & last
                found += times[slot] == 2
            out[i] = found
