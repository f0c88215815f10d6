"""The compiled loops: UTF-8 bytes and offsets (the Arrow string layout) in, hashes out.

Everything folds and tokenises through one function, `_tokens`, so that sketches, shingle sets and
positions can never disagree. The loops hold no lock (``nogil``) and are cached on disk; the first
import after an install compiles them, which takes some seconds and is logged once on the logger
``dedup``. They stay in one file because numba's cache only knows a kernel to be out of date by the
file that it stands in.
"""

import logging

import numba as nb
import numpy as np
from llvmlite import ir
from numba.core import event
from numba.extending import intrinsic

from dedup.text.tables import CLASS_SHIFT, CODE_MASK, LIMIT, Role

logger = logging.getLogger("dedup")


class _SayOnce(event.Listener):
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
u64 = nb.uint64

# Odd multipliers of 64 bits: the golden ratio's (Knuth) and those of MurmurHash3's finaliser.
_GOLD = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xFF51AFD7ED558CCD)
_MIX_B = np.uint64(0xC4CEB9FE1A85EC53)
_SEED = np.uint64(0x243F6A8885A308D3)  # pi, as are the digits below
_BREAK = np.uint64(0x13198A2E03707344)
_0, _1, _2, _3, _4, _6, _7, _8, _12, _16, _18, _32, _33, _63 = map(
    np.uint64, (0, 1, 2, 3, 4, 6, 7, 8, 12, 16, 18, 32, 33, 63)
)
_15, _31, _128, _192, _224, _240 = map(np.uint64, (15, 31, 128, 192, 224, 240))

# Arithmetic on eight bytes at once: one constant in every byte.
_EVERY = 0x0101010101010101
_HIGH = np.uint64(0x80 * _EVERY)
_LOWER = np.uint64(0x20 * _EVERY)
_SEVEN = np.uint64(0x7F * _EVERY)
_A, _BEHIND_Z = np.uint64(ord("a") * _EVERY), np.uint64((ord("z") + 1) * _EVERY)
_ZERO, _BEHIND_9 = np.uint64(ord("0") * _EVERY), np.uint64((ord("9") + 1) * _EVERY)

_WORD, _CHARACTER, _MARK = np.uint64(Role.WORD), np.uint64(Role.CHARACTER), np.uint64(Role.MARK)
_EXPANDED, _BREAK_ROLE = np.uint64(Role.EXPANDED), np.uint64(Role.BREAK)
_IGNORED_ENTRY = np.uint64(Role.IGNORED << CLASS_SHIFT)
_BREAK_ENTRY = np.uint64(Role.BREAK << CLASS_SHIFT)
_SHIFT, _MASK, _LIMIT = np.uint64(CLASS_SHIFT), np.uint64(CODE_MASK), np.uint64(LIMIT)
_PLANE_14, _REPLACEMENT, _SPACE = np.uint64(14), np.uint64(0xFFFD), np.uint64(0x20)

# The state of `_tokens` between two calls: role and hash of the open token, the letters of it that
# are not hashed yet and eight times their number, its first byte and the byte behind it, and two
# running keys of all that counts for equality.
STATE = 8
_ROLE, _HASH, _BLOCK, _FILL, _START, _END, _KEY_A, _KEY_B = range(STATE)
_EMPTY = np.uint32(0xFFFFFFFF)
_BATCH = 2048  # tokens in one turn: small enough for the first-level cache
_ROOM = 64  # more than any code point expands to


@intrinsic
def _eight_bytes(typing, array, at):
    """Eight bytes of an array from any place, the first in the low bits."""

    def generate(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        place = builder.gep(data, [args[1]])
        word = builder.bitcast(place, ir.IntType(64).as_pointer())
        return builder.load(word, align=1)

    return nb.uint64(array, at), generate


@intrinsic
def _trailing_zeros(typing, number):
    """The zero bits below the lowest one; 64 of zero."""

    def generate(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return nb.uint64(nb.uint64), generate


@nb.njit(u64(u64), nogil=True, cache=True, inline="always")
def _mix(h):
    """MurmurHash3's finaliser: every bit of the input reaches every bit of the result."""
    h = (h ^ (h >> _33)) * _MIX_A
    h = (h ^ (h >> _33)) * _MIX_B
    return h ^ (h >> _33)


@nb.njit(u64(u64), nogil=True, cache=True, inline="always")
def _letters(word):
    """Eight times the number of ASCII letters and digits at the beginning of eight bytes."""
    low = word & _SEVEN
    lower = low | _LOWER
    letter = ((lower | _HIGH) - _A) & ~((lower | _HIGH) - _BEHIND_Z)
    digit = ((low | _HIGH) - _ZERO) & ~((low | _HIGH) - _BEHIND_9)
    return _trailing_zeros(~(letter | digit) & _HIGH | word & _HIGH) & ~_7


@nb.njit(u64(u64, u64, u64), nogil=True, cache=True, inline="always")
def _absorb(h, block, fill):
    """Take up to eight letters into the hash of a word."""
    h = (h ^ block ^ (fill << np.uint64(56) if fill < np.uint64(64) else _0)) * _GOLD
    return h ^ (h >> _32)


@nb.njit(
    nb.types.UniTuple(u64, 2)(U8, u64, u64, U32R, U32R, U64, U64, I64, I64, u64),
    nogil=True,
    cache=True,
)
def _tokens(data, pos, end, entries, extra, state, tokens, starts, ends, n):
    """Tokenise ``data[pos:end]`` until the arrays are full or the text is over.

    Tokens are appended from place ``n``: their hashes, first bytes and the bytes behind them.
    Returns the byte to go on from and the number of tokens; the last call must find ``pos == end``
    to close the open token. Bytes that are no UTF-8 count as symbols.
    """
    role, h, block, fill = state[_ROLE], state[_HASH], state[_BLOCK], state[_FILL]
    first, last = state[_START], state[_END]
    key_a, key_b = state[_KEY_A], state[_KEY_B]
    full = u64(tokens.size - _ROOM)
    closing = pos == end
    at, more = _0, _0  # what is left of a code point that folds to several
    begin = pos
    while (pos < end and n < full) or more > _0 or closing:
        if more > _0:
            entry = u64(extra[at])
            at += _1
            more -= _1
        elif closing:
            entry = _0
        else:
            begin = pos
            lead = u64(data[pos])
            code = lead
            if lead == _SPACE and role == _0:
                pos += _1
                continue
            if lead < _128:
                pos += _1
            elif lead >= _224 and lead < _240 and pos + _2 < end:
                code = (
                    (lead & _15) << _12
                    | (u64(data[pos + _1]) & _63) << _6
                    | u64(data[pos + _2]) & _63
                )
                pos += _3
            elif lead >= _192 and lead < _224 and pos + _1 < end:
                code = (lead & _31) << _6 | u64(data[pos + _1]) & _63
                pos += _2
            elif lead >= _240 and pos + _3 < end:
                code = (
                    (lead & _7) << _18
                    | (u64(data[pos + _1]) & _63) << _12
                    | (u64(data[pos + _2]) & _63) << _6
                    | u64(data[pos + _3]) & _63
                )
                pos += _4
            else:
                code = _REPLACEMENT
                pos += _1
            if code < _LIMIT:
                entry = u64(entries[code])
            elif code >> _16 == _PLANE_14:
                entry = _IGNORED_ENTRY
            else:
                entry = _BREAK_ENTRY | code & _MASK
        kind = entry >> _SHIFT
        code = entry & _MASK
        if kind >= _MARK:
            if kind == _EXPANDED:
                at = code + _1
                more = u64(extra[code])
            elif kind == _MARK and role > _0:
                h += _mix(code ^ _BREAK)  # a sum, so that the order of two marks does not matter
                last = pos
            continue
        if kind != _WORD or role != _WORD:
            if role > _0:
                if fill > _0:
                    h = _absorb(h, block, fill)
                h = (h ^ (h >> _33)) * _MIX_B
                tokens[n] = h
                starts[n] = i64(first)
                ends[n] = i64(last)
                n += _1
                key_a = (key_a ^ h) * _GOLD
                key_b = (key_b + h) * _MIX_A
            role = kind
            block = fill = _0
            if kind <= _BREAK_ROLE:
                role = _0
                if kind == _BREAK_ROLE:
                    key_a = (key_a ^ code ^ _BREAK) * _GOLD
                    key_b = (key_b + (code ^ _BREAK)) * _MIX_A
                if closing:
                    break
                continue
            h = _SEED
            first = begin
        last = pos
        if kind == _CHARACTER:
            h = (h ^ code) * _GOLD
            # Most characters follow another.
            while more == _0 and pos + _2 < end and n < full and u64(data[pos]) & _240 == _224:
                code = (
                    (u64(data[pos]) & _15) << _12
                    | (u64(data[pos + _1]) & _63) << _6
                    | u64(data[pos + _2]) & _63
                )
                entry = u64(entries[code])
                if entry >> _SHIFT != _CHARACTER:
                    break
                h = (h ^ (h >> _33)) * _MIX_B
                tokens[n] = h
                starts[n] = i64(first)
                ends[n] = i64(last)
                n += _1
                key_a = (key_a ^ h) * _GOLD
                key_b = (key_b + h) * _MIX_A
                h = (_SEED ^ entry & _MASK) * _GOLD
                first = pos
                pos += _3
                last = pos
            continue
        if code >= _128:
            if fill > _0:
                h = _absorb(h, block, fill)
                block = fill = _0
            h = (h ^ code ^ _BREAK) * _GOLD
            h ^= h >> _32
            continue
        block |= code << fill
        fill += _8
        # Most words are plain letters.
        while more == _0 and pos + _8 <= end:
            if fill == np.uint64(64):
                h = _absorb(h, block, fill)
                block = fill = _0
            word = _eight_bytes(data, pos)
            many = min(_letters(word), np.uint64(64) - fill)
            if many == _0:
                break
            if many < np.uint64(64):
                word &= (_1 << many) - _1
            block |= (word | _LOWER & ((_1 << many) - _1 if many < np.uint64(64) else ~_0)) << fill
            fill += many
            pos += many >> _3
            last = pos
        if fill == np.uint64(64):
            h = _absorb(h, block, fill)
            block = fill = _0
    state[_ROLE], state[_HASH], state[_BLOCK], state[_FILL] = role, h, block, fill
    state[_START], state[_END] = first, last
    state[_KEY_A], state[_KEY_B] = key_a, key_b
    return pos, n


@nb.njit(i64(U64, i64, i64, U64, i64), nogil=True, cache=True)
def _roll(tokens, n, size, out, m):
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
def shingles(data, begins, ends, entries, extra, size):
    """Every shingle of many texts, in order, repeats included.

    Text ``i`` is ``data[begins[i]:ends[i]]``. Returns the hashes one text after the other, the
    offsets of each text in them, two keys that are equal where the folded texts are, and the
    number of tokens of each.
    """
    texts = begins.size
    total = i64(0)
    for i in range(texts):
        total += ends[i] - begins[i]
    out = np.empty(total // 5 + 2 * _BATCH, np.uint64)
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
            pos_, n_ = _tokens(
                data, u64(pos), u64(end), entries, extra, state, tokens, first, last, u64(n)
            )
            pos, n = i64(pos_), i64(n_)
            counts[i] += n - held
            if m + n > out.size:
                grown = np.empty(2 * (m + n), np.uint64)
                for j in range(m):  # assigning slices would compile twice as long
                    grown[j] = out[j]
                out = grown
            if n >= size:
                m = _roll(tokens, n, size, out, m)
                for j in range(size - 1):
                    tokens[j] = tokens[n - size + 1 + j]
                n = size - 1
        offsets[i + 1] = m
        keys[i, 0], keys[i, 1] = state[_KEY_A], state[_KEY_B]
    return out[:m], offsets, keys, counts


@nb.njit(nb.types.UniTuple(I64, 2)(U8, U32R, U32R), nogil=True, cache=True)
def spans(data, entries, extra):
    """The first byte of each token of one text, and the byte behind each."""
    tokens = np.empty(data.size // 2 + 2 * _ROOM, np.uint64)
    starts = np.empty(tokens.size, np.int64)
    ends = np.empty(tokens.size, np.int64)
    state = np.zeros(STATE, np.uint64)
    pos, n = i64(0), i64(0)
    over = False
    while not over:
        over = pos == data.size
        pos_, n_ = _tokens(
            data, u64(pos), u64(data.size), entries, extra, state, tokens, starts, ends, u64(n)
        )
        pos, n = i64(pos_), i64(n_)
        if n >= tokens.size - _ROOM:
            tokens = np.empty(2 * tokens.size, np.uint64)
            starts = np.concatenate((starts, np.empty_like(starts)))
            ends = np.concatenate((ends, np.empty_like(ends)))
    return starts[:n].copy(), ends[:n].copy()


@nb.njit(
    nb.void(nb.uint32[::1], nb.uint8[:, ::1], nb.uint16[:, ::1], nb.uint16[::1]),
    nogil=True,
    cache=True,
)
def _densify(value, orders, ranks, borrow):
    """Fill each empty slot from the first full one in its order; one slot at least is full."""
    slots = value.size
    full = i64(0)
    for slot in range(slots):
        borrow[slot] = value[slot] != _EMPTY
        full += borrow[slot]
    if 4 * full >= slots:  # a full one is soon met
        for slot in range(slots):
            if borrow[slot] == 0:
                j = 0
                while borrow[orders[slot, j]] == 0:
                    j += 1
                value[slot] = value[orders[slot, j]]
        return
    borrow[:] = np.uint16(0xFFFF)  # else go the other way: every full one applies to all slots
    for slot in range(slots):
        if value[slot] != _EMPTY:
            rank = ranks[slot]
            for j in range(slots):
                borrow[j] = min(borrow[j], rank[j])
    for slot in range(slots):  # a full slot is the first of its own order
        value[slot] = value[borrow[slot] & np.uint16(0xFF)]


@nb.njit(
    nb.types.Tuple((nb.uint32[:, ::1], U64, I64, nb.uint64[:, ::1], I64))(
        U8, I64R, I64R, U32R, U32R, i64, nb.uint8[:, ::1], nb.uint16[:, ::1], u64
    ),
    nogil=True,
    cache=True,
)
def sketches(data, begins, ends, entries, extra, size, orders, ranks, sampled):
    """One-permutation sketches and sampled shingles of many texts, in one pass.

    Text ``i`` is ``data[begins[i]:ends[i]]``. ``orders`` and ``ranks`` say from which slot an empty
    one borrows (see `dedup.text.sketch.borrowing`); a shingle is sampled where the bits of
    ``sampled`` are all zero in its hash. Returns the slots of each text (all ones in a
    text without shingles), the sampled shingles one text after the other, the offsets of each text
    in them, two keys that are equal where the folded texts are, and the number of tokens of each.
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
        value[:] = _EMPTY
        over = False
        while not over:
            over = pos == end
            held = n
            pos_, n_ = _tokens(
                data, u64(pos), u64(end), entries, extra, state, tokens, first, last, u64(n)
            )
            pos, n = i64(pos_), i64(n_)
            counts[i] += n - held
            if n < size:
                continue
            fresh = _roll(tokens, n, size, hashes, 0)
            for j in range(size - 1):
                tokens[j] = tokens[n - size + 1 + j]
            n = size - 1
            if m + fresh > samples.size:
                grown = np.empty(2 * samples.size, np.uint64)
                for j in range(m):
                    grown[j] = samples[j]
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
            _densify(value, orders, ranks, borrow)
    return values, samples[:m].copy(), offsets, keys, counts
