# Of Python's strings, what the limited API tells; and how a code point of three bytes is written.

cdef extern from *:
    """
    #include <string.h>
    static inline void dedup_three(unsigned char *out, unsigned int c) {
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        unsigned int word = 0x8080E0u | c >> 12 | (c << 2 & 0x3F00) | (c & 63) << 16;
        memcpy(out, &word, 4);
    #else
        out[0] = 0xE0 | c >> 12;
        out[1] = 0x80 | (c >> 6 & 63);
        out[2] = 0x80 | (c & 63);
    #endif
    }
    """
    # Three bytes for a code point from 0x800 to 0xFFFF; a fourth is written to as well.
    void write_three "dedup_three"(unsigned char *out, unsigned int c) noexcept nogil

cdef extern from "Python.h":
    # The bytes of an ASCII string where they are; for others a copy is made that stays with them.
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL
    # The code points of a string, of which the buffer must have room for as many as it has.
    unsigned int* PyUnicode_AsUCS4(
        object text, unsigned int* buffer, Py_ssize_t size, int copy_null
    ) except NULL
    const char* PyBytes_AsString(object data) except NULL
