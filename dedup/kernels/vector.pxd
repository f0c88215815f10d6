# The innermost loops of a network, in C for one attribute: compilers that can choose between
# versions of a function when the program starts build one for AVX2 too. All add in the same order,
# without contracted multiplications, and so give the same bits.
cdef extern from *:
    """
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) \
        && !defined(__SANITIZE_ADDRESS__)
    #define DEDUP_VERSIONS __attribute__((target_clones("avx2", "default")))
    #else
    #define DEDUP_VERSIONS
    #endif

    /* steps[j] = clip((row[j] - mean[j]) * scale[j]) - low[j] */
    DEDUP_VERSIONS static void dedup_standardise(const float *row, const float *mean,
                                                 const float *scale, const float *low,
                                                 Py_ssize_t inputs, float clip, float *steps) {
        for (Py_ssize_t j = 0; j < inputs; j++) {
            float value = (row[j] - mean[j]) * scale[j];
            value = value < -clip ? -clip : value;
            value = value > clip ? clip : value;
            steps[j] = value - low[j];
        }
    }

    /* Eight numbers at once: a vector where the compiler has them, else a loop. */
    #if defined(__GNUC__)
    typedef float dedup_eight __attribute__((vector_size(32), aligned(4), may_alias));
    #define DEDUP_LOAD(eight, from) eight = *(const dedup_eight *)(from)
    #define DEDUP_STORE(eight, to) *(dedup_eight *)(to) = eight
    #define DEDUP_ADD(eight, step, from) eight += (step) * *(const dedup_eight *)(from)
    #else
    typedef struct { float part[8]; } dedup_eight;
    #define DEDUP_LOAD(eight, from) eight = *(const dedup_eight *)(from)
    #define DEDUP_STORE(eight, to) *(dedup_eight *)(to) = eight
    #define DEDUP_ADD(eight, step, from) \
        for (int k_ = 0; k_ < 8; k_++) eight.part[k_] += (step) * (from)[k_]
    #endif

    /* sums[k] += weights[k], for a width that is a multiple of 8 */
    DEDUP_VERSIONS static void dedup_add_weights(const float *weights, Py_ssize_t width,
                                                 float *sums) {
        for (Py_ssize_t from = 0; from < width; from += 8) {
            dedup_eight held;
            DEDUP_LOAD(held, sums + from);
            DEDUP_ADD(held, 1.0f, weights + from);
            DEDUP_STORE(held, sums + from);
        }
    }

    /* sums[r][k] += steps[r][j] * weights[j][k] for four rows r, all inputs j, all k below a width
       that is a multiple of 8 */
    DEDUP_VERSIONS static void dedup_add_rows(const float *steps, Py_ssize_t inputs,
                                              const float *weights, Py_ssize_t width,
                                              float *sums) {
        const float *a = steps, *b = a + inputs, *c = b + inputs, *d = c + inputs;
        for (Py_ssize_t from = 0; from < width; from += 8) {
            dedup_eight p, q, r, s;
            DEDUP_LOAD(p, sums + from);
            DEDUP_LOAD(q, sums + width + from);
            DEDUP_LOAD(r, sums + 2 * width + from);
            DEDUP_LOAD(s, sums + 3 * width + from);
            for (Py_ssize_t j = 0; j < inputs; j++) {
                const float *weight = weights + j * width + from;
                DEDUP_ADD(p, a[j], weight);
                DEDUP_ADD(q, b[j], weight);
                DEDUP_ADD(r, c[j], weight);
                DEDUP_ADD(s, d[j], weight);
            }
            DEDUP_STORE(p, sums + from);
            DEDUP_STORE(q, sums + width + from);
            DEDUP_STORE(r, sums + 2 * width + from);
            DEDUP_STORE(s, sums + 3 * width + from);
        }
    }

    /* The sum of relu(sums[k]) * last[k], in eight parts: the order does not depend on the
       machine. */
    DEDUP_VERSIONS static float dedup_last_one(const float *sums, const float *last,
                                               Py_ssize_t width) {
        float held[8] = {0, 0, 0, 0, 0, 0, 0, 0};
        for (Py_ssize_t from = 0; from < width; from += 8)
            for (int k = 0; k < 8; k++) {
                float value = sums[from + k];
                held[k] += (value > 0 ? value : 0) * last[from + k];
            }
        return ((held[0] + held[4]) + (held[2] + held[6]))
             + ((held[1] + held[5]) + (held[3] + held[7]));
    }

    /* out[o] += relu(sums[k]) * last[k][o], for outputs that are a multiple of 8 */
    DEDUP_VERSIONS static void dedup_last_many(const float *sums, const float *last,
                                               Py_ssize_t width, Py_ssize_t outputs, float *out) {
        for (Py_ssize_t from = 0; from < outputs; from += 8) {
            dedup_eight held;
            DEDUP_LOAD(held, out + from);
            for (Py_ssize_t k = 0; k < width; k++) {
                float value = sums[k] > 0 ? sums[k] : 0;
                DEDUP_ADD(held, value, last + k * outputs + from);
            }
            DEDUP_STORE(held, out + from);
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
    void dedup_standardise(
        const float *row, const float *mean, const float *scale, const float *low,
        Py_ssize_t inputs, float clip, float *steps
    ) noexcept nogil
    void dedup_add_weights(const float *weights, Py_ssize_t width, float *sums) noexcept nogil
    void dedup_add_rows(
        const float *steps, Py_ssize_t inputs, const float *weights, Py_ssize_t width, float *sums
    ) noexcept nogil
    float dedup_last_one(const float *sums, const float *last, Py_ssize_t width) noexcept nogil
    void dedup_last_many(
        const float *sums, const float *last, Py_ssize_t width, Py_ssize_t outputs, float *out
    ) noexcept nogil
    int dedup_lowest_bit(unsigned long long mask) noexcept nogil
