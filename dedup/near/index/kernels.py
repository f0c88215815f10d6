"""The compiled loops of the index: postings in sorted, packed blocks and in a table in memory.

A posting says that a document has a key. It is one number, the key (`KEY_BITS`) above the number
of the document (`NUMBER_BITS`, counted from the first of its segment), so that a plain sort brings
equal keys together, the earlier document first. A segment spreads its postings over blocks by
ranges of keys of one size, so that a key's block is found by a multiplication.
"""

import numba as nb
import numpy as np

from dedup.near.index.layout import (
    BAND,
    BLOCK_HEAD,
    BLOCK_TAIL,
    COARSE,
    FINE,
    FOLDED,
    HIT_NEED,
    HIT_NUMBER,
    KEY_BITS,
    LINE_WORDS,
    LINES,
    NAME,
    NUMBER_BITS,
    UNCAPPED,
)
from dedup.text.kernels import _eight_bytes

U64 = nb.uint64[::1]
I64 = nb.int64[::1]
U8 = nb.uint8[::1]
U8R = nb.types.Array(nb.uint8, 1, "C", readonly=True)
i64 = nb.int64
u64 = nb.uint64

_0, _1, _3, _6, _7, _8, _9, _33, _63, _511 = map(np.uint64, (0, 1, 3, 6, 7, 8, 9, 33, 63, 511))
_PLACE = np.uint64(HIT_NUMBER + HIT_NEED)
_KEY, _NUMBER = np.uint64(KEY_BITS), np.uint64(NUMBER_BITS)
_NUMBERS = np.uint64((1 << NUMBER_BITS) - 1)
_NAME, _UNCAPPED = np.uint64(NAME), np.uint64(UNCAPPED)
_MIX_A = np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's finaliser
_MIX_B = np.uint64(0xC4CEB9FE1A85EC53)


@nb.njit(u64(u64), nogil=True, cache=True, inline="always")
def _mix(h):  # type: ignore[no-untyped-def]
    h = (h ^ (h >> _33)) * _MIX_A
    h = (h ^ (h >> _33)) * _MIX_B
    return h ^ (h >> _33)


@nb.njit(u64(u64, u64), nogil=True, cache=True)
def posting_key(h, kind):  # type: ignore[no-untyped-def]
    """A key of `KEY_BITS` from a hash, another one for each kind."""
    key = _mix(h + kind * _MIX_A) >> (np.uint64(64) - _KEY)
    return key | _UNCAPPED if kind == _NAME else key & ~_UNCAPPED


@nb.njit(U64(nb.types.Array(nb.uint64, 1, "C", readonly=True), i64), nogil=True, cache=True)
def keys_of_kind(hashes, kind):  # type: ignore[no-untyped-def]
    """The keys of hashes of one kind."""
    keys = np.empty(hashes.size, np.uint64)
    for i in range(hashes.size):
        keys[i] = posting_key(hashes[i], u64(kind))
    return keys


@nb.njit(
    nb.types.Tuple((U64, U8, I64, I64, I64))(nb.uint64[:, ::1], U64, I64, nb.uint64[:, ::1], u64),
    nogil=True,
    cache=True,
)
def posting_keys(bands, samples, offsets, folded, coarse):  # type: ignore[no-untyped-def]
    """What each text is entered under: its folded text, its bands, its distinct samples.

    Texts without samples have no bands either. Returns the keys one text after the other, the kind
    of each (`FOLDED`, `BAND`, `FINE`, `COARSE`), the offsets of each text in them, the number of
    its samples, and of the coarse ones among them.
    """
    texts = offsets.size - 1
    keys = np.empty(texts * (1 + bands.shape[0]) + samples.size, np.uint64)
    kinds = np.empty(keys.size, np.uint8)
    starts = np.zeros(texts + 1, np.int64)
    every = np.zeros(texts, np.int64)
    some = np.zeros(texts, np.int64)
    m = i64(0)
    for i in range(texts):
        keys[m] = posting_key(folded[i, 0], u64(FOLDED))
        kinds[m] = FOLDED
        m += 1
        if bands[0, i] > _0:
            for band in range(bands.shape[0]):
                keys[m] = posting_key(bands[band, i], u64(BAND))
                kinds[m] = BAND
                m += 1
        own = np.sort(samples[offsets[i] : offsets[i + 1]])
        for p in range(own.size):
            if p == 0 or own[p] != own[p - 1]:
                is_coarse = own[p] & coarse == _0
                keys[m] = posting_key(own[p], u64(FINE))
                kinds[m] = COARSE if is_coarse else FINE
                every[i] += 1
                some[i] += is_coarse
                m += 1
        starts[i + 1] = m
    return keys[:m], kinds[:m], starts, every, some


@nb.njit(
    nb.types.UniTuple(I64, 5)(U64, U8, I64, I64, nb.boolean[::1], i64),
    nogil=True,
    cache=True,
)
def weigh(hits, kinds, offsets, needs, is_long, cap):  # type: ignore[no-untyped-def]
    """Candidates among the documents that share keys with texts.

    ``hits`` are sorted numbers, from the top: the place of the key, the document's number
    (`HIT_NUMBER` bits) and what it needs (`HIT_NEED` bits: see `dedup.near.index.prints`); text
    ``i`` has the keys ``offsets[i]:offsets[i + 1]``. Samples of more than ``cap`` documents are
    passed over, and may all be shared for what is known; of a band that more have, the first.

    Returns the candidates: text, number, shared samples; and for each text the samples passed
    over, and the bands cut.
    """
    texts = offsets.size - 1
    text = np.empty(64, np.int64)
    number = np.empty(64, np.int64)
    every = np.empty(64, np.int64)
    hidden = np.zeros(texts, np.int64)
    hot = np.zeros(texts, np.int64)
    met = np.empty(hits.size, np.uint64)
    m = i64(0)
    p = i64(0)
    for i in range(texts):
        n = i64(0)
        coarse_hidden = i64(0)
        while p < hits.size and i64(hits[p] >> _PLACE) < offsets[i + 1]:
            place = hits[p] >> _PLACE
            stop = p + 1
            while stop < hits.size and hits[stop] >> _PLACE == place:
                stop += 1
            kind = kinds[place]
            last = stop
            if stop - p > cap and kind >= FINE:
                hidden[i] += 1
                coarse_hidden += kind == COARSE
                last = p
            elif stop - p > cap and kind == BAND:
                hot[i] += 1
                last = p + cap
            for q in range(p, last):
                met[n] = (hits[q] & ((_1 << _PLACE) - _1)) << np.uint64(2) | u64(kind)
                n += 1
            p = stop
        near = np.sort(met[:n])
        q = i64(0)
        while q < n:
            document = near[q] >> np.uint64(2)
            all_of_them, coarse, direct = i64(0), i64(0), False
            while q < n and near[q] >> np.uint64(2) == document:
                kind = np.uint8(near[q] & _3)
                all_of_them += kind >= FINE
                coarse += kind == COARSE
                direct = direct or kind <= BAND
                q += 1
            need = i64(document & np.uint64(127))
            long_one = document & np.uint64(128) > _0
            most, most_coarse = all_of_them + hidden[i], coarse + coarse_hidden
            enough = (most_coarse if is_long[i] else most) >= needs[i]
            enough = enough or (most_coarse if long_one else most) >= need
            if direct or (enough and all_of_them > 0):
                if m == text.size:
                    text = np.concatenate((text, np.empty_like(text)))
                    number = np.concatenate((number, np.empty_like(number)))
                    every = np.concatenate((every, np.empty_like(every)))
                text[m], number[m] = i, i64(document >> np.uint64(HIT_NEED))
                every[m] = all_of_them
                m += 1
    return text[:m], number[:m], every[:m], hidden, hot


@nb.njit(u64(u64, u64), nogil=True, cache=True, inline="always")
def _first_key(block, blocks):  # type: ignore[no-untyped-def]
    """The smallest key of a block: the ceiling of ``block * 2**KEY_BITS / blocks``."""
    return ((block << _KEY) + blocks - _1) // blocks


@nb.njit(u64(U8R, u64, u64, u64), nogil=True, cache=True, inline="always")
def _read(data, at, place, width):  # type: ignore[no-untyped-def]
    """Posting ``place`` of the block at byte ``at``, in ``width`` bits."""
    bit = place * width
    word = _eight_bytes(data, at + np.uint64(BLOCK_HEAD) + (bit >> _3)) >> (bit & _7)
    return word & ((_1 << width) - _1)


@nb.njit(u64(U8R, u64), nogil=True, cache=True, inline="always")
def _count(data, at):  # type: ignore[no-untyped-def]
    """The number of postings of the block at byte ``at``."""
    return (
        u64(data[at])
        | u64(data[at + _1]) << _8
        | u64(data[at + np.uint64(2)]) << np.uint64(16)
        | u64(data[at + _3]) << np.uint64(24)
    )


@nb.njit(nb.types.Tuple((U8, I64, U64))(U64, i64, i64, i64, i64, i64), nogil=True, cache=True)
def pack_blocks(words, first, last, blocks, number_bits, cap):  # type: ignore[no-untyped-def]
    """Pack sorted postings into the blocks ``first`` up to ``last`` of ``blocks``.

    Of a key that more than ``cap`` documents have, the first ``cap + 1`` are kept (of an uncapped
    key all). Returns the bytes of the blocks one after the other, their offsets, and the lines of
    their filters.
    """
    span = _first_key(u64(1), u64(blocks)) + _1
    key_bits = _0
    while span >> key_bits > _0:
        key_bits += _1
    low = u64(number_bits)
    width = key_bits + low
    out = np.zeros(
        (words.size * i64(width)) // 8 + (last - first) * (BLOCK_HEAD + BLOCK_TAIL + 1) + 8,
        np.uint8,
    )
    offsets = np.zeros(last - first + 1, np.int64)
    lines = np.zeros((last - first) * LINES * LINE_WORDS, np.uint64)
    base = u64(first) * u64(LINES)
    at = _0
    p = i64(0)
    for block in range(first, last):
        begin = _first_key(u64(block), u64(blocks))
        end = _first_key(u64(block + 1), u64(blocks))
        n = _0
        held, same = ~_0, i64(0)
        while p < words.size and words[p] >> _NUMBER < end:
            key = words[p] >> _NUMBER
            same = same + 1 if key == held else 1
            held = key
            if same <= cap + 1 or key & _UNCAPPED > _0:
                word = (key - begin) << low | (words[p] & _NUMBERS)
                bit = n * width
                place = at + u64(BLOCK_HEAD) + (bit >> _3)
                shifted = word << (bit & _7)
                while shifted > _0:
                    out[place] |= np.uint8(shifted & np.uint64(255))
                    shifted >>= _8
                    place += _1
                n += _1
            if same == 1:
                mixed = _mix(key)
                line = ((key * u64(blocks * LINES)) >> _KEY) - base
                for _ in range(3):
                    bit = mixed & _511
                    lines[line * u64(LINE_WORDS) + (bit >> _6)] |= _1 << (bit & _63)
                    mixed >>= _9
            p += 1
        for j in range(4):
            out[at + u64(j)] = np.uint8((n >> u64(8 * j)) & np.uint64(255))
        at += u64(BLOCK_HEAD) + ((n * width + _7) >> _3) + u64(BLOCK_TAIL)
        offsets[block - first + 1] = i64(at)
    return out[: i64(at)], offsets, lines


@nb.njit(U64(U8R, I64, i64, i64, i64, i64), nogil=True, cache=True)
def unpack_blocks(data, offsets, first, blocks, number_bits, shift):  # type: ignore[no-untyped-def]
    """The postings of the blocks from ``first`` on, sorted; ``shift`` is added to the numbers."""
    span = _first_key(u64(1), u64(blocks)) + _1
    low = u64(number_bits)
    key_bits = _0
    while span >> key_bits > _0:
        key_bits += _1
    width = key_bits + low
    total = _0
    for i in range(offsets.size):
        total += _count(data, u64(offsets[i]))
    words = np.empty(i64(total), np.uint64)
    m = _0
    for i in range(offsets.size):
        at = u64(offsets[i])
        begin = _first_key(u64(first + i), u64(blocks))
        for p in range(_count(data, at)):
            word = _read(data, at, u64(p), width)
            number = (word & ((_1 << low) - _1)) + u64(shift)
            words[m] = ((word >> low) + begin) << _NUMBER | number
            m += _1
    return words


@nb.njit(nb.types.UniTuple(I64, 2)(U64, U64, i64, u64, u64), nogil=True, cache=True)
def probe(keys, lines, blocks, low, high):  # type: ignore[no-untyped-def]
    """Which keys from ``low`` up to ``high`` a segment's filter lets through, and their blocks.

    Without ``lines`` all of them.
    """
    places = np.empty(keys.size, np.int64)
    found = np.empty(keys.size, np.int64)
    m = i64(0)
    for i in range(keys.size):
        key = keys[i]
        if key < low or key >= high:
            continue
        hit = _1
        if lines.size > 0:
            line = ((key * u64(blocks * LINES)) >> _KEY) * u64(LINE_WORDS)
            mixed = _mix(key)
            for _ in range(3):
                bit = mixed & _511
                hit &= lines[line + (bit >> _6)] >> (bit & _63)
                mixed >>= _9
        if hit == _1:
            places[m] = i
            found[m] = i64((key * u64(blocks)) >> _KEY)
            m += 1
    return places[:m], found[:m]


@nb.njit(
    nb.types.UniTuple(I64, 2)(U8R, I64, I64, U64, I64, I64, i64, i64, i64),
    nogil=True,
    cache=True,
)
def find(data, offsets, which, keys, places, block, blocks, number_bits, base):  # type: ignore[no-untyped-def]
    """Look keys up in their blocks.

    Key ``keys[places[i]]`` belongs to block ``block[i]``, which lies at ``offsets[which[i]]``.
    Returns the places of the keys found, once for each document that has them, and the numbers
    of those, counted from ``base`` on.
    """
    span = _first_key(u64(1), u64(blocks)) + _1
    low = u64(number_bits)
    key_bits = _0
    while span >> key_bits > _0:
        key_bits += _1
    width = key_bits + low
    hits = np.empty(64 + places.size, np.int64)
    numbers = np.empty(hits.size, np.int64)
    m = i64(0)
    for i in range(places.size):
        at = u64(offsets[which[i]])
        key = keys[places[i]] - _first_key(u64(block[i]), u64(blocks))
        count = _count(data, at)
        left, right = _0, count
        while left < right:
            middle = (left + right) >> _1
            if _read(data, at, middle, width) >> low < key:
                left = middle + _1
            else:
                right = middle
        while left < count:
            word = _read(data, at, left, width)
            if word >> low != key:
                break
            if m == hits.size:
                hits = np.concatenate((hits, np.empty_like(hits)))
                numbers = np.concatenate((numbers, np.empty_like(numbers)))
            hits[m] = places[i]
            numbers[m] = base + i64(word & ((_1 << low) - _1))
            m += 1
            left += _1
    return hits[:m], numbers[:m]


@nb.njit(nb.void(I64, I64, U64, I64, i64, i64, i64), nogil=True, cache=True)
def chain(heads, links, keys, numbers, first, last, cap):  # type: ignore[no-untyped-def]
    """Enter the keys from ``first`` up to ``last`` into a hash table of chains.

    ``heads`` has a power of two places; both it and ``links`` hold places of keys, plus one. Of
    equal keys the first ``cap + 1`` are entered (of an uncapped key all); removed documents, whose
    numbers are negative, do not count.
    """
    mask = u64(heads.size - 1)
    for i in range(first, last):
        place = (keys[i] >> _1) & mask
        same = i64(0)
        at = heads[place] - 1 if keys[i] & _UNCAPPED == _0 else i64(-1)
        while at >= 0 and same <= cap:
            same += keys[at] == keys[i] and numbers[at] >= 0
            at = links[at] - 1
        if same <= cap and numbers[i] >= 0:
            links[i] = heads[place]
            heads[place] = i + 1


@nb.njit(nb.types.UniTuple(I64, 2)(I64, I64, U64, I64, U64), nogil=True, cache=True)
def follow_chains(heads, links, keys, numbers, wanted):  # type: ignore[no-untyped-def]
    """Look keys up in a table of chains: places of those found, and the documents' numbers.

    Removed documents, whose numbers are negative, are passed over.
    """
    mask = u64(heads.size - 1)
    hits = np.empty(64 + wanted.size, np.int64)
    found = np.empty(hits.size, np.int64)
    m = i64(0)
    for i in range(wanted.size):
        at = heads[(wanted[i] >> _1) & mask] - 1
        while at >= 0:
            if keys[at] == wanted[i] and numbers[at] >= 0:
                if m == hits.size:
                    hits = np.concatenate((hits, np.empty_like(hits)))
                    found = np.concatenate((found, np.empty_like(found)))
                hits[m] = i
                found[m] = numbers[at]
                m += 1
            at = links[at] - 1
    return hits[:m], found[:m]
