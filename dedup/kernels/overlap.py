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
def _lay_out(
    table: cython.ulonglong[::1],
    hashes: cython.ulonglong[::1],
    start: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    bits: cython.int,
) -> cython.Py_ssize_t:
    """Enter a set into an emptied table, its members moved to the front; returns their end.

    The table is not closed to a ring: what the last places have no room for is pushed on, into the
    places past them, of which there are as many as members.
    """
    place: cython.Py_ssize_t
    h: cython.ulonglong
    p: cython.Py_ssize_t
    m: cython.Py_ssize_t = start
    size: cython.Py_ssize_t = (cython.cast(cython.Py_ssize_t, 1) << bits) + stop - start + 2
    for p in range(size):
        table[p] = 0
    for p in range(start, stop):
        h = hashes[p]
        if h == 0:  # which means empty
            h = 1
        place = cython.cast(cython.Py_ssize_t, h >> (64 - bits))
        while table[place] != 0 and table[place] != h:
            place += 1
        hashes[m] = h
        m += table[place] == 0
        table[place] = h
    return m


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _shared(
    table: cython.ulonglong[::1],
    bits: cython.int,
    hashes: cython.ulonglong[::1],
    start: cython.Py_ssize_t,
    size: cython.Py_ssize_t,
    spare: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """How many of ``size`` hashes are in the table; 0 where more than ``spare`` are not."""
    missed: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    q: cython.Py_ssize_t
    h: cython.ulonglong
    for q in range(start, start + size):
        h = hashes[q]
        place = cython.cast(cython.Py_ssize_t, h >> (64 - bits))
        # Nearly all are found, or found missing, in two places.
        while (
            (table[place] != 0)
            & (table[place] != h)
            & (table[place + 1] != 0)
            & (table[place + 1] != h)
        ):
            place += 2
        missed += (table[place] != h) & ((table[place] == 0) | (table[place + 1] != h))
        if missed > spare:
            return 0
    return size - missed


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _spare(
    one: cython.Py_ssize_t, two: cython.Py_ssize_t, share: cython.double
) -> cython.Py_ssize_t:
    """How many of the second set may be missing in the first, if they share enough."""
    return two - cython.cast(cython.Py_ssize_t, share * min(one, two))


def shared_shingles(
    hashes: cython.ulonglong[::1],
    offsets: cython.const[cython.longlong][::1],
    lead: cython.const[cython.longlong][::1],
    other: cython.const[cython.longlong][::1],
    share: cython.double,
) -> tuple:
    """Sizes of the sets of shingles, and of what each pair has in common; see the stub.

    A set is laid out once, to drop its repeats; pairs with it are counted then if the other set was
    laid out before. All others wait, and are counted in a second turn.

    A place is what the shift leaves of a hash, below the number of places; a set fills at most a
    quarter of them, and a search meets an empty place before the end of the table, which has two
    places more than all members could be pushed on to.
    """
    _check(hashes, offsets, lead, other)
    texts: cython.Py_ssize_t = offsets.shape[0] - 1
    pairs: cython.Py_ssize_t = lead.shape[0]
    widest: cython.Py_ssize_t = 1
    i: cython.Py_ssize_t
    for i in range(texts):
        widest = max(widest, offsets[i + 1] - offsets[i])
    table: cython.ulonglong[::1] = np.empty((1 << _bits(widest)) + widest + 4, np.uint64)
    sizes_array = np.zeros(texts, np.int64)
    shared_array = np.zeros(pairs, np.int64)
    sizes: cython.longlong[::1] = sizes_array
    shared: cython.longlong[::1] = shared_array
    waiting: cython.longlong[::1] = np.empty(pairs, np.int64)  # no more than there are pairs
    laid: cython.Py_ssize_t = texts  # none
    late: cython.Py_ssize_t = 0
    b: cython.Py_ssize_t
    p: cython.Py_ssize_t = 0
    bits: cython.int
    with cython.nogil:
        for i in range(texts):
            bits = _bits(offsets[i + 1] - offsets[i])
            sizes[i] = _lay_out(table, hashes, offsets[i], offsets[i + 1], bits) - offsets[i]
            while p < pairs and lead[p] <= i:
                b = other[p]
                if lead[p] == i and b <= i:
                    shared[p] = _shared(
                        table, bits, hashes, offsets[b], sizes[b], _spare(sizes[i], sizes[b], share)
                    )
                else:
                    waiting[late] = p
                    late += 1
                p += 1
        while p < pairs:
            waiting[late] = p
            late += 1
            p += 1
        bits = 3
        for p in range(late):
            i = lead[waiting[p]]
            b = other[waiting[p]]
            if i != laid:
                bits = _bits(sizes[i])
                _lay_out(table, hashes, offsets[i], offsets[i] + sizes[i], bits)
                laid = i
            shared[waiting[p]] = _shared(
                table, bits, hashes, offsets[b], sizes[b], _spare(sizes[i], sizes[b], share)
            )
    return sizes_array, shared_array


@cython.cfunc
@cython.exceptval(-1)
def _check(
    hashes: cython.ulonglong[::1],
    offsets: cython.const[cython.longlong][::1],
    lead: cython.const[cython.longlong][::1],
    other: cython.const[cython.longlong][::1],
) -> cython.int:
    """Refuse sets outside of the array, and pairs of texts that are not there."""
    texts: cython.Py_ssize_t = offsets.shape[0] - 1
    i: cython.Py_ssize_t
    if texts < 0 or offsets[0] < 0 or offsets[texts] > hashes.shape[0]:
        raise ValueError("sets of shingles lie outside of the array")
    for i in range(texts):
        if offsets[i] > offsets[i + 1]:
            raise ValueError("sets of shingles lie outside of the array")
    if lead.shape[0] != other.shape[0]:
        raise ValueError("a pair has two texts")
    for i in range(lead.shape[0]):
        if not (0 <= lead[i] < texts and 0 <= other[i] < texts):
            raise ValueError("there is no such text")
    return 0
