"""Runs of text that become blocks while a page is read.

A run is the text between two boundaries of block-level elements. It is written to the buffer of
texts as it comes, white space collapsed, and becomes a block where the next boundary is passed.

All buffers grow: each function that writes asks first for room for the most that it may write.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.reader_layout import (
    BEGIN,
    BLOCK_COLUMNS,
    ELEMENT,
    END,
    IMAGES,
    INNER_FIRST,
    INNER_LAST,
    LINKS,
    TEXT_END,
)
from cython.cimports.dedup.kernels.references import reference
from cython.cimports.dedup.kernels.scan import space

from dedup.kernels.elements import Elements, grown
from dedup.kernels.tags import ROLES

# Cells up to this many characters are joined to one block per row; longer ones are blocks of their
# own, since old pages are laid out by tables. Our choice, not tuned.
_LONG_CELL = cython.declare(cython.int, 160)
_CELL = cython.declare(cython.int, ROLES.index("cell"))
_OPTION = cython.declare(cython.int, ROLES.index("option"))
# What a byte of text is: plain; white space; NUL, which is dropped; "&"; CR; the first byte of a
# character that may be white space; that of one that is not.
_PLAIN = cython.declare(cython.int, 0)
_SPACE = cython.declare(cython.int, 1)
_NUL = cython.declare(cython.int, 2)
_AMPERSAND = cython.declare(cython.int, 3)
_RETURN = cython.declare(cython.int, 4)
_MAYBE_SPACE = cython.declare(cython.int, 5)
_kinds = np.zeros(256, np.uint8)
_kinds[[9, 10, 11, 12, 28, 29, 30, 31, 32]] = 1
_kinds[0], _kinds[38], _kinds[13] = 2, 3, 4
_kinds[0x80:] = 6
_kinds[[0xC2, 0xE1, 0xE2, 0xE3]] = 5
_KIND = cython.declare(cython.uchar[::1], _kinds)


@cython.cclass
class Blocks(Elements):
    """Elements and blocks of one page, filled by the classes built on it."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Elements.__init__(self, html)
        self.blocks = np.empty((self.size // 512 + 16, BLOCK_COLUMNS), np.int32)
        self.text = np.empty(self.size // 8 + 64, np.uint8)
        self.opened = self.now = self.kept = 1
        self.blank = True
        self.begin = self.cell_begin = -1

    # ---- text

    def reserve_text(self, more):
        """Make room for so many bytes after `now`, and some for what ends a block."""
        if self.now + more + 8 > self.text.shape[0]:
            with cython.gil:
                self.text = grown(self.text, self.now, self.now + more + 8)
        return 0

    def take(self, i, end, raw):  # noqa: C901, PLR0915 - one loop, whose state is local
        """Take up one text node, ``html[i:end]``: it ends no run, whatever it holds."""
        p: cython.p_const_uchar = cython.address(self.html[0])
        out: cython.p_uchar
        at: cython.Py_ssize_t
        start: cython.Py_ssize_t
        begun: cython.Py_ssize_t
        k: cython.int
        width: cython.int
        j: cython.Py_ssize_t
        one = cython.declare(cython.uchar[8])
        gap: cython.int = self.gap
        chars: cython.int = 0
        first: cython.int = 0
        last: cython.int = 0
        was_empty: cython.bint = self.now == self.opened
        if self.pre:
            return self.take_pre(i, end, raw)
        if was_empty:  # most text between tags is white space, and ends here
            while i < end and _KIND[p[i]] == _SPACE:
                i += 1
                chars += 1
            if i == end:
                return 0
        # Each byte gives at most two (`references`); before the first character come a space or
        # the tabs, before each later one a space that stands for white space of the source.
        self.reserve_text(2 * (end - i) + self.tabs + 8)
        out = cython.address(self.text[0])
        at = self.now
        while i < end:
            begun = i
            k = _KIND[p[i]]
            width = 0  # of the bytes in `one`, where there are any
            if k == _SPACE:
                gap = gap if gap else 32
                chars += 1
                i += 1
                continue
            if k == _NUL:
                i += 1
                continue
            if k == _RETURN:
                if i + 1 >= end or p[i + 1] != 10:
                    gap = gap if gap else 32
                    chars += 1
                i += 1
                continue
            if k == _MAYBE_SPACE:
                width = space(p, i, end)
                if width:
                    gap = gap if gap else 32
                    chars += 1
                    i += width
                    continue
            elif k == _AMPERSAND and not raw:
                j = reference(self.html, i + 1, end, False, one)
                if j > i + 1:
                    i = j
                    width = one[7]
                    if space(one, 0, width) == width:
                        gap = gap if gap else 32
                        chars += 1
                        continue
            # A character that shows.
            if at > self.opened:
                if self.tabs:
                    while self.tabs:
                        out[at] = 9
                        at += 1
                        self.tabs -= 1
                elif gap:
                    out[at] = gap
                    at += 1
            gap = 0
            if self.begin < 0:
                self.begin = begun
            if self.cell_begin < 0:
                self.cell_begin = begun
                self.cell_text = at
            start = at
            if width:
                for k in range(width):
                    out[at] = one[k]
                    at += 1
                chars += 1
                first = first if first else chars
                last = chars
                self.end = i
                continue
            out[at] = p[i]
            at += 1
            i += 1
            if k >= _MAYBE_SPACE:
                while i < end and p[i] & 0xC0 == 0x80:
                    out[at] = p[i]
                    at += 1
                    i += 1
                chars += 1
                first = first if first else chars
            else:
                while i < end and _KIND[p[i]] == _PLAIN:
                    out[at] = p[i]
                    at += 1
                    i += 1
                first = first if first else chars + 1
                chars += at - start
            last = chars
            self.end = i
        self.gap = gap
        self.now = self.kept = at
        return self.took(chars, first, last, was_empty)

    def take_pre(self, i, end, raw):  # noqa: PLR0915
        """The same where white space is kept."""
        p: cython.p_const_uchar = cython.address(self.html[0])
        out: cython.p_uchar
        at: cython.Py_ssize_t
        kept: cython.Py_ssize_t
        begun: cython.Py_ssize_t
        j: cython.Py_ssize_t
        width: cython.int
        k: cython.int
        one = cython.declare(cython.uchar[8])
        chars: cython.int = 0
        first: cython.int = 0
        last: cython.int = 0
        was_empty: cython.bint = self.now == self.opened
        self.reserve_text(2 * (end - i))  # each byte gives at most two
        out = cython.address(self.text[0])
        at = kept = self.now
        while i < end:
            begun = i
            if p[i] == 0 or (p[i] == 13 and i + 1 < end and p[i + 1] == 10):
                i += 1
                continue
            if p[i] == 38 and not raw:
                j = reference(self.html, i + 1, end, False, one)
                if j > i + 1:
                    i = j
                    width = one[7]
                    for k in range(width):
                        out[at + k] = one[k]
                else:
                    i += 1
                    out[at] = 38
                    width = 1
            else:
                out[at] = 10 if p[i] == 13 else p[i]
                width = 1
                i += 1
                while i < end and p[i] & 0xC0 == 0x80:
                    out[at + width] = p[i]
                    width += 1
                    i += 1
            chars += 1
            if space(out, at, at + width) == 0:
                if self.begin < 0:
                    self.begin = begun
                self.end = i
                kept = at + width
                first = first if first else chars
                last = chars
            at += width
        if was_empty and last == 0:
            return 0
        self.kept = kept if last else self.kept
        self.now = at
        return self.took(chars, first, last, was_empty)

    def took(self, chars, first, last, was_empty):
        """Count what a text node gave: characters, and the first and last of them that show."""
        if was_empty and last == 0:  # white space begins no run
            self.gap = 0
            return 0
        if was_empty:
            self.run_home = self.home
        if last:
            self.blank = False
            if self.link:
                self.linked += last - first + 1
        self.cell_chars += chars
        self.link_end = False
        return 0

    def line_break(self):
        """Break the line inside a run, which holds text."""
        if self.pre:
            self.reserve_text(1)
            self.text[self.now] = 10
            self.now += 1
        else:
            self.gap = 10
            self.broken = True
        self.cell_chars += 1
        self.link_end = False
        return 0

    def link_space(self):
        """A space between two links without one: menus are often spaced by style alone."""
        if self.pre:
            self.reserve_text(1)
            self.text[self.now] = 32
            self.now += 1
        else:
            self.gap = self.gap if self.gap else 32
        self.cell_chars += 1
        self.link_end = False
        return 0

    # ---- blocks

    def edge(self, role, home):
        """Pass the boundary of a block-level element inside a run."""
        if self.pre or role == _OPTION:
            return self.line_break()
        if role != _CELL:
            return self.flush()
        # The run began in a cell of this row: every other boundary would have ended it.
        if self.cell_begin >= 0:  # else the cell before was empty, and nothing has come since
            self.before_text = self.kept
            self.before_end = self.end
        self.tabs += 1
        self.edges += 1
        self.gap = 32
        self.cell_chars = 0
        self.cell_begin = -1
        self.run_home = home
        self.link_end = False
        return 0

    def end_cell(self):
        """Give a long cell a block of its own, apart from the cells before it."""
        linked: cython.int = self.linked
        stop: cython.Py_ssize_t = self.kept
        end: cython.Py_ssize_t = self.end
        k: cython.Py_ssize_t
        moved: cython.Py_ssize_t
        if self.cell_chars <= _LONG_CELL:
            return 0
        if self.edges:
            self.linked = 0
            self.kept = self.before_text
            self.make_block(self.before_text, self.before_end, self.edges - 1)
            self.linked = linked
            self.run_home = self.row_count - 1
            self.begin = self.cell_begin
            if self.cell_begin < 0:  # nothing but white space
                stop = self.opened
            else:
                # Its text stands after at least one tab, so after the new block's beginning.
                moved = self.cell_text - self.opened
                for k in range(self.cell_text, stop):
                    self.text[k - moved] = self.text[k]
                stop -= moved
        self.make_block(stop, end, 0)
        self.close_run()
        return 0

    def make_block(self, stop, end, edges):
        """Make a block of the text up to ``stop``, if there is any; the source is read to end."""
        b: cython.int = self.block_count
        k: cython.Py_ssize_t
        if stop > self.opened:
            if b >= self.blocks.shape[0]:
                with cython.gil:
                    self.blocks = grown(self.blocks, b, b + 1)
            if edges and self.broken:  # a row of a table is one line
                for k in range(self.opened, stop):
                    if self.text[k] == 10:
                        self.text[k] = 32
            # `reserve_text` leaves room behind the text: stop is inside.
            self.text[self.opened - 1] = 0
            self.blocks[b, ELEMENT] = self.run_home
            self.blocks[b, LINKS] = self.linked
            self.blocks[b, IMAGES] = self.images
            self.blocks[b, INNER_FIRST] = self.first_row
            self.blocks[b, INNER_LAST] = self.row_count
            self.blocks[b, BEGIN] = self.begin
            self.blocks[b, END] = end
            self.blocks[b, TEXT_END] = stop
            self.block_count += 1
            self.images = 0
            self.opened = stop + 1
        self.linked = 0
        self.first_row = self.row_count
        return 0

    def close_run(self):
        """Begin anew."""
        self.now = self.kept = self.opened
        self.gap = self.tabs = self.edges = self.cell_chars = 0
        self.begin = self.cell_begin = -1
        self.link_end = self.broken = False
        self.blank = True
        return 0

    def flush(self):
        """End the open run."""
        self.make_block(self.kept, self.end, self.edges)
        return self.close_run()
