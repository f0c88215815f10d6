from dedup.kernels.tree cimport Tree

cdef class Attributes(Tree):
    # What the page says of itself: tag, ranges of a key and of a value, end of the start tag.
    cdef int[:, ::1] notes
    cdef int note_count
    cdef bint dated
    # Of the tag that is read: its key, by which attribute it is known, its value.
    cdef Py_ssize_t key_at, key_end, value_at, value_end
    cdef int key_rank

    cdef bint letters(self, Py_ssize_t i, Py_ssize_t end, const char *word) noexcept nogil
    cdef Py_ssize_t attributes(self, Py_ssize_t i, int tag) except -1 nogil
    cdef int attribute(self, int tag, unsigned long long h, Py_ssize_t at, Py_ssize_t end) except -1 nogil
    cdef int key(self, int rank, Py_ssize_t at, Py_ssize_t end) noexcept nogil
    cdef bint not_shown(self, Py_ssize_t i, Py_ssize_t end) noexcept nogil
    cdef int note_tag(self, int tag, Py_ssize_t content) except -2 nogil
    cdef int note(self, int tag, Py_ssize_t a, Py_ssize_t b, Py_ssize_t c, Py_ssize_t d) except -2 nogil
