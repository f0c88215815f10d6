# Of Python's strings, what the limited API tells.

cdef extern from "Python.h":
    # The bytes of an ASCII string where they are; for others a copy is made that stays with them.
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL
    # The code points of a string, of which the buffer must have room for as many as it has.
    unsigned int* PyUnicode_AsUCS4(
        object text, unsigned int* buffer, Py_ssize_t size, int copy_null
    ) except NULL
    const char* PyBytes_AsString(object data) except NULL
