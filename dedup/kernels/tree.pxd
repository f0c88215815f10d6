from dedup.kernels.stack cimport Stack

cdef class Tree(Stack):
    cdef int mode, body_row
    cdef bint quirks

    cdef int start(self, int tag, unsigned long long h) except -1 nogil
    cdef bint start_foreign(self, int tag, unsigned long long h) except -1 nogil
    cdef bint start_head(self, int tag, unsigned long long h) except -1 nogil
    cdef int start_page(self, int tag, unsigned long long h) except -1 nogil
    cdef bint start_in_select(self, int tag) except -1 nogil
    cdef int start_table_part(self, int tag, unsigned long long h) except -1 nogil
    cdef int start_table(self, unsigned long long h) except -1 nogil
    cdef int start_form(self, unsigned long long h) except -1 nogil
    cdef int start_block(self, int tag, unsigned long long h) except -1 nogil
    cdef int start_other(self, int tag, unsigned long long h) except -1 nogil
    cdef int line(self) except -1 nogil
    cdef int push_head(self, int tag, unsigned long long h) except -1 nogil
    cdef int pop_void(self, int tag) except -1 nogil
    cdef int to_head(self) except -1 nogil
    cdef int to_body(self) except -1 nogil
    cdef int merge(self, int row) except -1 nogil
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
    cdef int words(self, Py_ssize_t i, Py_ssize_t end) except -1 nogil
    cdef int loose_words(self, Py_ssize_t i, Py_ssize_t end) except -1 nogil
