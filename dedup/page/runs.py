"""Runs of text to blocks, in compiled loops: white space, line breaks, the cells of a table row.

A run is the text between two boundaries of block-level elements, as UTF-8; NUL is a line break in
it, and NUL, tab, NUL the edge of a table cell.
"""

import numpy as np
from numba import njit, types

from dedup.page.scan import BYTES, I64, INT, TABLE32, U8
from dedup.page.tags import CELL, OPTION

# Cells up to this many characters are joined to one block a row; longer ones are blocks of their
# own, since old pages are laid out by tables. Our choice, not tuned.
_LONG_CELL = 160

# Rows of the state: the open run of text, and how far each column is filled.
STATES = 14
(
    NOW_RUN, NOW_LINKED, NOW_BLANK, NOW_HOME, NOW_FIRST, NOW_CELL, NOW_CELL_NODE, NOW_SEEN,
    NOW_LINK_END, NOW_ROWS, NOW_BLOCKS, NOW_NODES, NOW_NODE, NOW_TEXT,
) = range(STATES)  # fmt: skip
# Rows of the columns of blocks.
ELEMENT, LINKS, IMAGES, NODE_FIRST, NODE_LAST = range(5)


@njit(types.int64(U8, INT, INT), cache=True)
def _space(text, i, size):  # type: ignore[no-untyped-def]
    """How many bytes the white space (as `str.isspace` has it) at a place takes, 0 for none."""
    byte = text[i]
    if byte < 0x80:
        return 1 if byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31 else 0
    if byte == 0xC2 and i + 1 < size:
        return 2 if text[i + 1] == 0x85 or text[i + 1] == 0xA0 else 0
    if i + 2 >= size or byte < 0xE1 or byte > 0xE3:
        return 0
    second, third = text[i + 1], text[i + 2]
    if byte == 0xE2 and second == 0x80:
        return 3 if third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF else 0
    if byte == 0xE2 and second == 0x81:
        return 3 if third == 0x9F else 0
    if byte == 0xE3:
        return 3 if second == 0x80 and third == 0x80 else 0
    return 3 if byte == 0xE1 and second == 0x9A and third == 0x80 else 0


@njit(types.int64(BYTES, INT, INT, types.boolean, U8, INT), cache=True)
def copy(html, i, end, raw, out, at):  # type: ignore[no-untyped-def]
    """Copy text without its escapes; returns where it ends."""
    while i < end:
        byte = html[i]
        if byte == ord("&") and not raw and i + 3 < end:
            kind = html[i + 1]
            if kind == ord("a"):
                i += 5
            elif kind == ord("n"):
                out[at] = 0xC2
                at += 1
                byte = np.uint8(0xA0)
                i += 6
            elif kind == ord("q"):
                byte = np.uint8(ord('"'))
                i += 6
            else:
                byte = np.uint8(ord("<") if kind == ord("l") else ord(">"))
                i += 4
        else:
            i += 1
        out[at] = byte
        at += 1
    return at


@njit(types.int64(U8, INT, INT, INT, U8, INT), cache=True)
def _collapse(run, i, end, pre, out, at):  # type: ignore[no-untyped-def]  # noqa: C901
    """Write a run with its white space collapsed, or kept in ``pre``; returns where it ends.

    In a run NUL is a line break, and NUL, tab, NUL the edge of a table cell.
    """
    start = at
    if pre:
        kept = at
        while i < end:
            width = 1 if run[i] == 0 else _space(run, i, end)
            if run[i] == 0:
                out[at] = 10
            else:
                out[at] = run[i]
                for k in range(1, width):
                    out[at + k] = run[i + k]
            step = max(width, 1)
            at += step
            i += step
            if width == 0:
                kept = at
        return kept
    cells = False
    for k in range(i, end - 2):
        cells |= run[k] == 0 and run[k + 1] == 9 and run[k + 2] == 0
    tabs = 0
    gap = np.uint8(0)
    while i < end:
        if run[i] == 0:
            if cells and i + 2 < end and run[i + 1] == 9 and run[i + 2] == 0:
                tabs += 1
                i += 2
            gap = np.uint8(32 if cells else 10)
            i += 1
            continue
        width = _space(run, i, end)
        if width:
            if gap == 0:
                gap = np.uint8(32)
            i += width
            continue
        if at > start:
            for _ in range(tabs):
                out[at] = 9
                at += 1
            if gap and not tabs:
                out[at] = gap
                at += 1
        gap = np.uint8(0)
        tabs = 0
        while i < end and run[i] > 32 and run[i] < 0x80:
            out[at] = run[i]
            at += 1
            i += 1
        if i < end and run[i] >= 0x80 and not _space(run, i, end):
            out[at] = run[i]
            at += 1
            i += 1
            while i < end and run[i] & 0xC0 == 0x80:
                out[at] = run[i]
                at += 1
                i += 1
        elif i < end and 0 < run[i] < 32 and not _space(run, i, end):
            out[at] = run[i]
            at += 1
            i += 1
    return at


@njit(types.void(U8, INT, INT, INT, INT, I64, TABLE32, TABLE32, U8), cache=True)
def _block(run, i, end, pre, nodes_end, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """Make a block of a run if there is text in it."""
    start = state[NOW_TEXT] + 1
    stop = _collapse(run, i, end, pre, text, start) if end > i else start
    if stop > start:
        text[start - 1] = 0
        state[NOW_TEXT] = stop
        b = state[NOW_BLOCKS]
        blocks[ELEMENT, b] = state[NOW_HOME]
        blocks[LINKS, b] = state[NOW_LINKED]
        blocks[IMAGES, b] = state[NOW_SEEN]
        blocks[NODE_FIRST, b] = state[NOW_NODE]
        blocks[NODE_LAST, b] = nodes_end
        inner[b, 0] = state[NOW_FIRST]
        inner[b, 1] = state[NOW_ROWS]
        state[NOW_BLOCKS] += 1
        state[NOW_SEEN] = 0
    state[NOW_NODE] = nodes_end
    state[NOW_LINKED] = 0
    state[NOW_FIRST] = state[NOW_ROWS]


@njit(types.void(U8, INT, I64, TABLE32, TABLE32, U8), cache=True)
def flush(run, pre, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """End the open run."""
    _block(run, 0, state[NOW_RUN], pre, state[NOW_NODES], state, blocks, inner, text)
    state[NOW_RUN] = state[NOW_CELL] = state[NOW_LINK_END] = 0
    state[NOW_BLANK] = 1


@njit(types.void(U8, I64, TABLE32, TABLE32, U8), cache=True)
def cell_end(run, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """Give a long cell a block of its own, apart from the cells before it."""
    cell, end = state[NOW_CELL], state[NOW_RUN]
    chars = 0
    for i in range(cell, end):
        chars += run[i] & 0xC0 != 0x80
    if chars <= _LONG_CELL:
        return
    if cell:
        linked = state[NOW_LINKED]
        state[NOW_LINKED] = 0
        _block(run, 0, cell - 3, 0, state[NOW_CELL_NODE], state, blocks, inner, text)
        state[NOW_LINKED] = linked
        state[NOW_HOME] = state[NOW_ROWS] - 1
    _block(run, cell, end, 0, state[NOW_NODES], state, blocks, inner, text)
    state[NOW_RUN] = state[NOW_CELL] = state[NOW_LINK_END] = 0
    state[NOW_BLANK] = 1


@njit(types.void(INT, INT, INT, U8, I64, TABLE32, TABLE32, U8), cache=True)
def edge(role, pre, home, run, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """Pass the boundary of a block-level element inside a run."""
    if pre or role == OPTION:
        run[state[NOW_RUN]] = 0
        state[NOW_RUN] += 1
        state[NOW_LINK_END] = 0
    elif role == CELL:
        # The run began in a cell of this row: every other boundary would have ended it.
        at = state[NOW_RUN]
        run[at], run[at + 1], run[at + 2] = 0, 9, 0
        state[NOW_RUN] = state[NOW_CELL] = at + 3
        state[NOW_CELL_NODE] = state[NOW_NODES]
        state[NOW_HOME] = home
        state[NOW_LINK_END] = 0
    else:
        flush(run, pre, state, blocks, inner, text)


@njit(types.void(BYTES, INT, INT, types.boolean, INT, INT, U8, I64, TABLE32), cache=True)
def read(html, i, end, raw, home, link, run, state, nodes):  # type: ignore[no-untyped-def]
    """Take up one text node."""
    at = state[NOW_RUN]
    stop = copy(html, i, end, raw, run, at)
    chars = first = last = 0  # in code points, the last two around what is no white space
    k = at
    while k < stop:
        width = _space(run, k, stop)
        chars += 1
        if width == 0:
            first = first if last else chars
            last = chars
            k += 1
            while k < stop and run[k] & 0xC0 == 0x80:
                k += 1
        else:
            k += width
    if last == 0 and at == 0:
        return
    if at == 0:
        state[NOW_HOME] = home
    if link and last:
        state[NOW_LINKED] += last - first + 1
    if last:
        state[NOW_BLANK] = 0
    nodes[0, state[NOW_NODES]] = i
    nodes[1, state[NOW_NODES]] = end
    state[NOW_NODES] += 1
    state[NOW_RUN] = stop
    state[NOW_LINK_END] = 0
