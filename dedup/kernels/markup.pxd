from dedup.kernels.attributes cimport Attributes

cdef class Reader(Attributes):
    # Whether a line feed that comes next is dropped.
    cdef bint newline

    cdef int read(self) except -1 nogil
    cdef Py_ssize_t characters(self, Py_ssize_t i) except -1 nogil
    cdef Py_ssize_t declaration(self, Py_ssize_t i) except -1 nogil
    cdef Py_ssize_t comment_end(self, Py_ssize_t i) noexcept nogil
    cdef Py_ssize_t cdata_end(self, Py_ssize_t i) noexcept nogil
    cdef int doctype(self, Py_ssize_t i) noexcept nogil
    cdef Py_ssize_t start_tag(self, Py_ssize_t name) except -1 nogil
    cdef int close(self, int tag, unsigned long long h, Py_ssize_t i) except -1 nogil
    cdef Py_ssize_t raw_text(self, Py_ssize_t i, int tag, Py_ssize_t name, int note, bint opened) except -1 nogil
    cdef Py_ssize_t raw_end(self, Py_ssize_t i, Py_ssize_t name, Py_ssize_t width) noexcept nogil
    cdef Py_ssize_t script_end(self, Py_ssize_t i, Py_ssize_t name) noexcept nogil
    cdef bint named(self, Py_ssize_t i, Py_ssize_t name, Py_ssize_t width) noexcept nogil
