"""Sorted postings in packed blocks, with filters.

A segment spreads its postings over blocks by ranges of keys of one size, so that a key's block is
found by a multiplication.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import load8, mix
from cython.cimports.dedup.kernels.layout import (
    BLOCK_HEAD,
    BLOCK_TAIL,
    KEY_BITS,
    LINE_WORDS,
    LINES,
    NUMBER_BITS,
    UNCAPPED,
)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _first_key(block: cython.ulonglong, blocks: cython.ulonglong) -> cython.ulonglong:
    """The smallest key of a block: the ceiling of ``block * 2**KEY_BITS / blocks``."""
    return ((block << KEY_BITS) + blocks - 1) // blocks


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _key_bits(blocks: cython.ulonglong) -> cython.int:
    """Of a key less the first of its block."""
    span: cython.ulonglong = _first_key(1, blocks) + 1
    bits: cython.int = 0
    while span >> bits > 0:
        bits += 1
    return bits


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _read(
    data: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    place: cython.ulonglong,
    width: cython.int,
) -> cython.ulonglong:
    """Posting ``place`` of the block at byte ``at``, in ``width`` bits.

    `_count` saw to it that the block, with the bytes past it, lies in the data.
    """
    bit: cython.ulonglong = place * width
    word: cython.ulonglong = load8(
        cython.address(data[at + BLOCK_HEAD + cython.cast(cython.Py_ssize_t, bit >> 3)])
    )
    return (word >> (bit & 7)) & ((cython.cast(cython.ulonglong, 1) << width) - 1)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _count(
    data: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, width: cython.int
) -> cython.ulonglong:
    """The number of postings of the block at byte ``at``; no more than lie in the data.

    A damaged file may tell any number.
    """
    room: cython.Py_ssize_t = data.shape[0] - at - BLOCK_HEAD - BLOCK_TAIL
    if at < 0 or room < 0:
        return 0
    count: cython.ulonglong = data[at] | data[at + 1] << 8 | data[at + 2] << 16
    count |= cython.cast(cython.ulonglong, data[at + 3]) << 24
    return min(count, cython.cast(cython.ulonglong, room) * 8 // width)


def _check(blocks, number_bits):  # type: ignore[no-untyped-def]
    """Refuse a layout whose postings do not fit into eight bytes at any bit."""
    if not 1 <= blocks <= 1 << 20 or not 1 <= number_bits <= NUMBER_BITS:
        raise ValueError("a segment has 1 to 1,048,576 blocks and numbers of 1 to 24 bits")
    if _key_bits(blocks) + number_bits > 57:
        raise ValueError("a posting takes more than 57 bits: more blocks are needed")


def _check_places(places, end):  # type: ignore[no-untyped-def]
    """Refuse places outside of an array."""
    if places.shape[0] and (np.min(places) < 0 or np.max(places) >= end):
        raise ValueError("there is no such key or block")


def pack_blocks(  # noqa: PLR0915 - declarations, and one loop
    words: cython.const[cython.ulonglong][::1],
    portion: tuple,
    blocks: cython.ulonglong,
    number_bits: cython.int,
    cap: cython.Py_ssize_t,
) -> tuple:
    """Pack sorted postings into blocks; see the stub."""
    first: cython.Py_ssize_t = portion[0]
    last: cython.Py_ssize_t = portion[1]
    _check(blocks, number_bits)
    if not 0 <= first <= last <= blocks:
        raise ValueError("there are no such blocks")
    width: cython.int = _key_bits(blocks) + number_bits
    size: cython.Py_ssize_t = words.shape[0]
    room: cython.Py_ssize_t = size * width // 8
    out_array = np.zeros(room + (last - first) * (BLOCK_HEAD + BLOCK_TAIL + 1) + 8, np.uint8)
    offsets_array = np.zeros(last - first + 1, np.int64)
    lines_array = np.zeros((last - first) * LINES * LINE_WORDS, np.uint64)
    out: cython.uchar[::1] = out_array
    offsets: cython.longlong[::1] = offsets_array
    lines: cython.ulonglong[::1] = lines_array
    base: cython.ulonglong = first * LINES
    numbers: cython.ulonglong = (cython.cast(cython.ulonglong, 1) << number_bits) - 1
    one: cython.ulonglong = 1
    at: cython.Py_ssize_t = 0
    p: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    block: cython.Py_ssize_t
    j: cython.int
    _turn: cython.int
    n: cython.ulonglong
    bit: cython.ulonglong
    word: cython.ulonglong
    key: cython.ulonglong
    held: cython.ulonglong
    same: cython.Py_ssize_t
    begin: cython.ulonglong
    end: cython.ulonglong
    mixed: cython.ulonglong
    line: cython.ulonglong
    with cython.nogil:
        for block in range(first, last):
            begin = _first_key(block, blocks)
            end = _first_key(block + 1, blocks)
            n = 0
            held = ~cython.cast(cython.ulonglong, 0)
            same = 0
            # Words below the block, which a sorted input has none of, would not fit.
            while p < size and words[p] >> NUMBER_BITS < end:
                key = words[p] >> NUMBER_BITS
                if key < begin:
                    p += 1
                    continue
                same = same + 1 if key == held else 1
                held = key
                if same <= cap + 1 or key & UNCAPPED > 0:
                    word = (key - begin) << number_bits | words[p] & numbers
                    bit = n * width
                    place = at + BLOCK_HEAD + cython.cast(cython.Py_ssize_t, bit >> 3)
                    word <<= bit & 7
                    while word > 0:
                        out[place] |= cython.cast(cython.uchar, word & 255)
                        word >>= 8
                        place += 1
                    n += 1
                if same == 1:
                    mixed = mix(key)
                    line = ((key * (blocks * LINES)) >> KEY_BITS) - base
                    for _turn in range(3):
                        bit = mixed & 511
                        lines[line * LINE_WORDS + (bit >> 6)] |= one << (bit & 63)
                        mixed >>= 9
                p += 1
            for j in range(4):
                out[at + j] = cython.cast(cython.uchar, (n >> (8 * j)) & 255)
            at += BLOCK_HEAD + BLOCK_TAIL + cython.cast(cython.Py_ssize_t, (n * width + 7) >> 3)
            offsets[block - first + 1] = at
    return out_array[:at], offsets_array, lines_array


def unpack_blocks(
    data: cython.const[cython.uchar][::1],
    offsets: cython.const[cython.longlong][::1],
    first: cython.Py_ssize_t,
    blocks: cython.ulonglong,
    number_bits: cython.int,
    shift: cython.longlong,
) -> np.ndarray:
    """The postings of the blocks from ``first`` on, sorted; see the stub."""
    _check(blocks, number_bits)
    width: cython.int = _key_bits(blocks) + number_bits
    numbers: cython.ulonglong = (cython.cast(cython.ulonglong, 1) << number_bits) - 1
    total: cython.ulonglong = 0
    i: cython.Py_ssize_t
    p: cython.ulonglong
    m: cython.Py_ssize_t = 0
    begin: cython.ulonglong
    word: cython.ulonglong
    number: cython.ulonglong
    for i in range(offsets.shape[0]):
        total += _count(data, offsets[i], width)
    found = np.empty(total, np.uint64)
    words: cython.ulonglong[::1] = found
    with cython.nogil:
        for i in range(offsets.shape[0]):
            begin = _first_key(first + i, blocks)
            for p in range(_count(data, offsets[i], width)):
                word = _read(data, offsets[i], p, width)
                number = (word & numbers) + cython.cast(cython.ulonglong, shift)
                words[m] = ((word >> number_bits) + begin) << NUMBER_BITS | number
                m += 1
    return found


def probe(
    keys: cython.const[cython.ulonglong][::1],
    lines: cython.const[cython.ulonglong][::1],
    blocks: cython.ulonglong,
    low: cython.ulonglong,
    high: cython.ulonglong,
) -> tuple:
    """Which keys a segment's filter lets through, and their blocks; see the stub."""
    top: cython.ulonglong = cython.cast(cython.ulonglong, 1) << KEY_BITS
    if not 1 <= blocks <= 1 << 20 or high > top:
        raise ValueError("a segment has 1 to 1,048,576 blocks, and keys of 40 bits")
    filtered: cython.bint = lines.shape[0] > 0
    if filtered and lines.shape[0] != blocks * LINES * LINE_WORDS:
        raise ValueError("the filter is one of another number of blocks")
    places_array = np.empty(keys.shape[0], np.int64)
    found_array = np.empty(keys.shape[0], np.int64)
    places: cython.longlong[::1] = places_array
    found: cython.longlong[::1] = found_array
    i: cython.Py_ssize_t
    _turn: cython.int
    m: cython.Py_ssize_t = 0
    key: cython.ulonglong
    hit: cython.ulonglong
    line: cython.ulonglong
    mixed: cython.ulonglong
    bit: cython.ulonglong
    with cython.nogil:
        for i in range(keys.shape[0]):
            key = keys[i]
            if key < low or key >= high:
                continue
            hit = 1
            if filtered:
                # A key below 2**KEY_BITS has a line below blocks * LINES.
                line = ((key * (blocks * LINES)) >> KEY_BITS) * LINE_WORDS
                mixed = mix(key)
                for _turn in range(3):
                    bit = mixed & 511
                    hit &= lines[line + (bit >> 6)] >> (bit & 63)
                    mixed >>= 9
            if hit == 1:
                places[m] = i
                found[m] = cython.cast(cython.longlong, (key * blocks) >> KEY_BITS)
                m += 1
    return places_array[:m], found_array[:m]


def find(  # noqa: PLR0915 - declarations, and one loop
    data: cython.const[cython.uchar][::1],
    offsets: cython.const[cython.longlong][::1],
    which: cython.const[cython.longlong][::1],
    asked: tuple,
    segment: tuple,
) -> tuple:
    """Look keys up in their blocks; see the stub."""
    keys: cython.const[cython.ulonglong][::1] = asked[0]
    places: cython.const[cython.longlong][::1] = asked[1]
    block: cython.const[cython.longlong][::1] = asked[2]
    blocks: cython.ulonglong = segment[0]
    number_bits: cython.int = segment[1]
    base: cython.longlong = segment[2]
    _check(blocks, number_bits)
    size: cython.Py_ssize_t = places.shape[0]
    if which.shape[0] != size or block.shape[0] != size:
        raise ValueError("each key that is looked up has a block")
    _check_places(which, offsets.shape[0])
    _check_places(places, keys.shape[0])
    _check_places(block, blocks)
    width: cython.int = _key_bits(blocks) + number_bits
    numbers: cython.ulonglong = (cython.cast(cython.ulonglong, 1) << number_bits) - 1
    hits_array = np.empty((64 + size, 2), np.int64)
    hits: cython.longlong[:, ::1] = hits_array
    m: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    at: cython.Py_ssize_t
    key: cython.ulonglong
    count: cython.ulonglong
    left: cython.ulonglong
    right: cython.ulonglong
    middle: cython.ulonglong
    word: cython.ulonglong
    with cython.nogil:
        for i in range(size):
            at = offsets[which[i]]
            key = keys[places[i]] - _first_key(block[i], blocks)
            count = _count(data, at, width)
            left = 0
            right = count
            while left < right:
                middle = (left + right) >> 1
                if _read(data, at, middle, width) >> number_bits < key:
                    left = middle + 1
                else:
                    right = middle
            while left < count:
                word = _read(data, at, left, width)
                if word >> number_bits != key:
                    break
                if m == hits.shape[0]:
                    with cython.gil:
                        hits_array = np.concatenate((hits_array, np.empty_like(hits_array)))
                        hits = hits_array
                hits[m, 0] = places[i]
                hits[m, 1] = base + cython.cast(cython.longlong, word & numbers)
                m += 1
                left += 1
    return hits_array[:m, 0].copy(), hits_array[:m, 1].copy()
