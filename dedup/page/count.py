"""What is in a text, counted in one compiled pass over the UTF-8 of all blocks of a page."""

from typing import Any

import numpy as np
from numba import njit, types

from dedup.page.automaton import BYTES

# The columns that `measure` fills.
STATS = (
    "chars", "tokens", "cjk", "digits", "upper", "letters", "ends", "commas", "symbols", "marks",
    "ends_sentence", "ends_colon", "starts_lower", "starts_upper", "starts_digit", "lines",
    "title_hits", "year", "capitals", "asks", "numbers", "dated", "clock", "cuts", "ends_cut",
    "gaps",
)  # fmt: skip
(
    CHARS, TOKENS, CJK, DIGITS, UPPER, LETTERS, ENDS, COMMAS, SYMBOLS, MARKS,
    ENDS_SENTENCE, ENDS_COLON, STARTS_LOWER, STARTS_UPPER, STARTS_DIGIT, LINES,
    TITLE_HITS, YEAR, CAPITALS, ASKS, NUMBERS, DATED, CLOCK, CUTS, ENDS_CUT, GAPS,
) = range(len(STATS))  # fmt: skip

_TABLE = 1024  # slots of the title's token table


@njit
def _kind(code):  # type: ignore[no-untyped-def]  # noqa: C901
    """Class of a code point.

    0 space, 1 lower, 2 upper, 3 digit, 4 one-token script, 5 sentence end, 6 comma, 7 symbol,
    8 other mark, 9 colon.
    """
    if code < 128:
        if 97 <= code <= 122:
            return 1
        if code <= 32:
            return 0
        if 65 <= code <= 90:
            return 2
        if 48 <= code <= 57:
            return 3
        if code == 46 or code == 33 or code == 63:
            return 5
        if code == 44 or code == 59:
            return 6
        if code == 58:
            return 9
        if code == 34 or code == 39 or code == 40 or code == 41 or code == 45:
            return 8
        return 7
    if 0x4E00 <= code <= 0x9FFF or 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x4DBF:
        return 4
    if code >= 0x20000 or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F:
        return 4
    if 0xF900 <= code <= 0xFAFF or 0x1780 <= code <= 0x17FF:
        return 4
    if code == 0x3002 or code == 0xFF01 or code == 0xFF1F or code == 0x2026 or code == 0x061F:
        return 5
    if code == 0x06D4 or code == 0x0964 or code == 0xFF0E:
        return 5
    if code == 0xFF0C or code == 0x3001 or code == 0xFF1B or code == 0x060C:
        return 6
    if code == 0xFF1A:
        return 9
    if code == 0xA0 or code == 0x3000:
        return 0
    if 0xFF10 <= code <= 0xFF19:
        return 3
    if 0xA1 <= code <= 0xBF or 0x2010 <= code <= 0x206F or 0x3003 <= code <= 0x303F:
        return 8
    if 0x2070 <= code <= 0x2BFF or 0xFF00 <= code <= 0xFFEF or 0xE000 <= code <= 0xF8FF:
        return 7
    return 1


@njit
def _decode(text, i, size):  # type: ignore[no-untyped-def]
    """The code point that begins at a byte, and where the next one begins."""
    byte = np.uint32(text[i])
    if byte < 0x80:
        return byte, i + 1
    more = 1 if byte < 0xE0 else (2 if byte < 0xF0 else 3)
    more = min(more, size - 1 - i)
    code = byte & np.uint32(0x3F >> more)
    for k in range(more):
        code = (code << np.uint32(6)) | (np.uint32(text[i + 1 + k]) & np.uint32(0x3F))
    return code, i + 1 + more


@njit
def _in_title(table, token, learn):  # type: ignore[no-untyped-def]
    """Whether a token is in the title's table, which learns it from the title itself."""
    slot = (token ^ (token >> np.uint64(17))) & np.uint64(_TABLE - 1)
    while table[slot] != 0:
        if table[slot] == token:
            return True
        slot = (slot + np.uint64(1)) & np.uint64(_TABLE - 1)
    if learn:
        table[slot] = token
    return False


@njit(types.void(BYTES, types.float32[:, ::1], types.uint64[::1]), cache=True)
def measure(text, stats, hashes):  # type: ignore[no-untyped-def]  # noqa: C901
    """Count what is in each of the texts that NUL bytes separate; the first one is the title."""
    table = np.zeros(_TABLE, np.uint64)
    basis = np.uint64(14695981039346656037)
    prime = np.uint64(1099511628211)
    learned = 0
    row = 0
    i = 0
    size = len(text)
    whole = basis  # hash of the text's letters and digits
    word = np.uint64(0)  # hash of the word that is open, 0 for none
    before = np.uint64(0)  # the one-token character before
    number = 0  # value of a word of digits, -1 for other words
    last = 0  # kind of the last code point that is no space or mark
    full_stop: Any = False  # the code point before is an ASCII sentence end
    chain = 0  # numbers that only a mark of dates parts
    dots = 0  # full stops in a row
    cut: Any = False  # the last sentence mark is an ellipsis
    gap: Any = False  # white space behind a one-token character
    hour: Any = False  # the code point before is a colon behind a number
    started = False
    while i <= size:
        code = np.uint32(0)
        if i < size:
            code, i = _decode(text, i, size)
        else:
            i += 1
        kind = _kind(code)
        if word != 0 and (kind == 0 or kind > 3):
            stats[row, TOKENS] += 1
            if 1900 <= number < 2100:
                stats[row, YEAR] = 1
            if number >= 0:
                stats[row, NUMBERS] += 1
                chain += 1
                if chain == 3 or (code == 0x5E74 and number >= 1900):
                    stats[row, DATED] = 1
            if number < 0 or not 45 <= code <= 47:
                chain = 0
            if _in_title(table, word, row == 0 and learned < _TABLE // 2):
                stats[row, TITLE_HITS] += 1
            learned += 1
            word = np.uint64(0)
        if hour and kind == 3:
            stats[row, CLOCK] = 1
        hour = kind == 9 and last == 3
        # Three dots cut a teaser off, and end no sentence.
        if dots >= 2 and code != 46:
            stats[row, CUTS] += 1
        elif full_stop and kind == 0:
            stats[row, ENDS] += 1
        dots = dots + 1 if code == 46 else 0
        full_stop = kind == 5 and code < 128
        if code == 0:
            stats[row, ENDS_SENTENCE] = last == 5 and not cut
            stats[row, ENDS_CUT] = last == 5 and cut
            stats[row, ENDS_COLON] = last == 9
            stats[row, LINES] += 1
            hashes[row] = whole
            whole = basis
            row += 1
            last = 0
            before = np.uint64(0)
            gap = False
            started = False
            continue
        stats[row, CHARS] += 1
        if not started and kind != 0:
            started = True
            stats[row, STARTS_LOWER] = kind == 1 and code < 128
            stats[row, STARTS_UPPER] = kind == 2
            stats[row, STARTS_DIGIT] = kind == 3
        if kind != 0 and kind != 8:
            last = kind
        if 1 <= kind <= 3:
            lower = np.uint64(code) + np.uint64(32 if kind == 2 else 0)
            whole = (whole ^ lower) * prime
            if word == 0:
                word = basis
                number = 0 if kind == 3 else -1
                if kind == 2:
                    stats[row, CAPITALS] += 1
            word = (word ^ lower) * prime
            if kind == 3:
                stats[row, DIGITS] += 1
                if 0 <= number < 10000:
                    number = number * 10 + (int(code) & 15)
            else:
                number = -1
                stats[row, LETTERS] += 1
                if kind == 2:
                    stats[row, UPPER] += 1
            before = np.uint64(0)
            gap = False
            continue
        if kind == 4:
            if gap:
                stats[row, GAPS] += 1
            gap = False
            whole = (whole ^ np.uint64(code)) * prime
            token = before * prime + np.uint64(code)
            if _in_title(table, token, row == 0 and learned < _TABLE // 2):
                stats[row, TITLE_HITS] += 1
            learned += 1
            before = np.uint64(code)
            stats[row, TOKENS] += 1
            stats[row, CJK] += 1
            continue
        gap = kind == 0 and (gap or before != 0)
        before = np.uint64(0)
        if kind == 5:
            cut = code == 0x2026 or dots > 1
            if code == 0x2026:
                stats[row, CUTS] += 1
            elif code > 127:
                stats[row, ENDS] += 1
            if code == 63 or code == 0xFF1F:
                stats[row, ASKS] += 1
        elif kind == 6:
            stats[row, COMMAS] += 1
        elif kind == 7:
            stats[row, SYMBOLS] += 1
        elif kind == 8:
            stats[row, MARKS] += 1
        elif code == 10:
            stats[row, LINES] += 1
