# Plain words, 64 bytes at a time, for the tokeniser; see words.py.

cdef extern from *:
    """
    #include <string.h>
    #if defined(__SSE2__) || defined(_M_X64)
    #include <emmintrin.h>
    #endif
    #define DEDUP_ALL 0xFFFFFFFFFFFFFFFFULL

    /* A bit for each of 64 bytes: is it no ASCII, is it a letter or digit, is it a symbol (ASCII, but
       neither one of these nor white space nor a control character). */
    typedef struct { unsigned long long high, letters, symbols; } dedup_masks;

    #if defined(__SSE2__) || defined(_M_X64)
    static inline dedup_masks dedup_look(const unsigned char *place) {
        dedup_masks found = {0, 0, 0};
        for (int at = 0; at < 64; at += 16) { /* bytes that are no ASCII are below 0 here */
            __m128i bytes = _mm_loadu_si128((const __m128i *)(place + at));
            __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
            __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)),
                                           _mm_cmplt_epi8(lower, _mm_set1_epi8('z' + 1)));
            __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)),
                                          _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
            __m128i shown = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(' ')),
                                          _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x7F)));
            letter = _mm_or_si128(letter, digit);
            found.high |= (unsigned long long)_mm_movemask_epi8(bytes) << at;
            found.letters |= (unsigned long long)_mm_movemask_epi8(letter) << at;
            found.symbols |=
                (unsigned long long)_mm_movemask_epi8(_mm_andnot_si128(letter, shown)) << at;
        }
        return found;
    }
    #else
    static inline dedup_masks dedup_look(const unsigned char *place) {
        dedup_masks found = {0, 0, 0};
        for (int at = 0; at < 64; at++) {
            unsigned char byte = place[at], lower = byte | 0x20;
            unsigned long long letter =
                (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
            found.high |= (unsigned long long)(byte >> 7) << at;
            found.letters |= letter << at;
            found.symbols |= (unsigned long long)(byte > ' ' && byte < 0x7F && !letter) << at;
        }
        return found;
    }
    #endif
    """
    const unsigned long long ALL "DEDUP_ALL"
    ctypedef struct Masks "dedup_masks":
        unsigned long long high
        unsigned long long letters
        unsigned long long symbols
    Masks look "dedup_look"(const unsigned char* place) noexcept nogil

cdef enum:
    WINDOW = 64  # bytes that a turn looks at
    REACH = 80  # bytes that it may load: those, and the letters of a word that begins in them

# Where a reader of words is: the next byte, the tokens so far, and the two keys of the text.
cdef struct Reading:
    Py_ssize_t pos
    Py_ssize_t tokens
    unsigned long long key_a
    unsigned long long key_b

cdef void plain_words(
    const unsigned char* data,
    Py_ssize_t end,
    const unsigned int* entries,
    unsigned long long* tokens,
    Reading* reading,
) noexcept nogil
cdef unsigned long long absorb(
    unsigned long long h, unsigned long long block, unsigned long long fill
) noexcept nogil
