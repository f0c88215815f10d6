"""The compiled loops over many texts: band keys, candidate pairs, shared shingles, clusters.

A pair of texts is one number, ``a << 32 | b`` with ``a < b``; a key with its text is one number as
well, the text in the low bits, so that a plain sort brings equal keys together.
"""

import numba as nb
import numpy as np

U64 = nb.uint64[::1]
I64 = nb.int64[::1]
i64 = nb.int64

_GOLD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xC4CEB9FE1A85EC53)
_29, _32, _LOW = np.uint64(29), np.uint64(32), np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)


@nb.njit(nb.void(nb.uint32[:, ::1], i64, nb.uint64[:, ::1], i64), nogil=True, cache=True)
def band_keys(values, rows, out, at):  # type: ignore[no-untyped-def]
    """Hash each run of ``rows`` slots of text ``i`` into ``out[band, at + i]``."""
    for i in range(values.shape[0]):
        for band in range(out.shape[0]):
            h = np.uint64(band + 1) * _MIX
            for j in range(band * rows, band * rows + rows):
                h = (h ^ np.uint64(values[i, j])) * _GOLD
                h ^= h >> _29
            out[band, at + i] = h * _MIX


@nb.njit(nb.types.Tuple((U64, i64, i64))(U64, nb.uint64, i64), nogil=True, cache=True)
def bucket_pairs(keys, text, cap):  # type: ignore[no-untyped-def]
    """Pairs of texts that share a key, from sorted keys with the text in the bits ``text``.

    In a bucket of more than ``cap`` texts each is only paired with the first and with the next one.
    Returns the pairs, the number of such buckets and of the texts in the largest.
    """
    pairs = np.empty(1024, np.uint64)
    m, hot, largest = i64(0), i64(0), i64(0)
    start = i64(0)
    while start < keys.size:
        key = keys[start] | text
        stop = start + 1
        while stop < keys.size and keys[stop] | text == key:
            stop += 1
        many = stop - start
        need = many * (many - 1) // 2 if many <= cap else 2 * many
        if m + need > pairs.size:
            grown = np.empty(2 * (m + need), np.uint64)
            grown[:m] = pairs[:m]
            pairs = grown
        if many <= cap:
            for i in range(start, stop):
                a = (keys[i] & text) << _32
                for j in range(i + 1, stop):
                    pairs[m] = a | (keys[j] & text)
                    m += 1
        else:
            hot += 1
            largest = max(largest, many)
            head = (keys[start] & text) << _32
            for i in range(start + 1, stop):
                pairs[m] = head | (keys[i] & text)
                m += 1
            for i in range(start + 1, stop - 1):
                pairs[m] = (keys[i] & text) << _32 | (keys[i + 1] & text)
                m += 1
        start = stop
    return pairs[:m].copy(), hot, largest


@nb.njit(
    nb.types.Tuple((U64, i64, i64))(U64, nb.uint64, i64, i64, nb.float64), nogil=True, cache=True
)
def sample_pairs(keys, text, texts, cap, share):  # type: ignore[no-untyped-def]
    """Pairs of which one text may hold ``share`` of the other, by the samples that both have.

    ``keys`` are sorted and distinct, each a sample with its text in the bits ``text``. Samples in
    more than ``cap`` texts are passed over, and may all be shared for what is known. Returns the
    pairs, the number of samples passed over, and of texts that had some.
    """
    total = np.zeros(texts, np.int64)  # samples of each text
    hidden = np.zeros(texts, np.int64)  # of these, passed over
    begins = np.zeros(texts + 1, np.int64)  # places of those that others have as well
    hot = i64(0)
    for turn in range(2):
        if turn:
            for i in range(texts):
                begins[i + 1] += begins[i]
            places = np.empty(begins[texts], np.int64)
            filled = begins[:texts].copy()
        start = i64(0)
        while start < keys.size:
            key = keys[start] | text
            stop = start + 1
            while stop < keys.size and keys[stop] | text == key:
                stop += 1
            many = stop - start
            hot += turn == 0 and many > cap
            for i in range(start, stop):
                owner = i64(keys[i] & text)
                if turn == 0:
                    total[owner] += 1
                    hidden[owner] += many > cap
                    begins[owner + 1] += 1 < many <= cap
                elif 1 < many <= cap:
                    places[filled[owner]] = i
                    filled[owner] += 1
            start = stop
    need = np.empty(texts, np.int64)
    veiled = i64(0)
    for i in range(texts):
        # Three standard deviations below what a share of the samples would be.
        low = share * total[i] - 3.0 * np.sqrt(share * (1.0 - share) * total[i])
        need[i] = max(i64(np.floor(low)) - hidden[i], 1)
        veiled += hidden[i] > 0
    pairs = np.empty(1024, np.uint64)
    m = i64(0)
    counts = np.zeros(texts, np.int32)
    met = np.empty(texts, np.int64)
    for a in range(texts):
        known = i64(0)
        for p in range(begins[a], begins[a + 1]):
            i = places[p]
            key = keys[i] | text
            i += 1
            while i < keys.size and keys[i] | text == key:
                b = i64(keys[i] & text)
                if counts[b] == 0:
                    met[known] = b
                    known += 1
                counts[b] += 1
                i += 1
        if m + known > pairs.size:
            grown = np.empty(2 * (m + known), np.uint64)
            grown[:m] = pairs[:m]
            pairs = grown
        for p in range(known):
            b = met[p]
            if counts[b] >= need[a] or counts[b] >= need[b]:
                pairs[m] = np.uint64(a) << _32 | np.uint64(b)
                m += 1
            counts[b] = 0
    return pairs[:m].copy(), hot, veiled


@nb.njit(nb.void(U64, U64, i64, i64, nb.uint64), nogil=True, cache=True)
def _clear(table, hashes, start, stop, shift):  # type: ignore[no-untyped-def]
    """Empty the places that ``hashes[start:stop]`` may have taken, and those they were pushed to."""
    wrap = table.size - 1
    for p in range(start, stop):
        place = i64(hashes[p] * _GOLD >> shift)
        while table[place] != 0:
            table[place] = 0
            place = (place + 1) & wrap


@nb.njit(nb.types.UniTuple(I64, 2)(U64, I64, I64, I64), nogil=True, cache=True)
def shared_shingles(hashes, offsets, lead, other):  # type: ignore[no-untyped-def]
    """Sizes of the sets of shingles, and of what each pair has in common.

    Text ``i`` has ``hashes[offsets[i]:offsets[i + 1]]``, which is made distinct in place; equal
    ``lead`` should come together, so that the set of a leading text is laid out once.
    """
    texts = offsets.size - 1
    widest = i64(1)
    for i in range(texts):
        widest = max(widest, offsets[i + 1] - offsets[i])
    bits = i64(2)
    while (i64(1) << bits) < 2 * widest:
        bits += 1
    shift = np.uint64(64 - bits)
    table = np.zeros(i64(1) << bits, np.uint64)
    wrap = (i64(1) << bits) - 1
    sizes = np.zeros(texts, np.int64)
    for i in range(texts):
        start = offsets[i]
        m = start
        for p in range(start, offsets[i + 1]):
            h = max(hashes[p], _ONE)  # zero means empty
            place = i64(h * _GOLD >> shift)
            while table[place] != 0 and table[place] != h:
                place = (place + 1) & wrap
            if table[place] == 0:
                table[place] = h
                hashes[m] = h
                m += 1
        sizes[i] = m - start
        _clear(table, hashes, start, m, shift)
    shared = np.zeros(lead.size, np.int64)
    laid = i64(-1)
    for p in range(lead.size):
        a, b = lead[p], other[p]
        if a != laid:
            if laid >= 0:
                _clear(table, hashes, offsets[laid], offsets[laid] + sizes[laid], shift)
            for q in range(offsets[a], offsets[a] + sizes[a]):
                place = i64(hashes[q] * _GOLD >> shift)
                while table[place] != 0:
                    place = (place + 1) & wrap
                table[place] = hashes[q]
            laid = a
        common = i64(0)
        for q in range(offsets[b], offsets[b] + sizes[b]):
            h = hashes[q]
            place = i64(h * _GOLD >> shift)
            while table[place] != 0 and table[place] != h:
                place = (place + 1) & wrap
            common += table[place] == h
        shared[p] = common
    return sizes, shared


@nb.njit(nb.void(U64, I64), nogil=True, cache=True)
def follow(pairs, leaders):  # type: ignore[no-untyped-def]
    """Give each text the first free text that it is paired with, from sorted pairs.

    ``leaders`` starts as each text's own number. A text that has a leader leads none.
    """
    for p in range(pairs.size):
        a, b = i64(pairs[p] >> _32), i64(pairs[p] & _LOW)
        if leaders[a] == a and leaders[b] == b:
            leaders[b] = a


@nb.njit(I64(U64, i64), nogil=True, cache=True)
def components(pairs, texts):  # type: ignore[no-untyped-def]
    """The smallest text that each text is connected with, by any chain of pairs."""
    roots = np.arange(texts)
    for p in range(pairs.size):
        a, b = i64(pairs[p] >> _32), i64(pairs[p] & _LOW)
        while roots[a] != a:
            roots[a] = roots[roots[a]]
            a = roots[a]
        while roots[b] != b:
            roots[b] = roots[roots[b]]
            b = roots[b]
        roots[max(a, b)] = min(a, b)
    for i in range(texts):
        roots[i] = roots[roots[i]]
    return roots
