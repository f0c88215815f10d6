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

from dedup.page.scan import BASIS, PRIME, find, fnv, name_table

Array = np.ndarray[Any, Any]

# What an element does to the text around it. Anything not named is inline.
INLINE, BLOCK, CELL, SKIP, BREAK, PRE, OPTION, LINK, META = range(9)
_ROLES = {
    BLOCK: "address article aside blockquote body button caption center dd details dialog dir div"
    " dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html"
    " legend li main menu nav ol optgroup p search section select summary table tbody tfoot thead"
    " tr ul",
    CELL: "td th",
    SKIP: "style noscript template svg iframe video audio canvas noframes annotation annotation-xml"
    " datalist base",
    BREAK: "br",
    PRE: "pre textarea listing xmp plaintext",
    OPTION: "option",
    LINK: "a",
    META: "script link meta title",
}
_VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source"
    " track wbr".split()
)
_RAW = frozenset("style script xmp iframe noembed noframes plaintext".split())
_INLINE = "b cite code em embed font i img input kbd label noembed q s samp small span strong sub"
_INLINE += " math mi mo mn ms mtext sup time u area basefont bgsound col frame keygen param picture"
_INLINE += " source track wbr"

# Cells up to this many characters are joined to one block a row; longer ones are blocks of their
# own, since old pages are laid out by tables. Our choice, not tuned.
_LONG_CELL = 160

MARK = "data-dedup-rule"  # the attribute that carries the number of a selector


TAGS = ("", *dict.fromkeys(" ".join((*_ROLES.values(), _INLINE)).split()))  # 0: any other
TAG_ID = {tag: number for number, tag in enumerate(TAGS)}
_HTML, _TIME, _IMG, _SCRIPT, _PLAINTEXT, _MATH = map(
    TAG_ID.__getitem__, ("html", "time", "img", "script", "plaintext", "math")
)
_role_of = {tag: role for role, tags in _ROLES.items() for tag in tags.split()}
_ROLE = np.array([_role_of.get(tag, INLINE) for tag in TAGS], np.uint8)
_IS_VOID = np.array([tag in _VOID for tag in TAGS], np.uint8)
# Where MathML goes over to HTML again; its own elements are never void.
_TO_HTML = np.array([tag in ("mi", "mo", "mn", "ms", "mtext") for tag in TAGS], np.uint8)
_IS_RAW = np.array([tag in _RAW for tag in TAGS], np.uint8)
_CLASS, _ID, _STYLE, _HIDDEN, _DATETIME, _MARK = (
    np.uint64(fnv(name)) for name in ("class", "id", "style", "hidden", "datetime", MARK)
)
_DISPLAY_NONE = np.frombuffer(b"display:none", np.uint8).copy()


_SLOTS = 1024
_KEYS, _VALUES = name_table(TAG_ID, _SLOTS)

# Rows of the state: the open run of text, and how far each column is filled.
_STATE = 14
(
    _RUN, _LINKED, _BLANK, _HOME, _FIRST, _CELL, _CELL_NODE, _SEEN, _LINK_END,
    _ROWS, _BLOCKS, _NODES, _NODE, _TEXT,
) = range(_STATE)  # fmt: skip
# Rows of the columns of elements, of blocks, and of the head's elements.
TAG, PARENT, NAME, BEGIN, END, UNSEEN, MARKED, AT = range(8)
ELEMENT, LINKS, IMAGES, NODE_FIRST, NODE_LAST = range(5)
HEAD_TAG, HEAD_AT, HEAD_END, HEAD_CLOSE = range(4)


# Explicit types: each helper is compiled once, whatever it is called with.
_I, _BYTES = types.int64, types.Array(types.uint8, 1, "C", readonly=True)
_I32, _I64, _TABLE32, _U8 = (
    types.int32[::1],
    types.int64[::1],
    types.int32[:, ::1],
    types.uint8[::1],
)


@njit(types.int64(_U8, _I, _I), cache=True)
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


@njit(types.int64(_BYTES, _I, _I, types.boolean, _U8, _I), cache=True)
def _copy(html, i, end, raw, out, at):  # type: ignore[no-untyped-def]
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


@njit(types.int64(_U8, _I, _I, _I, _U8, _I), cache=True)
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


@njit(types.void(_U8, _I, _I, _I, _I, _I64, _TABLE32, _TABLE32, _U8), cache=True)
def _block(run, i, end, pre, nodes_end, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """Make a block of a run if there is text in it."""
    start = state[_TEXT] + 1
    stop = _collapse(run, i, end, pre, text, start) if end > i else start
    if stop > start:
        text[start - 1] = 0
        state[_TEXT] = stop
        b = state[_BLOCKS]
        blocks[ELEMENT, b] = state[_HOME]
        blocks[LINKS, b] = state[_LINKED]
        blocks[IMAGES, b] = state[_SEEN]
        blocks[NODE_FIRST, b] = state[_NODE]
        blocks[NODE_LAST, b] = nodes_end
        inner[b, 0] = state[_FIRST]
        inner[b, 1] = state[_ROWS]
        state[_BLOCKS] += 1
        state[_SEEN] = 0
    state[_NODE] = nodes_end
    state[_LINKED] = 0
    state[_FIRST] = state[_ROWS]


@njit(types.void(_U8, _I, _I64, _TABLE32, _TABLE32, _U8), cache=True)
def _flush(run, pre, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """End the open run."""
    _block(run, 0, state[_RUN], pre, state[_NODES], state, blocks, inner, text)
    state[_RUN] = state[_CELL] = state[_LINK_END] = 0
    state[_BLANK] = 1


@njit(types.void(_U8, _I64, _TABLE32, _TABLE32, _U8), cache=True)
def _cell_end(run, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """Give a long cell a block of its own, apart from the cells before it."""
    cell, end = state[_CELL], state[_RUN]
    chars = 0
    for i in range(cell, end):
        chars += run[i] & 0xC0 != 0x80
    if chars <= _LONG_CELL:
        return
    if cell:
        linked = state[_LINKED]
        state[_LINKED] = 0
        _block(run, 0, cell - 3, 0, state[_CELL_NODE], state, blocks, inner, text)
        state[_LINKED] = linked
        state[_HOME] = state[_ROWS] - 1
    _block(run, cell, end, 0, state[_NODES], state, blocks, inner, text)
    state[_RUN] = state[_CELL] = state[_LINK_END] = 0
    state[_BLANK] = 1


@njit(types.void(_I, _I, _I, _U8, _I64, _TABLE32, _TABLE32, _U8), cache=True)
def _edge(role, pre, home, run, state, blocks, inner, text):  # type: ignore[no-untyped-def]
    """Pass the boundary of a block-level element inside a run."""
    if pre or role == OPTION:
        run[state[_RUN]] = 0
        state[_RUN] += 1
        state[_LINK_END] = 0
    elif role == CELL:
        # The run began in a cell of this row: every other boundary would have ended it.
        at = state[_RUN]
        run[at], run[at + 1], run[at + 2] = 0, 9, 0
        state[_RUN] = state[_CELL] = at + 3
        state[_CELL_NODE] = state[_NODES]
        state[_HOME] = home
        state[_LINK_END] = 0
    else:
        _flush(run, pre, state, blocks, inner, text)


@njit(types.void(_BYTES, _I, _I, types.boolean, _I, _I, _U8, _I64, _TABLE32), cache=True)
def _read(html, i, end, raw, home, link, run, state, nodes):  # type: ignore[no-untyped-def]
    """Take up one text node."""
    at = state[_RUN]
    stop = _copy(html, i, end, raw, run, at)
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
        state[_HOME] = home
    if link and last:
        state[_LINKED] += last - first + 1
    if last:
        state[_BLANK] = 0
    nodes[0, state[_NODES]] = i
    nodes[1, state[_NODES]] = end
    state[_NODES] += 1
    state[_RUN] = stop
    state[_LINK_END] = 0


@njit(types.int64(_BYTES, _I, _I, _I), cache=True)
def _named(html, i, name, name_end):  # type: ignore[no-untyped-def]
    """The byte behind a name, if it stands at a place; 0 if not."""
    width = name_end - name
    if i + width >= len(html):
        return 0
    for k in range(width):
        if (html[i + k] | 32) != (html[name + k] | 32):
            return 0
    return html[i + width]


@njit(types.int64(_BYTES, _I, _I, _I), cache=True)
def _closing(html, i, name, name_end):  # type: ignore[no-untyped-def]
    """Where the next end tag of a name begins, or the end."""
    size = len(html)
    i = find(html, i, ord("<"))
    while i + 2 < size:
        if html[i + 1] == ord("/") and _named(html, i + 2, name, name_end) == ord(">"):
            return i
        i = find(html, i + 1, ord("<"))
    return size


@njit(types.int64(_BYTES, _I, _I, _I), cache=True)
def _last_closing(html, i, name, name_end):  # type: ignore[no-untyped-def]
    """Where the last end tag of a name begins: it was written for what ran to the page's end."""
    end = following = _closing(html, i, name, name_end)
    while following < len(html):
        end = following
        following = _closing(html, end + 1, name, name_end)
    return end


@njit(types.boolean(_I), cache=True)
def _ends_name(byte):  # type: ignore[no-untyped-def]
    return byte == ord(">") or byte == ord("/") or byte == 32 or byte == 10 or byte == 9


@njit(types.int64(_BYTES, _I, _I, _I, _I), cache=True)
def _raw_end(html, i, name, name_end, tag):  # type: ignore[no-untyped-def]  # noqa: C901
    """Where the text of a raw text element ends."""
    if tag == _PLAINTEXT:
        return _last_closing(html, i, name, name_end)
    if tag != _SCRIPT:
        return _closing(html, i, name, name_end)
    begin = i
    # A script inside a comment inside a script hides one end tag (script data double escaped).
    escaped = doubled = False
    size = len(html)
    while i < size:
        if not escaped:
            i = find(html, i, ord("<"))
            if i == size:
                break
        byte = html[i]
        if byte == ord("-"):
            if escaped and i + 2 < size and html[i + 1] == ord("-") and html[i + 2] == ord(">"):
                escaped = doubled = False
        elif byte == ord("<") and i + 3 < size:
            if html[i + 1] == ord("/"):
                after = _named(html, i + 2, name, name_end)
                if after == ord(">") and not doubled:
                    return i
                doubled &= not _ends_name(after)
            elif not escaped:
                if html[i + 1] == ord("!") and html[i + 2] == ord("-") and html[i + 3] == ord("-"):
                    escaped = True
                    i += 1
            else:
                doubled |= _ends_name(_named(html, i + 1, name, name_end))
        i += 1
    return _last_closing(html, begin, name, name_end)


@njit(types.boolean(_BYTES, _I, _I), cache=True)
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


@njit(types.int64(_U8, _I32, _I, _I, _I, _I32), cache=True)
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
        _BYTES, types.boolean, _TABLE32, _TABLE32, _TABLE32, _TABLE32, _TABLE32, _U8, _U8,
        _I32, _I64,
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
    state[_BLANK] = 1
    i = 0
    while i < size:
        if html[i] != ord("<"):
            start = i
            i = find(html, i, ord("<"))
            if skip < 0 and depth:
                _read(html, start, i, False, home, link, run, state, nodes)
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
        slot = value % np.uint64(_SLOTS)
        while _KEYS[slot] != 0 and _KEYS[slot] != value:
            slot = (slot + np.uint64(1)) % np.uint64(_SLOTS)
        tag = _VALUES[slot] if _KEYS[slot] == value else 0
        role = _ROLE[tag]
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
                    timed = tag == _TIME and at_end > at
                elif marked and attribute == _MARK:
                    mark = 0
                    for k in range(at, at_end):
                        mark = mark * 10 + html[k] - ord("0")
            tag_end = i
            i += 1
            native = foreign != 0 or tag == _MATH
            void = _IS_VOID[tag] and not native
            content_end = i
            if _IS_RAW[tag] and not native:
                content_end = _raw_end(html, i, name, name_end, tag)
            if skip >= 0:
                skipped += tag == skip
                i = content_end
                continue
            if role == META or ((tag == _HTML or timed) and role != SKIP):
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
                if state[_BLANK] and not pre:
                    _flush(run, pre, state, blocks, inner, text)
                elif state[_RUN]:
                    run[state[_RUN]] = 0
                    state[_RUN] += 1
                    state[_BLANK] = 1
                    state[_LINK_END] = 0
                continue
            row = state[_ROWS]
            stack[0, depth] = element
            stack[1, depth] = home
            stack[2, depth] = role
            stack[3, depth] = foreign
            foreign = int(native and not _TO_HTML[tag])
            depth += 1
            if role == LINK:
                link += 1
                if state[_LINK_END]:  # menus are often spaced by style alone
                    run[state[_RUN]] = 32
                    state[_RUN] += 1
                    state[_LINK_END] = 0
            elif role != INLINE:
                if state[_RUN]:
                    _edge(role, pre, home, run, state, blocks, inner, text)
                state[_FIRST] = row
                if role != OPTION:
                    home = row
                pre += role == PRE
            name_at = name_ends[distinct - 1] + 1 if distinct else 0
            stop = _copy(html, class_at, class_end, False, names, name_at)
            if id_end > id_at:
                names[stop] = ord("#")
                stop = _copy(html, id_at, id_end, False, names, stop + 1)
            number = _intern(names, name_ends, distinct, name_at, stop, table)
            if number == distinct:
                names[stop] = 0
                distinct += 1
            rows[TAG, row] = tag
            rows[PARENT, row] = element
            rows[NAME, row] = number
            rows[BEGIN, row] = state[_BLOCKS]
            rows[UNSEEN, row] = hidden
            rows[MARKED, row] = mark
            rows[AT, row] = name
            state[_ROWS] += 1
            state[_SEEN] += tag == _IMG
            element = row
            if content_end > i:
                _read(html, i, content_end, True, home, link, run, state, nodes)
                i = content_end
            leaves = void
        if leaves:
            depth -= 1
            row = element
            element, home, role = stack[0, depth], stack[1, depth], stack[2, depth]
            foreign = stack[3, depth]
            if role == LINK:
                link -= 1
                state[_LINK_END] = state[_RUN] > 0
            elif role == CELL:
                if not pre:
                    _cell_end(run, state, blocks, inner, text)
            elif role != INLINE and role != OPTION:
                if state[_RUN]:
                    _edge(BLOCK, pre, home, run, state, blocks, inner, text)
                    if role == PRE:
                        _flush(run, pre, state, blocks, inner, text)
                state[_FIRST] = state[_ROWS]
                pre -= role == PRE
            rows[END, row] = state[_BLOCKS]
            if depth == 0:
                _flush(run, pre, state, blocks, inner, text)
    if depth:  # the markup ends too early
        _flush(run, pre, state, blocks, inner, text)
    while depth:
        depth -= 1
        rows[END, element] = state[_BLOCKS]
        element = stack[0, depth]
    return count, state[_TEXT], distinct


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
    state = np.zeros(_STATE, np.int64)
    count, length, distinct = _walk(
        data, marked, rows, blocks, inner, nodes, heads, text, names,
        ends, state,
    )  # fmt: skip
    made = int(state[_BLOCKS])
    return Columns(
        rows=np.ascontiguousarray(rows[:, : state[_ROWS]]),
        blocks=np.ascontiguousarray(blocks[:, :made]),
        inner=inner[:made],
        nodes=nodes[:, : state[_NODES]],
        heads=heads[:count],
        text=text[:length].tobytes(),
        names=names[: ends[distinct - 1] if distinct else 0].tobytes(),
    )
