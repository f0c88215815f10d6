# The tokeniser, for the kernels that hash what it finds; see tokens.py.

cdef class Tokenizer:
    cdef const unsigned char[::1] data
    cdef const unsigned int[::1] entries
    cdef const unsigned int[::1] extra
    cdef unsigned long long[::1] tokens
    cdef long long[::1] starts
    cdef long long[::1] ends
    cdef bint spans
    cdef unsigned long long role, h, block, fill, key_a, key_b
    cdef Py_ssize_t pos, first, last
    cdef void reset(self, Py_ssize_t pos) noexcept nogil
    cdef Py_ssize_t take(self, Py_ssize_t end, Py_ssize_t n) noexcept nogil


cdef Py_ssize_t roll(
    unsigned long long[::1] tokens,
    Py_ssize_t n,
    Py_ssize_t size,
    unsigned long long[::1] out,
    Py_ssize_t m,
) noexcept nogil
cpdef Py_ssize_t check_texts(
    const unsigned char[::1] data,
    const long long[::1] begins,
    const long long[::1] ends,
    Py_ssize_t size,
) except? -1
cdef Py_ssize_t keep_last(unsigned long long[::1] tokens, Py_ssize_t n, Py_ssize_t size) noexcept nogil
