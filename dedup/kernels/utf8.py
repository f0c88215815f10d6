"""UTF-8: whether bytes are it, what they hold, and code points."""

import cython
import numpy as np
from cython.cimports.libc.string import memcpy


def extra_bytes(data: cython.const[cython.uchar][::1]) -> cython.Py_ssize_t:
    """Check UTF-8 and count what its characters take beyond one byte each; see the stub."""
    size: cython.Py_ssize_t = data.shape[0]
    i: cython.Py_ssize_t = 0
    extra: cython.Py_ssize_t = 0
    word: cython.ulonglong = 0
    high: cython.ulonglong = 0x8080808080808080
    c: cython.int
    d: cython.int
    width: cython.int
    k: cython.int
    with cython.nogil:
        while i < size:
            if i + 8 <= size:
                memcpy(cython.address(word), cython.address(data[i]), 8)
                if word & high == 0:
                    i += 8
                    continue
            c = data[i]
            if c < 0x80:
                i += 1
                continue
            if (
                0xE0 < c < 0xF0 and c != 0xED and i + 3 <= size  # most of Chinese
                and data[i + 1] & 0xC0 == 0x80 and data[i + 2] & 0xC0 == 0x80
            ):  # fmt: skip
                extra += 2
                i += 3
                continue
            width = 2 if c < 0xE0 else (3 if c < 0xF0 else 4)
            if c < 0xC2 or c > 0xF4 or i + width > size:
                extra = -1
                break
            d = data[i + 1]
            # Longer than needed, a surrogate, or beyond U+10FFFF.
            if (c == 0xE0 and d < 0xA0) or (c == 0xED and d > 0x9F) or (
                c == 0xF0 and d < 0x90
            ) or (c == 0xF4 and d > 0x8F):  # fmt: skip
                extra = -1
                break
            for k in range(1, width):
                if data[i + k] & 0xC0 != 0x80:
                    width = 0
                    break
            if width == 0:
                extra = -1
                break
            extra += width - 1
            i += width
    return extra


def controls(data: cython.const[cython.uchar][::1]) -> cython.Py_ssize_t:
    """Count control characters; see the stub."""
    size: cython.Py_ssize_t = data.shape[0]
    i: cython.Py_ssize_t = 0
    stop: cython.Py_ssize_t
    count: cython.Py_ssize_t = 0
    word: cython.ulonglong = 0
    high: cython.ulonglong = 0x8080808080808080
    blanks: cython.ulonglong = 0x2020202020202020
    c: cython.int
    with cython.nogil:
        while i < size:
            if i + 8 <= size:
                memcpy(cython.address(word), cython.address(data[i]), 8)
                if (word - blanks) & ~word & high == 0:  # no byte is less than a blank
                    i += 8
                    continue
            stop = min(i + 8, size)
            while i < stop:
                c = data[i]
                if c < 32 and c != 10 and c != 13 and c != 9 and c != 12 and c != 27:
                    count += 1
                i += 1
    return count


def prose(
    text: cython.const[cython.uchar][::1],
    links: cython.const[cython.int][::1],
    least: cython.Py_ssize_t,
    enough: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Count the characters of long texts outside links; see the stub."""
    size: cython.Py_ssize_t = text.shape[0]
    i: cython.Py_ssize_t = 1
    b: cython.Py_ssize_t = 0
    chars: cython.Py_ssize_t
    found: cython.Py_ssize_t = 0
    with cython.nogil:
        while i <= size and b < links.shape[0] and found < enough:
            chars = 0
            while i < size and text[i] != 0:
                chars += text[i] & 0xC0 != 0x80
                i += 1
            if chars >= least and cython.cast(cython.longlong, links[b]) * 3 < chars:
                found += chars
            i += 1  # past the NUL before the next one
            b += 1
    return found


def code_points(html: cython.const[cython.uchar][::1], places: cython.longlong[::1]):
    """Count code points before places of UTF-8; see the stub."""
    size: cython.Py_ssize_t = html.shape[0]
    count: cython.Py_ssize_t = places.shape[0]
    i: cython.Py_ssize_t = 0
    n: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    points: cython.longlong = 0
    found = np.empty(count, np.int64)
    out: cython.longlong[::1] = found
    with cython.nogil:
        for n in range(count):
            stop = min(places[n], size)
            while i < stop:
                points += html[i] & 0xC0 != 0x80
                i += 1
            out[n] = points
    return found
