"""Many texts as the kernels read them: strings, or columns of UTF-8.

Python's strings are either ASCII, which is UTF-8 and can be read in place, or arrays of code
points. Those are taken all at once while the interpreter's lock is held, and encoded when a kernel
that holds none opens the text.
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.strings import (
    PyBytes_AsString,
    PyUnicode_AsUCS4,
    PyUnicode_AsUTF8AndSize,
    write_three,
)

# The longest string that is held as code points, so that their arrays stay small; of longer ones
# the bytes are.
LONGEST = cython.declare(cython.Py_ssize_t, 1 << 16)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _encode(
    codes: cython.p_uint, count: cython.Py_ssize_t, out: cython.p_uchar
) -> cython.Py_ssize_t:
    """Write code points as UTF-8, lone surrogates too; returns the bytes, at most four for each."""
    c: cython.uint
    i: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    for i in range(count):
        c = codes[i]
        if c < 0x80:
            out[m] = cython.cast(cython.uchar, c)
            m += 1
        elif c < 0x800:
            out[m] = cython.cast(cython.uchar, 0xC0 | c >> 6)
            out[m + 1] = cython.cast(cython.uchar, 0x80 | (c & 63))
            m += 2
        elif c < 0x10000:
            write_three(out + m, c)
            m += 3
        else:
            out[m] = cython.cast(cython.uchar, 0xF0 | (c >> 18 & 7))
            out[m + 1] = cython.cast(cython.uchar, 0x80 | (c >> 12 & 63))
            out[m + 2] = cython.cast(cython.uchar, 0x80 | (c >> 6 & 63))
            out[m + 3] = cython.cast(cython.uchar, 0x80 | (c & 63))
            m += 4
    return m


@cython.cclass
class Source:
    """Texts of which a kernel opens one after the other.

    ``text`` and ``size`` are the bytes of the open one, which stay until the next is opened.
    ``total`` is about the bytes of all.

    Of a string ``places`` holds the address of its bytes where they can be read in place, else 0,
    and ``offsets`` where its code points begin in ``codes``; ``sizes`` counts the ones or the
    others. ``held`` keeps alive what the addresses point to: a list of our own, of strings that
    cannot change.
    """

    def __init__(self, texts):  # type: ignore[no-untyped-def]
        """Hold on to the texts."""
        self.of_strings = isinstance(texts, list)
        if self.of_strings:
            self._hold(list(texts))
            return
        self.data, self.begins, self.ends = texts
        self.count = self.begins.shape[0]
        i: cython.Py_ssize_t
        if self.ends.shape[0] != self.count:
            raise ValueError("as many begins as ends are needed")
        for i in range(self.count):
            if not 0 <= self.begins[i] <= self.ends[i] <= self.data.shape[0]:
                raise ValueError("a text lies outside of the data")
            self.total += self.ends[i] - self.begins[i]

    @cython.cfunc
    def _hold(self, strings: list):  # type: ignore[no-untyped-def]
        """Take the addresses of ASCII strings, and the code points of the others."""
        wide: cython.Py_ssize_t = 0
        widest: cython.Py_ssize_t = 0
        i: cython.Py_ssize_t
        size: cython.Py_ssize_t
        self.count = len(strings)
        self.held = strings
        self.offsets = np.empty(self.count, np.int64)
        self.sizes = np.empty(self.count, np.int64)
        self.places = np.zeros(self.count, np.uint64)
        for i in range(self.count):
            text = strings[i]
            if not isinstance(text, str):
                raise TypeError(f"text {i} is no str but {type(text).__name__}")
            if type(text) is not str:  # one that may lie about its length
                text = strings[i] = str.__str__(text)
            size = len(text)
            self.total += size
            if not text.isascii():
                self.total += 2 * size
                if size <= LONGEST:
                    self.offsets[i] = wide
                    self.sizes[i] = size
                    wide += size
                    widest = max(widest, size)
                    continue
                text = strings[i] = text.encode("utf-8", "surrogatepass")
            self._read_in_place(i, text)
        self.codes = np.empty(wide + 1, np.uint32)
        self.scratch = np.empty(4 * widest + 1, np.uint8)
        for i in range(self.count):
            if self.places[i] == 0:
                PyUnicode_AsUCS4(
                    strings[i], cython.address(self.codes[self.offsets[i]]), self.sizes[i], 0
                )

    @cython.cfunc
    def _read_in_place(self, i: cython.Py_ssize_t, text: object):  # type: ignore[no-untyped-def]
        """Take the address of a string that is ASCII, or of bytes."""
        size: cython.Py_ssize_t = len(text)
        place: cython.pointer[cython.const[cython.char]]
        if isinstance(text, bytes):
            place = PyBytes_AsString(text)
        else:
            place = PyUnicode_AsUTF8AndSize(text, cython.address(size))
        self.places[i] = cython.cast(cython.size_t, place)
        self.sizes[i] = size

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def open(self, i: cython.Py_ssize_t) -> cython.void:
        """Make ``text`` and ``size`` those of text ``i``, which is below ``count``.

        The buffer has room for four bytes for each code point of the longest text that it takes.
        """
        if not self.of_strings:
            self.size = self.ends[i] - self.begins[i]
            self.text = cython.NULL
            if self.size > 0:
                self.text = cython.address(self.data[self.begins[i]])
        elif self.places[i] != 0:
            self.size = self.sizes[i]
            self.text = cython.cast(
                cython.pointer[cython.const[cython.uchar]],
                cython.cast(cython.size_t, self.places[i]),
            )
        else:
            self.text = cython.address(self.scratch[0])
            self.size = _encode(
                cython.address(self.codes[self.offsets[i]]),
                self.sizes[i],
                cython.address(self.scratch[0]),
            )
