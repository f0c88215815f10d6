"""Runs of equal tokens: tokens as numbers, and which windows of them stand more than once.

Windows are told apart by a hash and then compared token by token, so that no two are taken for
equal that are not.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.hashing import GOLD, LOW_HALF, mix
from cython.cimports.dedup.kernels.source import Source
from cython.cimports.dedup.kernels.tokens import Tokenizer

FIRST_BITS = cython.declare(cython.int, 12)  # of the vocabulary's size when it is new
MOST = cython.declare(cython.ulonglong, 0xFFFFFFFE)  # numbers of tokens, and places of tokens


@cython.cclass
class Vocabulary:
    """A number for each token, from 1 in the order in which they are met; see the stub.

    An open hash table of a power of two places, at most half of them taken: each search ends at an
    empty one. ``keys`` are hashes of tokens, ``values`` their numbers, 0 where a place is empty.
    """

    keys: cython.ulonglong[::1]
    values: cython.uint[::1]
    known: cython.Py_ssize_t
    shift: cython.int

    def __init__(self):
        self.shift = 64 - FIRST_BITS
        self.keys = np.empty(1 << FIRST_BITS, np.uint64)
        self.values = np.zeros(1 << FIRST_BITS, np.uint32)

    @cython.cfunc
    def grow(self):
        """Double the table."""
        keys: cython.ulonglong[::1] = self.keys
        values: cython.uint[::1] = self.values
        size: cython.Py_ssize_t = 2 * keys.shape[0]
        at: cython.ulonglong
        i: cython.Py_ssize_t
        self.keys = np.empty(size, np.uint64)
        self.values = np.zeros(size, np.uint32)
        self.shift -= 1
        for i in range(keys.shape[0]):
            if values[i]:
                at = keys[i] >> self.shift
                while self.values[at]:
                    at = (at + 1) & (size - 1)
                self.keys[at] = keys[i]
                self.values[at] = values[i]

    def numbers(self, texts, fold) -> tuple:
        """The tokens of many texts as numbers; see the stub."""
        source: Source = Source(texts)
        tokenizer: Tokenizer = Tokenizer(fold, 0)
        out_array = np.empty(source.total // 2 + source.count + 1024, np.uint32)
        counts_array = np.zeros(source.count, np.int64)
        out: cython.uint[::1] = out_array
        counts: cython.longlong[::1] = counts_array
        over: cython.bint
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t
        m: cython.Py_ssize_t = 0
        h: cython.ulonglong
        at: cython.ulonglong
        wrap: cython.ulonglong
        with cython.nogil:
            for i in range(source.count):
                source.open(i)
                tokenizer.reset(source.text, source.size)
                over = False
                while not over:
                    over = tokenizer.pos == tokenizer.end
                    n = tokenizer.take(0)
                    counts[i] += n
                    if m + n >= out.shape[0] or 2 * (self.known + n) > self.keys.shape[0]:
                        with cython.gil:
                            while 2 * (self.known + n) > self.keys.shape[0]:
                                self.grow()
                            if m + n >= out.shape[0]:
                                more = np.empty(m + 2 * n + 1, np.uint32)
                                out_array = np.concatenate((out_array, more))
                                out = out_array
                            if cython.cast(cython.ulonglong, self.known + n) > MOST:
                                raise ValueError("there are more than 4 billion different tokens")
                    wrap = cython.cast(cython.ulonglong, self.keys.shape[0]) - 1
                    for j in range(n):
                        h = tokenizer.tokens[j]
                        at = h >> self.shift
                        while self.values[at] and self.keys[at] != h:
                            at = (at + 1) & wrap
                        if self.values[at] == 0:
                            self.known += 1
                            self.keys[at] = h
                            self.values[at] = cython.cast(cython.uint, self.known)
                        out[m + j] = self.values[at]
                    m += n
                out[m] = 0
                m += 1
        return out_array[:m], counts_array


def window_keys(
    numbers: cython.const[cython.uint][::1],
    length: cython.Py_ssize_t,
    place_bits: cython.int,
    part: cython.ulonglong,
    parts: cython.ulonglong,
) -> np.ndarray:
    """A hash of each window, with its place in the low bits; see the stub."""
    size: cython.Py_ssize_t = numbers.shape[0]
    one: cython.ulonglong = 1
    if length < 1 or not 0 < place_bits < 64 or size >> place_bits or not 0 < parts <= 1 << 20:
        raise ValueError("windows of a token or more, with room for their places, are needed")
    mask: cython.ulonglong = (one << place_bits) - 1
    room: cython.Py_ssize_t = size // cython.cast(cython.Py_ssize_t, parts)
    out_array = np.empty(room + room // 16 + 1024, np.uint64)
    out: cython.ulonglong[::1] = out_array
    top: cython.ulonglong = 1
    h: cython.ulonglong = 0
    key: cython.ulonglong
    i: cython.Py_ssize_t
    held: cython.Py_ssize_t = 0
    m: cython.Py_ssize_t = 0
    with cython.nogil:
        for _ in range(length):
            top *= GOLD
        for i in range(size):
            if numbers[i] == 0:
                h = 0
                held = 0
                continue
            h = h * GOLD + numbers[i]
            held += 1
            if held < length:
                continue
            if held > length:  # then the token before the window is in `numbers` as well
                h -= numbers[i - length] * top
            key = mix(h)
            if parts > 1 and (key & LOW_HALF) * parts >> 32 != part:
                continue
            if m == out.shape[0]:
                with cython.gil:
                    out_array = np.concatenate((out_array, np.empty(m // 4 + 1024, np.uint64)))
                    out = out_array
            out[m] = key & ~mask | cython.cast(cython.ulonglong, i - length + 1)
            m += 1
    return out_array[:m]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _equal(
    numbers: cython.const[cython.uint][::1],
    a: cython.Py_ssize_t,
    b: cython.Py_ssize_t,
    length: cython.Py_ssize_t,
) -> cython.bint:
    """Whether two windows hold the same tokens; both lie in the array."""
    i: cython.Py_ssize_t = 0
    while i < length and numbers[a + i] == numbers[b + i]:
        i += 1
    return i == length


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _leave(classes: cython.uint[::1], flags: cython.uchar[::1]) -> cython.void:
    """Leave only classes that have a flag at their first window."""
    p: cython.Py_ssize_t
    for p in range(classes.shape[0]):
        if classes[p] and flags[classes[p] - 1] == 0:
            classes[p] = 0


def group_windows(
    keys: cython.const[cython.ulonglong][::1],
    place_bits: cython.int,
    classes: cython.uint[::1],
) -> None:
    """Write for each window the first one with the same hash; see the stub."""
    size: cython.Py_ssize_t = keys.shape[0]
    one: cython.ulonglong = 1
    if not 0 < place_bits <= 32:
        raise ValueError("places have 1 to 32 bits")
    mask: cython.ulonglong = (one << place_bits) - 1
    if size and _last_place(keys, mask) >= cython.cast(cython.ulonglong, classes.shape[0]):
        raise ValueError("a window lies outside of the tokens")
    start: cython.Py_ssize_t = 0
    stop: cython.Py_ssize_t
    k: cython.Py_ssize_t
    with cython.nogil:
        while start < size:
            stop = start + 1
            while stop < size and (keys[stop] ^ keys[start]) & ~mask == 0:
                stop += 1
            if stop > start + 1:
                for k in range(start, stop):
                    classes[keys[k] & mask] = cython.cast(cython.uint, (keys[start] & mask) + 1)
            start = stop


def verify_windows(
    numbers: cython.const[cython.uint][::1],
    length: cython.Py_ssize_t,
    border: cython.Py_ssize_t,
    classes: cython.uint[::1],
) -> np.ndarray:
    """See token by token that windows of a class are equal; see the stub."""
    size: cython.Py_ssize_t = numbers.shape[0]
    if length < 1 or classes.shape[0] != size or cython.cast(cython.ulonglong, size) > MOST:
        raise ValueError("windows of a token or more, and a class for each place, are needed")
    flags: cython.uchar[::1] = np.zeros(size, np.uint8)
    odd_array = np.empty(64, np.int64)
    odd: cython.longlong[::1] = odd_array
    p: cython.Py_ssize_t
    r: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    before: cython.Py_ssize_t = -1  # the first window that equals the one before this, or -1
    wrong: cython.bint = False
    with cython.nogil:
        for p in range(size):
            if classes[p] == 0:
                before = -1
                continue
            r = cython.cast(cython.Py_ssize_t, classes[p]) - 1
            if r > p or classes[r] != r + 1 or p + length > size:
                wrong = True
                break
            if r < p:
                # Where the windows before are equal, only the last token is new.
                if not (
                    numbers[r + length - 1] == numbers[p + length - 1]
                    if before >= 0 and before == r - 1
                    else _equal(numbers, r, p, length)
                ):
                    if m == odd.shape[0]:
                        with cython.gil:
                            odd_array = np.concatenate((odd_array, np.empty(m, np.int64)))
                            odd = odd_array
                    odd[m] = p
                    m += 1
                    classes[p] = 0
                    before = -1
                    continue
                if border < 0 or r < border <= p:
                    flags[r] = 1
            before = r
        if not wrong:
            _leave(classes, flags)
    if wrong:
        raise ValueError(f"the class of window {p} has no first window")
    return odd_array[:m]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _last_place(
    keys: cython.const[cython.ulonglong][::1], mask: cython.ulonglong
) -> cython.ulonglong:
    """The last place among the windows."""
    last: cython.ulonglong = 0
    k: cython.Py_ssize_t
    for k in range(keys.shape[0]):
        last = max(last, keys[k] & mask)
    return last
