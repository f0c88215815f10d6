"""Sampled shingles: which of them tell something, and which pairs of texts share enough."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import GOLD, LOW_HALF


def mark_samples(
    samples: cython.const[cython.ulonglong][::1],
    offsets: cython.const[cython.longlong][::1],
    texts: cython.const[cython.longlong][::1],
    is_long: cython.const[cython.uchar][::1],
    seen: cython.ulonglong[::1],
) -> None:
    """Enter the samples of short texts into a filter of bits; see the stub.

    A place is a hash's upper bits, of which there are as many as the filter has places.
    """
    _check_offsets(samples, offsets, texts, is_long)
    shift: cython.int = _shift(seen.shape[0])
    i: cython.Py_ssize_t
    p: cython.Py_ssize_t
    place: cython.ulonglong
    one: cython.ulonglong = 1
    with cython.nogil:
        for i in range(texts.shape[0]):
            if not is_long[i]:
                for p in range(offsets[texts[i]], offsets[texts[i] + 1]):
                    place = samples[p] * GOLD >> shift
                    seen[place >> 6] |= one << (place & 63)


def pick_samples(
    samples: cython.const[cython.ulonglong][::1],
    offsets: cython.const[cython.longlong][::1],
    texts: cython.const[cython.longlong][::1],
    is_long: cython.const[cython.uchar][::1],
    seen: cython.const[cython.ulonglong][::1],
    bits: tuple,
    part: cython.ulonglong,
    parts: cython.ulonglong,
) -> np.ndarray:
    """Sampled shingles that can tell something, each with its text; see the stub."""
    coarse: cython.ulonglong = bits[0]
    text: cython.ulonglong = bits[1]
    _check_offsets(samples, offsets, texts, is_long)
    shift: cython.int = _shift(seen.shape[0])
    count: cython.Py_ssize_t = texts.shape[0]
    every: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    p: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    h: cython.ulonglong
    place: cython.ulonglong
    keep: cython.bint
    for i in range(count):
        every += offsets[texts[i] + 1] - offsets[texts[i]]
    # Room for all of them, of which the system only gives what is written to, and one more.
    found = np.empty(every + 1, np.uint64)
    out: cython.ulonglong[::1] = found
    with cython.nogil:
        for i in range(count):
            for p in range(offsets[texts[i]], offsets[texts[i] + 1]):
                h = samples[p]
                if (h >> 32) * parts >> 32 != part:
                    continue
                keep = not is_long[i] or h & coarse == 0
                if not keep:
                    place = h * GOLD >> shift
                    keep = seen[place >> 6] >> (place & 63) & 1 != 0
                out[m] = h & ~text | cython.cast(cython.ulonglong, i)
                m += keep
    return found[:m]


def sample_buckets(  # noqa: PLR0915 - declarations, and one loop
    keys: cython.const[cython.ulonglong][::1],
    bits: tuple,
    is_long: cython.const[cython.uchar][::1],
    cap: cython.Py_ssize_t,
) -> tuple:
    """Where the samples of each text lie that others have as well; see the stub."""
    coarse: cython.ulonglong = bits[0]
    text: cython.ulonglong = bits[1]
    texts: cython.Py_ssize_t = is_long.shape[0]
    size: cython.Py_ssize_t = keys.shape[0]
    _check_owners(keys, text, texts)
    if size >> 32:
        raise ValueError("there are more than 4 billion samples: compare in parts")
    total_array, hidden_array = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
    total: cython.longlong[::1] = total_array  # samples of each text
    hidden: cython.longlong[::1] = hidden_array  # of these, passed over
    begins_array = np.zeros(texts + 1, np.int64)  # places of those that others have as well
    begins: cython.longlong[::1] = begins_array
    hot: cython.Py_ssize_t = 0
    start: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    many: cython.Py_ssize_t
    owner: cython.Py_ssize_t
    i: cython.Py_ssize_t
    key: cython.ulonglong
    with cython.nogil:
        start = 0
        while start < size:
            key = keys[start] | text
            stop = start + 1
            while stop < size and keys[stop] | text == key:
                stop += 1
            many = stop - start
            hot += many > cap
            for i in range(start, stop):
                owner = cython.cast(cython.Py_ssize_t, keys[i] & text)
                if not is_long[owner] or key & coarse == 0:
                    total[owner] += 1
                    hidden[owner] += many > cap
                begins[owner + 1] += 1 < many <= cap
            start = stop
        for i in range(texts):
            begins[i + 1] += begins[i]
    places_array = np.empty(begins_array[texts], np.uint32)
    places: cython.uint[::1] = places_array
    filled: cython.longlong[::1] = begins_array[:texts].copy()
    with cython.nogil:
        start = 0
        while start < size:
            key = keys[start] | text
            stop = start + 1
            while stop < size and keys[stop] | text == key:
                stop += 1
            if 1 < stop - start <= cap:
                for i in range(start, stop):
                    owner = cython.cast(cython.Py_ssize_t, keys[i] & text)
                    places[filled[owner]] = cython.cast(cython.uint, i)
                    filled[owner] += 1
            start = stop
    return (begins_array, places_array), total_array, hidden_array, hot


def sample_pairs(  # noqa: PLR0915 - declarations, and one loop
    keys: cython.const[cython.ulonglong][::1],
    bits: tuple,
    is_long: cython.const[cython.uchar][::1],
    buckets: tuple,
    need: cython.const[cython.longlong][::1],
    span: tuple,
) -> tuple:
    """Pairs of which one text may hold a share of the other; see the stub.

    Each text is met with those after it in the buckets of its samples, so that a pair is met once.
    """
    begins: cython.const[cython.longlong][::1] = buckets[0]
    places: cython.const[cython.uint][::1] = buckets[1]
    first: cython.Py_ssize_t = span[0]
    last: cython.Py_ssize_t = span[1]
    coarse: cython.ulonglong = bits[0]
    text: cython.ulonglong = bits[1]
    texts: cython.Py_ssize_t = is_long.shape[0]
    size: cython.Py_ssize_t = keys.shape[0]
    _check_owners(keys, text, texts)
    if begins.shape[0] != texts + 1 or need.shape[0] != texts or not 0 <= first <= last <= texts:
        raise ValueError("the buckets are of another number of texts")
    if np.min(begins) < 0 or np.max(begins) > places.shape[0]:
        raise ValueError("a bucket lies outside of the samples")
    if places.shape[0] and (np.max(places) >= size):
        raise ValueError("there is no such sample")
    # All shared samples; the coarse ones in the upper half.
    counts: cython.ulonglong[::1] = np.zeros(texts, np.uint64)
    met: cython.longlong[::1] = np.empty(texts, np.int64)
    pairs_array = np.empty(1024, np.uint64)
    pairs: cython.ulonglong[::1] = pairs_array
    shared_array = np.empty(1024, np.uint64)
    shared: cython.ulonglong[::1] = shared_array
    known: cython.Py_ssize_t
    a: cython.Py_ssize_t
    b: cython.Py_ssize_t
    i: cython.Py_ssize_t
    p: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    key: cython.ulonglong
    one: cython.ulonglong
    every: cython.longlong
    some: cython.longlong
    with cython.nogil:
        for a in range(first, last):
            known = 0
            for p in range(begins[a], begins[a + 1]):
                i = places[p]
                key = keys[i] | text
                one = 1
                if key & coarse == 0:
                    one |= cython.cast(cython.ulonglong, 1) << 32
                i += 1
                while i < size and keys[i] | text == key:
                    b = cython.cast(cython.Py_ssize_t, keys[i] & text)
                    if counts[b] == 0:
                        met[known] = b
                        known += 1
                    counts[b] += one
                    i += 1
            if m + known > pairs.shape[0]:
                with cython.gil:
                    pairs_array = np.concatenate((pairs_array, np.empty(m + known, np.uint64)))
                    pairs = pairs_array
                    shared_array = np.concatenate((shared_array, np.empty(m + known, np.uint64)))
                    shared = shared_array
            for p in range(known):
                b = met[p]
                every = cython.cast(cython.longlong, counts[b] & LOW_HALF)
                some = cython.cast(cython.longlong, counts[b] >> 32)
                if (some if is_long[a] else every) >= need[a] or (
                    some if is_long[b] else every
                ) >= need[b]:
                    pairs[m] = cython.cast(cython.ulonglong, a) << 32
                    pairs[m] |= cython.cast(cython.ulonglong, b)
                    shared[m] = counts[b]
                    m += 1
                counts[b] = 0
    return pairs_array[:m], shared_array[:m]


@cython.cfunc
@cython.exceptval(-1)
def _shift(words: cython.Py_ssize_t) -> cython.int:
    """By how much a hash is shifted for its place in a filter of so many words of 64 bits."""
    if words < 1 or words & (words - 1) or words >> 34:
        raise ValueError("a filter has a power of two of words, up to 2^34")
    width: cython.int = 6
    while (cython.cast(cython.Py_ssize_t, 1) << (width - 6)) < words:
        width += 1
    return 64 - width


def _check_owners(keys, text, texts):  # type: ignore[no-untyped-def]
    """Refuse samples of texts that are not there."""
    if keys.shape[0] and (np.asarray(keys) & np.uint64(text)).max() >= texts:
        raise ValueError("a sample belongs to a text that is not there")


def _check_offsets(samples, offsets, texts, is_long):  # type: ignore[no-untyped-def]
    """Refuse texts whose samples do not lie in the array."""
    at = np.asarray(offsets)
    if offsets.shape[0] == 0 or texts.shape[0] != is_long.shape[0]:
        raise ValueError("the arrays are of another number of texts")
    if at[0] < 0 or at[at.size - 1] > samples.shape[0] or (at[1:] < at[:-1]).any():
        raise ValueError("samples lie outside of the array")
    if texts.shape[0] and (np.min(texts) < 0 or np.max(texts) >= offsets.shape[0] - 1):
        raise ValueError("there is no such text")
