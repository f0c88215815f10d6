# What is known of a page; `page.py` says how it is found.
from dedup.kernels.outline cimport Rows, Tree

cdef class Page:
    cdef readonly object context
    cdef readonly object values
    cdef readonly unsigned long long names
    cdef Tree _t
    cdef Rows _r
    cdef unsigned long long _headings, _openers
    cdef int _h1
    # Sums over the blocks before each: tokens, link tokens, sentence ends, tokens of good blocks;
    # and of sentences and short blocks.
    cdef double[:, ::1] _sums
    cdef int[:, ::1] _runs
    # Per block: the share of links, blocks that say the same, whether it is a heading, the last
    # heading, the words that opened its section, where that was (-1: in none, its own included),
    # the innermost container that holds another block (-1: none).
    cdef float[::1] _density
    cdef int[::1] _copies, _heading_at, _section_at, _container
    cdef unsigned char[::1] _heading
    cdef unsigned long long[::1] _section
    # Per element: masks of the names and tags around it, how often its like repeats, the next
    # container that holds more blocks, its depth, its group, its children with text.
    cdef unsigned long long[:, ::1] _around
    cdef float[::1] _repeats
    cdef int[::1] _wider, _depth, _group, _children
    # Per group: blocks, tokens, link tokens, sentence ends.
    cdef double[:, ::1] _alike
    cdef int[::1] _numbers  # ... the number of the group among those of blocks
    cdef int[:, ::1] _context
    cdef float[::1] _values
    cdef double _total, _total_good, _cjk
    cdef Py_ssize_t _after_title
    cdef Py_ssize_t[2] _segment  # the range of blocks with the most prose
    cdef int[2] _best  # the elements that hold most of the good text
    cdef void _count_copies(
        self, unsigned long long *texts, int *times, unsigned long long last
    ) noexcept nogil
    cdef void _sum(self) noexcept nogil
    cdef void _find_segment(self) noexcept nogil
    cdef void _find_sections(self) noexcept nogil
    cdef Py_ssize_t _number_groups(
        self, unsigned long long *chains, int *numbers, unsigned long long last
    ) noexcept nogil
    cdef void _describe_elements(self) noexcept nogil
    cdef void _describe_groups(self) noexcept nogil
    cdef void _fill_context(self) noexcept nogil
