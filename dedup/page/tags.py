"""What the walk knows of elements: their numbers, what they do to text, where raw text ends."""

import numpy as np
from numba import njit, types

from dedup.page.scan import BYTES, INT, find, name_table

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

TAGS = ("", *dict.fromkeys(" ".join((*_ROLES.values(), _INLINE)).split()))  # 0: any other
TAG_ID = {tag: number for number, tag in enumerate(TAGS)}
HTML, TIME, IMG, _SCRIPT, _PLAINTEXT, MATH = map(
    TAG_ID.__getitem__, ("html", "time", "img", "script", "plaintext", "math")
)
_role_of = {tag: role for role, tags in _ROLES.items() for tag in tags.split()}
ROLE = np.array([_role_of.get(tag, INLINE) for tag in TAGS], np.uint8)
IS_VOID = np.array([tag in _VOID for tag in TAGS], np.uint8)
# Where MathML goes over to HTML again; its own elements are never void.
TO_HTML = np.array([tag in ("mi", "mo", "mn", "ms", "mtext") for tag in TAGS], np.uint8)
IS_RAW = np.array([tag in _RAW for tag in TAGS], np.uint8)
SLOTS = 1024
KEYS, VALUES = name_table(TAG_ID, SLOTS)


@njit(types.int64(BYTES, INT, INT, INT), cache=True)
def _named(html, i, name, name_end):  # type: ignore[no-untyped-def]
    """The byte behind a name, if it stands at a place; 0 if not."""
    width = name_end - name
    if i + width >= len(html):
        return 0
    for k in range(width):
        if (html[i + k] | 32) != (html[name + k] | 32):
            return 0
    return html[i + width]


@njit(types.int64(BYTES, INT, INT, INT), cache=True)
def _closing(html, i, name, name_end):  # type: ignore[no-untyped-def]
    """Where the next end tag of a name begins, or the end."""
    size = len(html)
    i = find(html, i, ord("<"))
    while i + 2 < size:
        if html[i + 1] == ord("/") and _named(html, i + 2, name, name_end) == ord(">"):
            return i
        i = find(html, i + 1, ord("<"))
    return size


@njit(types.int64(BYTES, INT, INT, INT), cache=True)
def _last_closing(html, i, name, name_end):  # type: ignore[no-untyped-def]
    """Where the last end tag of a name begins: it was written for what ran to the page's end."""
    end = following = _closing(html, i, name, name_end)
    while following < len(html):
        end = following
        following = _closing(html, end + 1, name, name_end)
    return end


@njit(types.boolean(INT), cache=True)
def _ends_name(byte):  # type: ignore[no-untyped-def]
    return byte == ord(">") or byte == ord("/") or byte == 32 or byte == 10 or byte == 9


@njit(types.int64(BYTES, INT, INT, INT, INT), cache=True)
def raw_end(html, i, name, name_end, tag):  # type: ignore[no-untyped-def]  # noqa: C901
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
