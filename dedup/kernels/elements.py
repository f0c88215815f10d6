"""The rows of elements while a page is read, and their distinct names.

All buffers grow: each function that writes asks first for room for the most that it may write.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.reader_layout import (
    FIRST,
    HIDDEN,
    LAST,
    NAME,
    PARENT,
    ROW_COLUMNS,
    START,
    TAG,
)
from cython.cimports.dedup.kernels.references import reference

# After so many steps a search for an equal name gives up, so that crafted names cost no more.
_PROBES = cython.declare(cython.int, 32)


def grown(old, used, needed):
    """A longer array with the same beginning."""
    length = max(needed, used + (used >> 1)) + 16
    new = np.empty((length, *old.shape[1:]), np.asarray(old).dtype)
    new[:used] = np.asarray(old)[:used]
    return new


@cython.cclass
class Elements:
    """Rows of elements, filled by the classes built on it."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        self.html = html
        self.size = html.shape[0]
        # Room for an ordinary page; hostile ones make it grow.
        self.rows = np.empty((self.size // 64 + 16, ROW_COLUMNS), np.int32)
        self.names = np.empty(self.size // 32 + 64, np.uint8)
        self.name_ends = np.empty(128, np.int32)
        self.name_hashes = np.empty(128, np.uint64)
        self.name_table = np.full(256, -1, np.int32)
        # The empty name is number 0.
        self.names[0] = 0
        self.name_ends[0] = 0
        self.name_hashes[0] = 0xCBF29CE484222325
        self.name_count = 1
        self.element = -1

    def open_row(self, tag, name, start, hidden):
        """A row for an element that opens here; returns it."""
        row: cython.int = self.row_count
        if row >= self.rows.shape[0]:
            with cython.gil:
                self.rows = grown(self.rows, row, row + 1)
        self.rows[row, TAG] = tag
        self.rows[row, PARENT] = self.element
        self.rows[row, NAME] = name
        self.rows[row, FIRST] = self.block_count
        self.rows[row, LAST] = self.block_count
        self.rows[row, START] = start
        self.rows[row, HIDDEN] = hidden
        self.row_count += 1
        return row

    def name(self, a, b, c, d):
        """The number of ``class#id``, from the ranges of both in the source."""
        at: cython.Py_ssize_t
        stop: cython.Py_ssize_t
        room: cython.Py_ssize_t
        if b <= a and d <= c:
            return 0
        at = self.name_ends[self.name_count - 1] + 1
        # No byte of a value gives more than two; "#" and a NUL follow.
        room = at + 2 * (b - a) + 2 * (d - c) + 8
        if room > self.names.shape[0]:
            with cython.gil:
                self.names = grown(self.names, at, room)
        stop = self.copy_value(at, a, b)
        if d > c:
            self.names[stop] = 35
            stop = self.copy_value(stop + 1, c, d)
        return self.intern(at, stop)

    def copy_value(self, at, a, b):
        """Copy an attribute's value to the names; returns where it ends."""
        j: cython.Py_ssize_t
        k: cython.int
        one = cython.declare(cython.uchar[8])
        while a < b:
            if self.html[a] == 38:
                j = reference(self.html, a + 1, b, True, one)
                if j > a + 1:
                    for k in range(one[7]):
                        self.names[at + k] = one[k]
                    at += one[7]
                    a = j
                    continue
            if self.html[a] == 13:
                if a + 1 >= b or self.html[a + 1] != 10:
                    self.names[at] = 10
                    at += 1
            elif self.html[a] != 0:
                self.names[at] = self.html[a]
                at += 1
            a += 1
        return at

    def intern(self, start, end):
        """The number of the name that was written last; a new name is kept, a known one is not."""
        prime: cython.ulonglong = 1099511628211
        h: cython.ulonglong = 0xCBF29CE484222325
        mask: cython.ulonglong
        slot: cython.Py_ssize_t
        probe: cython.int
        number: cython.int
        at: cython.Py_ssize_t
        i: cython.Py_ssize_t
        for i in range(start, end):
            h = (h ^ self.names[i]) * prime
        if self.name_count >= self.name_ends.shape[0]:
            self.grow_names()
        mask = self.name_table.shape[0] - 1
        slot = (h ^ (h >> 32)) & mask
        for probe in range(_PROBES):  # noqa: B007
            number = self.name_table[slot]
            if number < 0:
                self.name_table[slot] = self.name_count
                break
            if self.name_hashes[number] == h:
                at = self.name_ends[number - 1] + 1 if number else 0
                if self.name_ends[number] - at == end - start:
                    i = 0
                    while i < end - start and self.names[at + i] == self.names[start + i]:
                        i += 1
                    if i == end - start:
                        return number
            slot = (slot + 1) & mask
        number = self.name_count
        self.name_ends[number] = end
        self.name_hashes[number] = h
        self.names[end] = 0
        self.name_count += 1
        return number

    def grow_names(self):
        """Room for more names; the table stays at most half full."""
        number: cython.int
        probe: cython.int
        slot: cython.Py_ssize_t
        mask: cython.ulonglong
        h: cython.ulonglong
        with cython.gil:
            self.name_ends = grown(self.name_ends, self.name_count, 2 * self.name_count)
            self.name_hashes = grown(self.name_hashes, self.name_count, 2 * self.name_count)
            width = 256
            while width < 2 * self.name_ends.shape[0]:
                width *= 2
            self.name_table = np.full(width, -1, np.int32)
        mask = self.name_table.shape[0] - 1
        for number in range(self.name_count):
            h = self.name_hashes[number]
            slot = (h ^ (h >> 32)) & mask
            for probe in range(_PROBES):  # noqa: B007
                if self.name_table[slot] < 0:
                    self.name_table[slot] = number
                    break
                slot = (slot + 1) & mask
        return 0
