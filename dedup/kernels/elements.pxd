cdef class Elements:
    # The page as UTF-8.
    cdef const unsigned char[::1] html
    cdef Py_ssize_t size
    # One row per element; how many there are, and how many blocks; the row of the innermost.
    cdef int[:, ::1] rows
    cdef int row_count, block_count, element
    # The distinct names of elements, a NUL between them.
    cdef unsigned char[::1] names
    cdef int[::1] name_ends
    cdef unsigned long long[::1] name_hashes
    cdef int[::1] name_table
    cdef int name_count

    cdef int name(self, Py_ssize_t a, Py_ssize_t b, Py_ssize_t c, Py_ssize_t d) except -1 nogil
    cdef Py_ssize_t copy_value(self, Py_ssize_t at, Py_ssize_t a, Py_ssize_t b) except -1 nogil
    cdef int intern(self, Py_ssize_t start, Py_ssize_t end) except -1 nogil
    cdef int grow_names(self) except -1 nogil
    cdef int open_row(self, int tag, int name, Py_ssize_t start, bint hidden) except -1 nogil
