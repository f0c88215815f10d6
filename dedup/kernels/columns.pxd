from dedup.kernels.elements cimport Elements

cdef class Blocks(Elements):
    # One row per block.
    cdef int[:, ::1] blocks
    # The texts of the blocks, each after a NUL; the open one is text[opened:now].
    cdef unsigned char[::1] text
    cdef Py_ssize_t opened, now, kept
    # The open run.
    cdef int gap, tabs, edges, cell_chars, linked, run_home, first_row, images
    cdef bint blank, link_end, broken
    cdef Py_ssize_t begin, end
    # The open cell, and the end of what comes before it.
    cdef Py_ssize_t cell_begin, cell_text, before_end, before_text
    # The place in the tree: the row of the innermost block-level element, and how many links and
    # preformatted elements are open.
    cdef int home, link, pre

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
