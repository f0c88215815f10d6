# What several kernels share: odd multipliers, a mixer, and two C one-liners that Cython lacks.

cdef extern from *:
    """
    #include <string.h>
    /* The golden ratio's odd multiplier (Knuth), and those of MurmurHash3's finaliser. */
    #define DEDUP_GOLD 0x9E3779B97F4A7C15ULL
    #define DEDUP_MIX_A 0xFF51AFD7ED558CCDULL
    #define DEDUP_MIX_B 0xC4CEB9FE1A85EC53ULL
    #if defined(_MSC_VER)
    #include <intrin.h>
    static __inline int dedup_ctz(unsigned long long word) {
        unsigned long at;
        _BitScanForward64(&at, word);
        return (int)at;
    }
    #else
    static inline int dedup_ctz(unsigned long long word) { return __builtin_ctzll(word); }
    #endif
    static inline unsigned long long dedup_load8(const void *place) {
        unsigned long long word;
        memcpy(&word, place, 8);
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        return word;
    }
    """
    const unsigned long long LOW_HALF "0xFFFFFFFFULL"
    const unsigned long long GOLD "DEDUP_GOLD"
    const unsigned long long MIX_A "DEDUP_MIX_A"
    const unsigned long long MIX_B "DEDUP_MIX_B"
    # Zero bits below the lowest one; undefined for zero.
    int trailing_zeros "dedup_ctz"(unsigned long long word) noexcept nogil
    # Eight bytes from any place, the first in the low bits.
    unsigned long long load8 "dedup_load8"(const void *place) noexcept nogil


# MurmurHash3's finaliser: every bit of the input reaches every bit of the result.
cdef inline unsigned long long mix(unsigned long long h) noexcept nogil:
    h = (h ^ (h >> 33)) * MIX_A
    h = (h ^ (h >> 33)) * MIX_B
    return h ^ (h >> 33)
