"""Pairs of texts: those that share a key, and the groups and representatives that pairs make.

A pair is one number, ``a << 32 | b`` with ``a < b``. A key with its text is one number as well,
the text in the low bits, so that a plain sort brings equal keys together.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import LOW_HALF


def bucket_pairs(
    keys: cython.const[cython.ulonglong][::1], text: cython.ulonglong, cap: cython.Py_ssize_t
) -> tuple:
    """Pairs of texts that share a key; see the stub."""
    size: cython.Py_ssize_t = keys.shape[0]
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    start: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    many: cython.Py_ssize_t
    room: cython.Py_ssize_t = 0
    hot: cython.Py_ssize_t = 0
    largest: cython.Py_ssize_t = 0
    m: cython.Py_ssize_t = 0
    key: cython.ulonglong
    a: cython.ulonglong
    out: cython.ulonglong[::1]
    # A first turn counts the pairs, the second writes as many.
    with cython.nogil:
        start = 0
        while start < size:
            key = keys[start] | text
            stop = start + 1
            while stop < size and keys[stop] | text == key:
                stop += 1
            many = stop - start
            if many > 1:
                room += many * (many - 1) // 2 if many <= cap else 2 * many - 3
            start = stop
    pairs = np.empty(max(room, 0), np.uint64)
    out = pairs
    with cython.nogil:
        start = 0
        while start < size:
            key = keys[start] | text
            stop = start + 1
            while stop < size and keys[stop] | text == key:
                stop += 1
            many = stop - start
            if many > 1 and many <= cap:
                for i in range(start, stop):
                    a = (keys[i] & text) << 32
                    for j in range(i + 1, stop):
                        out[m] = a | (keys[j] & text)
                        m += 1
            elif many > 1:
                hot += 1
                largest = max(largest, many)
                a = (keys[start] & text) << 32
                for i in range(start + 1, stop):
                    out[m] = a | (keys[i] & text)
                    m += 1
                for i in range(start + 1, stop - 1):
                    out[m] = (keys[i] & text) << 32 | (keys[i + 1] & text)
                    m += 1
            start = stop
    return pairs, hot, largest


def follow(pairs: cython.const[cython.ulonglong][::1], taken: cython.uchar[::1]) -> np.ndarray:
    """Which pairs give their second text a leader; see the stub."""
    _check(pairs, taken.shape[0])
    found = np.zeros(pairs.shape[0], np.bool_)
    leads: cython.uchar[::1] = found.view(np.uint8)
    a: cython.Py_ssize_t
    b: cython.Py_ssize_t
    p: cython.Py_ssize_t
    with cython.nogil:
        for p in range(pairs.shape[0]):
            a = cython.cast(cython.Py_ssize_t, pairs[p] >> 32)
            b = cython.cast(cython.Py_ssize_t, pairs[p] & LOW_HALF)
            if taken[a] == 0 and taken[b] == 0:
                taken[b] = 1
                leads[p] = 1
    return found


def neighbourhoods(
    pairs: cython.const[cython.ulonglong][::1],
    texts: cython.Py_ssize_t,
    most: cython.Py_ssize_t,
) -> np.ndarray:
    """Groups of connected texts; see the stub. ``roots`` only ever holds texts."""
    _check(pairs, texts)
    found = np.arange(texts)
    roots: cython.longlong[::1] = found
    sizes: cython.longlong[::1] = np.ones(texts, np.int64)
    a: cython.longlong
    b: cython.longlong
    p: cython.Py_ssize_t
    i: cython.Py_ssize_t
    with cython.nogil:
        for p in range(pairs.shape[0]):
            a = cython.cast(cython.longlong, pairs[p] >> 32)
            b = cython.cast(cython.longlong, pairs[p] & LOW_HALF)
            while roots[a] != a:
                roots[a] = roots[roots[a]]
                a = roots[a]
            while roots[b] != b:
                roots[b] = roots[roots[b]]
                b = roots[b]
            if a != b and sizes[a] + sizes[b] <= most:
                roots[max(a, b)] = min(a, b)
                sizes[min(a, b)] += sizes[max(a, b)]
        for i in range(texts):
            roots[i] = roots[roots[i]]
    return found


def _check(pairs, texts):  # type: ignore[no-untyped-def]
    """Refuse pairs of texts that are not there."""
    if pairs.shape[0] and (
        texts == 0
        or int(np.max(pairs)) >> 32 >= texts
        or (np.asarray(pairs) & np.uint64(0xFFFFFFFF)).max() >= texts
    ):
        raise ValueError("a pair speaks of a text that is not there")
