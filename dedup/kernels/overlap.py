"""What sets of shingles have in common."""

import cython
import numpy as np


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _bits(members: cython.Py_ssize_t) -> cython.int:
    """Of the places of a hash table four to eight times as large as a set.

    Shingle hashes are mixed well, so that their top bits are as good a place as any.
    """
    bits: cython.int = 3
    while (cython.cast(cython.Py_ssize_t, 1) << bits) < 4 * members:
        bits += 1
    return bits


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _clear(
    table: cython.ulonglong[::1],
    hashes: cython.ulonglong[::1],
    start: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    bits: cython.int,
) -> cython.void:
    """Empty the places that ``hashes[start:stop]`` may have taken, or been pushed to."""
    wrap: cython.ulonglong = (cython.cast(cython.ulonglong, 1) << bits) - 1
    place: cython.ulonglong
    p: cython.Py_ssize_t
    for p in range(start, stop):
        place = hashes[p] >> (64 - bits)
        while table[place] != 0:
            table[place] = 0
            place = (place + 1) & wrap


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _lay_out(
    table: cython.ulonglong[::1],
    hashes: cython.ulonglong[::1],
    start: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    bits: cython.int,
) -> cython.Py_ssize_t:
    """Enter a set into an empty table, its members moved to the front; returns their end."""
    wrap: cython.ulonglong = (cython.cast(cython.ulonglong, 1) << bits) - 1
    place: cython.ulonglong
    h: cython.ulonglong
    p: cython.Py_ssize_t
    m: cython.Py_ssize_t = start
    for p in range(start, stop):
        h = hashes[p]
        if h == 0:  # which means empty
            h = 1
        place = h >> (64 - bits)
        while table[place] != 0 and table[place] != h:
            place = (place + 1) & wrap
        if table[place] == 0:
            table[place] = h
            hashes[m] = h
            m += 1
    return m


def shared_shingles(
    hashes: cython.ulonglong[::1],
    offsets: cython.const[cython.longlong][::1],
    lead: cython.const[cython.longlong][::1],
    other: cython.const[cython.longlong][::1],
    share: cython.double,
) -> tuple:
    """Sizes of the sets of shingles, and of what each pair has in common; see the stub.

    A place is what the shift leaves of a hash, below the size of the table that it was taken for;
    a set fills a quarter of its table, so that every search meets an empty place.
    """
    _check(hashes, offsets, lead, other)
    texts: cython.Py_ssize_t = offsets.shape[0] - 1
    pairs: cython.Py_ssize_t = lead.shape[0]
    widest: cython.Py_ssize_t = 1
    i: cython.Py_ssize_t
    for i in range(texts):
        widest = max(widest, offsets[i + 1] - offsets[i])
    table: cython.ulonglong[::1] = np.zeros(1 << _bits(widest), np.uint64)
    sizes_array = np.zeros(texts, np.int64)
    shared_array = np.zeros(pairs, np.int64)
    sizes: cython.longlong[::1] = sizes_array
    shared: cython.longlong[::1] = shared_array
    laid: cython.Py_ssize_t = texts  # none
    a: cython.Py_ssize_t
    b: cython.Py_ssize_t
    p: cython.Py_ssize_t
    q: cython.Py_ssize_t
    end: cython.Py_ssize_t
    spare: cython.longlong
    missed: cython.longlong
    bits: cython.int
    h: cython.ulonglong
    place: cython.ulonglong
    wrap: cython.ulonglong
    with cython.nogil:
        for i in range(texts):
            bits = _bits(offsets[i + 1] - offsets[i])
            end = _lay_out(table, hashes, offsets[i], offsets[i + 1], bits)
            sizes[i] = end - offsets[i]
            _clear(table, hashes, offsets[i], end, bits)
        bits = 3
        wrap = 0
        for p in range(pairs):
            a = lead[p]
            b = other[p]
            if a != laid:
                if laid < texts:
                    _clear(table, hashes, offsets[laid], offsets[laid] + sizes[laid], bits)
                bits = _bits(sizes[a])
                wrap = (cython.cast(cython.ulonglong, 1) << bits) - 1
                _lay_out(table, hashes, offsets[a], offsets[a] + sizes[a], bits)
                laid = a
            spare = sizes[b] - cython.cast(cython.longlong, share * min(sizes[a], sizes[b]))
            missed = 0
            for q in range(offsets[b], offsets[b] + sizes[b]):
                h = hashes[q]
                place = h >> (64 - bits)
                while table[place] != 0 and table[place] != h:
                    place = (place + 1) & wrap
                missed += table[place] != h
                if missed > spare:
                    break
            shared[p] = sizes[b] - missed if missed <= spare else 0
    return sizes_array, shared_array


def _check(hashes, offsets, lead, other):  # type: ignore[no-untyped-def]
    """Refuse sets outside of the array, and pairs of texts that are not there."""
    at = np.asarray(offsets)
    if at.size == 0 or at[0] < 0 or at[at.size - 1] > hashes.shape[0] or (np.diff(at) < 0).any():
        raise ValueError("sets of shingles lie outside of the array")
    if lead.shape[0] != other.shape[0]:
        raise ValueError("a pair has two texts")
    for texts in (lead, other):
        if texts.shape[0] and (np.min(texts) < 0 or np.max(texts) >= at.size - 1):
            raise ValueError("there is no such text")
