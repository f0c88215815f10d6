"""Rows of features: what each block's text says, and where it stands in its page."""

import cython
from cython.cimports.dedup.kernels import columns
from cython.cimports.dedup.kernels.logs import dedup_fill_logs, dedup_log_of
from cython.cimports.dedup.kernels.page import Page
from cython.cimports.libc.math import log1p

LEVELS = 4
WINDOWS = (3, 8)

DENSE = {
    "tokens": columns.F_TOKENS, "chars": columns.F_CHARS, "cjk": columns.F_CJK,
    "digits": columns.F_DIGITS, "upper": columns.F_UPPER, "marks": columns.F_MARKS,
    "commas": columns.F_COMMAS, "ends": columns.F_ENDS, "ends_log": columns.F_ENDS_LOG,
    "link_density": columns.F_LINK_DENSITY, "links": columns.F_LINKS,
    "ends_sentence": columns.F_ENDS_SENTENCE, "ends_colon": columns.F_ENDS_COLON,
    "starts_lower": columns.F_STARTS_LOWER, "starts_upper": columns.F_STARTS_UPPER,
    "starts_digit": columns.F_STARTS_DIGIT, "lines": columns.F_LINES, "year": columns.F_YEAR,
    "capitals": columns.F_CAPITALS, "asks": columns.F_ASKS, "symbols": columns.F_SYMBOLS,
    "word_length": columns.F_WORD_LENGTH, "numbers": columns.F_NUMBERS, "dated": columns.F_DATED,
    "clock": columns.F_CLOCK, "cuts": columns.F_CUTS, "ends_cut": columns.F_ENDS_CUT,
    "gaps": columns.F_GAPS, "title_precision": columns.F_TITLE_PRECISION,
    "title_recall": columns.F_TITLE_RECALL, "copies": columns.F_COPIES, "images": columns.F_IMAGES,
    "inline": columns.F_INLINE, "hidden": columns.F_HIDDEN,
    "since_section": columns.F_SINCE_SECTION, "segment": columns.F_SEGMENT,
    "segment_distance": columns.F_SEGMENT_DISTANCE, "depth": columns.F_DEPTH,
    "siblings": columns.F_SIBLINGS, "alike": columns.F_ALIKE,
    "alike_tokens": columns.F_ALIKE_TOKENS, "alike_links": columns.F_ALIKE_LINKS,
    "alike_ends": columns.F_ALIKE_ENDS, "repeats": columns.F_REPEATS, "best60": columns.F_BEST60,
    "best85": columns.F_BEST85, "best60_distance": columns.F_BEST60_DISTANCE,
    "best85_distance": columns.F_BEST85_DISTANCE, "position": columns.F_POSITION,
    "text_position": columns.F_TEXT_POSITION, "after_title": columns.F_AFTER_TITLE,
    "since_title": columns.F_SINCE_TITLE, "since_heading": columns.F_SINCE_HEADING,
    "to_end": columns.F_TO_END,
}  # fmt: skip
_CONTAINER = {
    "tokens": columns.C_TOKENS, "share": columns.C_SHARE, "link_density": columns.C_LINK_DENSITY,
    "ends_per_token": columns.C_ENDS, "tokens_per_block": columns.C_TOKENS_PER_BLOCK,
    "good": columns.C_GOOD, "blocks": columns.C_BLOCKS, "place": columns.C_PLACE,
}  # fmt: skip
_NEIGHBOUR = {
    "tokens": columns.N_TOKENS, "links": columns.N_LINKS, "ends": columns.N_ENDS,
    "heading": columns.N_HEADING, "same": columns.N_SAME, "ends_sentence": columns.N_ENDS_SENTENCE,
    "starts_digit": columns.N_STARTS_DIGIT,
}  # fmt: skip
_WINDOW = {
    "tokens": columns.W_TOKENS, "links": columns.W_LINKS, "ends": columns.W_ENDS,
    "good_before": columns.W_GOOD_BEFORE, "good_after": columns.W_GOOD_AFTER,
    "sentences": columns.W_SENTENCES, "short": columns.W_SHORT, "longest": columns.W_LONGEST,
}  # fmt: skip
for _place in range(LEVELS):
    for _name, _column in _CONTAINER.items():
        DENSE[f"container{_place}:{_name}"] = (
            columns.F_CONTAINER + _place * columns.C_WIDTH + _column
        )
for _place, _step in enumerate((-2, -1, 1, 2)):
    for _name, _column in _NEIGHBOUR.items():
        DENSE[f"{_step:+d}:{_name}"] = columns.F_NEIGHBOUR + _place * columns.N_WIDTH + _column
for _place, _step in enumerate(WINDOWS):
    for _name, _column in _WINDOW.items():
        DENSE[f"window{_step}:{_name}"] = columns.F_WINDOW + _place * columns.W_WIDTH + _column

ZONES = {
    "text": columns.Z_TEXT, "section": columns.Z_SECTION, "box": columns.Z_BOX,
    "own_tags": columns.Z_OWN_TAGS, "own": columns.Z_OWN_NAMES,
    "around_tags": columns.Z_AROUND_TAGS, "around": columns.Z_AROUND_NAMES,
}  # fmt: skip

_STEPS = cython.declare(cython.int, 64)  # ancestors and descendants that are looked at
_SECTION_TOKENS = cython.declare(cython.float, 9)

dedup_fill_logs()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _log(value: cython.double) -> cython.float:
    return cython.cast(cython.float, log1p(value))


def fill(
    page: Page,
    which: cython.const[cython.int][::1],
    dense: cython.float[:, ::1],
    masks: cython.ulonglong[:, ::1],
) -> None:
    """Fill the rows of some blocks; see the stub."""
    count: cython.Py_ssize_t = which.shape[0]
    k: cython.Py_ssize_t
    if (
        dense.shape[0] < count
        or masks.shape[0] < count
        or dense.shape[1] != columns.F_WIDTH
        or masks.shape[1] != columns.Z_WIDTH
    ):
        raise ValueError("the rows of the features have other shapes")
    for k in range(count):
        if not 0 <= which[k] < page._r.count:
            raise ValueError(f"there is no block {which[k]}")
    held = cython.declare(cython.int[4])  # the containers whose columns stand in the row before
    for k in range(4):
        held[k] = -1
    out: cython.p_float
    with cython.nogil:
        for k in range(count):
            out = cython.address(dense[k, 0])
            _text(page, which[k], out)
            _around_it(page, which[k], out, cython.address(masks[k, 0]))
            _containers(page, which[k], out, held, k > 0)
            _neighbours(page, which[k], out)
            _windows(page, which[k], out)
            _position(page, which[k], out)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _text(page: Page, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
    """What the text itself says."""
    c: cython.p_float = cython.cast(cython.p_float, cython.address(page._r.counts[b + 1, 0]))
    tokens: cython.float = max(c[columns.T_TOKENS], 1)
    chars: cython.float = max(c[columns.T_CHARS], 1)
    letters: cython.float = max(c[columns.T_LETTERS], 1)
    words: cython.float = max(c[columns.T_TOKENS] - c[columns.T_CJK], 1)
    titled: cython.float = max(page._r.counts[0, columns.T_TOKENS], 1)
    out[columns.F_TOKENS] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[columns.T_TOKENS]))
    out[columns.F_CHARS] = dedup_log_of(cython.cast(cython.Py_ssize_t, chars))
    out[columns.F_CJK] = c[columns.T_CJK] / tokens
    out[columns.F_DIGITS] = c[columns.T_DIGITS] / chars
    out[columns.F_UPPER] = c[columns.T_UPPER] / letters
    out[columns.F_MARKS] = c[columns.T_MARKS] / tokens
    out[columns.F_COMMAS] = c[columns.T_COMMAS] / tokens
    out[columns.F_ENDS] = c[columns.T_ENDS] / tokens
    out[columns.F_ENDS_LOG] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[columns.T_ENDS]))
    out[columns.F_LINK_DENSITY] = page._density[b]
    out[columns.F_LINKS] = dedup_log_of(page._r.links[b])
    out[columns.F_ENDS_SENTENCE] = c[columns.T_ENDS_SENTENCE]
    out[columns.F_ENDS_COLON] = c[columns.T_ENDS_COLON]
    out[columns.F_STARTS_LOWER] = c[columns.T_STARTS_LOWER]
    out[columns.F_STARTS_UPPER] = c[columns.T_STARTS_UPPER]
    out[columns.F_STARTS_DIGIT] = c[columns.T_STARTS_DIGIT]
    out[columns.F_LINES] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[columns.T_LINES]))
    out[columns.F_YEAR] = c[columns.T_YEAR]
    out[columns.F_CAPITALS] = c[columns.T_CAPITALS] / words
    out[columns.F_ASKS] = c[columns.T_ASKS] / tokens
    out[columns.F_SYMBOLS] = c[columns.T_SYMBOLS] / tokens
    out[columns.F_WORD_LENGTH] = letters / words
    out[columns.F_NUMBERS] = c[columns.T_NUMBERS] / tokens
    out[columns.F_DATED] = c[columns.T_DATED]
    out[columns.F_CLOCK] = c[columns.T_CLOCK]
    out[columns.F_CUTS] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[columns.T_CUTS]))
    out[columns.F_ENDS_CUT] = c[columns.T_ENDS_CUT]
    out[columns.F_GAPS] = cython.cast(cython.double, c[columns.T_GAPS] / tokens) * 10
    out[columns.F_TITLE_PRECISION] = c[columns.T_TITLE_HITS] / tokens
    out[columns.F_TITLE_RECALL] = min(1, c[columns.T_TITLE_HITS] / titled)
    out[columns.F_COPIES] = dedup_log_of(page._copies[b] - 1)
    out[columns.F_IMAGES] = dedup_log_of(page._r.images[b])
    out[columns.F_INLINE] = dedup_log_of(page._r.inner[b, 1] - page._r.inner[b, 0])


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _around_it(
    page: Page, b: cython.Py_ssize_t, out: cython.p_float, masks: cython.p_ulonglong
) -> cython.void:
    """The names and phrases of the block and around it."""
    home: cython.int = page._r.element[b]
    one: cython.ulonglong = 1
    names: cython.ulonglong = page._t.names[page._t.name[home]]
    tags: cython.ulonglong = one << page._t.tag[home]
    hidden: cython.uchar = page._t.hidden[home]
    box: cython.ulonglong = 0
    e: cython.int = home
    step: cython.int = 0
    k: cython.int
    # Elements that hold nothing else, and those inside it.
    while page._t.parent[e] >= 0 and step < _STEPS:
        e = page._t.parent[e]
        if page._t.last[e] - page._t.first[e] > 1:
            break
        names |= page._t.names[page._t.name[e]]
        tags |= one << page._t.tag[e]
        hidden |= page._t.hidden[e]
        step += 1
    for k in range(
        max(page._r.inner[b, 0], 0), min(page._r.inner[b, 1], page._r.inner[b, 0] + _STEPS)
    ):
        names |= page._t.names[page._t.name[k]]
        tags |= one << page._t.tag[k]
    # The first blocks of the containers around it.
    e = home
    for _step in range(3):
        e = page._wider[e]
        if e < 0 or page._t.last[e] <= page._t.first[e]:
            break
        k = page._t.first[e]  # below the number of blocks, since the container holds one
        if (
            k != b
            and page._r.counts[k + 1, columns.T_TOKENS] <= _SECTION_TOKENS
            and page._sums[0, page._t.last[e]] - page._sums[0, k] < 0.5 * page._total
        ):
            box |= page._r.phrases[k + 1]
    masks[columns.Z_TEXT] = page._r.phrases[b + 1]
    masks[columns.Z_SECTION] = page._section[b]
    masks[columns.Z_BOX] = box
    masks[columns.Z_OWN_TAGS] = tags
    masks[columns.Z_OWN_NAMES] = names
    masks[columns.Z_AROUND_NAMES] = page._around[home, 0]
    masks[columns.Z_AROUND_TAGS] = page._around[home, 1]
    out[columns.F_HIDDEN] = hidden
    out[columns.F_SINCE_SECTION] = 5
    if page._section_at[b] >= 0:
        out[columns.F_SINCE_SECTION] = dedup_log_of(b - page._section_at[b])
    out[columns.F_SEGMENT] = page._segment[0] <= b < page._segment[1]
    out[columns.F_SEGMENT_DISTANCE] = _distance(b, page._segment[0], page._segment[1])
    group: cython.p_double = cython.address(page._alike[page._group[home], 0])
    in_group: cython.double = max(group[1], 1.0)
    out[columns.F_DEPTH] = dedup_log_of(page._depth[home])
    e = page._container[b]
    out[columns.F_SIBLINGS] = dedup_log_of(page._children[e] if e >= 0 else 0)
    out[columns.F_ALIKE] = dedup_log_of(cython.cast(cython.Py_ssize_t, group[0]))
    out[columns.F_ALIKE_TOKENS] = _log(group[1] / group[0])
    out[columns.F_ALIKE_LINKS] = group[2] / in_group
    out[columns.F_ALIKE_ENDS] = group[3] / in_group * 10
    out[columns.F_REPEATS] = dedup_log_of(cython.cast(cython.Py_ssize_t, page._repeats[home]))


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _containers(
    page: Page, b: cython.Py_ssize_t, out: cython.p_float, held: cython.p_int, reuse: cython.bint
) -> cython.void:
    """The containers around the block, from the first one that holds another block."""
    e: cython.int = page._container[b]
    level: cython.int
    k: cython.int
    count: cython.int
    first: cython.int
    last: cython.int
    mass: cython.double
    some: cython.double
    for level in range(4):
        if e < 0:
            e = 0
        first = page._t.first[e]
        last = max(page._t.last[e], first)
        count = max(last - first, 1)
        c: cython.p_float = out + columns.F_CONTAINER + level * columns.C_WIDTH
        if reuse and held[level] == e:
            for k in range(columns.C_WIDTH):
                c[k] = (c - columns.F_WIDTH)[k]  # of the row before
        else:
            mass = page._sums[0, last] - page._sums[0, first]
            some = max(mass, 1.0)
            c[columns.C_TOKENS] = _log(mass)
            c[columns.C_SHARE] = mass / page._total
            c[columns.C_LINK_DENSITY] = (page._sums[1, last] - page._sums[1, first]) / some
            c[columns.C_ENDS] = (page._sums[2, last] - page._sums[2, first]) / some * 10
            c[columns.C_TOKENS_PER_BLOCK] = _log(mass / count)
            c[columns.C_GOOD] = (page._sums[3, last] - page._sums[3, first]) / some
            c[columns.C_BLOCKS] = dedup_log_of(count)
            held[level] = e
        c[columns.C_PLACE] = (b - first) / cython.cast(cython.double, count)
        e = page._wider[e]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _neighbours(page: Page, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
    parent: cython.int = page._t.parent[page._r.element[b]]
    k: cython.int
    i: cython.int
    other: cython.Py_ssize_t
    n: cython.p_float = out + columns.F_NEIGHBOUR
    for k in range(4):
        other = b + (k - 2 if k < 2 else k - 1)
        if 0 <= other < page._r.count:
            c: cython.p_float = cython.cast(
                cython.p_float, cython.address(page._r.counts[other + 1, 0])
            )
            n[columns.N_TOKENS] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[columns.T_TOKENS]))
            n[columns.N_LINKS] = page._density[other]
            n[columns.N_ENDS] = min(c[columns.T_ENDS], 3)
            n[columns.N_HEADING] = page._heading[other]
            n[columns.N_SAME] = page._t.parent[page._r.element[other]] == parent
            n[columns.N_ENDS_SENTENCE] = c[columns.T_ENDS_SENTENCE]
            n[columns.N_STARTS_DIGIT] = c[columns.T_STARTS_DIGIT]
        else:
            for i in range(columns.N_WIDTH):
                n[i] = 0
        n += columns.N_WIDTH


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _windows(page: Page, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
    low: cython.Py_ssize_t
    high: cython.Py_ssize_t
    k: cython.Py_ssize_t
    i: cython.int
    width: cython.int
    mass: cython.double
    some: cython.double
    longest: cython.float
    w: cython.p_float = out + columns.F_WINDOW
    for i in range(2):
        width = 3 if i == 0 else 8
        low = max(b - width, 0)
        high = min(b + width + 1, page._r.count)
        mass = page._sums[0, high] - page._sums[0, low]
        some = max(mass, 1.0)
        longest = 0
        for k in range(low, high):
            longest = max(longest, page._r.counts[k + 1, columns.T_TOKENS])
        w[columns.W_TOKENS] = _log(mass / (high - low))
        w[columns.W_LINKS] = (page._sums[1, high] - page._sums[1, low]) / some
        w[columns.W_ENDS] = (page._sums[2, high] - page._sums[2, low]) / some * 10
        w[columns.W_GOOD_BEFORE] = (page._sums[3, b] - page._sums[3, low]) / max(
            page._sums[0, b] - page._sums[0, low], 1.0
        )
        w[columns.W_GOOD_AFTER] = (page._sums[3, high] - page._sums[3, b + 1]) / max(
            page._sums[0, high] - page._sums[0, b + 1], 1.0
        )
        some = high - low
        w[columns.W_SENTENCES] = (page._runs[0, high] - page._runs[0, low]) / some
        w[columns.W_SHORT] = (page._runs[1, high] - page._runs[1, low]) / some
        w[columns.W_LONGEST] = dedup_log_of(cython.cast(cython.Py_ssize_t, longest))
        w += columns.W_WIDTH


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _position(page: Page, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
    """Where in the page, the title and the good text the block stands."""
    blocks: cython.double = page._r.count
    k: cython.int
    first: cython.int
    last: cython.int
    for k in range(2):
        first = page._t.first[page._best[k]]
        last = page._t.last[page._best[k]]
        out[columns.F_BEST60 + k] = first <= b < last
        out[columns.F_BEST60_DISTANCE + k] = _distance(b, first, last)
    after: cython.bint = b >= page._after_title
    since: cython.float = dedup_log_of(b - page._after_title if after else page._after_title - b)
    out[columns.F_POSITION] = b / blocks
    out[columns.F_TEXT_POSITION] = page._sums[0, b] / page._total
    out[columns.F_AFTER_TITLE] = b > page._after_title
    out[columns.F_SINCE_TITLE] = since if after else -since
    out[columns.F_SINCE_HEADING] = dedup_log_of(b - page._heading_at[b])
    out[columns.F_TO_END] = dedup_log_of(
        cython.cast(cython.Py_ssize_t, page._sums[0, page._r.count] - page._sums[0, b + 1])
    )


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _distance(
    b: cython.Py_ssize_t, first: cython.Py_ssize_t, last: cython.Py_ssize_t
) -> cython.float:
    """How far a block stands before (below 0) or after a range; -0 inside counts as 0."""
    if b >= last:
        return dedup_log_of(b - last + 1 if b - last + 1 > first - b else first - b)
    return -dedup_log_of(max(first - b, 0))
