from dedup.kernels.formatting cimport Formatting

cdef class Ends(Formatting):
    cdef int mode, body_row
    cdef bint quirks

    cdef int line(self) except -1 nogil
    cdef int to_head(self) except -1 nogil
    cdef int to_body(self) except -1 nogil
    cdef int close_p(self) except -1 nogil
    cdef int close_item(self, int tag) except -1 nogil
    cdef int back_to(self, int a, int b, int c) except -1 nogil
    cdef int close_to(self, int d) except -1 nogil
    cdef bint in_template(self) noexcept nogil
    cdef int finish(self, int tag, unsigned long long h) except -1 nogil
    cdef bint finish_foreign(self, unsigned long long h) except -1 nogil
    cdef bint finish_head(self, int tag) except -1 nogil
    cdef int finish_form(self) except -1 nogil
    cdef int finish_heading(self) except -1 nogil
    cdef int finish_other(self, int tag, unsigned long long h) except -1 nogil
