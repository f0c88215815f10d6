"""Postings in memory: a hash table of chains.

``heads`` and ``links`` hold places of keys, plus one; 0 ends a chain. A link leads to an earlier
place, so that every chain ends.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.layout import UNCAPPED


def chain(
    heads: cython.longlong[::1],
    links: cython.longlong[::1],
    keys: cython.const[cython.ulonglong][::1],
    numbers: cython.const[cython.longlong][::1],
    entered: tuple,
    cap: cython.Py_ssize_t,
) -> None:
    """Enter keys into a hash table of chains; see the stub."""
    first: cython.Py_ssize_t = entered[0]
    last: cython.Py_ssize_t = entered[1]
    _check(heads, links, keys, numbers)
    if not 0 <= first <= last <= keys.shape[0]:
        raise ValueError("there are no such keys")
    wrap: cython.ulonglong = cython.cast(cython.ulonglong, heads.shape[0]) - 1
    i: cython.Py_ssize_t
    at: cython.Py_ssize_t
    same: cython.Py_ssize_t
    place: cython.ulonglong
    with cython.nogil:
        for i in range(first, last):
            place = (keys[i] >> 1) & wrap
            same = 0
            at = heads[place] if keys[i] & UNCAPPED == 0 else 0
            while 0 < at <= keys.shape[0] and same <= cap:
                same += keys[at - 1] == keys[i] and numbers[at - 1] >= 0
                at = links[at - 1] if links[at - 1] < at else 0
            if same <= cap and numbers[i] >= 0:
                links[i] = heads[place]
                heads[place] = i + 1


def follow_chains(
    heads: cython.const[cython.longlong][::1],
    links: cython.const[cython.longlong][::1],
    keys: cython.const[cython.ulonglong][::1],
    numbers: cython.const[cython.longlong][::1],
    wanted: cython.const[cython.ulonglong][::1],
) -> tuple:
    """Look keys up in a table of chains; see the stub."""
    _check(heads, links, keys, numbers)
    wrap: cython.ulonglong = cython.cast(cython.ulonglong, heads.shape[0]) - 1
    hits_array = np.empty((64 + wanted.shape[0], 2), np.int64)
    hits: cython.longlong[:, ::1] = hits_array
    m: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    at: cython.Py_ssize_t
    with cython.nogil:
        for i in range(wanted.shape[0]):
            at = heads[(wanted[i] >> 1) & wrap]
            while 0 < at <= keys.shape[0]:
                if keys[at - 1] == wanted[i] and numbers[at - 1] >= 0:
                    if m == hits.shape[0]:
                        with cython.gil:
                            hits_array = np.concatenate((hits_array, np.empty_like(hits_array)))
                            hits = hits_array
                    hits[m, 0] = i
                    hits[m, 1] = numbers[at - 1]
                    m += 1
                at = links[at - 1] if links[at - 1] < at else 0
    return hits_array[:m, 0].copy(), hits_array[:m, 1].copy()


def _check(heads, links, keys, numbers):  # type: ignore[no-untyped-def]
    """Refuse tables whose places do not fit each other."""
    if heads.shape[0] < 1 or heads.shape[0] & (heads.shape[0] - 1):
        raise ValueError("a hash table has a power of two places")
    if links.shape[0] != keys.shape[0] or numbers.shape[0] != keys.shape[0]:
        raise ValueError("each key has a link and a number")
