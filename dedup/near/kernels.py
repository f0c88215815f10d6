"""The compiled loops over many texts: band keys, candidate pairs, shared shingles, clusters.

A pair of texts is one number, ``a << 32 | b`` with ``a < b``; a key with its text is one number as
well, the text in the low bits, so that a plain sort brings equal keys together.
"""

import numba as nb
import numpy as np

U64 = nb.uint64[::1]
I64 = nb.int64[::1]
i64 = nb.int64
u64 = nb.uint64

_GOLD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xC4CEB9FE1A85EC53)
_29, _32, _LOW = np.uint64(29), np.uint64(32), np.uint64(0xFFFFFFFF)
_ZERO, _ONE, _SIX, _63 = np.uint64(0), np.uint64(1), np.uint64(6), np.uint64(63)


@nb.njit(nb.void(nb.uint32[:, ::1], i64, nb.uint64[:, ::1], i64), nogil=True, cache=True)
def band_keys(values, rows, out, at):
    """Hash each run of ``rows`` slots of text ``i`` into ``out[band, at + i]``."""
    for i in range(values.shape[0]):
        for band in range(out.shape[0]):
            h = np.uint64(band + 1) * _MIX
            for j in range(band * rows, band * rows + rows):
                h = (h ^ np.uint64(values[i, j])) * _GOLD
                h ^= h >> _29
            out[band, at + i] = h * _MIX


@nb.njit(nb.types.Tuple((U64, i64, i64))(U64, nb.uint64, i64), nogil=True, cache=True)
def bucket_pairs(keys, text, cap):
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


@nb.njit(U64(U64, I64, I64, nb.boolean[::1], u64, u64, u64, u64), nogil=True, cache=True)
def pick_samples(samples, offsets, texts, is_long, coarse, text, part, parts):
    """Sampled shingles that can tell something, each with its text in the bits ``text``.

    All those of short texts; of long ones those whose hash has none of the bits ``coarse``, and
    those that a short text may have as well (by a filter of bits, so some are let through in vain).
    Only hashes in part ``part`` of ``parts`` equal parts of their range are picked.
    """
    few, all_of_them = i64(0), i64(0)
    for i in range(texts.size):
        many = offsets[texts[i] + 1] - offsets[texts[i]]
        all_of_them += many
        few += 0 if is_long[i] else many
    bits = i64(6)
    while (i64(1) << bits) < 16 * few:
        bits += 1
    shift = u64(64 - bits)
    seen = np.zeros(i64(1) << (bits - 6), np.uint64)
    for i in range(texts.size):
        if not is_long[i]:
            for p in range(offsets[texts[i]], offsets[texts[i] + 1]):
                bit = samples[p] * _GOLD >> shift
                seen[bit >> _SIX] |= _ONE << (bit & _63)
    keys = np.empty(all_of_them, np.uint64)
    m = i64(0)
    for i in range(texts.size):
        for p in range(offsets[texts[i]], offsets[texts[i] + 1]):
            h = samples[p]
            if (h >> _32) * parts >> _32 != part:
                continue
            keys[m] = h & ~text | u64(i)
            keep = not is_long[i] or h & coarse == _ZERO
            if not keep:
                bit = h * _GOLD >> shift
                keep = seen[bit >> _SIX] >> (bit & _63) & _ONE == _ONE
            m += keep
    return keys[:m]


@nb.njit(
    nb.types.Tuple((U64, i64, i64))(U64, u64, nb.boolean[::1], u64, i64, nb.float64),
    nogil=True,
    cache=True,
)
def sample_pairs(keys, text, is_long, coarse, cap, share):
    """Pairs of which one text may hold ``share`` of the other, by the samples that both have.

    ``keys`` are those of `pick_samples`, sorted and distinct; a long text is judged by those
    without the bits ``coarse``. Samples in more than ``cap`` texts are passed over,
    and may all be shared for what is known. Returns the pairs, the number of samples passed over,
    and of texts that had some.
    """
    texts = is_long.size
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
                    if not is_long[owner] or key & coarse == _ZERO:
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
    counts = np.zeros(texts, np.uint64)  # all shared samples; the coarse ones in the upper half
    met = np.empty(texts, np.int64)
    for a in range(texts):
        known = i64(0)
        for p in range(begins[a], begins[a + 1]):
            i = places[p]
            key = keys[i] | text
            one = _ONE | (_ONE << _32 if key & coarse == _ZERO else _ZERO)
            i += 1
            while i < keys.size and keys[i] | text == key:
                b = i64(keys[i] & text)
                if counts[b] == _ZERO:
                    met[known] = b
                    known += 1
                counts[b] += one
                i += 1
        if m + known > pairs.size:
            grown = np.empty(2 * (m + known), np.uint64)
            grown[:m] = pairs[:m]
            pairs = grown
        for p in range(known):
            b = met[p]
            every, some = i64(counts[b] & _LOW), i64(counts[b] >> _32)
            enough = (some if is_long[a] else every) >= need[a]
            if enough or (some if is_long[b] else every) >= need[b]:
                pairs[m] = np.uint64(a) << _32 | np.uint64(b)
                m += 1
            counts[b] = _ZERO
    return pairs[:m].copy(), hot, veiled


@nb.njit(nb.types.UniTuple(u64, 2)(i64), nogil=True, cache=True)
def _room(members):
    """A hash table for a set, four to eight times as large: bits to shift off, and the last place.

    Shingle hashes are mixed well, so that their top bits are as good a place as any.
    """
    bits = i64(3)
    while (i64(1) << bits) < 4 * members:
        bits += 1
    return u64(64 - bits), u64((i64(1) << bits) - 1)


@nb.njit(nb.void(U64, U64, i64, i64, u64, u64), nogil=True, cache=True)
def _clear(table, hashes, start, stop, shift, wrap):
    """Empty the places that ``hashes[start:stop]`` may have taken, or been pushed to."""
    for p in range(start, stop):
        place = hashes[u64(p)] >> shift
        while table[place] != _ZERO:
            table[place] = _ZERO
            place = (place + _ONE) & wrap


@nb.njit(nb.types.UniTuple(I64, 2)(U64, I64, I64, I64, nb.float64), nogil=True, cache=True)
def shared_shingles(hashes, offsets, lead, other, share):
    """Sizes of the sets of shingles, and of what each pair has in common.

    Text ``i`` has ``hashes[offsets[i]:offsets[i + 1]]``, which is made distinct in place; equal
    ``lead`` should come together, so that the set of a leading text is laid out once. A pair that
    cannot share ``share`` of its smaller set any more is given up: it counts as sharing nothing.
    """
    texts = offsets.size - 1
    widest = i64(1)
    for i in range(texts):
        widest = max(widest, offsets[i + 1] - offsets[i])
    table = np.zeros(8 * widest + 8, np.uint64)
    sizes = np.zeros(texts, np.int64)
    for i in range(texts):
        start = u64(offsets[i])
        shift, wrap = _room(offsets[i + 1] - offsets[i])
        m = start
        for p in range(offsets[i], offsets[i + 1]):
            h = max(hashes[u64(p)], _ONE)  # zero means empty
            place = h >> shift
            while table[place] != _ZERO and table[place] != h:
                place = (place + _ONE) & wrap
            if table[place] == _ZERO:
                table[place] = h
                hashes[m] = h
                m += _ONE
        sizes[i] = i64(m - start)
        _clear(table, hashes, offsets[i], i64(m), shift, wrap)
    shared = np.zeros(lead.size, np.int64)
    laid = i64(-1)
    shift, wrap = _room(1)
    for p in range(lead.size):
        a, b = lead[p], other[p]
        if a != laid:
            if laid >= 0:
                _clear(table, hashes, offsets[laid], offsets[laid] + sizes[laid], shift, wrap)
            shift, wrap = _room(sizes[a])
            for q in range(offsets[a], offsets[a] + sizes[a]):
                place = hashes[u64(q)] >> shift
                while table[place] != _ZERO:
                    place = (place + _ONE) & wrap
                table[place] = hashes[u64(q)]
            laid = a
        spare = sizes[b] - i64(share * min(sizes[a], sizes[b]))
        missed = i64(0)
        for q in range(offsets[b], offsets[b] + sizes[b]):
            h = hashes[u64(q)]
            place = h >> shift
            while table[place] != _ZERO and table[place] != h:
                place = (place + _ONE) & wrap
            missed += table[place] != h
            if missed > spare:
                break
        shared[p] = sizes[b] - missed if missed <= spare else 0
    return sizes, shared


@nb.njit(nb.void(U64, I64), nogil=True, cache=True)
def follow(pairs, leaders):
    """Give each text the first free text that it is paired with, from sorted pairs.

    ``leaders`` starts as each text's own number. A text that has a leader leads none.
    """
    for p in range(pairs.size):
        a, b = i64(pairs[p] >> _32), i64(pairs[p] & _LOW)
        if leaders[a] == a and leaders[b] == b:
            leaders[b] = a


@nb.njit(I64(U64, i64, i64), nogil=True, cache=True)
def neighbourhoods(pairs, texts, most):
    """Groups of at most ``most`` texts that are connected by pairs: for each text its group's."""
    roots = np.arange(texts)
    sizes = np.ones(texts, np.int64)
    for p in range(pairs.size):
        a, b = i64(pairs[p] >> _32), i64(pairs[p] & _LOW)
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
    return roots
