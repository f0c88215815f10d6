"""What is in each of the texts of a page, counted in one pass over their UTF-8."""

import cython
import numpy as np

COUNTS = {
    "chars": CHARS,
    "tokens": TOKENS,
    "cjk": CJK,
    "digits": DIGITS,
    "upper": UPPER,
    "letters": LETTERS,
    "ends": ENDS,
    "commas": COMMAS,
    "symbols": SYMBOLS,
    "marks": MARKS,
    "ends_sentence": ENDS_SENTENCE,
    "ends_colon": ENDS_COLON,
    "starts_lower": STARTS_LOWER,
    "starts_upper": STARTS_UPPER,
    "starts_digit": STARTS_DIGIT,
    "lines": LINES,
    "title_hits": TITLE_HITS,
    "year": YEAR,
    "capitals": CAPITALS,
    "asks": ASKS,
    "numbers": NUMBERS,
    "dated": DATED,
    "clock": CLOCK,
    "cuts": CUTS,
    "ends_cut": ENDS_CUT,
    "gaps": GAPS,
}

# The classes of ASCII. Bytes below 33 are white space, what is not named is a symbol.
_ASCII = cython.declare(cython.uchar[128])


def _fill() -> None:
    code: cython.int
    for code in range(128):
        _ASCII[code] = SPACE if code <= 32 else SYMBOL
        if 97 <= code <= 122:
            _ASCII[code] = LOWER_CASE
        elif 65 <= code <= 90:
            _ASCII[code] = UPPER_CASE
        elif 48 <= code <= 57:
            _ASCII[code] = DIGIT
        elif code == 46 or code == 33 or code == 63:
            _ASCII[code] = STOP
        elif code == 44 or code == 59:
            _ASCII[code] = COMMA
        elif code == 58:
            _ASCII[code] = COLON
        elif code == 34 or code == 39 or code == 40 or code == 41 or code == 45:
            _ASCII[code] = MARK


_fill()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _kind(code: cython.uint) -> cython.int:
    """The class of a code point beyond ASCII."""
    if 0x4E00 <= code <= 0x9FFF or 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x4DBF:
        return CHARACTER
    if code < 0x2000:
        if 0xA1 <= code <= 0xBF:
            return MARK
        if code == 0xA0:
            return SPACE
        if code < 0x60C:
            return LOWER_CASE
        if code == 0x060C:
            return COMMA
        if code == 0x061F or code == 0x06D4 or code == 0x0964:
            return STOP
        if 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF:
            return CHARACTER
        return LOWER_CASE
    if code >= 0x20000 or 0xF900 <= code <= 0xFAFF:
        return CHARACTER
    if code == 0x3002 or code == 0xFF01 or code == 0xFF1F or code == 0x2026 or code == 0xFF0E:
        return STOP
    if code == 0xFF0C or code == 0x3001 or code == 0xFF1B:
        return COMMA
    if code == 0xFF1A:
        return COLON
    if code == 0x3000:
        return SPACE
    if 0xFF10 <= code <= 0xFF19:
        return DIGIT
    if 0x2010 <= code <= 0x206F or 0x3003 <= code <= 0x303F:
        return MARK
    if 0x2070 <= code <= 0x2BFF or 0xFF00 <= code <= 0xFFEF or 0xE000 <= code <= 0xF8FF:
        return SYMBOL
    return LOWER_CASE


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _in_title(table: cython.p_ulonglong, token: cython.ulonglong, learn: cython.bint) -> cython.int:
    """Whether a token is in the title's table, which learns it from the title itself.

    The table has 1024 slots of which at most 512 are ever taken, so that a free one ends each
    search; 0 is a free slot.
    """
    slot: cython.ulonglong = (token ^ (token >> 17)) & 1023
    while table[slot] != 0:
        if table[slot] == token:
            return 1
        slot = (slot + 1) & 1023
    if learn:
        table[slot] = token
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _measure(  # noqa: C901 - one loop over the characters, whose state is local
    text: cython.p_uchar,
    size: cython.Py_ssize_t,
    counts: cython.p_float,
    hashes: cython.p_ulonglong,
    table: cython.p_ulonglong,
) -> cython.void:
    basis: cython.ulonglong = 0xCBF29CE484222325
    prime: cython.ulonglong = 1099511628211
    learned: cython.Py_ssize_t = 0
    row: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t = 0
    k: cython.Py_ssize_t
    more: cython.Py_ssize_t
    code: cython.uint
    kind: cython.int
    whole: cython.ulonglong = basis  # hash of the text's letters and digits
    word: cython.ulonglong = 0  # hash of the word that is open, 0 for none
    before: cython.ulonglong = 0  # the one-token character before
    token: cython.ulonglong
    number: cython.int = 0  # value of a word of digits, -1 for other words
    last: cython.int = 0  # class of the last code point that is no space or mark
    full_stop: cython.bint = False  # the code point before is an ASCII sentence end
    chain: cython.int = 0  # numbers that only a mark of dates parts
    dots: cython.int = 0  # full stops in a row
    cut: cython.bint = False  # the last sentence mark is an ellipsis
    gap: cython.bint = False  # white space after a one-token character
    hour: cython.bint = False  # the code point before is a colon after a number
    started: cython.bint = False
    # The counts of the open text; none can pass 2^31, since a text's bytes are fewer.
    n: cython.int[WIDTH]
    for k in range(WIDTH):
        n[k] = 0
    while i <= size:
        code = 0
        if i < size:
            code = text[i]
        i += 1
        if code < 0x80:
            kind = _ASCII[code]
        else:
            # At most size - 1 - (i - 1) continuation bytes are left.
            more = 1 if code < 0xE0 else (2 if code < 0xF0 else 3)
            more = min(more, size - i)
            code &= 0x3F >> more
            for k in range(more):
                code = code << 6 | (text[i + k] & 0x3F)
            i += more
            kind = _kind(code)
        if word != 0 and (kind == SPACE or kind > DIGIT):
            n[TOKENS] += 1
            if 1900 <= number < 2100:
                n[YEAR] = 1
            if number >= 0:
                n[NUMBERS] += 1
                chain += 1
                if chain == 3 or (code == 0x5E74 and number >= 1900):
                    n[DATED] = 1
            if number < 0 or not 45 <= code <= 47:
                chain = 0
            n[TITLE_HITS] += _in_title(table, word, row == 0 and learned < 512)
            learned += 1
            word = 0
        if hour and kind == DIGIT:
            n[CLOCK] = 1
        hour = kind == COLON and last == DIGIT
        # Three dots cut a teaser off, and end no sentence.
        if dots >= 2 and code != 46:
            n[CUTS] += 1
        elif full_stop and kind == SPACE:
            n[ENDS] += 1
        dots = dots + 1 if code == 46 else 0
        full_stop = kind == STOP and code < 128
        if code == 0:
            n[ENDS_SENTENCE] = last == STOP and not cut
            n[ENDS_CUT] = last == STOP and cut
            n[ENDS_COLON] = last == COLON
            n[LINES] += 1
            for k in range(WIDTH):
                counts[row * WIDTH + k] = n[k]
                n[k] = 0
            hashes[row] = whole
            whole = basis
            row += 1
            last = 0
            before = 0
            gap = False
            started = False
            continue
        n[CHARS] += 1
        if not started and kind != SPACE:
            started = True
            n[STARTS_LOWER] = kind == LOWER_CASE and code < 128
            n[STARTS_UPPER] = kind == UPPER_CASE
            n[STARTS_DIGIT] = kind == DIGIT
        if kind != SPACE and kind != MARK:
            last = kind
        if LOWER_CASE <= kind <= DIGIT:
            if kind == UPPER_CASE:
                code += 32
            whole = (whole ^ code) * prime
            if word == 0:
                word = basis
                number = 0 if kind == DIGIT else -1
                if kind == UPPER_CASE:
                    n[CAPITALS] += 1
            word = (word ^ code) * prime
            before = 0
            gap = False
            if kind == DIGIT:
                n[DIGITS] += 1
                if 0 <= number < 10000:
                    number = number * 10 + (code & 15)
                continue
            number = -1
            n[LETTERS] += 1
            if kind == UPPER_CASE:
                n[UPPER] += 1
            # The rest of a run of ASCII letters changes nothing but these.
            k = i
            while i < size and text[i] < 0x80:
                kind = _ASCII[text[i]]
                if kind != LOWER_CASE and kind != UPPER_CASE:
                    break
                code = text[i] | 32
                n[UPPER] += kind == UPPER_CASE
                last = kind
                whole = (whole ^ code) * prime
                word = (word ^ code) * prime
                i += 1
            n[CHARS] += i - k
            n[LETTERS] += i - k
            continue
        if kind == CHARACTER:
            n[GAPS] += gap
            gap = False
            whole = (whole ^ code) * prime
            token = before * prime + code
            n[TITLE_HITS] += _in_title(table, token, row == 0 and learned < 512)
            learned += 1
            before = code
            n[TOKENS] += 1
            n[CJK] += 1
            continue
        gap = kind == SPACE and (gap or before != 0)
        before = 0
        if kind == STOP:
            cut = code == 0x2026 or dots > 1
            if code == 0x2026:
                n[CUTS] += 1
            elif code > 127:
                n[ENDS] += 1
            if code == 63 or code == 0xFF1F:
                n[ASKS] += 1
        elif kind == COMMA:
            n[COMMAS] += 1
        elif kind == SYMBOL:
            n[SYMBOLS] += 1
        elif kind == MARK:
            n[MARKS] += 1
        elif code == 10:
            n[LINES] += 1


def measure(
    text: cython.const[cython.uchar][::1],
    counts: cython.float[:, ::1],
    hashes: cython.ulonglong[::1],
) -> None:
    """Count what is in each text; see the stub."""
    size: cython.Py_ssize_t = text.shape[0]
    rows: cython.Py_ssize_t = 1
    i: cython.Py_ssize_t
    for i in range(size):
        rows += text[i] == 0
    # `_measure` writes one row per NUL byte and one at the end: these.
    if counts.shape[0] != rows or counts.shape[1] != WIDTH or hashes.shape[0] != rows:
        raise ValueError(f"{rows} texts need {rows} rows of {WIDTH} counts and {rows} hashes")
    table: cython.ulonglong[::1] = np.zeros(1024, np.uint64)
    start: cython.p_uchar = cython.NULL
    if size:
        start = cython.cast(cython.p_uchar, cython.address(text[0]))
    with cython.nogil:
        _measure(
            start,
            size,
            cython.address(counts[0, 0]),
            cython.address(hashes[0]),
            cython.address(table[0]),
        )
