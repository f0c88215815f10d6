"""Plain words: runs of ASCII letters and digits, found by bit masks of 64 bytes.

The tokeniser reads any text code point by code point. Where the next 64 bytes are plain, most of
all in Latin script, they are read here: one bit for each byte says whether it is a letter, so that
the next word is two counts of zero bits away, whatever came before.
"""

import cython
from cython.cimports.dedup.kernels.folding import (
    CODE_MASK,
    EVERY,
    PARTED,
    SEED,
)
from cython.cimports.dedup.kernels.hashing import GOLD, MIX_A, MIX_B, load8, trailing_zeros
from cython.cimports.dedup.kernels.words import ALL, REACH, WINDOW, Masks, Reading, look


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def absorb(
    h: cython.ulonglong, block: cython.ulonglong, fill: cython.ulonglong
) -> cython.ulonglong:
    """Take up to eight letters (``fill`` bits of ``block``) into the hash of a word."""
    h = (h ^ block ^ (fill << 56 if fill < 64 else 0)) * GOLD
    return h ^ (h >> 32)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _value(
    place: cython.pointer[cython.const[cython.uchar]],
    size: cython.Py_ssize_t,
    entries: cython.pointer[cython.const[cython.uint]],
) -> cython.ulonglong:
    """The hash of a word, or where ``size`` is 0 what a symbol counts for in the keys.

    Sixteen bytes can be read from its beginning, or all that it has.

    Most words have up to sixteen letters. Both halves are always hashed, since a branch on the
    length of a word is taken one way as often as the other.
    """
    long: cython.ulonglong
    word: cython.ulonglong
    h: cython.ulonglong
    second: cython.ulonglong
    many: cython.Py_ssize_t
    rest: cython.Py_ssize_t
    block: cython.ulonglong
    h = SEED
    while size > 16:
        h = absorb(h, load8(place) | 0x20 * EVERY, 64)
        place += 8
        size -= 8
    symbol: cython.ulonglong = (entries[place[0]] & CODE_MASK) ^ PARTED
    long = 0 - cython.cast(cython.ulonglong, size > 8)
    word = 0 - cython.cast(cython.ulonglong, size > 0)
    many = min(size, 8)
    rest = max(size - 8, 1)
    block = (load8(place) | 0x20 * EVERY) & (ALL >> (64 - 8 * many & 63))
    h = (h ^ block ^ (cython.cast(cython.ulonglong, many & 7) << 59)) * GOLD
    h ^= h >> 32
    block = (load8(place + 8) | 0x20 * EVERY) & (ALL >> (64 - 8 * rest))
    second = (h ^ block ^ (cython.cast(cython.ulonglong, rest & 7) << 59)) * GOLD
    second ^= second >> 32
    h ^= (h ^ second) & long
    h = (h ^ (h >> 33)) * MIX_B
    return symbol ^ ((symbol ^ h) & word)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def plain_words(
    data: cython.pointer[cython.const[cython.uchar]],
    end: cython.Py_ssize_t,
    entries: cython.pointer[cython.const[cython.uint]],
    tokens: cython.p_ulonglong,
    reading: cython.pointer[Reading],
) -> cython.void:
    """Take the words of the next 64 bytes, and the symbols between them.

    What is read stops where the window ends, or at the first byte that is no ASCII. A word that
    reaches as far stays, since it may go on. Nothing is read where fewer than `REACH` bytes are
    left, nor of a word that is longer than the window.

    A window has at most 32 words, for which ``tokens`` must have room. Bytes are loaded below
    ``pos + REACH`` only; entries are those of ASCII characters, of which no letter and no digit is
    a symbol, and all others are symbols or white space.
    """
    starts = cython.declare(cython.uchar[64])
    sizes = cython.declare(cython.uchar[64])
    values = cython.declare(cython.ulonglong[64])
    masks = cython.declare(Masks)
    events: cython.ulonglong  # where a word begins, or a symbol stands
    key_a: cython.ulonglong = reading.key_a
    key_b: cython.ulonglong = reading.key_b
    plain: cython.Py_ssize_t  # bytes before the first that is no ASCII
    at: cython.Py_ssize_t
    size: cython.Py_ssize_t
    count: cython.Py_ssize_t = 0
    n: cython.Py_ssize_t = reading.tokens
    i: cython.Py_ssize_t
    if reading.pos + REACH > end:
        return
    data += reading.pos
    masks = look(data)
    if masks.letters == ALL:
        return
    plain = trailing_zeros(masks.high) if masks.high != 0 else WINDOW
    events = (masks.letters & ~(masks.letters << 1)) | masks.symbols
    at = plain
    while events != 0:
        i = trailing_zeros(events)
        size = trailing_zeros(~(masks.letters >> i))
        if i + size >= plain:
            at = min(i, plain)
            break
        starts[count] = i
        sizes[count] = size
        count += 1
        events &= events - 1
    for i in range(count):
        values[i] = _value(data + starts[i], sizes[i], entries)
        tokens[n] = values[i]
        n += sizes[i] > 0
    for i in range(count):
        key_a = (key_a ^ values[i]) * GOLD
        key_b = (key_b + values[i]) * MIX_A
    reading.pos += at
    reading.tokens = n
    reading.key_a = key_a
    reading.key_b = key_b
