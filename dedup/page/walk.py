"""The walk over a page: the markup that the parser wrote back, to columns, in one compiled pass.

What a parser serialises is well-formed: every element is closed or void, attributes stand in double
quotes, and only ``&amp; &lt; &gt; &quot; &nbsp;`` are escaped, nothing at all in raw text elements
(https://html.spec.whatwg.org/#serialising-html-fragments). So a walk over these bytes sees the tree
without an object per node.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, types

from dedup.page.runs import (
    NOW_BLANK,
    NOW_BLOCKS,
    NOW_FIRST,
    NOW_LINK_END,
    NOW_NODES,
    NOW_ROWS,
    NOW_RUN,
    NOW_SEEN,
    NOW_TEXT,
    STATES,
    cell_end,
    copy,
    edge,
    flush,
    read,
)
from dedup.page.scan import BASIS, BYTES, I32, I64, INT, PRIME, TABLE32, U8, find, fnv
from dedup.page.tags import (
    BLOCK,
    BREAK,
    CELL,
    HTML,
    IMG,
    INLINE,
    IS_RAW,
    IS_VOID,
    KEYS,
    LINK,
    MATH,
    META,
    OPTION,
    PRE,
    ROLE,
    SKIP,
    SLOTS,
    TIME,
    TO_HTML,
    VALUES,
    raw_end,
)

Array = np.ndarray[Any, Any]

# Rows of the columns of elements, and of the head's elements.
TAG, PARENT, NAME, BEGIN, END, UNSEEN, MARKED, AT = range(8)
HEAD_TAG, HEAD_AT, HEAD_END, HEAD_CLOSE = range(4)

MARK = "data-dedup-rule"  # the attribute that carries the number of a selector


_CLASS, _ID, _STYLE, _HIDDEN, _DATETIME, _MARK = (
    np.uint64(fnv(name)) for name in ("class", "id", "style", "hidden", "datetime", MARK)
)
_DISPLAY_NONE = np.frombuffer(b"display:none", np.uint8).copy()


@njit(types.boolean(BYTES, INT, INT), cache=True)
def _not_shown(html, i, end):  # type: ignore[no-untyped-def]
    """Whether a style says ``display:none``, blanks apart."""
    while i < end:
        k = 0
        j = i
        while j < end and k < len(_DISPLAY_NONE):
            if html[j] == _DISPLAY_NONE[k]:
                k += 1
            elif html[j] != 32 or k == 0:
                break
            j += 1
        if k == len(_DISPLAY_NONE):
            return True
        i += 1
    return False


@njit(types.int64(U8, I32, INT, INT, INT, I32), cache=True)
def _intern(names, ends, count, start, end, table):  # type: ignore[no-untyped-def]
    """The number of the name that was written last; a new name is kept, a known one is not."""
    value = BASIS
    for i in range(start, end):
        value = (value ^ np.uint64(names[i])) * PRIME
    last = np.uint64(len(table) - 1)
    slot = (value ^ (value >> np.uint64(32))) & last
    while table[slot] >= 0:
        number = table[slot]
        at = ends[number - 1] + 1 if number else 0
        if ends[number] - at == end - start:
            k = 0
            while k < end - start and names[at + k] == names[start + k]:
                k += 1
            if k == end - start:
                return number
        slot = (slot + np.uint64(1)) & last
    table[slot] = count
    ends[count] = end
    return count


@njit(
    types.UniTuple(types.int64, 3)(  # type: ignore[no-untyped-call]
        BYTES, types.boolean, TABLE32, TABLE32, TABLE32, TABLE32, TABLE32, U8, U8,
        I32, I64,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _walk(  # type: ignore[no-untyped-def]  # noqa: C901
    html, marked, rows, blocks, inner, nodes, heads, text, names, name_ends, state
):
    """Fill the columns; returns how many head elements, bytes of text and names there are."""
    size = len(html)
    run = np.empty(2 * size + 16, np.uint8)
    stack = np.empty((4, rows.shape[1] + 1), np.int32)  # row, home, role, whether in MathML
    width = 16
    while width < 2 * rows.shape[1]:
        width *= 2
    table = np.empty(width, np.int32)
    for k in range(width):
        table[k] = -1
    depth = link = pre = home = skipped = count = distinct = foreign = 0
    element = -1
    skip = -1
    state[NOW_BLANK] = 1
    i = 0
    while i < size:
        if html[i] != ord("<"):
            start = i
            i = find(html, i, ord("<"))
            if skip < 0 and depth:
                read(html, start, i, False, home, link, run, state, nodes)
            continue
        start = i
        i += 1
        first = html[i] if i < size else np.uint8(0)
        if first == ord("!") or first == ord("?"):
            dashes = first == ord("!") and i + 2 < size and html[i + 1] == ord("-")
            i += 3 if dashes else 0
            while i < size and not (
                html[i] == ord(">")
                and (not dashes or (html[i - 1] == ord("-") and html[i - 2] == ord("-")))
            ):
                i += 1
            i += 1
            continue
        closes = first == ord("/")
        i += closes
        name = i
        value = BASIS
        while i < size and html[i] != ord(" ") and html[i] != ord(">"):
            value = (value ^ np.uint64(html[i])) * PRIME
            i += 1
        name_end = i
        slot = value % np.uint64(SLOTS)
        while KEYS[slot] != 0 and KEYS[slot] != value:
            slot = (slot + np.uint64(1)) % np.uint64(SLOTS)
        tag = VALUES[slot] if KEYS[slot] == value else 0
        role = ROLE[tag]
        leaves = False
        if closes:
            i += 1
            if skip >= 0:
                skipped -= tag == skip
                if skipped == 0:
                    if role == META:
                        heads[count - 1, HEAD_CLOSE] = start
                    skip = -1
                continue
            if depth == 0:
                continue
            leaves = True
        else:
            class_at = class_end = id_at = id_end = 0
            hidden = timed = False
            mark = -1
            while i < size and html[i] != ord(">"):
                while i < size and html[i] == ord(" "):
                    i += 1
                attribute = BASIS
                begun = i
                while i < size and (
                    i == begun
                    or (html[i] != ord("=") and html[i] != ord(" ") and html[i] != ord(">"))
                ):
                    attribute = (attribute ^ np.uint64(html[i])) * PRIME
                    i += 1
                at = at_end = i
                if i + 1 < size and html[i] == ord("=") and html[i + 1] == ord('"'):
                    i += 2
                    at = i
                    i = find(html, i, ord('"'))
                    at_end = i
                    i += 1
                if attribute == _CLASS:
                    class_at, class_end = at, at_end
                elif attribute == _ID:
                    id_at, id_end = at, at_end
                elif attribute == _HIDDEN:
                    hidden = True
                elif attribute == _STYLE:
                    hidden |= _not_shown(html, at, at_end)
                elif attribute == _DATETIME:
                    timed = tag == TIME and at_end > at
                elif marked and attribute == _MARK:
                    mark = 0
                    for k in range(at, at_end):
                        mark = mark * 10 + html[k] - ord("0")
            tag_end = i
            i += 1
            native = foreign != 0 or tag == MATH
            void = IS_VOID[tag] and not native
            content_end = i
            if IS_RAW[tag] and not native:
                content_end = raw_end(html, i, name, name_end, tag)
            if skip >= 0:
                skipped += tag == skip
                i = content_end
                continue
            if role == META or ((tag == HTML or timed) and role != SKIP):
                heads[count, HEAD_TAG] = tag
                heads[count, HEAD_AT] = start
                heads[count, HEAD_END] = tag_end
                heads[count, HEAD_CLOSE] = tag_end + 1
                count += 1
            if role in (SKIP, META):
                if not void:
                    skip = tag
                    skipped = 1
                    i = content_end
                continue
            if role == BREAK:
                if state[NOW_BLANK] and not pre:
                    flush(run, pre, state, blocks, inner, text)
                elif state[NOW_RUN]:
                    run[state[NOW_RUN]] = 0
                    state[NOW_RUN] += 1
                    state[NOW_BLANK] = 1
                    state[NOW_LINK_END] = 0
                continue
            row = state[NOW_ROWS]
            stack[0, depth] = element
            stack[1, depth] = home
            stack[2, depth] = role
            stack[3, depth] = foreign
            foreign = int(native and not TO_HTML[tag])
            depth += 1
            if role == LINK:
                link += 1
                if state[NOW_LINK_END]:  # menus are often spaced by style alone
                    run[state[NOW_RUN]] = 32
                    state[NOW_RUN] += 1
                    state[NOW_LINK_END] = 0
            elif role != INLINE:
                if state[NOW_RUN]:
                    edge(role, pre, home, run, state, blocks, inner, text)
                state[NOW_FIRST] = row
                if role != OPTION:
                    home = row
                pre += role == PRE
            name_at = name_ends[distinct - 1] + 1 if distinct else 0
            stop = copy(html, class_at, class_end, False, names, name_at)
            if id_end > id_at:
                names[stop] = ord("#")
                stop = copy(html, id_at, id_end, False, names, stop + 1)
            number = _intern(names, name_ends, distinct, name_at, stop, table)
            if number == distinct:
                names[stop] = 0
                distinct += 1
            rows[TAG, row] = tag
            rows[PARENT, row] = element
            rows[NAME, row] = number
            rows[BEGIN, row] = state[NOW_BLOCKS]
            rows[UNSEEN, row] = hidden
            rows[MARKED, row] = mark
            rows[AT, row] = name
            state[NOW_ROWS] += 1
            state[NOW_SEEN] += tag == IMG
            element = row
            if content_end > i:
                read(html, i, content_end, True, home, link, run, state, nodes)
                i = content_end
            leaves = void
        if leaves:
            depth -= 1
            row = element
            element, home, role = stack[0, depth], stack[1, depth], stack[2, depth]
            foreign = stack[3, depth]
            if role == LINK:
                link -= 1
                state[NOW_LINK_END] = state[NOW_RUN] > 0
            elif role == CELL:
                if not pre:
                    cell_end(run, state, blocks, inner, text)
            elif role != INLINE and role != OPTION:
                if state[NOW_RUN]:
                    edge(BLOCK, pre, home, run, state, blocks, inner, text)
                    if role == PRE:
                        flush(run, pre, state, blocks, inner, text)
                state[NOW_FIRST] = state[NOW_ROWS]
                pre -= role == PRE
            rows[END, row] = state[NOW_BLOCKS]
            if depth == 0:
                flush(run, pre, state, blocks, inner, text)
    if depth:  # the markup ends too early
        flush(run, pre, state, blocks, inner, text)
    while depth:
        depth -= 1
        rows[END, element] = state[NOW_BLOCKS]
        element = stack[0, depth]
    return count, state[NOW_TEXT], distinct


@dataclass(frozen=True)
class Columns:
    """What the walk found.

    Attributes:
        rows: one column an element, in the rows TAG, PARENT, NAME, BEGIN, END, UNSEEN, MARKED, AT.
        blocks: one column a block, in the rows ELEMENT, LINKS, IMAGES, NODE_FIRST, NODE_LAST.
        inner: one row a block: the first and one behind the last element opened in it.
        nodes: begin and end of each text node in the markup.
        heads: one row an element that speaks of the page: HEAD_TAG, HEAD_AT, HEAD_END, HEAD_CLOSE.
        text: the blocks' texts, each behind a NUL byte.
        names: the distinct names of elements, ``class tokens#id``, with NUL bytes between them.
    """

    rows: Array
    blocks: Array
    inner: Array
    nodes: Array
    heads: Array
    text: bytes
    names: bytes


def walk(html: bytes, marked: bool) -> Columns:
    """Walk over serialised markup; ``marked``: elements may carry the attribute `MARK`."""
    data = np.frombuffer(html, np.uint8)
    size, tags = len(html), int(np.count_nonzero(data == ord("<"))) + 1
    rows, blocks = np.empty((8, tags), np.int32), np.empty((5, tags), np.int32)
    inner, nodes = np.empty((tags, 2), np.int32), np.empty((2, tags), np.int32)
    heads, ends = np.empty((tags, 4), np.int32), np.empty(tags, np.int32)
    text, names = np.empty(2 * size + 16, np.uint8), np.empty(2 * size + 16, np.uint8)
    state = np.zeros(STATES, np.int64)
    count, length, distinct = _walk(
        data, marked, rows, blocks, inner, nodes, heads, text, names,
        ends, state,
    )  # fmt: skip
    made = int(state[NOW_BLOCKS])
    return Columns(
        rows=np.ascontiguousarray(rows[:, : state[NOW_ROWS]]),
        blocks=np.ascontiguousarray(blocks[:, :made]),
        inner=inner[:made],
        nodes=nodes[:, : state[NOW_NODES]],
        heads=heads[:count],
        text=text[:length].tobytes(),
        names=names[: ends[distinct - 1] if distinct else 0].tobytes(),
    )
