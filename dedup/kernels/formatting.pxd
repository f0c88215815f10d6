from dedup.kernels.stack cimport Stack

cdef class Formatting(Stack):
    # Active formatting elements: tag, -1 for a marker; hash of the tag; name, start,
    # whether hidden; hash of the attributes.
    cdef int[1024] f_tag
    cdef unsigned long long[1024] f_hash
    cdef int[1024] f_name
    cdef Py_ssize_t[1024] f_start
    cdef bint[1024] f_hidden
    cdef unsigned long long[1024] f_attributes
    cdef int listed
    cdef Py_ssize_t reopened, moved

    cdef int mark(self) noexcept nogil
    cdef int to_mark(self) noexcept nogil
    cdef int reopen(self) except -1 nogil
    cdef int format(self, int tag, unsigned long long h) except -1 nogil
    cdef int forget(self, int k) noexcept nogil
    cdef int find_format(self, int tag) noexcept nogil
    cdef bint unformat(self, int tag) except -1 nogil
    cdef int take_out(self, int d) noexcept nogil
    cdef bint adopt(self, int d, int e, int k) except -1 nogil
    cdef bint go_below(self, int d, int e, int k, int row) noexcept nogil
    cdef int insert_row(self, int at, int like, int parent) except -1 nogil
    cdef int shift(self, int j) noexcept nogil
