"""Take the excess out of hostile markup before it is parsed.

HTML parsers search their stack of open elements at almost every tag, so that nesting of depth n
costs n squared. Browsers stop at a depth (512 in Blink and WebKit); so does this: tags that open
elements below it are blanked out, which keeps every position in the source.
"""

import numpy as np
from numba import njit, types

from dedup.page.scan import BASIS, BYTES, INT, PRIME, find, fnv, name_table

# Blink's and WebKit's limit.
_DEPTH = 512
# Elements that matter here (https://html.spec.whatwg.org/#parsing): those whose content is text;
# void ones, and those that end themselves when another opens, so that unclosed ones nest no
# deeper; SVG and MathML; where these go over to HTML; what ends them without an end tag.
_NESTS, _RAW, _FLAT, _FOREIGN, _TO_HTML, _BREAKS_OUT = range(6)
_NAMES = {
    _RAW: "script style textarea title xmp iframe noframes",
    _FLAT: "area base br col embed hr img input link meta param source track wbr"
    " p li dt dd tr td th option optgroup thead tbody tfoot",
    _FOREIGN: "svg math",
    _TO_HTML: "desc foreignobject annotation-xml mi mo mn ms mtext",
    _BREAKS_OUT: "b big blockquote body center code div dl em font h1 h2 h3 h4 h5 h6 head i listing"
    " menu nobr ol pre ruby s small span strike strong sub sup table tt u ul var",
}
_SLOTS = 256
_KEYS, _KINDS = name_table(
    {name: kind for kind, names in _NAMES.items() for name in names.split()}, _SLOTS
)
_TITLE = np.uint64(fnv("title"))


def tame(data: bytes) -> bytes:
    """Blank out the tags of elements that are nested too deeply; all else stays as it is.

    Args:
        data: markup as UTF-8.

    >>> deep = b"<div>" * 600 + b"x" + b"</div>" * 600
    >>> tamed = tame(deep)
    >>> len(tamed) == len(deep), tamed.count(b"<div>"), tame(b"<p>a<p>b")
    (True, 512, b'<p>a<p>b')
    """
    markup = np.frombuffer(data, np.uint8)
    count = _excess(markup, np.empty((0, 2), np.int64))
    if not count:
        return data
    ranges = np.empty((count, 2), np.int64)
    _excess(markup, ranges)
    parts: list[bytes] = []
    end = 0
    for start, stop in ranges.tolist():
        parts += (data[end:start], b" " * len(data[start:stop].decode()))
        end = stop
    return b"".join((*parts, data[end:]))


@njit(types.Tuple((types.uint64, INT))(BYTES, INT), cache=True)  # type: ignore[no-untyped-call]
def _name(data, i):  # type: ignore[no-untyped-def]
    """Hash of the lower-cased name that begins at a place, and where it ends."""
    value = BASIS
    while i < data.size and data[i] > 32 and data[i] != ord("/") and data[i] != ord(">"):
        byte = np.uint64(data[i])
        value = (value ^ (byte | np.uint64(32) if 65 <= data[i] <= 90 else byte)) * PRIME
        i += 1
    return value, i


@njit(INT(BYTES, INT), cache=True)
def _comment_end(data, i):  # type: ignore[no-untyped-def]
    """Where a comment ends whose dashes begin at a place."""
    dashes = i
    i += 2
    while i < data.size:
        before = i - 1 - (data[i - 1] == ord("!"))
        if data[i] == ord(">") and before > dashes and data[before] == data[before - 1] == ord("-"):
            return i
        i += 1
    return i


@njit(INT(BYTES, INT), cache=True)
def _tag_end(data, i):  # type: ignore[no-untyped-def]
    """Where a tag ends whose name ends at a place."""
    while i < data.size and data[i] != ord(">"):
        quote = data[i]
        i += 1
        if (quote == ord('"') or quote == ord("'")) and data[i - 2] == ord("="):
            i = find(data, i, quote) + 1
    return i


@njit(INT(BYTES, types.int64[:, ::1]), nogil=True, cache=True)
def _excess(data, ranges):  # type: ignore[no-untyped-def]  # noqa: C901
    """How many tags open or close elements below the limit; as many ranges as fit are written.

    Where markup is odd the depth is rather taken for greater than it is.
    """
    size = data.size
    depth = blanked = count = 0
    # Whether empty tags (``<path/>``) are whole elements: inside SVG, as far as is sure.
    foreign = texts = False  # texts: in a text inside SVG, until a tag opens there
    i = 0
    while i < size - 1:
        i = find(data, i, ord("<"))
        start = i
        if i + 3 < size and data[i + 1] == ord("!") and data[i + 2] == data[i + 3] == ord("-"):
            i = _comment_end(data, i + 2)
            continue
        closes = i + 1 < size and data[i + 1] == ord("/")
        i += 2 if closes else 1
        if i >= size or not ord("a") <= data[i] | 0x20 <= ord("z"):
            continue
        key, i = _name(data, i)
        i = _tag_end(data, i) + 1
        if i > size:
            break
        slot = key % np.uint64(_SLOTS)
        while _KEYS[slot] != 0 and _KEYS[slot] != key:
            slot = (slot + np.uint64(1)) % np.uint64(_SLOTS)
        kind = _KINDS[slot] if _KEYS[slot] == key else _NESTS
        point = kind == _TO_HTML or key == _TITLE
        empty = foreign and not closes and data[i - 2] == ord("/")
        raw = kind == _RAW and not foreign and not texts
        if kind == _FOREIGN:
            foreign, texts = not closes, False
        elif closes:
            if texts and point:
                foreign, texts = True, False
        elif texts or kind in (_FLAT, _BREAKS_OUT):
            foreign = texts = empty = False
        elif foreign and point and not empty:
            foreign, texts = False, True
        if kind == _FLAT or empty:
            continue
        if raw:
            while not closes and i < size:
                i = find(data, i, ord("<"))
                if i + 1 < size and data[i + 1] == ord("/") and _name(data, i + 2)[0] == key:
                    break
                i += 1
        elif not closes and depth < _DEPTH:
            depth += 1
        elif not closes or blanked:
            blanked += -1 if closes else 1
            if count < len(ranges):
                ranges[count, 0], ranges[count, 1] = start, i
            count += 1
        elif depth:
            depth -= 1
    return count
