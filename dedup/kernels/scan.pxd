"""Looking for a byte, and white space: helpers that are compiled into each kernel that uses them."""

from libc.string cimport memchr


cdef inline Py_ssize_t find(
    const unsigned char[::1] data, Py_ssize_t i, Py_ssize_t end, int byte
) noexcept nogil:
    """Where a byte stands next in ``data[i:end]``, or ``end``; needs ``0 <= i`` and a true end."""
    if i >= end:
        return end
    cdef const unsigned char *begin = &data[0]
    cdef const unsigned char *found = <const unsigned char *> memchr(begin + i, byte, end - i)
    return end if found == NULL else found - begin


cdef inline bint html_space(int c) noexcept nogil:
    """Whether a byte is white space between tags and attributes."""
    return c == 32 or c == 10 or c == 9 or c == 13 or c == 12


cdef inline int space(const unsigned char *text, Py_ssize_t i, Py_ssize_t end) noexcept nogil:
    """How many bytes the white space (as `str.isspace` has it) at ``i < end`` takes, or 0."""
    cdef int b = text[i]
    cdef int c, d
    if b < 0x80:
        return b == 32 or 9 <= b <= 13 or 28 <= b <= 31
    if b == 0xC2 and i + 1 < end:
        return 2 if text[i + 1] == 0x85 or text[i + 1] == 0xA0 else 0
    if b < 0xE1 or b > 0xE3 or i + 2 >= end:
        return 0
    c = text[i + 1]
    d = text[i + 2]
    if b == 0xE1:
        return 3 if c == 0x9A and d == 0x80 else 0
    if b == 0xE3:
        return 3 if c == 0x80 and d == 0x80 else 0
    if c == 0x80:
        return 3 if d <= 0x8A or d == 0xA8 or d == 0xA9 or d == 0xAF else 0
    return 3 if c == 0x81 and d == 0x9F else 0
