"""What tags say beside their name: attributes, and the notes made of them."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.reader_layout import NOTE_COLUMNS
from cython.cimports.dedup.kernels.scan import find, html_space

from dedup.kernels.tags import BIT, NUMBER, flags_of, name_hash
from dedup.kernels.tree import Tree

_FLAGS = cython.declare(cython.uint[::1], flags_of)
_BASIS = cython.declare(cython.ulonglong, 0xCBF29CE484222325)
_PRIME = cython.declare(cython.ulonglong, 1099511628211)
_NOTED = cython.declare(cython.uint, BIT["noted"])
_FORMATTING = cython.declare(cython.uint, BIT["formatting"])
_A = cython.declare(cython.int, NUMBER["a"])
_HTML = cython.declare(cython.int, NUMBER["html"])
_INPUT = cython.declare(cython.int, NUMBER["input"])
_LINK = cython.declare(cython.int, NUMBER["link"])
_META = cython.declare(cython.int, NUMBER["meta"])
_NOSCRIPT = cython.declare(cython.int, NUMBER["noscript"])
_SCRIPT = cython.declare(cython.int, NUMBER["script"])
_TIME = cython.declare(cython.int, NUMBER["time"])
_CLASS = cython.declare(cython.ulonglong, name_hash("class"))
_ID = cython.declare(cython.ulonglong, name_hash("id"))
_HIDDEN = cython.declare(cython.ulonglong, name_hash("hidden"))
_STYLE = cython.declare(cython.ulonglong, name_hash("style"))
_PRELOADED = cython.declare(cython.ulonglong, name_hash("data-preloaded"))
_DATETIME = cython.declare(cython.ulonglong, name_hash("datetime"))
_LANG = cython.declare(cython.ulonglong, name_hash("lang"))
_REL = cython.declare(cython.ulonglong, name_hash("rel"))
_HREF = cython.declare(cython.ulonglong, name_hash("href"))
_PROPERTY = cython.declare(cython.ulonglong, name_hash("property"))
_NAME_ATTRIBUTE = cython.declare(cython.ulonglong, name_hash("name"))
_ITEMPROP = cython.declare(cython.ulonglong, name_hash("itemprop"))
_CONTENT = cython.declare(cython.ulonglong, name_hash("content"))
_TYPE = cython.declare(cython.ulonglong, name_hash("type"))
_DISPLAY_NONE = cython.declare(cython.const[cython.uchar][::1], b"display:none")


@cython.cclass
class Attributes(Tree):
    """The tag that is read."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Tree.__init__(self, html)
        self.notes = np.empty((64, NOTE_COLUMNS), np.int32)

    def letters(self, i, end, word):
        """Whether a word (in lower case) stands at a place, in letters of any case."""
        k: cython.int = 0
        while word[k] != 0:
            if i + k >= end or (self.html[i + k] | 32) != (word[k] | 32):
                return False
            k += 1
        return True

    def attributes(self, i, tag):  # noqa: C901, PLR0915 - one loop, whose state is local
        """Read the attributes of a tag; returns where its ``>`` is, or the size of the source."""
        size: cython.Py_ssize_t = self.size
        begin: cython.Py_ssize_t
        at: cython.Py_ssize_t
        end: cython.Py_ssize_t
        k: cython.Py_ssize_t
        c: cython.int
        h: cython.ulonglong
        value: cython.ulonglong
        whole: cython.bint = tag > 0 and _FLAGS[tag] & _FORMATTING != 0 and tag != _A
        self.class_at = self.class_end = self.id_at = self.id_end = 0
        self.key_at = self.key_end = self.value_at = self.value_end = 0
        self.key_rank = 9
        self.attributes_hash = 0
        self.hidden = self.closed = self.unseen = False
        while i < size:
            c = self.html[i]
            if c == 62:
                return i
            if html_space(c):
                i += 1
                continue
            if c == 47:
                self.closed = i + 1 < size and self.html[i + 1] == 62
                i += 1
                continue
            begin = i
            h = _BASIS
            while i < size:
                c = self.html[i]
                if (c == 61 and i > begin) or c == 62 or c == 47 or html_space(c):
                    break
                if 65 <= c <= 90:
                    c |= 32
                h = (h ^ c) * _PRIME
                i += 1
            at = end = i
            while i < size and html_space(self.html[i]):
                i += 1
            if i < size and self.html[i] == 61:
                i += 1
                while i < size and html_space(self.html[i]):
                    i += 1
                at = i
                if i < size and (self.html[i] == 34 or self.html[i] == 39):
                    at = i + 1
                    end = find(self.html, at, size, self.html[i])
                    i = end + 1
                else:
                    while i < size and self.html[i] != 62 and not html_space(self.html[i]):
                        i += 1
                    end = i
            if tag >= 0:
                self.attribute(tag, h, at, end)
            if whole:  # in any order, the same sum
                value = h
                for k in range(at, end):
                    value = (value ^ self.html[k]) * _PRIME
                self.attributes_hash += value
        return size

    def attribute(self, tag, h, at, end):  # noqa: C901 - a table of names
        """Take up an attribute; of those with the same name the first counts."""
        if h == _CLASS:
            if self.class_end == 0:
                self.class_at = at
                self.class_end = end
        elif h == _ID:
            if self.id_end == 0:
                self.id_at = at
                self.id_end = end
        elif h == _HIDDEN:
            self.hidden = True
        elif h == _STYLE:
            if end - at >= 12 and self.not_shown(at, end):
                self.hidden = True
        elif h == _PRELOADED:
            self.note(0, 0, 0, at, end)
        elif h == _TYPE and tag == _INPUT:
            self.unseen = end - at == 6 and self.letters(at, end, b"hidden")
        elif _FLAGS[tag] & _NOTED:
            if tag == _META:
                if h == _PROPERTY:
                    self.key(0, at, end)
                elif h == _NAME_ATTRIBUTE:
                    self.key(1, at, end)
                elif h == _ITEMPROP:
                    self.key(2, at, end)
            elif (tag == _LINK and h == _REL) or (tag == _SCRIPT and h == _TYPE):
                self.key(0, at, end)
            if self.value_end == 0 and (
                (tag == _META and h == _CONTENT) or (tag == _LINK and h == _HREF)
                or (tag == _HTML and h == _LANG) or (tag == _TIME and h == _DATETIME)
            ):  # fmt: skip
                self.value_at = at
                self.value_end = end
        return 0

    def key(self, rank, at, end):
        """What a tag is known by, if nothing of a better rank was found."""
        if end > at and rank < self.key_rank:
            self.key_rank = rank
            self.key_at = at
            self.key_end = end
        return 0

    def not_shown(self, i, end):
        """Whether a style says ``display:none``, blanks apart."""
        k: cython.Py_ssize_t
        j: cython.Py_ssize_t
        while i < end:
            i = find(self.html, i, end, 100)
            k = 0
            j = i
            while j < end and k < _DISPLAY_NONE.shape[0]:
                if self.html[j] == _DISPLAY_NONE[k]:
                    k += 1
                elif self.html[j] != 32 or k == 0:
                    break
                j += 1
            if k == _DISPLAY_NONE.shape[0]:
                return True
            i += 1
        return False

    def note_tag(self, tag, content):
        """Note a tag that says something of the page; returns its row, or -1."""
        if tag in (_LINK, _META):
            if self.key_end <= self.key_at or self.value_end <= self.value_at:
                return -1
        elif tag == _TIME:
            if self.dated or self.value_end <= self.value_at:
                return -1
            self.dated = True
        elif tag == _HTML:
            if self.value_end <= self.value_at:
                return -1
        else:
            self.value_at = content
            self.value_end = 0 if tag == _NOSCRIPT else content
        if self.skip >= 0:
            tag = -tag
        return self.note(tag, self.key_at, self.key_end, self.value_at, self.value_end)

    def note(self, tag, a, b, c, d):
        """A row of notes; returns it."""
        n: cython.int = self.note_count
        if n >= self.notes.shape[0]:
            with cython.gil:
                longer = np.empty((2 * n, NOTE_COLUMNS), np.int32)
                longer[:n] = self.notes
                self.notes = longer
        self.notes[n, 0] = tag
        self.notes[n, 1] = a
        self.notes[n, 2] = b
        self.notes[n, 3] = c
        self.notes[n, 4] = d
        self.note_count = n + 1
        return n
