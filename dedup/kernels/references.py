"""Character references: ``&amp;``, ``&#8212;``, ``&copy``.

See https://html.spec.whatwg.org/#named-character-references.
"""

from html.entities import html5

import cython
import numpy as np

# No reference has a longer name, and none gives more bytes than `_WIDEST`.
_LONGEST = cython.declare(cython.int, 32)
_WIDEST = 6
_SLOTS = cython.declare(cython.int, 8192)  # a power of two, several times the number of names

_keys = cython.declare(cython.ulonglong[::1], np.zeros(_SLOTS, np.uint64))
# By slot: where the bytes stand in `_bytes`, behind their number.
_places = cython.declare(cython.int[::1], np.zeros(_SLOTS, np.int32))
_bytes = cython.declare(cython.uchar[::1], np.zeros(8 * len(html5), np.uint8))
# What numbers from 128 to 159 stand for: windows-1252.
_windows = cython.declare(cython.uint[::1], np.zeros(32, np.uint32))


@cython.cfunc
def _fill() -> cython.int:
    """Make the tables; fails where a name or what it stands for is longer than the loops take."""
    prime: cython.ulonglong = 1099511628211
    h: cython.ulonglong
    i: cython.int
    at: cython.int = 0
    mask: cython.ulonglong = _SLOTS - 1
    slot: cython.Py_ssize_t
    name: bytes
    value: bytes
    for key, text in html5.items():
        name = key.encode("ascii")
        value = text.encode("utf-8")
        # `take` in columns.py counts on it that no reference more than doubles.
        if len(name) > _LONGEST or len(value) > _WIDEST or len(value) > 2 * len(name):
            raise ValueError(f"the character reference {key!r} is too long")
        h = 0xCBF29CE484222325
        for i in range(len(name)):
            h = (h ^ name[i]) * prime
        slot = h & mask
        while _keys[slot]:
            slot = (slot + 1) & mask
        _keys[slot] = h
        _places[slot] = at
        _bytes[at] = len(value)
        for i in range(len(value)):
            _bytes[at + 1 + i] = value[i]
        at += 8
    for i in range(32):
        text = bytes((128 + i,)).decode("cp1252", "replace")
        _windows[i] = 128 + i if text == "\ufffd" else ord(text)
    return 0


_fill()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _write(code: cython.uint, out: cython.p_uchar) -> cython.void:
    """Write a code point as UTF-8 to ``out``, and its width to ``out[7]``."""
    if code < 0x80:
        out[0] = code
        out[7] = 1
    elif code < 0x800:
        out[0] = 0xC0 | code >> 6
        out[1] = 0x80 | code & 63
        out[7] = 2
    elif code < 0x10000:
        out[0] = 0xE0 | code >> 12
        out[1] = 0x80 | code >> 6 & 63
        out[2] = 0x80 | code & 63
        out[7] = 3
    else:
        out[0] = 0xF0 | code >> 18
        out[1] = 0x80 | code >> 12 & 63
        out[2] = 0x80 | code >> 6 & 63
        out[3] = 0x80 | code & 63
        out[7] = 4


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _numbered(html: cython.const[cython.uchar][::1], i: cython.Py_ssize_t, end: cython.Py_ssize_t,
              out: cython.p_uchar) -> cython.Py_ssize_t:  # fmt: skip
    """Read ``#8212;`` at ``i < end``."""
    code: cython.uint = 0
    base: cython.uint = 10
    k: cython.Py_ssize_t = i + 1
    c: cython.int
    digits: cython.bint = False
    if k < end and (html[k] | 32) == 120:
        base = 16
        k += 1
    while k < end:
        c = html[k]
        if 48 <= c <= 57:
            c -= 48
        elif base == 16 and 97 <= (c | 32) <= 102:
            c = (c | 32) - 87
        else:
            break
        if code < 0x110000:  # so that it cannot overflow
            code = code * base + c
        digits = True
        k += 1
    if not digits:
        return i
    if k < end and html[k] == 59:
        k += 1
    if 0x80 <= code < 0xA0:
        code = _windows[code - 0x80]
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        code = 0xFFFD
    _write(code, out)
    return k


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def reference(html: cython.const[cython.uchar][::1], i: cython.Py_ssize_t, end: cython.Py_ssize_t,
              attribute: cython.bint, out: cython.p_uchar) -> cython.Py_ssize_t:  # fmt: skip
    """Read the reference after an ``&``: ``html[i:end]``, which must lie in the array.

    Returns where it ends, or ``i`` where there is none. The UTF-8 is written to ``out[:6]`` and its
    width to ``out[7]``, so ``out`` holds 8 bytes.
    """
    prime: cython.ulonglong = 1099511628211
    h: cython.ulonglong = 0xCBF29CE484222325
    mask: cython.ulonglong = _SLOTS - 1
    slot: cython.Py_ssize_t
    k: cython.Py_ssize_t = i
    best: cython.Py_ssize_t = i
    c: cython.int
    place: cython.int = -1
    if i < end and html[i] == 35:  # "#"
        return _numbered(html, i, end, out)
    while k < end and k - i < _LONGEST:
        c = html[k]
        if not (97 <= (c | 32) <= 122 or 48 <= c <= 57 or c == 59):
            break
        h = (h ^ c) * prime
        k += 1
        slot = h & mask  # below _SLOTS, the length of both tables
        while _keys[slot] != 0 and _keys[slot] != h:
            slot = (slot + 1) & mask
        if _keys[slot] == h:
            best = k
            place = _places[slot]
        if c == 59:
            break
    if place < 0:
        return i
    if attribute and html[best - 1] != 59 and best < end:
        c = html[best]
        if c == 61 or 97 <= (c | 32) <= 122 or 48 <= c <= 57:
            return i
    out[7] = _bytes[place]  # place is a multiple of 8 below the length
    for k in range(_bytes[place]):
        out[k] = _bytes[place + 1 + k]
    return best


def unescape(text: cython.const[cython.uchar][::1], attribute: cython.bint) -> bytes:
    """Text without its references; see the stub."""
    size: cython.Py_ssize_t = text.shape[0]
    i: cython.Py_ssize_t = 0
    at: cython.Py_ssize_t = 0
    k: cython.Py_ssize_t
    j: cython.Py_ssize_t
    one = cython.declare(cython.uchar[8])
    # No reference gives more than twice its bytes, "&" apart.
    out: cython.uchar[::1] = np.empty(2 * size + 8, np.uint8)
    with cython.nogil:
        while i < size:
            if text[i] == 38:
                j = reference(text, i + 1, size, attribute, one)
                if j > i + 1:
                    for k in range(one[7]):
                        out[at + k] = one[k]
                    at += one[7]
                    i = j
                    continue
            out[at] = text[i]
            at += 1
            i += 1
    return bytes(out[:at])
