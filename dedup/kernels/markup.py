"""Markup as served, in UTF-8, to the columns of elements and blocks: one pass, and no tree.

The tokenizer of the HTML standard (https://html.spec.whatwg.org/#tokenization), for what matters
to text. Every place it reads is below the size of the source, which each loop tests before it
reads; a loop that searches to the end of the source ends the page where it finds nothing, so that
nothing is searched twice.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.reader_layout import BEFORE, BODY, FIRST
from cython.cimports.dedup.kernels.scan import find, html_space

from dedup.kernels.attributes import Attributes
from dedup.kernels.tags import BIT, NUMBER, SLOTS, flags_of, keys, name_hash, values

# Places in the columns are 32 bits wide, and the texts may be twice as long as the source.
LARGEST = 1 << 30
_FLAGS = cython.declare(cython.uint[::1], flags_of)
_KEYS = cython.declare(cython.ulonglong[::1], keys)
_VALUES = cython.declare(cython.uchar[::1], values)
_MASK = cython.declare(cython.ulonglong, SLOTS - 1)
_BASIS = cython.declare(cython.ulonglong, 0xCBF29CE484222325)
_PRIME = cython.declare(cython.ulonglong, 1099511628211)
_RAW = cython.declare(cython.uint, BIT["raw"])
_ESCAPABLE = cython.declare(cython.uint, BIT["escapable"])
_NOTED = cython.declare(cython.uint, BIT["noted"])
_BODY = cython.declare(cython.int, NUMBER["body"])
_HTML = cython.declare(cython.int, NUMBER["html"])
_IMAGE = cython.declare(cython.int, NUMBER["image"])
_IMG = cython.declare(cython.int, NUMBER["img"])
_LISTING = cython.declare(cython.int, NUMBER["listing"])
_NOSCRIPT = cython.declare(cython.int, NUMBER["noscript"])
_PLAINTEXT = cython.declare(cython.int, NUMBER["plaintext"])
_PRE = cython.declare(cython.int, NUMBER["pre"])
_SCRIPT = cython.declare(cython.int, NUMBER["script"])
_TEXTAREA = cython.declare(cython.int, NUMBER["textarea"])
_IMG_HASH = cython.declare(cython.ulonglong, name_hash("img"))


@cython.cclass
class Reader(Attributes):
    """One page, or one fragment, while it is read."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Attributes.__init__(self, html)

    def page(self):
        """Read a whole page."""
        with cython.nogil:
            if self.size:
                self.read()
            self.to_body()
            self.pop_to(0)
            self.flush()

    def fragment(self):
        """Read what stands in a body, without the rows of what is around it."""
        with cython.nogil:
            self.enclose(_HTML, 0)
            self.enclose(_BODY, 0)
            self.mode = BODY
            if self.size:
                self.read()
            self.pop_to(0)
            self.flush()
            if self.row_count == 0:  # text alone: something must hold it
                self.open_row(_BODY, 0, -1, False)
                self.rows[0, FIRST] = 0

    def columns(self):
        """What was read, in arrays of its own; see the stub of `read`."""
        rows = np.ascontiguousarray(np.asarray(self.rows)[: self.row_count].T)
        blocks = np.ascontiguousarray(np.asarray(self.blocks)[: self.block_count].T)
        notes = np.asarray(self.notes)[: self.note_count].copy()
        text = bytes(self.text[: self.opened - 1])
        names = bytes(self.names[: self.name_ends[self.name_count - 1]])
        return rows, blocks, notes, text, names

    # ---- the page

    def read(self):  # noqa: C901 - one loop
        """Go through the source, which is not empty."""
        size: cython.Py_ssize_t = self.size
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        h: cython.ulonglong
        slot: cython.Py_ssize_t
        tag: cython.int
        c: cython.int
        while i < size:
            if self.html[i] != 60:
                i = self.characters(i)
                continue
            c = self.html[i + 1] if i + 1 < size else 0
            if 97 <= (c | 32) <= 122:
                i = self.start_tag(i + 1)
                continue
            if c == 33 or c == 63:
                i = self.declaration(i)
                continue
            if c != 47 or i + 2 >= size:
                i = self.characters(i)
                continue
            c = self.html[i + 2]
            if not 97 <= (c | 32) <= 122:  # a comment
                i = find(self.html, i + 2, size, 62) + 1
                continue
            h = _BASIS
            k = i + 2
            while k < size:
                c = self.html[k]
                if c == 62 or c == 47 or html_space(c):
                    break
                if 65 <= c <= 90:
                    c |= 32
                h = (h ^ c) * _PRIME
                k += 1
            slot = h & _MASK  # below SLOTS, the length of both tables
            while _KEYS[slot] != 0 and _KEYS[slot] != h:
                slot = (slot + 1) & _MASK
            tag = _VALUES[slot] if _KEYS[slot] == h else 0
            if k < size and self.html[k] != 62:
                k = self.attributes(k, 0)
            if k >= size:
                break
            self.newline = False
            self.close(tag, h, i)
            i = k + 1
        return 0

    def close(self, tag, h, i):
        """An end tag that stands at a place."""
        d: cython.int
        if tag == _NOSCRIPT and self.note_count:
            # The innermost noscript that is open was noted last.
            d = self.note_count - 1
            while d >= 0 and d > self.note_count - 64:
                if self.notes[d, 0] == _NOSCRIPT:
                    if self.notes[d, 4] == 0:
                        self.notes[d, 4] = i
                    break
                d -= 1
        return self.finish(tag, h)

    def characters(self, i):
        """Text that begins at a place; returns where it ends: a lone ``<`` is part of it."""
        begin: cython.Py_ssize_t = i
        size: cython.Py_ssize_t = self.size
        c: cython.int
        i = find(self.html, i if self.html[i] != 60 else i + 1, size, 60)
        while i + 1 < size:
            c = self.html[i + 1]
            if 97 <= (c | 32) <= 122 or c == 33 or c == 63 or (c == 47 and i + 2 < size):
                break
            i = find(self.html, i + 1, size, 60)
        if i + 1 >= size:
            i = size
        end: cython.Py_ssize_t = i
        if self.newline:
            if self.html[begin] == 10:
                begin += 1
            elif self.html[begin] == 13:
                begin += 2 if begin + 1 < end and self.html[begin + 1] == 10 else 1
            self.newline = False
        if begin < end:
            self.words(begin, end)
        return i

    def declaration(self, i):
        """A comment, doctype or CDATA section at a place; returns where it ends."""
        size: cython.Py_ssize_t = self.size
        begin: cython.Py_ssize_t
        self.newline = False
        if self.html[i + 1] == 33 and i + 3 < size:
            if self.html[i + 2] == 45 and self.html[i + 3] == 45:
                return self.comment_end(i + 4)
            if self.foreign and self.letters(i + 2, size, b"[cdata["):
                begin = i + 9
                i = self.cdata_end(begin)
                if begin < i and self.skip < 0:
                    self.take(begin, i, True)
                return min(i + 3, size)
            if self.mode == BEFORE and self.letters(i + 2, size, b"doctype"):
                self.doctype(i)
        return min(find(self.html, i, size, 62) + 1, size)

    def comment_end(self, i):
        """Where a comment ends whose text begins at a place."""
        size: cython.Py_ssize_t = self.size
        k: cython.Py_ssize_t
        if i < size and self.html[i] == 62:
            return i + 1
        if i + 1 < size and self.html[i] == 45 and self.html[i + 1] == 62:
            return i + 2
        k = find(self.html, i, size, 62)
        while k < size:
            if k >= i + 2 and self.html[k - 1] == 45 and self.html[k - 2] == 45:
                return k + 1
            if k >= i + 3 and self.html[k - 1] == 33 and self.html[k - 2] == 45 \
                    and self.html[k - 3] == 45:  # fmt: skip
                return k + 1
            k = find(self.html, k + 1, size, 62)
        return size

    def cdata_end(self, i):
        """Where the text of a CDATA section ends."""
        size: cython.Py_ssize_t = self.size
        i = find(self.html, i, size, 93)
        while i + 2 < size:
            if self.html[i + 1] == 93 and self.html[i + 2] == 62:
                return i
            i = find(self.html, i + 1, size, 93)
        return size

    def doctype(self, i):
        """Whether a page asks for the ways of old browsers, by the identifiers met most."""
        end: cython.Py_ssize_t = find(self.html, i, self.size, 62)
        k: cython.Py_ssize_t = i
        system: cython.bint = False
        loose: cython.bint
        self.quirks = False
        while k < end:
            if self.letters(k, end, b"http:"):
                system = True
            k += 1
        k = find(self.html, i, end, 47)
        while k < end:
            if self.letters(k, end, b"//dtd html ") and k + 16 < end:
                loose = (self.html[k + 15] | 32) == 116 or (self.html[k + 15] | 32) == 102
                if self.letters(k + 11, end, b"4.01"):
                    loose = (self.html[k + 16] | 32) == 116 or (self.html[k + 16] | 32) == 102
                    self.quirks = loose and not system
                elif self.letters(k + 11, end, b"4.0 "):
                    self.quirks = loose
                else:
                    self.quirks = True
                return 0
            k = find(self.html, k + 1, end, 47)
        return 0

    # ---- tags

    def start_tag(self, name):
        """A start tag whose name begins at a place; returns where what it holds begins."""
        size: cython.Py_ssize_t = self.size
        k: cython.Py_ssize_t = name
        c: cython.int
        h: cython.ulonglong = _BASIS
        slot: cython.Py_ssize_t
        tag: cython.int
        flags: cython.uint
        noted: cython.int = -1
        was: cython.int = self.depth
        deep: cython.int = self.too_deep
        foreign: cython.bint = self.foreign != 0
        opened: cython.bint
        while k < size:
            c = self.html[k]
            if c == 62 or c == 47 or html_space(c):
                break
            if 65 <= c <= 90:
                c |= 32
            h = (h ^ c) * _PRIME
            k += 1
        slot = h & _MASK  # below SLOTS, the length of both tables
        while _KEYS[slot] != 0 and _KEYS[slot] != h:
            slot = (slot + 1) & _MASK
        tag = _VALUES[slot] if _KEYS[slot] == h else 0
        flags = _FLAGS[tag]
        k = self.attributes(k, tag)
        if k >= size:  # the page ends in a tag
            return size
        k += 1
        if tag == _IMAGE and not foreign:
            tag = _IMG
            h = _IMG_HASH
        self.tag_at = name - 1
        self.tag_count += 1
        self.newline = False
        if flags & _NOTED and (self.skip < 0 or tag == _SCRIPT) and not foreign:
            noted = self.note_tag(tag, k)
        self.start(tag, h)
        if flags & (_RAW | _ESCAPABLE) and not foreign:
            opened = self.depth > 0 and self.depth >= was and self.s_tag[self.depth - 1] == tag
            if opened or self.too_deep > deep:
                return self.raw_text(k, tag, name, noted, opened)
        elif tag in (_PRE, _LISTING):
            self.newline = True
        return k

    # ---- elements whose content is text

    def raw_text(self, i, tag, name, noted, opened):
        """The content of a raw text element, and its end tag; returns where that ends."""
        size: cython.Py_ssize_t = self.size
        end: cython.Py_ssize_t
        width: cython.Py_ssize_t = 0
        while not (self.html[name + width] == 62 or self.html[name + width] == 47
                   or html_space(self.html[name + width])):  # fmt: skip
            width += 1  # the tag ends with ">" before the end of the source
        if tag == _PLAINTEXT:
            end = size
        elif tag == _SCRIPT:
            end = self.script_end(i, name)
        else:
            end = self.raw_end(i, name, width)
        if noted >= 0:
            self.notes[noted, 4] = end
        elif self.skip < 0 and opened:
            if tag == _TEXTAREA and i < end:
                if self.html[i] == 13 and i + 1 < end and self.html[i + 1] == 10:
                    i += 2
                elif self.html[i] == 10 or self.html[i] == 13:
                    i += 1
            if i < end:
                self.take(i, end, _FLAGS[tag] & _RAW != 0)
        if end < size:
            if opened:
                self.pop()
            else:
                self.too_deep -= 1
            end = self.attributes(end + 2 + width, -1) + 1
        return min(end, size)

    def raw_end(self, i, name, width):
        """Where the end tag of an element stands, or the size of the source."""
        size: cython.Py_ssize_t = self.size
        i = find(self.html, i, size, 60)
        while i < size:
            if i + 2 + width < size and self.html[i + 1] == 47 and self.named(i + 2, name, width):
                return i
            i = find(self.html, i + 1, size, 60)
        return size

    def script_end(self, i, name):  # noqa: C901 - one loop
        """The same for a script: one in a comment in it hides one end tag."""
        size: cython.Py_ssize_t = self.size
        escaped: cython.bint = False
        doubled: cython.bint = False
        c: cython.int
        while i < size:
            if not escaped:
                i = find(self.html, i, size, 60)
                if i == size:
                    break
            c = self.html[i]
            if c == 45:
                if escaped and i + 2 < size and self.html[i + 1] == 45 and self.html[i + 2] == 62:
                    escaped = doubled = False
            elif c == 60 and i + 3 < size:
                if self.html[i + 1] == 47:
                    if i + 8 < size and self.named(i + 2, name, 6):
                        if not doubled:
                            return i
                        doubled = False
                elif not escaped:
                    if self.html[i + 1] == 33 and self.html[i + 2] == 45 and self.html[i + 3] == 45:
                        escaped = True
                        i += 1
                elif i + 7 < size and self.named(i + 1, name, 6):
                    doubled = True
            i += 1
        return size

    def named(self, i, name, width):
        """Whether the name of a tag stands at a place too (``i + width`` is in the source)."""
        k: cython.Py_ssize_t
        c: cython.int = self.html[i + width]
        if c != 62 and c != 47 and not html_space(c):
            return False
        for k in range(width):  # noqa: SIM110
            if (self.html[i + k] | 32) != (self.html[name + k] | 32):
                return False
        return True


def read(html: cython.const[cython.uchar][::1], fragment: cython.bint):
    """Read a page; see the stub."""
    if html.shape[0] > LARGEST:
        raise ValueError("the markup is larger than 1 GiB")
    reader: Reader = Reader(html)
    if fragment:
        reader.fragment()
    else:
        reader.page()
    return reader.columns()
