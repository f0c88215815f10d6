"""The stack of open elements.

It is bounded: elements deeper than `_DEPTH` count as their ancestor there, so that no search costs
more than a constant. Every index into it is a place below ``depth``, which `place` keeps below the
length of the arrays.
"""

import cython
from cython.cimports.dedup.kernels.reader_layout import LAST, PLACES

from dedup.kernels.columns import Blocks
from dedup.kernels.tags import BIT, NUMBER, ROLES, flags_of, name_hash, roles_of

# Blink's and WebKit's limit of depth; elements that end themselves may go a little deeper.
_DEPTH = cython.declare(cython.int, 512)
_FLAGS = cython.declare(cython.uint[::1], flags_of)
_ROLES = cython.declare(cython.uchar[::1], roles_of)
_INLINE = cython.declare(cython.int, ROLES.index("inline"))
_BLOCK = cython.declare(cython.int, ROLES.index("block"))
_CELL = cython.declare(cython.int, ROLES.index("cell"))
_SKIP = cython.declare(cython.int, ROLES.index("skip"))
_PRE = cython.declare(cython.int, ROLES.index("pre"))
_OPTION = cython.declare(cython.int, ROLES.index("option"))
_LINK = cython.declare(cython.int, ROLES.index("link"))
_META = cython.declare(cython.int, ROLES.index("meta"))
_TABLE = cython.declare(cython.uint, BIT["table"])
_ROWS = cython.declare(cython.uint, BIT["rows"])
_FLAT = cython.declare(cython.uint, BIT["flat"])
_VOID = cython.declare(cython.uint, BIT["void"])
_FORM = cython.declare(cython.int, NUMBER["form"])
_IMG = cython.declare(cython.int, NUMBER["img"])
_TABLE_TAG = cython.declare(cython.int, NUMBER["table"])
_TEMPLATE = cython.declare(cython.int, NUMBER["template"])
_HTML = cython.declare(cython.int, NUMBER["html"])

_hashes = cython.declare(cython.ulonglong[256])
for _tag, _number in NUMBER.items():
    _hashes[_number] = name_hash(_tag)


@cython.cclass
class Stack(Blocks):
    """What is open at a place of the page."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Blocks.__init__(self, html)
        self.skip = self.form = -1

    def top(self):
        """The tag of the innermost open element; 0 where none is open."""
        return self.s_tag[self.depth - 1] if self.depth else 0

    def push(self, tag, h):
        """Open the element whose tag was read."""
        name: cython.int = 0
        if self.skip < 0:
            name = self.name(self.class_at, self.class_end, self.id_at, self.id_end)
        return self.place(tag, h, name, self.tag_at, self.hidden, -1)

    def imply(self, tag):
        """Open an element that has no tag in the source."""
        return self.place(tag, _hashes[tag], 0, -1, False, -1)

    def place(self, tag, h, name, start, hidden, entry):
        """Open an element: a place on the stack, and a row if what is in it may show."""
        d: cython.int = self.depth
        role: cython.int = _ROLES[tag]
        if d >= _DEPTH and (not _FLAGS[tag] & (_FLAT | _VOID) or d >= PLACES - 1):
            # It counts as its ancestor, but its text stays apart.
            if not _FLAGS[tag] & (_FLAT | _VOID):
                self.too_deep += 1
            if role == _BLOCK and self.skip < 0 and self.now > self.opened:
                self.edge(role, self.home)
            return 0
        self.enclose(tag, h)
        self.s_entry[d] = entry
        if self.skip < 0:
            if role in (_SKIP, _META):
                self.skip = d
            else:
                self.s_own[d] = self.enter(tag, name, start, hidden)
        return 1

    def enclose(self, tag, h):
        """A place on the stack, without a row."""
        d: cython.int = self.depth
        self.s_tag[d] = tag
        self.s_hash[d] = h
        self.s_own[d] = -1
        self.s_gone[d] = False
        self.s_entry[d] = -1
        self.s_row[d] = self.element
        self.s_home[d] = self.home
        self.s_foreign[d] = self.foreign
        self.depth = d + 1
        self.open[tag] += 1
        return 0

    def enter(self, tag, name, start, hidden):
        """The row of an element that opens here, and what its beginning does to the run."""
        role: cython.int = _ROLES[tag]
        row: cython.int
        parents: cython.int
        if self.depth > 1 and not _FLAGS[tag] & _TABLE and tag != _FORM and not self.unseen:
            parents = self.s_tag[self.depth - 2]
            if _FLAGS[parents] & _ROWS:
                self.foster()
        if role == _LINK:
            self.link += 1
            if self.link_end:
                self.link_space()
        elif role != _INLINE:
            if self.now > self.opened:
                self.edge(role, self.home)
            self.first_row = self.row_count
        row = self.open_row(tag, name, start, hidden)
        if role != _INLINE and role != _LINK:
            if role != _OPTION:
                self.home = row
            self.pre += role == _PRE
        self.images += tag == _IMG
        self.element = row
        return row

    def foster(self):
        """Go to the parent of the innermost table: what is not in a cell belongs there."""
        d: cython.int = self.depth - 1
        while d >= 0:
            if self.s_tag[d] == _TABLE_TAG:
                self.element = self.s_row[d]
                self.home = self.s_home[d]
                return 0
            d -= 1
        return 0

    def pop(self):
        """Close the innermost element, and those around it that have ended before."""
        while self.depth:
            self.depth -= 1
            self.leave(self.depth)
            if self.depth == 0 or not self.s_gone[self.depth - 1]:
                break
        return 0

    def leave(self, d):  # noqa: C901
        """What the end of an element does."""
        tag: cython.int = self.s_tag[d]
        role: cython.int = _ROLES[tag]
        row: cython.int = self.s_own[d]
        k: cython.int = self.s_entry[d]
        if not self.s_gone[d]:
            self.open[tag] -= 1
        if 0 <= k < self.count and self.f_place[k] == d:
            self.f_place[k] = -1
        if self.form == d:
            self.form = -1
        self.foreign = self.s_foreign[d]
        if row < 0:
            if self.skip == d:
                self.skip = -1
            return 0
        self.element = self.s_row[d]
        self.home = self.s_home[d]
        if role == _LINK:
            self.link -= 1
            self.link_end = self.now > self.opened
        elif role == _CELL:
            if not self.pre:
                self.end_cell()
        elif role != _INLINE and role != _OPTION:
            if self.now > self.opened:
                self.edge(_BLOCK, self.home)
                if role == _PRE:
                    self.flush()
            self.first_row = self.row_count
            self.pre -= role == _PRE
        self.rows[row, LAST] = self.block_count
        if d == 0:
            self.flush()
        return 0

    def pop_to(self, d):
        """Close elements until so many are open."""
        while self.depth > d:
            self.pop()
        return 0

    def in_scope(self, tag, barrier):
        """Where an element of a tag is open inside the innermost barrier, or -1."""
        d: cython.int = self.depth - 1
        if self.open[tag] == 0:
            return -1
        while d >= 0:
            if self.s_tag[d] == tag and not self.s_gone[d]:
                return d
            if _FLAGS[self.s_tag[d]] & barrier:
                return -1
            d -= 1
        return -1

    def table_context(self):
        """The tag of the innermost part of a table; 0 outside."""
        d: cython.int = self.depth - 1
        tag: cython.int
        if self.open[_TABLE_TAG] == 0:
            return 0
        while d >= 0:
            tag = self.s_tag[d]
            if _FLAGS[tag] & _TABLE:
                return tag
            if tag in (_TEMPLATE, _HTML):
                return 0
            d -= 1
        return 0
