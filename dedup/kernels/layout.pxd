# The layout of postings, hits and blocks: as in dedup/near/index/format.py.
cdef enum:
    KEY_BITS = 40
    NUMBER_BITS = 24
    UNCAPPED = 1
    FOLDED = 0
    BAND = 1
    FINE = 2
    COARSE = 3
    NAME = 4
    HIT_NUMBER = 32
    HIT_NEED = 8
    BLOCK_HEAD = 4
    BLOCK_TAIL = 8
    LINES = 8
    LINE_WORDS = 8
