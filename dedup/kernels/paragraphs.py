"""The paragraphs of a plain text: its lines, which of them were wrapped, and the text of each."""

import cython
import numpy as np

# Flags of a line.
BULLET = cython.declare(cython.int, 1)
INDENTED = cython.declare(cython.int, 2)
FOLLOWS = cython.declare(cython.int, 4)  # no blank line stands before it
ENDS = cython.declare(cython.int, 8)  # ends a sentence
PROSE = cython.declare(cython.int, 16)  # long enough, with a clause, and no item of a list

# A wrapped paragraph: its full lines lie in this range of columns (typewriter to wide mail) ...
NARROWEST = cython.declare(cython.int, 40)
WIDEST = cython.declare(cython.int, 110)
TOO_WIDE = cython.declare(cython.int, 999)
# ... and differ by no more than a long word.
SLACK = cython.declare(cython.int, 16)
# So many such lines are a wrapped paragraph even if they do not end a sentence.
SURE = cython.declare(cython.int, 4)
# Both sides of a cut sentence are prose of at least this many characters.
CUT_MIN = cython.declare(cython.int, 12)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _parts(code: cython.uint) -> cython.bint:
    """Whether a code point ends a line."""
    if code > 13:
        return code == 0x85 or code == 0x2028 or code == 0x2029
    return code >= 10


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _blank(code: cython.uint) -> cython.bint:
    """Whether a code point is stripped from the ends of a line."""
    if code == 32 or code == 9 or code == 13 or code == 0:
        return True
    return code == 0x3000 or code == 0xA0 or code == 0xFEFF or code == 0x200B


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _space(code: cython.uint) -> cython.bint:
    """White space as Unicode has it."""
    if code < 0x85:
        return code == 32 or 9 <= code <= 13 or 28 <= code <= 31
    if code < 0x2000:
        return code == 0x85 or code == 0xA0 or code == 0x1680
    if code <= 0x200A or code == 0x2028 or code == 0x2029 or code == 0x202F:
        return True
    return code == 0x205F or code == 0x3000


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _bullet(code: cython.uint) -> cython.int:
    """1 for a sign that opens an item, 2 for one that does so before white space only."""
    if code < 0x80:
        return 2 if code == 45 or code == 42 or code == 43 else 0
    if code == 0xB7 or code == 0x2022 or code == 0x2023 or code == 0x203B or code == 0x2043:
        return 1
    if code == 0x2013 or code == 0x2014:
        return 2
    if code < 0x2219 or code > 0x2606:
        return 0
    if code == 0x2219 or 0x25A0 <= code <= 0x25A1 or 0x25AA <= code <= 0x25AB:
        return 1
    if code == 0x25B6 or code == 0x25BA or 0x25C6 <= code <= 0x25C7 or code == 0x25CB:
        return 1
    return 1 if code == 0x25CF or 0x2605 <= code <= 0x2606 else 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _ends(code: cython.uint) -> cython.bint:
    """Punctuation that ends a sentence."""
    if code < 0x80:
        return code == 46 or code == 33 or code == 63 or code == 58 or code == 59
    if code == 0x2026 or code == 0x3002 or code == 0xFF01 or code == 0xFF1F:
        return True
    return code == 0xFF1B or code == 0xFF1A or code == 0xFF0E


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _closes(code: cython.uint) -> cython.bint:
    """What may close a quotation or bracket behind the end of a sentence."""
    if code < 0x80:
        return code == 34 or code == 39 or code == 41 or code == 93 or _space(code)
    if code == 0x201D or code == 0x2019 or code == 0x300D or code == 0x300F or code == 0x300B:
        return True
    return code == 0xFF09 or code == 0x3011 or _space(code)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _clause(code: cython.uint) -> cython.bint:
    """Punctuation that parts clauses."""
    if code < 0x80:
        return code == 44 or code == 59
    if code == 0xFF0C or code == 0x3001 or code == 0xFF1B or code == 0xFF1A:
        return True
    return code == 0x3002


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _wide(code: cython.uint, ranges: cython.const[cython.uint][:, ::1]) -> cython.bint:
    """Whether a code point takes two columns; ``ranges`` are sorted, first and last of each."""
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t = ranges.shape[0]
    middle: cython.Py_ssize_t
    if code < 0x1100:
        return False
    if 0x4E00 <= code <= 0x9FFF:
        return True
    while low < high:  # low <= middle < high <= the number of ranges
        middle = (low + high) // 2
        if ranges[middle, 1] < code:
            low = middle + 1
        else:
            high = middle
    return low < ranges.shape[0] and ranges[low, 0] <= code


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _put(out: cython.uchar[::1], at: cython.Py_ssize_t, code: cython.uint) -> cython.Py_ssize_t:
    """Write a code point as UTF-8 (a lone surrogate as three bytes, NUL as a space)."""
    if code < 0x80:
        out[at] = code if code else 32
        return at + 1
    if code < 0x800:
        out[at] = 0xC0 | code >> 6
        out[at + 1] = 0x80 | code & 63
        return at + 2
    if code < 0x10000:
        out[at] = 0xE0 | code >> 12
        out[at + 1] = 0x80 | code >> 6 & 63
        out[at + 2] = 0x80 | code & 63
        return at + 3
    out[at] = 0xF0 | code >> 18 & 7
    out[at + 1] = 0x80 | code >> 12 & 63
    out[at + 2] = 0x80 | code >> 6 & 63
    out[at + 3] = 0x80 | code & 63
    return at + 4


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _width(code: cython.uint) -> cython.int:
    """How many bytes `_put` writes."""
    if code < 0x80:
        return 1
    if code < 0x800:
        return 2
    return 3 if code < 0x10000 else 4


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _count(codes: cython.const[cython.uint][::1]) -> cython.Py_ssize_t:
    """How many lines are not blank."""
    count: cython.Py_ssize_t = 0
    filled: cython.bint = False
    i: cython.Py_ssize_t
    for i in range(codes.shape[0]):
        if _parts(codes[i]):
            filled = False
        elif not filled and not _blank(codes[i]):
            filled = True
            count += 1
    return count


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _past_bullet(
    codes: cython.const[cython.uint][::1], start: cython.Py_ssize_t, end: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """Where the text of an item begins (its sign, if there is nothing else); -1 for no item."""
    kind: cython.int = _bullet(codes[start])
    stop: cython.Py_ssize_t = start + 1
    if kind == 0 or (kind == 2 and not (stop < end and _space(codes[stop]))):
        return -1
    while stop < end and _space(codes[stop]):
        stop += 1
    return stop if stop < end else start


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _says(
    codes: cython.const[cython.uint][::1], start: cython.Py_ssize_t, end: cython.Py_ssize_t
) -> cython.int:
    """`ENDS` and `PROSE` of a line."""
    flag: cython.int = 0
    k: cython.Py_ssize_t = end - 1
    while k >= start and _closes(codes[k]):
        k -= 1
    if k >= start and _ends(codes[k]):
        flag |= ENDS
    if end - start >= CUT_MIN:
        for k in range(start, end):
            if _clause(codes[k]):
                return flag | PROSE
    return flag


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _columns(
    codes: cython.const[cython.uint][::1],
    start: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    ranges: cython.const[cython.uint][:, ::1],
) -> cython.int:
    """How wide a line is set; lines that are surely too wide are not measured."""
    width: cython.int = TOO_WIDE
    k: cython.Py_ssize_t
    if end - start <= WIDEST:
        width = end - start
        for k in range(start, end):
            width += _wide(codes[k], ranges)
    return width


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _lines(
    codes: cython.const[cython.uint][::1],
    ranges: cython.const[cython.uint][:, ::1],
    places: cython.longlong[:, ::1],
    widths: cython.int[::1],
    flags: cython.uchar[::1],
) -> cython.void:
    """Fill one row per line that is not blank: `_count` has counted as many."""
    size: cython.Py_ssize_t = codes.shape[0]
    line: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t = 0
    begin: cython.Py_ssize_t
    start: cython.Py_ssize_t
    end: cython.Py_ssize_t
    item: cython.Py_ssize_t
    breaks: cython.Py_ssize_t = 0  # line feeds since the line before
    while i < size:
        if _parts(codes[i]):
            breaks += codes[i] == 10
            i += 1
            continue
        begin = start = i
        while i < size and not _parts(codes[i]):
            i += 1
        end = i
        while start < end and _blank(codes[start]):
            start += 1
        if start == end:
            continue
        while _blank(codes[end - 1]):  # stops at `start`, which is not blank
            end -= 1
        flags[line] = (INDENTED if start > begin else 0) | (FOLLOWS if breaks == 1 and line else 0)
        breaks = 0
        item = _past_bullet(codes, start, end)
        if item >= 0:
            start = item
            flags[line] |= BULLET | _says(codes, start, end) & ~PROSE
        else:
            flags[line] |= _says(codes, start, end)
        widths[line] = _columns(codes, start, end, ranges)
        places[line, 0], places[line, 1] = start, end
        line += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _wrapped(
    widths: cython.int[::1],
    flags: cython.uchar[::1],
    first: cython.Py_ssize_t,
    last: cython.Py_ssize_t,
) -> cython.bint:
    """Whether the lines ``first`` up to ``last``, with no blank line between, are one paragraph."""
    count: cython.Py_ssize_t = last - first
    k: cython.Py_ssize_t
    widest: cython.int = 0
    narrowest: cython.int = TOO_WIDE
    ended: cython.Py_ssize_t = 0
    if count < 2 or (count < SURE and not flags[last - 1] & ENDS):
        return False
    for k in range(first, last - 1):
        widest = max(widest, widths[k])
        narrowest = min(narrowest, widths[k])
        ended += (flags[k] & ENDS) != 0
    if widest < NARROWEST or max(widest, widths[last - 1]) > WIDEST or narrowest < widest - SLACK:
        return False
    for k in range(first + 1, last):
        if flags[k] & BULLET or (flags[k] & INDENTED and not flags[first] & BULLET):
            return False
    return 3 * ended <= count - 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _write(
    codes: cython.const[cython.uint][::1],
    ranges: cython.const[cython.uint][:, ::1],
    places: cython.longlong[:, ::1],
    firsts: cython.longlong[::1],
    count: cython.Py_ssize_t,
    data: cython.uchar[::1],
    offsets: cython.longlong[::1],
) -> cython.Py_ssize_t:
    """Write the text of each paragraph behind a NUL; ``data`` has room for lines and joints."""
    at: cython.Py_ssize_t = 0
    p: cython.Py_ssize_t
    line: cython.Py_ssize_t
    k: cython.Py_ssize_t
    for p in range(count):
        data[at] = 0
        at += 1
        offsets[p] = at
        for line in range(firsts[p], firsts[p + 1]):
            if line > firsts[p]:
                k = places[line - 1, 1] - 1
                if not (_wide(codes[k], ranges) and _wide(codes[places[line, 0]], ranges)):
                    data[at] = 32
                    at += 1
            for k in range(places[line, 0], places[line, 1]):
                at = _put(data, at, codes[k])
    offsets[count] = at + 1
    return at


def paragraphs(codes: cython.const[cython.uint][::1], ranges: cython.const[cython.uint][:, ::1]):
    """Cut a text into paragraphs; see the stub."""
    if ranges.shape[1] != 2:
        raise ValueError("ranges has two columns, the first and the last code point")
    lines: cython.Py_ssize_t = _count(codes)
    places_array = np.empty((lines, 2), np.int64)
    widths_array = np.empty(lines, np.int32)
    flags_array = np.empty(lines, np.uint8)
    firsts_array = np.empty(lines + 1, np.int64)
    places: cython.longlong[:, ::1] = places_array
    widths: cython.int[::1] = widths_array
    flags: cython.uchar[::1] = flags_array
    firsts: cython.longlong[::1] = firsts_array
    first: cython.Py_ssize_t = 0
    last: cython.Py_ssize_t
    room: cython.Py_ssize_t = 2 * lines  # a NUL or a joint for each line
    count: cython.Py_ssize_t = 0
    k: cython.Py_ssize_t
    with cython.nogil:
        _lines(codes, ranges, places, widths, flags)
        for first in range(lines):
            for k in range(places[first, 0], places[first, 1]):
                room += _width(codes[k])
        first = 0
        while first < lines:
            last = first + 1
            while last < lines and flags[last] & FOLLOWS:
                last += 1
            if _wrapped(widths, flags, first, last):
                firsts[count] = first
                count += 1
            else:
                for k in range(first, last):
                    firsts[count] = k
                    count += 1
            first = last
        firsts[count] = lines
    data_array = np.empty(room, np.uint8)
    offsets_array = np.empty(count + 1, np.int64)
    data: cython.uchar[::1] = data_array
    offsets: cython.longlong[::1] = offsets_array
    with cython.nogil:
        room = _write(codes, ranges, places, firsts, count, data, offsets)
    return data_array[:room], offsets_array, places_array, flags_array, firsts_array[: count + 1]
