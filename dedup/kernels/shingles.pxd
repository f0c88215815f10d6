# Shingles from tokens, for the kernels that hash them further; see shingles.py.

cdef Py_ssize_t roll(
    unsigned long long[::1] tokens,
    Py_ssize_t n,
    Py_ssize_t size,
    unsigned long long[::1] out,
    Py_ssize_t m,
) noexcept nogil
cdef Py_ssize_t keep_last(unsigned long long[::1] tokens, Py_ssize_t n, Py_ssize_t size) noexcept nogil
cpdef Py_ssize_t check_size(Py_ssize_t size) except? -1
