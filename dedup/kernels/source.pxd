# Many texts, for the kernels that read them; see source.py.

cdef class Source:
    cdef list held
    cdef const unsigned char[::1] data
    cdef const long long[::1] begins
    cdef const long long[::1] ends
    cdef unsigned long long[::1] places
    cdef long long[::1] offsets
    cdef long long[::1] sizes
    cdef unsigned int[::1] codes
    cdef unsigned char[::1] scratch
    cdef bint of_strings
    cdef readonly Py_ssize_t count
    cdef readonly Py_ssize_t total
    cdef const unsigned char* text
    cdef Py_ssize_t size
    cdef object _hold(self, list strings)
    cdef object _read_in_place(self, Py_ssize_t i, object text)
    cdef void open(self, Py_ssize_t i) noexcept nogil
