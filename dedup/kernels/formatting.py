"""The list of active formatting elements, which open again where they were cut.

It is bounded: no more than `_FORMATS` of them are opened again. Every index into it is a place
below ``count``, which `mark` and `format` keep below the length of the arrays.
"""

import cython
from cython.cimports.dedup.kernels.reader_layout import (
    ELEMENT,
    FIRST,
    HIDDEN,
    INNER_FIRST,
    INNER_LAST,
    LAST,
    LISTED,
    NAME,
    PARENT,
    PLACES,
    ROW_COLUMNS,
    START,
    TAG,
)

from dedup.kernels.stack import Stack
from dedup.kernels.tags import BIT, ROLES, flags_of, roles_of

# So many are opened again at most.
_FORMATS = cython.declare(cython.int, 256)
# Of equal formatting elements so many are opened again (the standard's "Noah's Ark clause").
_ARK = cython.declare(cython.int, 3)
# Formatting elements may be opened again so often for each tag, and so often beside; beyond, they
# are forgotten, so that rows grow with the page and not with its square.
_AGAIN = cython.declare(cython.int, 4)
_AGAIN_BESIDE = cython.declare(cython.int, 1000)
# The standard's limit of moves for one end tag; and what they may cost in all, in rows moved.
_ADOPTIONS = cython.declare(cython.int, 8)
_MOVES = cython.declare(cython.int, 64)
_MOVES_BESIDE = cython.declare(cython.int, 20000)
_FLAGS = cython.declare(cython.uint[::1], flags_of)
_ROLES = cython.declare(cython.uchar[::1], roles_of)
_LINK = cython.declare(cython.int, ROLES.index("link"))
_SPECIAL = cython.declare(cython.uint, BIT["special"])
_SCOPE = cython.declare(cython.uint, BIT["scope"])


@cython.cclass
class Formatting(Stack):
    """What is open at a place of the page, and what opens again."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Stack.__init__(self, html)

    def mark(self):
        """Formatting elements do not reach into what follows."""
        if self.count < LISTED:
            self.f_tag[self.count] = -1
            self.f_place[self.count] = 0
            self.count += 1
        return 0

    def to_mark(self):
        """Forget the formatting elements since the last mark, and it."""
        while self.count > 0:
            self.count -= 1
            if self.f_tag[self.count] < 0:
                return 0
            self.listed -= 1
        return 0

    def reopen(self):
        """Open again the formatting elements that were cut."""
        k: cython.int = self.count - 1
        if k < 0 or self.f_tag[k] < 0 or self.f_place[k] >= 0:
            return 0
        while k > 0 and self.f_tag[k - 1] >= 0 and self.f_place[k - 1] < 0:
            k -= 1
        self.reopened += self.count - k
        if self.reopened > _AGAIN * self.tag_count + _AGAIN_BESIDE:
            self.listed -= self.count - k
            self.count = k
            return 0
        while k < self.count:
            if self.place(self.f_tag[k], self.f_hash[k], self.f_name[k], self.f_start[k],
                          self.f_hidden[k], k):  # fmt: skip
                self.f_place[k] = self.depth - 1
            else:
                self.too_deep -= 1
            k += 1
        return 0

    def format(self, tag, h):
        """Open a formatting element."""
        k: cython.int = self.count
        same: cython.int = 0
        first: cython.int = -1
        j: cython.int = k - 1
        name: cython.int = self.name(self.class_at, self.class_end, self.id_at, self.id_end)
        while j >= 0 and self.f_tag[j] >= 0:
            if self.f_tag[j] == tag and self.f_attributes[j] == self.attributes_hash:
                same += 1
                first = j
            j -= 1
        if same >= _ARK:
            self.forget(first)
            k = self.count
        if not self.place(tag, h, name, self.tag_at, self.hidden, -1):
            return 0
        if self.listed >= _FORMATS or k >= LISTED - PLACES // 2:
            return 0
        self.s_entry[self.depth - 1] = k
        self.f_tag[k] = tag
        self.f_hash[k] = h
        self.f_place[k] = self.depth - 1
        self.f_name[k] = name
        self.f_start[k] = self.tag_at
        self.f_hidden[k] = self.hidden
        self.f_attributes[k] = self.attributes_hash
        self.count = k + 1
        self.listed += 1
        return 0

    def forget(self, k):
        """Take an entry out of the list."""
        j: cython.int
        for j in range(k, self.count - 1):
            self.f_tag[j] = self.f_tag[j + 1]
            self.f_hash[j] = self.f_hash[j + 1]
            self.f_place[j] = self.f_place[j + 1]
            self.f_name[j] = self.f_name[j + 1]
            self.f_start[j] = self.f_start[j + 1]
            self.f_hidden[j] = self.f_hidden[j + 1]
            self.f_attributes[j] = self.f_attributes[j + 1]
            if self.f_tag[j] >= 0 and self.f_place[j] >= 0:
                self.s_entry[self.f_place[j]] = j
        self.count -= 1
        self.listed -= 1
        return 0

    def find_format(self, tag):
        """The last entry of a tag since the last mark, or -1."""
        k: cython.int = self.count - 1
        while k >= 0 and self.f_tag[k] >= 0:
            if self.f_tag[k] == tag:
                return k
            k -= 1
        return -1

    def unformat(self, tag):
        """The end tag of a formatting element; false where the element is not in the list.

        As in the standard's "adoption agency" a block that is open inside moves out of the
        formatting element, which ends before it; what the block holds so far gets a formatting
        element of its own.
        """
        k: cython.int = self.find_format(tag)
        d: cython.int
        e: cython.int
        times: cython.int
        if k < 0:
            return False
        if self.f_place[k] < 0:
            self.forget(k)
            return True
        e = self.depth - 1
        while e > self.f_place[k]:
            if _FLAGS[self.s_tag[e]] & _SCOPE:
                return True
            e -= 1
        for times in range(_ADOPTIONS):  # noqa: B007
            d = self.f_place[k]
            e = d + 1
            while e < self.depth and not _FLAGS[self.s_tag[e]] & _SPECIAL:
                e += 1
            if e == self.depth:
                self.pop_to(d)
                self.forget(k)
                return True
            if not self.adopt(d, e, k):
                self.take_out(d)
                self.forget(k)
                return True
        return True

    def adopt(self, d, e, k):
        """Move the block at place e out of the formatting element at place d, entry k of the list.

        False where that would cost too much, or an element has no row.
        """
        x: cython.int
        row: cython.int
        element: cython.int = self.s_row[d]
        for x in range(d, e + 1):
            if self.s_own[x] < 0 or self.s_gone[x]:
                return False
        row = self.s_own[e]
        x = self.row_count - row + self.block_count - self.rows[row, FIRST] + self.depth
        self.moved += (e - d) * x
        if self.moved > _MOVES * self.tag_count + _MOVES_BESIDE:
            return False
        self.rows[self.s_own[d], LAST] = self.rows[row, FIRST]
        for x in range(d + 1, e):  # what is between goes along, and what was in it stays
            self.rows[self.s_own[x], LAST] = self.rows[row, FIRST]
            self.insert_row(row, self.s_own[x], element)
            self.s_own[x] = element = row
            self.s_row[x + 1] = row
            row += 1
        self.rows[row, PARENT] = element
        self.insert_row(row + 1, self.s_own[d], row)
        for x in range(row + 2, self.row_count):
            if self.rows[x, PARENT] == row:
                self.rows[x, PARENT] = row + 1
        return self.go_below(d, e, k, row)

    def go_below(self, d, e, k, row):
        """Put the formatting element at place d into the block at place e, which has that row."""
        tag: cython.int = self.s_tag[d]
        h: cython.ulonglong = self.s_hash[d]
        x: cython.int
        element: cython.int = self.s_row[d]
        for x in range(d, e):
            self.shift(x)
        self.s_row[d] = element
        self.s_tag[e] = tag
        self.s_hash[e] = h
        self.s_own[e] = row + 1
        self.s_gone[e] = False
        self.s_entry[e] = k
        self.s_row[e] = row
        self.s_home[e] = self.s_home[e + 1] if e + 1 < self.depth else self.home
        self.s_foreign[e] = self.foreign if e + 1 == self.depth else self.s_foreign[e + 1]
        self.f_place[k] = e
        if e + 1 == self.depth:
            self.element = row + 1
        else:
            self.s_row[e + 1] = row + 1
        return True

    def insert_row(self, at, like, parent):
        """Insert the row of an element like another before a row that is open."""
        n: cython.int = self.row_count
        k: cython.int
        c: cython.int
        first: cython.int = self.rows[at, FIRST] if at < n else self.block_count
        self.open_row(self.rows[like, TAG], self.rows[like, NAME], self.rows[like, START],
                      self.rows[like, HIDDEN])  # fmt: skip
        for k in range(n, at, -1):
            for c in range(ROW_COLUMNS):
                self.rows[k, c] = self.rows[k - 1, c]
            self.rows[k, PARENT] += self.rows[k, PARENT] >= at
        self.rows[at, TAG] = self.rows[like, TAG]
        self.rows[at, NAME] = self.rows[like, NAME]
        self.rows[at, START] = self.rows[like, START]
        self.rows[at, HIDDEN] = self.rows[like, HIDDEN]
        self.rows[at, PARENT] = parent
        self.rows[at, FIRST] = first
        self.rows[at, LAST] = self.block_count
        for k in range(first, self.block_count):
            self.blocks[k, ELEMENT] += self.blocks[k, ELEMENT] >= at
            self.blocks[k, INNER_FIRST] += self.blocks[k, INNER_FIRST] >= at
            self.blocks[k, INNER_LAST] += self.blocks[k, INNER_LAST] >= at
        for k in range(self.depth):
            self.s_own[k] += self.s_own[k] >= at
            self.s_row[k] += self.s_row[k] >= at
            self.s_home[k] += self.s_home[k] >= at
        self.element += self.element >= at
        self.home += self.home >= at
        self.run_home += self.run_home >= at
        self.first_row += self.first_row >= at
        return 0

    def shift(self, j):
        """Move what stands at the next place of the stack to this one."""
        self.s_tag[j] = self.s_tag[j + 1]
        self.s_hash[j] = self.s_hash[j + 1]
        self.s_own[j] = self.s_own[j + 1]
        self.s_gone[j] = self.s_gone[j + 1]
        self.s_entry[j] = self.s_entry[j + 1]
        self.s_row[j] = self.s_row[j + 1]
        self.s_home[j] = self.s_home[j + 1]
        self.s_foreign[j] = self.s_foreign[j + 1]
        if 0 <= self.s_entry[j] < self.count and self.f_place[self.s_entry[j]] == j + 1:
            self.f_place[self.s_entry[j]] = j
        self.skip -= self.skip == j + 1
        self.form -= self.form == j + 1
        return 0

    def take_out(self, d):
        """Take an element out from under those that are open in it (``d + 1 < depth``)."""
        row: cython.int = self.s_own[d]
        inner: cython.int = self.s_own[d + 1]
        j: cython.int
        if row >= 0:
            if inner >= 0:
                self.rows[row, LAST] = self.rows[inner, FIRST]
                self.rows[inner, PARENT] = self.s_row[d]
            else:
                self.rows[row, LAST] = self.block_count
            self.link -= _ROLES[self.s_tag[d]] == _LINK
        self.s_row[d + 1] = self.s_row[d]
        self.s_home[d + 1] = self.s_home[d]
        self.open[self.s_tag[d]] -= 1
        for j in range(d, self.depth - 1):
            self.shift(j)
        self.depth -= 1
        return 0
