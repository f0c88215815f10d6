# The columns of what the kernels of the page classifier count and describe. `counts.COUNTS`,
# `features.DENSE`, `features.ZONES`, `features.PAGE` and `context.RELATIONS` give them their names.

# Counts of a text.
cdef enum:
    T_CHARS, T_TOKENS, T_CJK, T_DIGITS, T_UPPER, T_LETTERS, T_ENDS, T_COMMAS, T_SYMBOLS, T_MARKS
    T_ENDS_SENTENCE, T_ENDS_COLON, T_STARTS_LOWER, T_STARTS_UPPER, T_STARTS_DIGIT, T_LINES
    T_TITLE_HITS, T_YEAR, T_CAPITALS, T_ASKS, T_NUMBERS, T_DATED, T_CLOCK, T_CUTS, T_ENDS_CUT, T_GAPS
    T_WIDTH

# Classes of code points.
cdef enum:
    K_SPACE, K_LOWER_CASE, K_UPPER_CASE, K_DIGIT, K_CHARACTER, K_STOP, K_COMMA, K_SYMBOL, K_MARK, K_COLON

# Dense features.
cdef enum:
    F_TOKENS, F_CHARS, F_CJK, F_DIGITS, F_UPPER, F_MARKS, F_COMMAS, F_ENDS, F_ENDS_LOG
    F_LINK_DENSITY, F_LINKS, F_ENDS_SENTENCE, F_ENDS_COLON, F_STARTS_LOWER, F_STARTS_UPPER
    F_STARTS_DIGIT, F_LINES, F_YEAR, F_CAPITALS, F_ASKS, F_SYMBOLS, F_WORD_LENGTH, F_NUMBERS
    F_DATED, F_CLOCK, F_CUTS, F_ENDS_CUT, F_GAPS, F_TITLE_PRECISION, F_TITLE_RECALL, F_COPIES
    F_IMAGES, F_INLINE, F_HIDDEN
    F_SINCE_SECTION, F_SEGMENT, F_SEGMENT_DISTANCE
    F_DEPTH, F_SIBLINGS, F_ALIKE, F_ALIKE_TOKENS, F_ALIKE_LINKS, F_ALIKE_ENDS, F_REPEATS
    F_BEST60, F_BEST85, F_BEST60_DISTANCE, F_BEST85_DISTANCE
    F_POSITION, F_TEXT_POSITION, F_AFTER_TITLE, F_SINCE_TITLE, F_SINCE_HEADING, F_TO_END
    F_CONTAINER                                  # four containers of eight columns each
    F_NEIGHBOUR = F_CONTAINER + 4 * 8            # four neighbours of seven
    F_WINDOW = F_NEIGHBOUR + 4 * 7               # two windows of eight
    F_WIDTH = F_WINDOW + 2 * 8

# ... of a container around the block.
cdef enum:
    C_TOKENS, C_SHARE, C_LINK_DENSITY, C_ENDS, C_TOKENS_PER_BLOCK, C_GOOD, C_BLOCKS, C_PLACE, C_WIDTH

# ... of a neighbour.
cdef enum:
    N_TOKENS, N_LINKS, N_ENDS, N_HEADING, N_SAME, N_ENDS_SENTENCE, N_STARTS_DIGIT, N_WIDTH

# ... of a window.
cdef enum:
    W_TOKENS, W_LINKS, W_ENDS, W_GOOD_BEFORE, W_GOOD_AFTER, W_SENTENCES, W_SHORT, W_LONGEST, W_WIDTH

# Zones of the masks.
cdef enum:
    Z_TEXT, Z_SECTION, Z_BOX, Z_OWN_TAGS, Z_OWN_NAMES, Z_AROUND_TAGS, Z_AROUND_NAMES, Z_WIDTH

# What is the same for all blocks of a page.
cdef enum:
    P_BLOCKS, P_TOKENS, P_LINKS, P_GOOD, P_CJK, P_REPEATS, P_SEGMENT_SHARE, P_WIDTH

# What the blocks around one say of it.
cdef enum:
    R_LOGIT, R_BEFORE, R_AFTER, R_BEFORE2, R_AFTER2
    R_WINDOW                                    # five windows of two columns each
    R_PAST16 = R_WINDOW + 5 * 2
    R_COMING16
    R_CONTAINER                                 # four containers of three columns each
    R_GROUP_MEAN = R_CONTAINER + 4 * 3
    R_GROUP_MASS, R_GROUP_SIZE, R_PAGE_MEAN, R_PAGE_MASS, R_PAGE_MAX
    R_SINCE, R_UNTIL, R_CONTENT_BEFORE, R_CONTENT_AFTER, R_CORE_DISTANCE, R_IN_CORE
    R_TOKENS, R_HEADING, R_NEXT
    R_WIDTH
