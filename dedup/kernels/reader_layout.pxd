"""The columns of the arrays that the reader fills, and the bounds of its lists."""

cdef enum:
    # Columns of the rows of elements.
    TAG = 0
    PARENT = 1
    NAME = 2
    FIRST = 3
    LAST = 4
    START = 5
    HIDDEN = 6
    ROW_COLUMNS = 7
    # Columns of the blocks.
    ELEMENT = 0
    LINKS = 1
    IMAGES = 2
    INNER_FIRST = 3
    INNER_LAST = 4
    BEGIN = 5
    END = 6
    TEXT_END = 7
    BLOCK_COLUMNS = 8
    # Columns of the notes: tag, range of a key, range of a value.
    NOTE_COLUMNS = 5
    # Places of the stack of open elements, and of the list of active formatting elements.
    PLACES = 640
    LISTED = 1024
    # How far the page is: before its parts, in the head, after it, in the body.
    BEFORE = 0
    ROOT = 1
    HEAD = 2
    AFTER_HEAD = 3
    BODY = 4
