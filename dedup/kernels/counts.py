"""What is in each of the texts of a page, counted in one pass over their UTF-8."""

import cython
import numpy as np
from cython.cimports.dedup.kernels import described
from cython.cimports.dedup.kernels.folding import (
    BREAK,
    CHARACTER,
    CLASS_SHIFT,
    CODE_MASK,
    EXPANDED,
    IGNORED,
    LIMIT,
    MOST,
    WORD,
)

COUNTS = {
    "chars": described.T_CHARS, "tokens": described.T_TOKENS, "cjk": described.T_CJK,
    "digits": described.T_DIGITS, "upper": described.T_UPPER, "letters": described.T_LETTERS,
    "ends": described.T_ENDS, "commas": described.T_COMMAS, "symbols": described.T_SYMBOLS,
    "marks": described.T_MARKS, "ends_sentence": described.T_ENDS_SENTENCE,
    "ends_colon": described.T_ENDS_COLON, "starts_lower": described.T_STARTS_LOWER,
    "starts_upper": described.T_STARTS_UPPER, "starts_digit": described.T_STARTS_DIGIT,
    "lines": described.T_LINES, "title_hits": described.T_TITLE_HITS, "year": described.T_YEAR,
    "capitals": described.T_CAPITALS, "asks": described.T_ASKS, "numbers": described.T_NUMBERS,
    "dated": described.T_DATED, "clock": described.T_CLOCK, "cuts": described.T_CUTS,
    "ends_cut": described.T_ENDS_CUT, "gaps": described.T_GAPS,
}  # fmt: skip

_PASSED = cython.declare(cython.int, 32)  # the class of what changes nothing: marks, the invisible
_ELLIPSIS = cython.declare(cython.uint, 0x2026)  # folds to three full stops, but is one mark here

# The classes of ASCII. Bytes below 33 are white space, what is not named is a symbol.
_ASCII = cython.declare(cython.uchar[128])


def _fill() -> None:
    code: cython.int
    for code in range(128):
        _ASCII[code] = described.K_SPACE if code <= 32 else described.K_SYMBOL
        if 97 <= code <= 122:
            _ASCII[code] = described.K_LOWER_CASE
        elif 65 <= code <= 90:
            _ASCII[code] = described.K_UPPER_CASE
        elif 48 <= code <= 57:
            _ASCII[code] = described.K_DIGIT
        elif code == 46 or code == 33 or code == 63:
            _ASCII[code] = described.K_STOP
        elif code == 44 or code == 59:
            _ASCII[code] = described.K_COMMA
        elif code == 58:
            _ASCII[code] = described.K_COLON
        elif code == 34 or code == 39 or code == 40 or code == 41 or code == 45:
            _ASCII[code] = described.K_MARK


_fill()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _punctuation(code: cython.uint) -> cython.int:
    """The class of what ends a word and is no white space."""
    if code < 128:
        return _ASCII[code]
    if 0xA1 <= code <= 0xBF:
        return described.K_MARK
    if code == 0x060C or code == 0xFF0C or code == 0x3001 or code == 0xFF1B:
        return described.K_COMMA
    if code == 0x061F or code == 0x06D4 or code == 0x0964:
        return described.K_STOP
    if code == 0x3002 or code == 0xFF01 or code == 0xFF1F or code == 0x2026 or code == 0xFF0E:
        return described.K_STOP
    if code == 0xFF1A:
        return described.K_COLON
    if 0x2010 <= code <= 0x206F or 0x3003 <= code <= 0x303F:
        return described.K_MARK
    return described.K_SYMBOL


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _kind(role: cython.uint, code: cython.uint) -> cython.int:
    """The class of a code point by its part in a token."""
    if role == BREAK:
        return _punctuation(code)
    if role == WORD:
        return _ASCII[code] if code < 128 else described.K_LOWER_CASE
    if role == CHARACTER:
        return described.K_CHARACTER
    if role == 0:
        return described.K_SPACE
    return _PASSED


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
def _measure(  # noqa: C901, PLR0915 - one loop over the characters, whose state is local
    text: cython.p_uchar,
    size: cython.Py_ssize_t,
    counts: cython.p_float,
    hashes: cython.p_ulonglong,
    table: cython.p_ulonglong,
    entries: cython.const[cython.uint][::1],
    extra: cython.const[cython.uint][::1],
) -> cython.void:
    basis: cython.ulonglong = 0xCBF29CE484222325
    prime: cython.ulonglong = 1099511628211
    learned: cython.Py_ssize_t = 0
    row: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t = 0
    k: cython.Py_ssize_t
    more: cython.Py_ssize_t
    at: cython.Py_ssize_t = 0  # what is left of a code point that folds to several
    left: cython.Py_ssize_t = 0
    code: cython.uint
    entry: cython.uint
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
    n = cython.declare(cython.int[32])
    for k in range(described.T_WIDTH):
        n[k] = 0
    while i <= size:
        code = 0
        if left > 0:
            entry = extra[at]
            at += 1
            left -= 1
            code = entry & CODE_MASK
            n[described.T_CHARS] -= 1
            kind = _kind(entry >> CLASS_SHIFT, code)
        else:
            if i < size:
                code = text[i]
            i += 1
            if code < 0x80:
                kind = _ASCII[code]
            else:
                # At most size - 1 - (i - 1) continuation bytes are left. A NUL byte alone ends a
                # text: bytes that are no UTF-8 neither swallow one nor stand for one.
                more = 1 if code < 0xE0 else (2 if code < 0xF0 else 3)
                more = min(more, size - i)
                code &= 0x3F >> more
                k = 0
                while k < more and text[i + k] != 0:
                    code = code << 6 | (text[i + k] & 0x3F)
                    k += 1
                i += k
                if code == 0:
                    code = 0xFFFD
                entry = BREAK << CLASS_SHIFT
                if code >> 16 == 14:  # tags and variation selectors
                    entry = IGNORED << CLASS_SHIFT
                elif code < LIMIT and code != _ELLIPSIS:
                    entry = entries[code]
                if entry >> CLASS_SHIFT == EXPANDED:
                    n[described.T_CHARS] += 1
                    at = (entry & CODE_MASK) + 1
                    if at <= extra.shape[0] and extra[at - 1] <= MOST:
                        left = min(
                            cython.cast(cython.Py_ssize_t, extra[at - 1]), extra.shape[0] - at
                        )
                    continue
                kind = _kind(entry >> CLASS_SHIFT, code)
                if kind < described.K_STOP and entry >> CLASS_SHIFT != BREAK:
                    code = entry & CODE_MASK
                    if code < 128 and kind == described.K_LOWER_CASE:
                        kind = _ASCII[code]
        if kind == _PASSED:
            n[described.T_CHARS] += 1
            continue
        if word != 0 and (kind == described.K_SPACE or kind > described.K_DIGIT):
            n[described.T_TOKENS] += 1
            if 1900 <= number < 2100:
                n[described.T_YEAR] = 1
            if number >= 0:
                n[described.T_NUMBERS] += 1
                chain += 1
                if chain == 3 or (code == 0x5E74 and number >= 1900):
                    n[described.T_DATED] = 1
            if number < 0 or not 45 <= code <= 47:
                chain = 0
            n[described.T_TITLE_HITS] += _in_title(table, word, row == 0 and learned < 512)
            learned += 1
            word = 0
        if hour and kind == described.K_DIGIT:
            n[described.T_CLOCK] = 1
        hour = kind == described.K_COLON and last == described.K_DIGIT
        # Three dots cut a teaser off, and end no sentence.
        if dots >= 2 and code != 46:
            n[described.T_CUTS] += 1
        elif full_stop and kind == described.K_SPACE:
            n[described.T_ENDS] += 1
        dots = dots + 1 if code == 46 else 0
        full_stop = kind == described.K_STOP and code < 128
        if code == 0:
            n[described.T_ENDS_SENTENCE] = last == described.K_STOP and not cut
            n[described.T_ENDS_CUT] = last == described.K_STOP and cut
            n[described.T_ENDS_COLON] = last == described.K_COLON
            n[described.T_LINES] += 1
            for k in range(described.T_WIDTH):
                counts[row * described.T_WIDTH + k] = n[k]
                n[k] = 0
            hashes[row] = whole
            whole = basis
            row += 1
            last = 0
            before = 0
            gap = False
            started = False
            continue
        n[described.T_CHARS] += 1
        if not started and kind != described.K_SPACE:
            started = True
            n[described.T_STARTS_LOWER] = kind == described.K_LOWER_CASE and code < 128
            n[described.T_STARTS_UPPER] = kind == described.K_UPPER_CASE
            n[described.T_STARTS_DIGIT] = kind == described.K_DIGIT
        if kind != described.K_SPACE and kind != described.K_MARK:
            last = kind
        if described.K_LOWER_CASE <= kind <= described.K_DIGIT:
            if kind == described.K_UPPER_CASE:
                code += 32
            whole = (whole ^ code) * prime
            if word == 0:
                word = basis
                number = 0 if kind == described.K_DIGIT else -1
                if kind == described.K_UPPER_CASE:
                    n[described.T_CAPITALS] += 1
            word = (word ^ code) * prime
            before = 0
            gap = False
            if kind == described.K_DIGIT:
                n[described.T_DIGITS] += 1
                if 0 <= number < 10000:
                    number = number * 10 + (code & 15)
                continue
            number = -1
            n[described.T_LETTERS] += 1
            if kind == described.K_UPPER_CASE:
                n[described.T_UPPER] += 1
            # The rest of a run of ASCII letters changes nothing but these.
            k = i
            while i < size and text[i] < 0x80:
                kind = _ASCII[text[i]]
                if kind != described.K_LOWER_CASE and kind != described.K_UPPER_CASE:
                    break
                code = text[i] | 32
                n[described.T_UPPER] += kind == described.K_UPPER_CASE
                last = kind
                whole = (whole ^ code) * prime
                word = (word ^ code) * prime
                i += 1
            n[described.T_CHARS] += i - k
            n[described.T_LETTERS] += i - k
            continue
        if kind == described.K_CHARACTER:
            n[described.T_GAPS] += gap
            gap = False
            whole = (whole ^ code) * prime
            token = before * prime + code
            n[described.T_TITLE_HITS] += _in_title(table, token, row == 0 and learned < 512)
            learned += 1
            before = code
            n[described.T_TOKENS] += 1
            n[described.T_CJK] += 1
            continue
        gap = kind == described.K_SPACE and (gap or before != 0)
        before = 0
        if kind == described.K_STOP:
            cut = code == 0x2026 or dots > 1
            if code == 0x2026:
                n[described.T_CUTS] += 1
            elif code > 127:
                n[described.T_ENDS] += 1
            if code == 63 or code == 0xFF1F:
                n[described.T_ASKS] += 1
        elif kind == described.K_COMMA:
            n[described.T_COMMAS] += 1
        elif kind == described.K_SYMBOL:
            n[described.T_SYMBOLS] += 1
        elif kind == described.K_MARK:
            n[described.T_MARKS] += 1
        elif code == 10:
            n[described.T_LINES] += 1


def measure(
    text: cython.const[cython.uchar][::1],
    fold: object,
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
    if counts.shape[0] != rows or counts.shape[1] != described.T_WIDTH or hashes.shape[0] != rows:
        raise ValueError(
            f"{rows} texts need {rows} rows of {described.T_WIDTH} counts and {rows} hashes"
        )
    entries: cython.const[cython.uint][::1] = fold[0]
    extra: cython.const[cython.uint][::1] = fold[1]
    if entries.shape[0] < LIMIT:
        raise ValueError("the fold table is too short")
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
            entries,
            extra,
        )
