from dedup.kernels.ends cimport Ends

cdef class Tree(Ends):
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
    cdef int push_head(self, int tag, unsigned long long h) except -1 nogil
    cdef int pop_void(self, int tag) except -1 nogil
    cdef int merge(self, int row) except -1 nogil
    cdef int words(self, Py_ssize_t i, Py_ssize_t end) except -1 nogil
    cdef int loose_words(self, Py_ssize_t i, Py_ssize_t end) except -1 nogil
