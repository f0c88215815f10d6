from dedup.kernels.columns cimport Blocks

cdef class Stack(Blocks):
    cdef int depth
    # By place: tag, hash of its name, its row or -1, whether it has left but not what is in it;
    # its entry in the list, or -1; and what was so before it: row, home, kind of foreign content.
    cdef int[640] s_tag
    cdef unsigned long long[640] s_hash
    cdef int[640] s_own
    cdef bint[640] s_gone
    cdef int[640] s_entry
    cdef int[640] s_row
    cdef int[640] s_home
    cdef int[640] s_foreign
    # By tag: how many are open.
    cdef int[256] open
    # The place of the outermost element whose content is no text, or -1; elements not opened
    # since they are too deep; the place of the form, -1 for none, -2 for one without content.
    cdef int skip, too_deep, form
    cdef int foreign  # 1 in SVG, 2 in MathML
    # Active formatting elements (`formatting`): how many, and the place of each or -1.
    cdef int count
    cdef int[1024] f_place
    # How many start tags were read. Of the last: its place, ranges of attributes, what they say.
    cdef Py_ssize_t tag_count, tag_at, class_at, class_end, id_at, id_end
    cdef bint hidden, closed, unseen
    cdef unsigned long long attributes_hash

    cdef int push(self, int tag, unsigned long long h) except -1 nogil
    cdef int imply(self, int tag) except -1 nogil
    cdef int place(self, int tag, unsigned long long h, int name, Py_ssize_t start, bint hidden, int entry) except -1 nogil
    cdef int enter(self, int tag, int name, Py_ssize_t start, bint hidden) except -1 nogil
    cdef int enclose(self, int tag, unsigned long long h) noexcept nogil
    cdef int foster(self) noexcept nogil
    cdef int pop(self) except -1 nogil
    cdef int leave(self, int d) except -1 nogil
    cdef int pop_to(self, int d) except -1 nogil
    cdef int top(self) noexcept nogil
    cdef int in_scope(self, int tag, unsigned int barrier) noexcept nogil
    cdef int table_context(self) noexcept nogil
