"""What the words of short texts say: words and pairs of words, hashed to rows of a table."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import GOLD, mix
from cython.cimports.dedup.kernels.tokens import Tokenizer
from cython.cimports.libc.math import sqrt

_BYTES = cython.declare(cython.Py_ssize_t, 240)  # of a text, from its beginning
_WORDS = cython.declare(cython.Py_ssize_t, 40)  # ... and so many tokens
_MOST = cython.declare(cython.Py_ssize_t, 82)  # two grams per token, and two for the whole
_WHOLE = cython.declare(cython.Py_ssize_t, 6)  # tokens of a text that is one gram as a whole
_LENGTH = cython.declare(cython.Py_ssize_t, 8)  # tokens from which texts are equally long
_PAIR = cython.declare(cython.ulonglong, 0xA4093822299F31D0)  # the digits of pi, as are the next
_ALL = cython.declare(cython.ulonglong, 0x082EFA98EC4E6C89)
_SIZE = cython.declare(cython.ulonglong, 0x452821E638D01377)
_COLUMNS = cython.declare(cython.Py_ssize_t, 16)
_BRIEF = cython.declare(cython.float, 12)  # tokens of a block that can be the head of others
_REACH = cython.declare(cython.Py_ssize_t, 30)  # blocks that a heading is the head of
_HEADS = cython.declare(cython.Py_ssize_t, 3)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _grams(
    tokenizer: Tokenizer,
    text: cython.pointer[cython.const[cython.uchar]],
    size: cython.Py_ssize_t,
    out: cython.p_uint,
) -> cython.Py_ssize_t:
    """The grams of one text: at most `_MOST`, no fewer than one."""
    tokenizer.reset(text, min(size, _BYTES))
    # A turn of the tokenizer holds more than `_BYTES` can make: the rest of the text and its end.
    words: cython.Py_ssize_t = tokenizer.take(0)
    words = min(tokenizer.take(words), _WORDS)
    n: cython.Py_ssize_t = 0
    k: cython.Py_ssize_t
    whole: cython.ulonglong = _ALL
    tokens: cython.ulonglong[::1] = tokenizer.tokens
    for k in range(words):
        out[n] = mix(tokens[k]) >> 32
        n += 1
        whole = (whole ^ tokens[k]) * GOLD
        if k > 0:
            out[n] = mix((tokens[k - 1] ^ _PAIR) * GOLD + tokens[k]) >> 32
            n += 1
    if words <= _WHOLE:
        out[n] = mix(whole) >> 32
        n += 1
    out[n] = mix(_SIZE + min(words, _LENGTH)) >> 32
    return n + 1


@cython.cfunc
@cython.exceptval(-1)
def _bounds(
    text: cython.const[cython.uchar][::1], begins: cython.longlong[::1]
) -> cython.Py_ssize_t:
    """Where each text begins, and past its end the next one's NUL byte."""
    size: cython.Py_ssize_t = text.shape[0]
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = 0
    blocks: cython.Py_ssize_t = begins.shape[0] - 1
    if size and text[0] != 0:
        raise ValueError("each text stands after a NUL byte")
    for i in range(size):
        if text[i] == 0:
            if n < blocks:
                begins[n] = i + 1
            n += 1
    if n != blocks:
        raise ValueError(f"{blocks} texts were expected, {n} are there")
    begins[blocks] = size + 1
    return n


def grams(text: cython.const[cython.uchar][::1], fold, blocks: cython.Py_ssize_t) -> tuple:
    """The grams of each text; see the stub."""
    begins: cython.longlong[::1] = np.zeros(blocks + 1, np.int64)
    _bounds(text, begins)
    tokenizer: Tokenizer = Tokenizer(fold, 0)
    offsets_array = np.zeros(blocks + 1, np.int64)
    offsets: cython.longlong[::1] = offsets_array
    ids_array = np.zeros(blocks * _MOST + 1, np.uint32)
    ids: cython.uint[::1] = ids_array
    b: cython.Py_ssize_t
    size: cython.Py_ssize_t
    with cython.nogil:
        for b in range(blocks):
            size = begins[b + 1] - 1 - begins[b]
            offsets[b + 1] = offsets[b] + _grams(
                tokenizer, _at(text, begins[b]), size, cython.address(ids[offsets[b]])
            )
    return offsets_array, ids_array[: offsets[blocks]]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _at(
    text: cython.const[cython.uchar][::1], place: cython.Py_ssize_t
) -> cython.pointer[cython.const[cython.uchar]]:
    """A pointer into a text, or past its end."""
    return cython.address(text[0]) + place


def heads(
    tokens: cython.const[cython.float][::1],
    context: cython.const[cython.int][:, ::1],
    out: cython.int[:, ::1],
) -> None:
    """Find the short blocks that stand over each block; see the stub."""
    blocks: cython.Py_ssize_t = tokens.shape[0]
    if (
        context.shape[0] != blocks
        or context.shape[1] != 10
        or out.shape[0] != blocks
        or out.shape[1] != _HEADS
    ):
        raise ValueError("the columns of the blocks differ in length")
    b: cython.Py_ssize_t
    k: cython.Py_ssize_t
    j: cython.Py_ssize_t
    head: cython.Py_ssize_t
    last: cython.Py_ssize_t = -1
    with cython.nogil:
        for b in range(blocks):
            for k in range(_HEADS):
                head = last if b - last < _REACH else -1
                if k < 2:
                    head = context[b, 2 * k]
                if not 0 <= head < b or tokens[head] > _BRIEF:
                    head = -1
                for j in range(k):
                    if out[b, j] == head:
                        head = -1
                out[b, k] = cython.cast(cython.int, head)
            if context[b, 9] != 0:
                last = b


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _add(
    ids: cython.p_uint,
    count: cython.Py_ssize_t,
    table: cython.const[cython.schar][:, ::1],
    first: cython.Py_ssize_t,
    rows: cython.Py_ssize_t,
    scale: cython.const[cython.float][::1],
    out: cython.p_float,
) -> cython.void:
    """Add the rows of a text's grams, which lie in ``rows`` rows of the table from ``first`` on."""
    sums = cython.declare(cython.int[16])
    row: cython.pointer[cython.const[cython.schar]]
    g: cython.Py_ssize_t
    k: cython.Py_ssize_t
    share: cython.float = 1 / sqrt(cython.cast(cython.float, count))
    for k in range(_COLUMNS):
        sums[k] = 0
    for g in range(count):
        row = cython.address(table[first + ids[g] % rows, 0])
        for k in range(_COLUMNS):
            sums[k] += row[k]
    for k in range(scale.shape[0]):
        out[k] += share * scale[k] * sums[k]


def add_words(
    text: cython.const[cython.uchar][::1],
    fold,
    table: cython.const[cython.schar][:, ::1],
    of_heads: cython.Py_ssize_t,
    scale: cython.const[cython.float][::1],
    over: cython.const[cython.int][:, ::1],
    out: cython.float[:, ::1],
) -> None:
    """Add what the words of each text and of its heads say; see the stub."""
    blocks: cython.Py_ssize_t = out.shape[0]
    kinds: cython.Py_ssize_t = scale.shape[0]
    own: cython.Py_ssize_t = table.shape[0] - of_heads
    if (
        over.shape[0] != blocks
        or over.shape[1] != _HEADS
        or out.shape[1] != kinds
        or kinds > _COLUMNS
        or table.shape[1] != _COLUMNS
        or own <= 0
        or of_heads <= 0
    ):
        raise ValueError("the shapes of the table and of the columns do not belong together")
    begins: cython.longlong[::1] = np.zeros(blocks + 1, np.int64)
    _bounds(text, begins)
    tokenizer: Tokenizer = Tokenizer(fold, 0)
    ids = cython.declare(cython.uint[82])
    place: cython.int[::1] = np.full(blocks, -1, np.int32)  # of a head among the heads
    b: cython.Py_ssize_t
    k: cython.Py_ssize_t
    j: cython.Py_ssize_t
    n: cython.Py_ssize_t
    found: cython.int = 0
    for b in range(blocks):
        for k in range(_HEADS):
            if not -1 <= over[b, k] < blocks:
                raise ValueError(f"a head of block {b} is no block")
            if over[b, k] >= 0 and place[over[b, k]] < 0:
                place[over[b, k]] = found
                found += 1
    said: cython.float[:, ::1] = np.zeros((max(found, 1), max(kinds, 1)), np.float32)
    with cython.nogil:
        for b in range(blocks):
            n = _grams(
                tokenizer,
                _at(text, begins[b]),
                begins[b + 1] - 1 - begins[b],
                cython.address(ids[0]),
            )
            _add(cython.address(ids[0]), n, table, 0, own, scale, cython.address(out[b, 0]))
            if place[b] >= 0:
                _add(
                    cython.address(ids[0]),
                    n,
                    table,
                    own,
                    of_heads,
                    scale,
                    cython.address(said[place[b], 0]),
                )
        for b in range(blocks):
            for k in range(_HEADS):
                if over[b, k] >= 0:
                    for j in range(kinds):
                        out[b, j] += said[place[over[b, k]], j]
