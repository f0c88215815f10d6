# The innermost loop, in C for its attribute: compilers that can choose between versions of a
# function when the program starts build one for AVX2 too. Both add in the same order, without
# contracted multiplications, and so give the same bits.
cdef extern from *:
    """
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) \
        && !defined(__SANITIZE_ADDRESS__)
    #define DEDUP_VERSIONS __attribute__((target_clones("avx2", "default")))
    #else
    #define DEDUP_VERSIONS
    #endif

    /* sums[r][k] += steps[j][r] * weights[j][k] for four rows r, all inputs j, all k below a width
       that is a multiple of 8. */
    DEDUP_VERSIONS static void dedup_add_rows(const float *steps, Py_ssize_t inputs,
                                              const float *weights, Py_ssize_t width,
                                              float *sums) {
        for (Py_ssize_t from = 0; from < width; from += 8) {
            float held[4][8];
            for (int r = 0; r < 4; r++)
                for (int k = 0; k < 8; k++) held[r][k] = sums[r * width + from + k];
            for (Py_ssize_t j = 0; j < inputs; j++) {
                const float *weight = weights + j * width + from;
                for (int r = 0; r < 4; r++) {
                    float step = steps[j * 4 + r];
                    for (int k = 0; k < 8; k++) held[r][k] += step * weight[k];
                }
            }
            for (int r = 0; r < 4; r++)
                for (int k = 0; k < 8; k++) sums[r * width + from + k] = held[r][k];
        }
    }

    static int dedup_lowest_bit(unsigned long long mask) {
    #if defined(__GNUC__)
        return __builtin_ctzll(mask);
    #else
        int bit = 0;
        while (!(mask & 1)) { mask >>= 1; bit++; }
        return bit;
    #endif
    }
    """
    void dedup_add_rows(
        const float *steps, Py_ssize_t inputs, const float *weights, Py_ssize_t width, float *sums
    ) noexcept nogil
    int dedup_lowest_bit(unsigned long long mask) noexcept nogil
