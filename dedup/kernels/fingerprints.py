"""Fingerprints of blocks: of their folded texts, and of the elements around them."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.folding import (
    CHARACTER,
    CLASS_SHIFT,
    CODE_MASK,
    EXPANDED,
    LIMIT,
    MOST,
    SEED,
    WORD,
)
from cython.cimports.dedup.kernels.hashing import GOLD, MIX_A, MIX_B, mix

_DEPTH = cython.declare(cython.int, 23)
# Folded characters from which a text has loose fingerprints, and those of the other end in them.
_LOOSE = cython.declare(cython.Py_ssize_t, 48)
_END = cython.declare(cython.Py_ssize_t, 8)
# The zeros of the decimal digits outside ASCII (category Nd), each followed by its nine.
_ZEROS = np.array(
    [int(zero, 16) for zero in (
        "660 6F0 7C0 966 9E6 A66 AE6 B66 BE6 C66 CE6 D66 DE6 E50 ED0 F20 1040 1090 17E0 1810 1946 "
        "19D0 1A80 1A90 1B50 1BB0 1C40 1C50 A620 A8D0 A900 A9D0 A9F0 AA50 ABF0 FF10 104A0 10D30 "
        "11066 110F0 11136 111D0 112F0 11450 114D0 11650 116C0 11730 118E0 11950 11C50 11D50 11DA0 "
        "11F50 16A60 16AC0 16B50 1D7CE 1D7D8 1D7E2 1D7EC 1D7F6 1E140 1E2F0 1E4F0 1E950 1FBF0"
    ).split()],
    np.uint32,
)  # fmt: skip


def polynomial(data: cython.const[cython.uchar][::1]) -> tuple:
    """The hash of bytes that can be continued, and its factor; see the stub."""
    value: cython.ulonglong = 0
    factor: cython.ulonglong = 1
    i: cython.Py_ssize_t
    for i in range(data.shape[0]):
        value = value * GOLD + data[i]
        factor *= GOLD
    return value, factor


def parents(  # type: ignore[no-untyped-def]
    element: cython.const[cython.int][::1],
    parent: cython.const[cython.int][::1],
    tag: cython.const[cython.int][::1],
    name: cython.const[cython.int][::1],
    tags: cython.const[cython.ulonglong][:, ::1],
    names: cython.const[cython.ulonglong][:, ::1],
):
    """The hash of the elements around each block; see the stub.

    Rows are followed upwards only: the check sees to it that each parent comes before its child,
    so that a walk ends, and that no number leaves its table.
    """
    rows: cython.Py_ssize_t = parent.shape[0]
    blocks: cython.Py_ssize_t = element.shape[0]
    found = np.empty(blocks, np.uint64)
    out: cython.ulonglong[::1] = found
    known: cython.uchar[::1] = np.zeros(rows, np.uint8)
    memo: cython.ulonglong[::1] = np.empty(rows, np.uint64)
    i: cython.Py_ssize_t
    up: cython.Py_ssize_t
    at: cython.Py_ssize_t
    depth: cython.int
    value: cython.ulonglong
    factor: cython.ulonglong
    step: cython.ulonglong
    if tag.shape[0] != rows or name.shape[0] != rows or tags.shape[1] != 2 or names.shape[1] != 2:
        raise ValueError("the columns of the elements differ in length")
    for i in range(rows):
        if not (-1 <= parent[i] < i):
            raise ValueError("a parent comes after its child")
        if not (0 <= tag[i] < tags.shape[0] and 0 <= name[i] < names.shape[0]):
            raise ValueError("a tag or a name is not in its table")
    for i in range(blocks):
        if not 0 <= element[i] < rows:
            raise ValueError("a block has no element")
    with cython.nogil:
        for i in range(blocks):
            up = parent[element[i]]
            value = 0
            if up > 0:
                if not known[up]:
                    factor = 1
                    at = up
                    depth = 0
                    while at > 0 and depth < _DEPTH:  # from the innermost outwards
                        step = tags[tag[at], 0] * names[name[at], 1] + names[name[at], 0]
                        value += step * factor
                        factor *= tags[tag[at], 1] * names[name[at], 1]
                        at = parent[at]
                        depth += 1
                    memo[up] = value
                    known[up] = 1
                value = memo[up]
            out[i] = value
    return found


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_digit(code: cython.uint, zeros: cython.const[cython.uint][::1]) -> cython.bint:
    """Whether a code point is a decimal digit."""
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t = zeros.shape[0]
    middle: cython.Py_ssize_t
    if code < 0x660:
        return 48 <= code <= 57
    if code >= 0x3000 and code < 0xA620:  # most of the characters beyond
        return False
    while low < high:
        middle = (low + high) >> 1
        if zeros[middle] <= code:
            low = middle + 1
        else:
            high = middle
    return low > 0 and code - zeros[low - 1] < 10


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _hash(
    codes: cython.p_uint,
    first: cython.Py_ssize_t,
    last: cython.Py_ssize_t,
    value: cython.ulonglong,
) -> cython.ulonglong:
    """Take some code points into a hash."""
    i: cython.Py_ssize_t
    for i in range(first, last):
        value = (value ^ codes[i]) * GOLD
        value ^= value >> 32
    return value


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _ended(value: cython.ulonglong) -> cython.ulonglong:
    """The end of a hash; never 0, which stands for none."""
    value = mix(value)
    return value if value else 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _masked(
    codes: cython.p_uint, n: cython.Py_ssize_t, zeros: cython.const[cython.uint][::1]
) -> cython.Py_ssize_t:
    """Make one zero of each run of digits where letters prevail; the new number of code points."""
    digits: cython.Py_ssize_t = 0
    m: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    inside: cython.bint = False
    for i in range(n):
        digits += _is_digit(codes[i], zeros)
    if digits == 0 or n - digits <= digits:
        return n
    for i in range(n):
        if _is_digit(codes[i], zeros):
            if not inside:
                codes[m] = 48
                m += 1
            inside = True
        else:
            codes[m] = codes[i]
            m += 1
            inside = False
    return m


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _decode(
    data: cython.const[cython.uchar][::1], end: cython.Py_ssize_t, pos: cython.p_Py_ssize_t
) -> cython.uint:
    """The code point at ``pos`` (below ``end``), past which it moves; `LIMIT` where there is none.

    Bytes are read below ``end`` only.
    """
    at: cython.Py_ssize_t = pos[0]
    lead: cython.uint = data[at]
    if lead < 128:
        pos[0] = at + 1
        return lead
    if 224 <= lead < 240 and at + 2 < end:
        pos[0] = at + 3
        return (lead & 15) << 12 | (data[at + 1] & 63) << 6 | (data[at + 2] & 63)
    if 192 <= lead < 224 and at + 1 < end:
        pos[0] = at + 2
        return (lead & 31) << 6 | (data[at + 1] & 63)
    if lead >= 240 and at + 3 < end:
        pos[0] = at + 4
        return (
            (lead & 7) << 18
            | (data[at + 1] & 63) << 12
            | (data[at + 2] & 63) << 6
            | (data[at + 3] & 63)
        )
    pos[0] = at + 1
    return LIMIT


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fold(
    data: cython.const[cython.uchar][::1],
    end: cython.Py_ssize_t,
    pos: cython.p_Py_ssize_t,
    entries: cython.const[cython.uint][::1],
    extra: cython.const[cython.uint][::1],
    room: cython.uint[::1],
    n: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Append the folded letters and numbers from ``pos`` on, until the text is over or room short.

    Entries are read below `LIMIT`, of the extra table what was found to lie inside. One code point
    takes at most `MOST` places, and as many are left when it is read.
    """
    code: cython.uint
    entry: cython.uint
    at: cython.Py_ssize_t
    last: cython.Py_ssize_t
    while pos[0] < end and n + MOST <= room.shape[0]:
        code = _decode(data, end, pos)
        if code >= LIMIT:
            continue
        entry = entries[code]
        if entry >> CLASS_SHIFT == EXPANDED:
            at = (entry & CODE_MASK) + 1
            if at > extra.shape[0] or extra[at - 1] > MOST:
                continue
            last = min(at + extra[at - 1], extra.shape[0])
            while at < last:
                if WORD <= extra[at] >> CLASS_SHIFT <= CHARACTER:
                    room[n] = extra[at] & CODE_MASK
                    n += 1
                at += 1
        elif WORD <= entry >> CLASS_SHIFT <= CHARACTER:
            room[n] = entry & CODE_MASK
            n += 1
    return n


def fingerprints(  # type: ignore[no-untyped-def]
    data: cython.const[cython.uchar][::1],
    begins: cython.const[cython.longlong][::1],
    ends: cython.const[cython.longlong][::1],
    seeds: cython.const[cython.ulonglong][::1],
    fold,
):
    """The fingerprints of each text, the strict one and two loose ones; see the stub.

    Bytes are read from ``begin`` up to ``end``, both checked. The array of folded code points grows
    before it is full.
    """
    entries: cython.const[cython.uint][::1] = fold[0]
    extra: cython.const[cython.uint][::1] = fold[1]
    zeros: cython.const[cython.uint][::1] = _ZEROS
    texts: cython.Py_ssize_t = begins.shape[0]
    found = np.zeros((texts, 3), np.uint64)
    out: cython.ulonglong[:, ::1] = found
    held = np.empty(1 << 14, np.uint32)
    room: cython.uint[::1] = held
    codes: cython.p_uint
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t
    pos: cython.Py_ssize_t
    size: cython.Py_ssize_t
    seed: cython.ulonglong
    if entries.shape[0] < LIMIT:
        raise ValueError("the fold table is too short")
    if ends.shape[0] != texts or seeds.shape[0] != texts:
        raise ValueError("the columns of the texts differ in length")
    for i in range(texts):
        if not 0 <= begins[i] <= ends[i] <= data.shape[0]:
            raise ValueError("a text leaves the data")
    with cython.nogil:
        for i in range(texts):
            pos = begins[i]
            n = _fold(data, ends[i], cython.address(pos), entries, extra, room, 0)
            while pos < ends[i]:
                with cython.gil:
                    held = np.concatenate((held, np.empty_like(held)))
                    room = held
                n = _fold(data, ends[i], cython.address(pos), entries, extra, room, n)
            codes = cython.address(room[0])
            n = _masked(codes, n, zeros)
            seed = mix(seeds[i] ^ SEED)
            out[i, 0] = _ended(_hash(codes, 0, n, seed))
            if n >= _LOOSE:
                # A power of two, so that texts of about one length compare the same stretch.
                size = 1
                while size * 4 <= n:
                    size *= 2
                out[i, 1] = _ended(_hash(codes, n - _END, n, _hash(codes, 0, size, seed ^ MIX_A)))
                out[i, 2] = _ended(_hash(codes, n - size, n, _hash(codes, 0, _END, seed ^ MIX_B)))
    return found
