# The tokeniser, for the kernels that hash what it finds; see tokens.py.

cdef class Tokenizer:
    cdef const unsigned char* data
    cdef const unsigned int[::1] entries
    cdef const unsigned int[::1] extra
    cdef unsigned long long[::1] tokens
    cdef long long[::1] starts
    cdef long long[::1] ends
    cdef bint spans
    cdef unsigned long long role, h, block, fill, key_a, key_b
    cdef Py_ssize_t pos, end, first, last
    cdef void reset(self, const unsigned char* data, Py_ssize_t size) noexcept nogil
    cdef Py_ssize_t take(self, Py_ssize_t n) noexcept nogil
