# What the tokeniser knows: seeds of its hashes, the layout of the fold table, sizes of its arrays.

cdef extern from *:
    """
    #define DEDUP_SEED 0x243F6A8885A308D3ULL /* the digits of pi, as are the next */
    #define DEDUP_PARTED 0x13198A2E03707344ULL
    #define DEDUP_EVERY 0x0101010101010101ULL /* one in each of eight bytes */
    """
    const unsigned long long SEED "DEDUP_SEED"
    const unsigned long long PARTED "DEDUP_PARTED"
    const unsigned long long EVERY "DEDUP_EVERY"

# The layout of an entry of the fold table, and the roles: as in dedup/text/tables.py.
cdef enum:
    LIMIT = 0x34000
    CLASS_SHIFT = 28
    CODE_MASK = 0x1FFFFF
    BREAK = 1
    WORD = 2
    CHARACTER = 3
    MARK = 4
    IGNORED = 5
    EXPANDED = 6

cdef enum:
    BATCH = 1024  # tokens of one turn: they and their shingles stay in the first-level cache
    ROOM = 64  # more tokens than one code point expands to
    MOST = 32  # code points that one may expand to: U+FDFA has 18
