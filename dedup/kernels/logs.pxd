# Logarithms of one and each whole number: a table of the first ones, which each kernel that uses it
# fills when it is imported.
cdef extern from *:
    """
    #include <math.h>

    static float dedup_logs[4096];

    static void dedup_fill_logs(void) {
        for (int number = 0; number < 4096; number++) dedup_logs[number] = (float)log1p(number);
    }

    static inline float dedup_log_of(Py_ssize_t number) {
        return number >= 0 && number < 4096 ? dedup_logs[number] : (float)log1p((double)number);
    }
    """
    void dedup_fill_logs() noexcept nogil
    float dedup_log_of(Py_ssize_t number) noexcept nogil
