"""The hashes of runs of tokens (shingles)."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.folding import BATCH, ROOM
from cython.cimports.dedup.kernels.hashing import GOLD, mix
from cython.cimports.dedup.kernels.source import Source
from cython.cimports.dedup.kernels.tokens import Tokenizer


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def roll(
    tokens: cython.ulonglong[::1],
    n: cython.Py_ssize_t,
    size: cython.Py_ssize_t,
    out: cython.ulonglong[::1],
    m: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Append the shingles of ``tokens[:n]`` to ``out`` from place ``m``; returns the new end.

    A polynomial in an odd number, rolled along (Karp and Rabin 1987), then mixed. The caller sees
    to it that ``out`` has room for ``n`` more.
    """
    top: cython.ulonglong = 1
    h: cython.ulonglong = 0
    j: cython.Py_ssize_t
    at: cython.Py_ssize_t
    if n < size:
        return m
    for j in range(size - 1):
        top *= GOLD
        h = (h + tokens[j]) * GOLD
    for at in range(n - size + 1):
        out[m + at] = mix(h + tokens[at + size - 1])
        h = h * GOLD + (tokens[at + size - 1] - tokens[at] * top) * GOLD
    return m + n - size + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def keep_last(
    tokens: cython.ulonglong[::1], n: cython.Py_ssize_t, size: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """Move the tokens that the next shingles begin with to the front; returns their number."""
    j: cython.Py_ssize_t
    if n < size:
        return n
    for j in range(size - 1):
        tokens[j] = tokens[n - size + 1 + j]
    return size - 1


@cython.ccall
@cython.exceptval(-1)
def check_size(size: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Refuse shingles of no token, and those that the arrays have no room for."""
    if not 1 <= size <= 1 << 16:
        raise ValueError("a shingle has 1 to 65,536 tokens")
    return size


def shingles(texts, fold, size: cython.Py_ssize_t) -> tuple:  # type: ignore[no-untyped-def]
    """Every shingle of many texts; see the stub."""
    source: Source = Source(texts)
    count: cython.Py_ssize_t = source.count
    out_array = np.empty(source.total // 3 + 2 * (BATCH + ROOM), np.uint64)
    offsets_array = np.zeros(count + 1, np.int64)
    keys_array = np.empty((count, 2), np.uint64)
    counts_array = np.empty(count, np.int64)
    out: cython.ulonglong[::1] = out_array
    offsets: cython.longlong[::1] = offsets_array
    keys: cython.ulonglong[:, ::1] = keys_array
    counts: cython.longlong[::1] = counts_array
    tokenizer: Tokenizer = Tokenizer(fold, check_size(size))
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    held: cython.Py_ssize_t
    tokens: cython.Py_ssize_t
    over: cython.bint
    with cython.nogil:
        for i in range(count):
            source.open(i)
            tokenizer.reset(source.text, source.size)
            n = 0
            tokens = 0
            over = False
            while not over:
                over = tokenizer.pos == tokenizer.end
                held = n
                n = tokenizer.take(n)
                tokens += n - held
                if m + n > out.shape[0]:
                    with cython.gil:
                        out_array = np.concatenate((out_array, np.empty(m + n, np.uint64)))
                        out = out_array
                m = roll(tokenizer.tokens, n, size, out, m)
                n = keep_last(tokenizer.tokens, n, size)
            counts[i] = tokens
            offsets[i + 1] = m
            keys[i, 0] = tokenizer.key_a
            keys[i, 1] = tokenizer.key_b
    return out_array[:m], offsets_array, keys_array, counts_array
