cdef class Blocks:
    # The page as UTF-8.
    cdef const unsigned char[::1] html
    cdef Py_ssize_t size
    # One row per element, one per block; how far each is filled.
    cdef int[:, ::1] rows
    cdef int[:, ::1] blocks
    cdef int row_count, block_count
    # The texts of the blocks, each after a NUL; the open one is text[opened:now].
    cdef unsigned char[::1] text
    cdef Py_ssize_t opened, now, kept
    # The distinct names of elements, a NUL between them.
    cdef unsigned char[::1] names
    cdef int[::1] name_ends
    cdef unsigned long long[::1] name_hashes
    cdef int[::1] name_table
    cdef int name_count
    # The open run.
    cdef int gap, tabs, edges, cell_chars, linked, run_home, first_row, images
    cdef bint blank, link_end, broken
    cdef Py_ssize_t begin, end
    # The open cell, and the end of what comes before it.
    cdef Py_ssize_t cell_begin, cell_text, before_end, before_text
    # The place in the tree.
    cdef int element, home, link, pre

    cdef int reserve_text(self, Py_ssize_t more) except -1 nogil
    cdef int take(self, Py_ssize_t i, Py_ssize_t end, bint raw) except -1 nogil
    cdef int take_pre(self, Py_ssize_t i, Py_ssize_t end, bint raw) except -1 nogil
    cdef int took(self, int chars, int first, int last, bint was_empty) except -1 nogil
    cdef int line_break(self) except -1 nogil
    cdef int link_space(self) except -1 nogil
    cdef int edge(self, int role, int home) except -1 nogil
    cdef int end_cell(self) except -1 nogil
    cdef int make_block(self, Py_ssize_t stop, Py_ssize_t end, int edges) except -1 nogil
    cdef int close_run(self) noexcept nogil
    cdef int flush(self) except -1 nogil
    cdef int name(self, Py_ssize_t a, Py_ssize_t b, Py_ssize_t c, Py_ssize_t d) except -1 nogil
    cdef Py_ssize_t copy_value(self, Py_ssize_t at, Py_ssize_t a, Py_ssize_t b) except -1 nogil
    cdef int intern(self, Py_ssize_t start, Py_ssize_t end) except -1 nogil
    cdef int grow_names(self) except -1 nogil
    cdef int open_row(self, int tag, int name, Py_ssize_t start, bint hidden) except -1 nogil
