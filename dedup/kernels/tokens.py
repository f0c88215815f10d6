"""Folded tokens of UTF-8 text.

Everything folds and tokenises through `Tokenizer.take`, so that sketches, shingle sets and
positions can never disagree. A token is hashed by eight letters at a time.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.folding import (
    BATCH,
    BREAK,
    CHARACTER,
    CLASS_SHIFT,
    CODE_MASK,
    EVERY,
    EXPANDED,
    LIMIT,
    MARK,
    MOST,
    PARTED,
    ROOM,
    SEED,
    WORD,
)
from cython.cimports.dedup.kernels.hashing import GOLD, MIX_A, MIX_B, load8, mix
from cython.cimports.dedup.kernels.words import Reading, absorb, plain_words


@cython.cclass
class Tokenizer:
    """The fold table, a text, the arrays that its tokens go to, and the state between two calls.

    ``data`` is the text, ``end`` its bytes and ``pos`` the next one to read. ``role`` and ``h`` are
    those of the open token (0 where none is), ``block`` its letters that are not hashed yet and
    ``fill`` eight times their number; ``first`` and ``last`` its first byte and the one past its
    last. ``key_a`` and ``key_b`` run over all that counts for equality.
    """

    def __init__(self, fold, size, spans=False):  # type: ignore[no-untyped-def]
        """Check the fold table, whose entries are looked up by code points below `LIMIT`.

        ``size`` tokens may be kept from one call to the next: the arrays have that room.
        """
        self.entries = fold[0]
        self.extra = fold[1]
        if self.entries.shape[0] < LIMIT:
            raise ValueError("the fold table is too short")
        self.spans = spans
        self.tokens = np.empty(BATCH + ROOM + size, np.uint64)
        self.starts = np.empty(self.tokens.shape[0] if spans else 0, np.int64)
        self.ends = np.empty(self.tokens.shape[0] if spans else 0, np.int64)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def reset(
        self, data: cython.pointer[cython.const[cython.uchar]], size: cython.Py_ssize_t
    ) -> cython.void:
        """Begin a text of ``size`` bytes, which have to stay until it is over."""
        self.data = data
        self.end = size
        self.role = self.h = self.block = self.fill = self.key_a = self.key_b = 0
        self.first = self.last = self.pos = 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def take(self, n: cython.Py_ssize_t) -> cython.Py_ssize_t:  # noqa: C901, PLR0915 - one loop
        """Tokenise until the arrays are full or the text is over.

        Tokens are appended from place ``n``; returns the new end. The call that finds ``pos`` at
        ``end`` closes the open token. Bytes that are no UTF-8 count as symbols.

        Bytes are read below ``end`` only, entries below `LIMIT`, of the extra table what was found
        to lie inside. Text is read while ``n`` is below `BATCH` plus what was held before, and one
        code point makes at most `MOST` tokens and one that was open: fewer than `ROOM`.
        """
        # Plain pointers: views would be read anew from memory after every token that is written.
        data: cython.pointer[cython.const[cython.uchar]] = self.data
        end: cython.Py_ssize_t = self.end
        entries: cython.pointer[cython.const[cython.uint]] = cython.address(self.entries[0])
        extra: cython.const[cython.uint][::1] = self.extra
        tokens: cython.p_ulonglong = cython.address(self.tokens[0])
        full: cython.Py_ssize_t = self.tokens.shape[0] - ROOM
        pos: cython.Py_ssize_t = self.pos
        role: cython.ulonglong = self.role
        h: cython.ulonglong = self.h
        block: cython.ulonglong = self.block
        fill: cython.ulonglong = self.fill
        first: cython.Py_ssize_t = self.first
        last: cython.Py_ssize_t = self.last
        key_a: cython.ulonglong = self.key_a
        key_b: cython.ulonglong = self.key_b
        spans: cython.bint = self.spans
        closing: cython.bint = pos == end
        at: cython.Py_ssize_t = 0  # what is left of a code point that folds to several
        more: cython.Py_ssize_t = 0
        begin: cython.Py_ssize_t = pos
        lead: cython.ulonglong
        code: cython.ulonglong
        entry: cython.ulonglong
        kind: cython.ulonglong
        reading = cython.declare(Reading)
        while (pos < end and n < full) or more > 0 or closing:
            if more > 0:
                entry = extra[at]
                at += 1
                more -= 1
                if entry >> CLASS_SHIFT == EXPANDED:
                    continue  # what one expands to is folded already
            elif closing:
                entry = 0
            else:
                # Plain words, most of all text in Latin script.
                while role == 0 and not spans and n < full and pos + 8 <= end:
                    if load8(data + pos) & 0x80 * EVERY != 0:
                        break
                    reading.pos = pos
                    reading.tokens = n
                    reading.key_a = key_a
                    reading.key_b = key_b
                    plain_words(data, end, entries, tokens, cython.address(reading))
                    n = reading.tokens
                    key_a = reading.key_a
                    key_b = reading.key_b
                    if pos == reading.pos:
                        break
                    pos = reading.pos
                if n >= full:
                    continue
                begin = pos
                lead = data[pos]
                code = lead
                if lead < 128:
                    pos += 1
                elif 224 <= lead < 240 and pos + 2 < end:
                    code = (lead & 15) << 12 | (data[pos + 1] & 63) << 6 | (data[pos + 2] & 63)
                    pos += 3
                elif 192 <= lead < 224 and pos + 1 < end:
                    code = (lead & 31) << 6 | (data[pos + 1] & 63)
                    pos += 2
                elif lead >= 240 and pos + 3 < end:
                    code = (lead & 7) << 18 | (data[pos + 1] & 63) << 12
                    code |= (data[pos + 2] & 63) << 6 | (data[pos + 3] & 63)
                    pos += 4
                else:
                    code = 0xFFFD
                    pos += 1
                if code < LIMIT:
                    entry = entries[code]
                elif code >> 16 == 14:  # tags and variation selectors
                    continue
                else:
                    entry = BREAK << CLASS_SHIFT | code
                if entry >> CLASS_SHIFT == EXPANDED:
                    at = (entry & CODE_MASK) + 1
                    if at <= extra.shape[0] and extra[at - 1] <= MOST:
                        more = min(
                            cython.cast(cython.Py_ssize_t, extra[at - 1]), extra.shape[0] - at
                        )
                    continue
            kind = entry >> CLASS_SHIFT
            code = entry & CODE_MASK
            if kind >= MARK:
                if kind == MARK and role > 0:
                    h += mix(code ^ PARTED)  # a sum, so that the order of two marks does not matter
                    last = pos
                continue
            if kind != WORD or role != WORD:
                if role > 0:
                    if fill > 0:
                        h = absorb(h, block, fill)
                    h = (h ^ (h >> 33)) * MIX_B
                    tokens[n] = h
                    if spans:
                        self.starts[n] = first
                        self.ends[n] = last
                    n += 1
                    key_a = (key_a ^ h) * GOLD
                    key_b = (key_b + h) * MIX_A
                role = kind
                block = fill = 0
                if kind <= BREAK:
                    role = 0
                    if kind == BREAK:
                        key_a = (key_a ^ code ^ PARTED) * GOLD
                        key_b = (key_b + (code ^ PARTED)) * MIX_A
                    if closing:
                        break
                    continue
                h = SEED
                first = begin
            last = pos
            if kind == CHARACTER:
                h = (h ^ code) * GOLD
                # Most characters follow another.
                while more == 0 and pos + 2 < end and n < full and data[pos] & 240 == 224:
                    code = (data[pos] & 15) << 12 | (data[pos + 1] & 63) << 6 | (data[pos + 2] & 63)
                    entry = entries[code]
                    kind = entry >> CLASS_SHIFT
                    if kind != CHARACTER and kind != BREAK:
                        break
                    h = (h ^ (h >> 33)) * MIX_B
                    tokens[n] = h
                    if spans:
                        self.starts[n] = first
                        self.ends[n] = last
                    n += 1
                    key_a = (key_a ^ h) * GOLD
                    key_b = (key_b + h) * MIX_A
                    code = entry & CODE_MASK
                    first = pos
                    pos += 3
                    if kind == BREAK:
                        key_a = (key_a ^ code ^ PARTED) * GOLD
                        key_b = (key_b + (code ^ PARTED)) * MIX_A
                        role = 0
                        break
                    h = (SEED ^ code) * GOLD
                    last = pos
                continue
            if code >= 128:
                if fill > 0:
                    h = absorb(h, block, fill)
                    block = fill = 0
                h = (h ^ code ^ PARTED) * GOLD
                h ^= h >> 32
                continue
            block |= code << fill
            fill += 8
            if fill == 64:
                h = absorb(h, block, fill)
                block = fill = 0
        self.pos = pos
        self.role = role
        self.h = h
        self.block = block
        self.fill = fill
        self.first = first
        self.last = last
        self.key_a = key_a
        self.key_b = key_b
        return n


@cython.cfunc
@cython.exceptval(check=False)
def _begin(tokenizer: Tokenizer, data: cython.const[cython.uchar][::1]) -> cython.void:
    """Begin a text that lies in an array."""
    tokenizer.reset(cython.address(data[0]) if data.shape[0] > 0 else cython.NULL, data.shape[0])


def spans(data: cython.const[cython.uchar][::1], fold) -> tuple:
    """The first byte of each token of one text, and the byte past each; see the stub."""
    tokenizer: Tokenizer = Tokenizer(fold, 0, True)
    starts: list = []
    ends: list = []
    n: cython.Py_ssize_t
    over: cython.bint = False
    _begin(tokenizer, data)
    while not over:
        over = tokenizer.pos == tokenizer.end
        with cython.nogil:
            n = tokenizer.take(0)
        starts.append(np.array(tokenizer.starts[:n]))
        ends.append(np.array(tokenizer.ends[:n]))
    return np.concatenate(starts), np.concatenate(ends)


def count(data: cython.const[cython.uchar][::1], fold) -> int:
    """The number of tokens of one text."""
    tokenizer: Tokenizer = Tokenizer(fold, 0)
    total: cython.Py_ssize_t = 0
    over: cython.bint = False
    _begin(tokenizer, data)
    with cython.nogil:
        while not over:
            over = tokenizer.pos == tokenizer.end
            total += tokenizer.take(0)
    return total
