"""The compiled loops: UTF-8 bytes and offsets (the Arrow string layout) in, hashes out.

Everything folds and tokenises through one function, `_tokens`, so that sketches, shingle sets and
positions can never disagree. The loops hold no lock (``nogil``) and are cached on disk; the first
import after an install compiles them, which takes some seconds and is logged once on the logger
``dedup``.
"""

import logging

import numba as nb
import numpy as np
from numba.core import event

from dedup.text.tables import CLASS_SHIFT, CODE_MASK, LIMIT, Role

logger = logging.getLogger("dedup")


class _SayOnce(event.Listener):  # type: ignore[misc]
    """Logs the first real compilation of the process (loading from the cache is none)."""

    def __init__(self) -> None:
        self.said = False

    def on_start(self, event: object) -> None:
        if not self.said:
            self.said = True
            logger.info("compiling the kernels, once after an install: a few seconds")

    def on_end(self, event: object) -> None:
        pass


event.register("numba:compile", _SayOnce())

U8 = nb.types.Array(nb.uint8, 1, "C", readonly=True)
U32R = nb.types.Array(nb.uint32, 1, "C", readonly=True)
I64R = nb.types.Array(nb.int64, 1, "C", readonly=True)
U64 = nb.uint64[::1]
I64 = nb.int64[::1]
i64 = nb.int64

# Odd multipliers of 64 bits: the golden ratio's (Knuth) and those of MurmurHash3's finaliser.
_GOLD = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xFF51AFD7ED558CCD)
_MIX_B = np.uint64(0xC4CEB9FE1A85EC53)
_SEED = np.uint64(0x243F6A8885A308D3)  # pi, as are the digits below
_BREAK = np.uint64(0x13198A2E03707344)
_33, _29, _32 = np.uint64(33), np.uint64(29), np.uint64(32)

_WORD = np.uint32(Role.WORD)
_CHARACTER = np.uint32(Role.CHARACTER)
_MARK = np.uint32(Role.MARK)
_IGNORED = np.uint32(Role.IGNORED)
_EXPANDED = np.uint32(Role.EXPANDED)
_BREAK_ROLE = np.uint32(Role.BREAK)
_SHIFT = np.uint32(CLASS_SHIFT)
_MASK = np.uint32(CODE_MASK)

# The state of `_tokens` between two calls: role and hash of the open token, its first byte and the
# byte behind it, and two running keys of everything that counts for equality.
STATE = 6
_ROLE, _HASH, _START, _END, _KEY_A, _KEY_B = range(STATE)
_BATCH = 2048  # tokens in one turn: small enough for the first-level cache
_ROOM = 64  # more than any code point expands to


@nb.njit(nb.uint64(nb.uint64), nogil=True, cache=True, inline="always")
def _mix(h):  # type: ignore[no-untyped-def]
    """MurmurHash3's finaliser: every bit of the input reaches every bit of the result."""
    h = (h ^ (h >> _33)) * _MIX_A
    h = (h ^ (h >> _33)) * _MIX_B
    return h ^ (h >> _33)


@nb.njit(
    nb.types.UniTuple(i64, 2)(U8, i64, i64, U32R, U32R, U64, U64, I64, I64, i64),
    nogil=True,
    cache=True,
)
def _tokens(data, pos, end, entries, extra, state, tokens, starts, ends, n):  # type: ignore[no-untyped-def]
    """Tokenise ``data[pos:end]`` until the arrays are full or the text is over.

    Tokens are appended from place ``n``: their hashes, first bytes and the bytes behind them.
    Returns the byte to go on from and the number of tokens; the last call must find ``pos == end``
    to close the open token. Bytes that are no UTF-8 count as symbols.
    """
    role, h = np.uint32(state[_ROLE]), state[_HASH]
    first, last = i64(state[_START]), i64(state[_END])
    key_a, key_b = state[_KEY_A], state[_KEY_B]
    full = tokens.size - _ROOM
    closing = pos == end
    at, more = i64(0), i64(0)  # what is left of a code point that folds to several
    begin = pos
    while (pos < end and n < full) or more or closing:
        if more:
            entry = extra[at]
            at += 1
            more -= 1
        elif closing:
            entry = np.uint32(0)
        else:
            begin = pos
            lead = np.uint32(data[pos])
            code = lead
            if lead < 0x80:
                pos += 1
            elif 0xE0 <= lead < 0xF0 and pos + 2 < end:
                code = (
                    (lead & np.uint32(15)) << np.uint32(12)
                    | np.uint32(data[pos + 1] & 63) << np.uint32(6)
                    | np.uint32(data[pos + 2] & 63)
                )
                pos += 3
            elif 0xC0 <= lead < 0xE0 and pos + 1 < end:
                code = (lead & np.uint32(31)) << np.uint32(6) | np.uint32(data[pos + 1] & 63)
                pos += 2
            elif lead >= 0xF0 and pos + 3 < end:
                code = (
                    (lead & np.uint32(7)) << np.uint32(18)
                    | np.uint32(data[pos + 1] & 63) << np.uint32(12)
                    | np.uint32(data[pos + 2] & 63) << np.uint32(6)
                    | np.uint32(data[pos + 3] & 63)
                )
                pos += 4
            else:
                code = np.uint32(0xFFFD)
                pos += 1
            if code < LIMIT:
                entry = entries[code]
            elif code >> np.uint32(16) == 0xE:
                entry = _IGNORED << _SHIFT
            else:
                entry = _BREAK_ROLE << _SHIFT | (code & _MASK)
        kind = entry >> _SHIFT
        code64 = np.uint64(entry & _MASK)
        if kind >= _MARK:
            if kind == _EXPANDED:
                at = i64(code64)
                more = i64(extra[at])
                at += 1
            elif kind == _MARK and role:  # added, so that the order of two marks does not matter
                h += _mix(code64 ^ _BREAK)
                last = pos
            continue
        if kind != _WORD or role != _WORD:
            if role:
                h = (h ^ (h >> _29)) * _MIX_B
                h ^= h >> _32
                tokens[n] = h
                starts[n] = first
                ends[n] = last
                n += 1
                key_a = (key_a ^ h) * _GOLD
                key_b = (key_b + h) * _MIX_A
            role = kind
            if kind <= _BREAK_ROLE:
                role = np.uint32(0)
                if kind == _BREAK_ROLE:
                    key_a = (key_a ^ code64 ^ _BREAK) * _GOLD
                    key_b = (key_b + (code64 ^ _BREAK)) * _MIX_A
                if closing:
                    break
                continue
            h = _SEED
            first = begin
        h = (h ^ code64) * _GOLD
        if kind == _WORD and not more:
            while pos < end and data[pos] < 0x80:  # most words are plain letters
                entry = entries[data[pos]]
                if entry >> _SHIFT != _WORD:
                    break
                h = (h ^ np.uint64(entry & _MASK)) * _GOLD
                pos += 1
        last = pos
    state[_ROLE], state[_HASH] = role, h
    state[_START], state[_END] = first, last
    state[_KEY_A], state[_KEY_B] = key_a, key_b
    return pos, n


@nb.njit(i64(U64, i64, i64, U64, i64), nogil=True, cache=True)
def _roll(tokens, n, size, out, m):  # type: ignore[no-untyped-def]
    """Append the shingles of ``tokens[:n]`` to ``out`` from place ``m``; returns the new end.

    A polynomial in an odd number, rolled along (Karp and Rabin 1987), then mixed.
    """
    top = np.uint64(1)
    h = np.uint64(0)
    for j in range(size - 1):
        top *= _GOLD
        h = (h + tokens[j]) * _GOLD
    for at in range(n - size + 1):
        h += tokens[at + size - 1]
        out[m + at] = _mix(h)
        h = (h - tokens[at] * top) * _GOLD
    return m + n - size + 1


@nb.njit(
    nb.types.Tuple((U64, I64, nb.uint64[:, ::1], I64))(U8, I64R, I64R, U32R, U32R, i64),
    nogil=True,
    cache=True,
)
def shingles(data, begins, ends, entries, extra, size):  # type: ignore[no-untyped-def]
    """Every shingle of many texts, in order, repeats included.

    Text ``i`` is ``data[begins[i]:ends[i]]``. Returns the hashes one text after the other, the
    offsets of each text in them, two keys that are equal where the folded texts are, and the
    number of tokens of each.
    """
    texts = begins.size
    total = i64(0)
    for i in range(texts):
        total += ends[i] - begins[i]
    out = np.empty(total // 4 + 2 * _BATCH, np.uint64)
    offsets = np.zeros(texts + 1, np.int64)
    keys = np.empty((texts, 2), np.uint64)
    counts = np.empty(texts, np.int64)
    tokens = np.empty(_BATCH + size, np.uint64)
    first = np.empty(_BATCH + size, np.int64)
    last = np.empty(_BATCH + size, np.int64)
    state = np.empty(STATE, np.uint64)
    m = i64(0)
    for i in range(texts):
        state[:] = np.uint64(0)
        pos, end = begins[i], ends[i]
        n = i64(0)
        counts[i] = 0
        over = False
        while not over:
            over = pos == end
            held = n
            pos, n = _tokens(data, pos, end, entries, extra, state, tokens, first, last, n)
            counts[i] += n - held
            if m + n > out.size:
                grown = np.empty(2 * (m + n), np.uint64)
                grown[:m] = out[:m]
                out = grown
            if n >= size:
                m = _roll(tokens, n, size, out, m)
                for j in range(size - 1):
                    tokens[j] = tokens[n - size + 1 + j]
                n = size - 1
        offsets[i + 1] = m
        keys[i, 0], keys[i, 1] = state[_KEY_A], state[_KEY_B]
    return out[:m].copy(), offsets, keys, counts


@nb.njit(nb.types.UniTuple(I64, 2)(U8, U32R, U32R), nogil=True, cache=True)
def spans(data, entries, extra):  # type: ignore[no-untyped-def]
    """The first byte of each token of one text, and the byte behind each."""
    tokens = np.empty(data.size // 2 + 2 * _ROOM, np.uint64)
    starts = np.empty(tokens.size, np.int64)
    ends = np.empty(tokens.size, np.int64)
    state = np.zeros(STATE, np.uint64)
    pos, n = i64(0), i64(0)
    over = False
    while not over:
        over = pos == data.size
        pos, n = _tokens(data, pos, data.size, entries, extra, state, tokens, starts, ends, n)
        if n >= tokens.size - _ROOM:
            tokens = np.empty(2 * tokens.size, np.uint64)
            starts = np.concatenate((starts, np.empty_like(starts)))
            ends = np.concatenate((ends, np.empty_like(ends)))
    return starts[:n].copy(), ends[:n].copy()


@nb.njit(
    nb.types.Tuple((nb.uint32[:, ::1], U64, I64, nb.uint64[:, ::1], I64))(
        U8, I64R, I64R, U32R, U32R, i64, nb.uint16[:, ::1], nb.uint64
    ),
    nogil=True,
    cache=True,
)
def sketches(data, begins, ends, entries, extra, size, ranks, sampled):  # type: ignore[no-untyped-def]
    """One-permutation sketches and sampled shingles of many texts, in one pass.

    Text ``i`` is ``data[begins[i]:ends[i]]``. ``ranks`` says from which slot an empty one borrows
    (see `dedup.text.sketch.borrowing`); a shingle is sampled where the bits of ``sampled`` are all
    zero in its hash. Returns the slots of each text (all ones in a text without shingles), the
    sampled shingles one text after the other, the offsets of each text in them, two keys that are
    equal where the folded texts are, and the number of tokens of each.
    """
    texts, slots = begins.size, ranks.shape[0]
    values = np.empty((texts, slots), np.uint32)
    keys = np.empty((texts, 2), np.uint64)
    counts = np.empty(texts, np.int64)
    offsets = np.zeros(texts + 1, np.int64)
    samples = np.empty(4 * _BATCH, np.uint64)
    tokens = np.empty(_BATCH + size, np.uint64)
    hashes = np.empty(_BATCH + size, np.uint64)
    first = np.empty(_BATCH + size, np.int64)
    last = np.empty(_BATCH + size, np.int64)
    state = np.empty(STATE, np.uint64)
    borrow = np.empty(slots, np.uint16)
    empty = np.uint32(0xFFFFFFFF)
    # Bits of a hash from the top: the slot, then 32 of value; samples look at the lowest.
    shift = np.uint64(64)
    while slots >> (np.uint64(64) - shift) > 1:
        shift -= np.uint64(1)
    m = i64(0)
    for i in range(texts):
        state[:] = np.uint64(0)
        pos, end = begins[i], ends[i]
        n, counts[i] = i64(0), 0
        value = values[i]
        value[:] = empty
        over = False
        while not over:
            over = pos == end
            held = n
            pos, n = _tokens(data, pos, end, entries, extra, state, tokens, first, last, n)
            counts[i] += n - held
            if n < size:
                continue
            fresh = _roll(tokens, n, size, hashes, 0)
            for j in range(size - 1):
                tokens[j] = tokens[n - size + 1 + j]
            n = size - 1
            if m + fresh > samples.size:
                grown = np.empty(2 * samples.size, np.uint64)
                grown[:m] = samples[:m]
                samples = grown
            for j in range(fresh):
                h = hashes[j]
                slot = h >> shift
                low = np.uint32((h >> (shift - _32)) & np.uint64(0xFFFFFFFF))
                value[slot] = min(value[slot], low)
                samples[m] = h
                m += h & sampled == 0
        offsets[i + 1] = m
        keys[i, 0], keys[i, 1] = state[_KEY_A], state[_KEY_B]
        if counts[i] >= size:
            borrow[:] = np.uint16(0xFFFF)
            for slot in range(slots):
                if value[slot] != empty:
                    rank = ranks[slot]
                    for j in range(slots):
                        borrow[j] = min(borrow[j], rank[j])
            for slot in range(slots):
                if value[slot] == empty:
                    value[slot] = value[borrow[slot] & np.uint16(0xFF)]
    return values, samples[:m].copy(), offsets, keys, counts
