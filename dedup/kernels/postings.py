"""Postings of the index: their keys, and who of the documents found has enough in common.

A posting says that a document has a key. It is one number, the key (`KEY_BITS`) above the number
of the document (`NUMBER_BITS`, counted from the first of its segment), so that a plain sort brings
equal keys together, the earlier document first.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import MIX_A, mix
from cython.cimports.dedup.kernels.layout import (
    BAND,
    COARSE,
    FINE,
    FOLDED,
    HIT_NEED,
    HIT_NUMBER,
    KEY_BITS,
    NAME,
    UNCAPPED,
)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _posting_key(h: cython.ulonglong, kind: cython.ulonglong) -> cython.ulonglong:
    """A key of `KEY_BITS` from a hash, another one for each kind."""
    uncapped: cython.ulonglong = UNCAPPED
    key: cython.ulonglong = mix(h + kind * MIX_A) >> (64 - KEY_BITS)
    return key | uncapped if kind == NAME else key & ~uncapped


def keys_of_kind(hashes: cython.const[cython.ulonglong][::1], kind: cython.int) -> np.ndarray:
    """The keys of hashes of one kind."""
    found = np.empty(hashes.shape[0], np.uint64)
    keys: cython.ulonglong[::1] = found
    i: cython.Py_ssize_t
    with cython.nogil:
        for i in range(hashes.shape[0]):
            keys[i] = _posting_key(hashes[i], kind)
    return found


def posting_keys(
    bands: cython.const[cython.ulonglong][:, ::1],
    samples: cython.const[cython.ulonglong][::1],
    offsets: cython.const[cython.longlong][::1],
    folded: cython.const[cython.ulonglong][:, ::1],
    coarse: cython.ulonglong,
) -> tuple:
    """What each text is entered under; see the stub."""
    texts: cython.Py_ssize_t = offsets.shape[0] - 1
    at = np.asarray(offsets)
    if texts < 0 or at[0] < 0 or at[texts] > samples.shape[0] or (at[1:] < at[:-1]).any():
        raise ValueError("samples lie outside of the array")
    if bands.shape[0] < 1 or bands.shape[1] < texts or folded.shape[0] < texts:
        raise ValueError("the arrays are of another number of texts")
    if folded.shape[1] != 2:
        raise ValueError("the key of a folded text is two numbers")
    # Equal samples of a text come together.
    owner = np.repeat(np.arange(texts), np.diff(at))
    inside = np.asarray(samples)[at[0] : at[texts]]
    ordered: cython.ulonglong[::1] = inside[np.lexsort((inside, owner))]
    size: cython.Py_ssize_t = texts * (1 + bands.shape[0]) + ordered.shape[0]
    keys_array, kinds_array = np.empty(size, np.uint64), np.empty(size, np.uint8)
    starts_array = np.zeros(texts + 1, np.int64)
    every_array, some_array = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
    keys: cython.ulonglong[::1] = keys_array
    kinds: cython.uchar[::1] = kinds_array
    starts: cython.longlong[::1] = starts_array
    every: cython.longlong[::1] = every_array
    some: cython.longlong[::1] = some_array
    i: cython.Py_ssize_t
    p: cython.Py_ssize_t
    band: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    first: cython.longlong = offsets[0]
    is_coarse: cython.bint
    with cython.nogil:
        for i in range(texts):
            keys[m] = _posting_key(folded[i, 0], FOLDED)
            kinds[m] = FOLDED
            m += 1
            if bands[0, i] > 0:
                for band in range(bands.shape[0]):
                    keys[m] = _posting_key(bands[band, i], BAND)
                    kinds[m] = BAND
                    m += 1
            for p in range(offsets[i] - first, offsets[i + 1] - first):
                if p == offsets[i] - first or ordered[p] != ordered[p - 1]:
                    is_coarse = ordered[p] & coarse == 0
                    keys[m] = _posting_key(ordered[p], FINE)
                    kinds[m] = COARSE if is_coarse else FINE
                    every[i] += 1
                    some[i] += is_coarse
                    m += 1
            starts[i + 1] = m
    return keys_array[:m], kinds_array[:m], starts_array, every_array, some_array


def weigh(
    hits: cython.const[cython.ulonglong][::1],
    kinds: cython.const[cython.uchar][::1],
    offsets: cython.const[cython.longlong][::1],
    needs: cython.const[cython.longlong][::1],
    is_long: cython.const[cython.uchar][::1],
    cap: cython.Py_ssize_t,
) -> tuple:
    """Candidates among the documents that share keys with texts; see the stub."""
    texts: cython.Py_ssize_t = offsets.shape[0] - 1
    size: cython.Py_ssize_t = hits.shape[0]
    place_bits: cython.int = HIT_NUMBER + HIT_NEED
    if texts < 0 or needs.shape[0] < texts or is_long.shape[0] < texts:
        raise ValueError("the arrays are of another number of texts")
    if size and int(np.max(hits)) >> place_bits >= kinds.shape[0]:
        raise ValueError("a hit belongs to a key that is not there")
    met_array = np.empty(size, np.uint64)
    met: cython.ulonglong[::1] = met_array
    ends_array = np.zeros(texts + 1, np.int64)
    ends: cython.longlong[::1] = ends_array
    coarse_hidden_array = np.zeros(texts, np.int64)
    coarse_hidden: cython.longlong[::1] = coarse_hidden_array
    hidden_array, hot_array = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
    hidden: cython.longlong[::1] = hidden_array
    hot: cython.longlong[::1] = hot_array
    one: cython.ulonglong = 1
    i: cython.Py_ssize_t
    p: cython.Py_ssize_t = 0
    q: cython.Py_ssize_t
    n: cython.Py_ssize_t = 0
    stop: cython.Py_ssize_t
    last: cython.Py_ssize_t
    place: cython.ulonglong
    kind: cython.ulonglong
    # Documents of each text, those of keys that are too common left out.
    with cython.nogil:
        for i in range(texts):
            while p < size and cython.cast(cython.longlong, hits[p] >> place_bits) < offsets[i + 1]:
                place = hits[p] >> place_bits
                stop = p + 1
                while stop < size and hits[stop] >> place_bits == place:
                    stop += 1
                kind = kinds[place]
                last = stop
                if stop - p > cap and kind >= FINE:
                    hidden[i] += 1
                    coarse_hidden[i] += kind == COARSE
                    last = p
                elif stop - p > cap and kind == BAND:
                    hot[i] += 1
                    last = p + cap
                for q in range(p, last):
                    met[n] = (hits[q] & ((one << place_bits) - 1)) << 2 | kind & 3
                    n += 1
                p = stop
            ends[i + 1] = n
    for i in range(texts):
        met_array[ends_array[i] : ends_array[i + 1]].sort()
    found = (np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64))
    m: cython.Py_ssize_t = _enough(
        (met_array, ends_array, coarse_hidden_array, hidden_array), needs, is_long, found
    )
    return found[0][:m], found[1][:m], found[2][:m], hidden_array, hot_array


@cython.cfunc
def _enough(
    arrays: tuple,
    needs: cython.const[cython.longlong][::1],
    is_long: cython.const[cython.uchar][::1],
    found: tuple,
) -> cython.Py_ssize_t:
    """Enter the documents that share enough: text, number, shared samples; returns how many."""
    met: cython.ulonglong[::1] = arrays[0]
    ends: cython.longlong[::1] = arrays[1]
    coarse_hidden: cython.longlong[::1] = arrays[2]
    hidden: cython.longlong[::1] = arrays[3]
    text: cython.longlong[::1] = found[0]
    number: cython.longlong[::1] = found[1]
    shared: cython.longlong[::1] = found[2]
    i: cython.Py_ssize_t
    q: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    kind: cython.ulonglong
    document: cython.ulonglong
    every: cython.longlong
    coarse: cython.longlong
    most: cython.longlong
    most_coarse: cython.longlong
    need: cython.longlong
    direct: cython.bint
    enough: cython.bint
    with cython.nogil:
        for i in range(hidden.shape[0]):
            q = ends[i]
            while q < ends[i + 1]:
                document = met[q] >> 2
                every = 0
                coarse = 0
                direct = False
                while q < ends[i + 1] and met[q] >> 2 == document:
                    kind = met[q] & 3
                    every += kind >= FINE
                    coarse += kind == COARSE
                    direct = direct or kind <= BAND
                    q += 1
                need = cython.cast(cython.longlong, document & 127)
                most = every + hidden[i]
                most_coarse = coarse + coarse_hidden[i]
                enough = (most_coarse if is_long[i] else most) >= needs[i]
                enough = enough or (most_coarse if document & 128 else most) >= need
                if direct or (enough and every > 0):
                    text[m] = i
                    number[m] = cython.cast(cython.longlong, document >> HIT_NEED)
                    shared[m] = every
                    m += 1
    return m
