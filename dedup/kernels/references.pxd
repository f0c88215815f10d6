cdef Py_ssize_t reference(
    const unsigned char[::1] html, Py_ssize_t i, Py_ssize_t end, bint attribute,
    unsigned char *out,
) noexcept nogil
