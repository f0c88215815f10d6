# The columns of a page as the kernels share them; `outline.py` says what each holds.
cdef class Tree:
    cdef Py_ssize_t count
    cdef const unsigned char[::1] tag, hidden
    cdef const int[::1] parent, name, first, last
    cdef const unsigned long long[::1] names, shapes

cdef class Rows:
    cdef Py_ssize_t count
    cdef const float[:, ::1] counts
    cdef const unsigned long long[::1] hashes, phrases
    cdef const int[::1] element, links, images
    cdef const int[:, ::1] inner
