# Columns of what the blocks around one say of it; `context.RELATIONS` names them.
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
