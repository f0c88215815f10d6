"""Rows of features: what each block's text says, and where it stands in its page."""

import cython
from cython.cimports.dedup.kernels import described
from cython.cimports.dedup.kernels.logs import dedup_fill_logs, dedup_log_of
from cython.cimports.dedup.kernels.page import Page
from cython.cimports.libc.math import log1p

LEVELS = 4
WINDOWS = (3, 8)

DENSE = {
    "tokens": described.F_TOKENS, "chars": described.F_CHARS, "cjk": described.F_CJK,
    "digits": described.F_DIGITS, "upper": described.F_UPPER, "marks": described.F_MARKS,
    "commas": described.F_COMMAS, "ends": described.F_ENDS, "ends_log": described.F_ENDS_LOG,
    "link_density": described.F_LINK_DENSITY, "links": described.F_LINKS,
    "ends_sentence": described.F_ENDS_SENTENCE, "ends_colon": described.F_ENDS_COLON,
    "starts_lower": described.F_STARTS_LOWER, "starts_upper": described.F_STARTS_UPPER,
    "starts_digit": described.F_STARTS_DIGIT, "lines": described.F_LINES, "year": described.F_YEAR,
    "capitals": described.F_CAPITALS, "asks": described.F_ASKS, "symbols": described.F_SYMBOLS,
    "word_length": described.F_WORD_LENGTH, "numbers": described.F_NUMBERS,
    "dated": described.F_DATED, "clock": described.F_CLOCK, "cuts": described.F_CUTS,
    "ends_cut": described.F_ENDS_CUT, "gaps": described.F_GAPS,
    "title_precision": described.F_TITLE_PRECISION, "title_recall": described.F_TITLE_RECALL,
    "copies": described.F_COPIES, "images": described.F_IMAGES, "inline": described.F_INLINE,
    "hidden": described.F_HIDDEN, "since_section": described.F_SINCE_SECTION,
    "segment": described.F_SEGMENT, "segment_distance": described.F_SEGMENT_DISTANCE,
    "depth": described.F_DEPTH, "siblings": described.F_SIBLINGS, "alike": described.F_ALIKE,
    "alike_tokens": described.F_ALIKE_TOKENS, "alike_links": described.F_ALIKE_LINKS,
    "alike_ends": described.F_ALIKE_ENDS, "repeats": described.F_REPEATS,
    "best60": described.F_BEST60, "best85": described.F_BEST85,
    "best60_distance": described.F_BEST60_DISTANCE, "best85_distance": described.F_BEST85_DISTANCE,
    "position": described.F_POSITION, "text_position": described.F_TEXT_POSITION,
    "after_title": described.F_AFTER_TITLE, "since_title": described.F_SINCE_TITLE,
    "since_heading": described.F_SINCE_HEADING, "to_end": described.F_TO_END,
}  # fmt: skip
_CONTAINER = {
    "tokens": described.C_TOKENS, "share": described.C_SHARE,
    "link_density": described.C_LINK_DENSITY, "ends_per_token": described.C_ENDS,
    "tokens_per_block": described.C_TOKENS_PER_BLOCK, "good": described.C_GOOD,
    "blocks": described.C_BLOCKS, "place": described.C_PLACE,
}  # fmt: skip
_NEIGHBOUR = {
    "tokens": described.N_TOKENS, "links": described.N_LINKS, "ends": described.N_ENDS,
    "heading": described.N_HEADING, "same": described.N_SAME,
    "ends_sentence": described.N_ENDS_SENTENCE, "starts_digit": described.N_STARTS_DIGIT,
}  # fmt: skip
_WINDOW = {
    "tokens": described.W_TOKENS, "links": described.W_LINKS, "ends": described.W_ENDS,
    "good_before": described.W_GOOD_BEFORE, "good_after": described.W_GOOD_AFTER,
    "sentences": described.W_SENTENCES, "short": described.W_SHORT,
    "longest": described.W_LONGEST,
}  # fmt: skip
for _place in range(LEVELS):
    for _name, _column in _CONTAINER.items():
        DENSE[f"container{_place}:{_name}"] = (
            described.F_CONTAINER + _place * described.C_WIDTH + _column
        )
for _place, _step in enumerate((-2, -1, 1, 2)):
    for _name, _column in _NEIGHBOUR.items():
        DENSE[f"{_step:+d}:{_name}"] = described.F_NEIGHBOUR + _place * described.N_WIDTH + _column
for _place, _step in enumerate(WINDOWS):
    for _name, _column in _WINDOW.items():
        DENSE[f"window{_step}:{_name}"] = described.F_WINDOW + _place * described.W_WIDTH + _column

ZONES = {
    "text": described.Z_TEXT, "section": described.Z_SECTION, "box": described.Z_BOX,
    "own_tags": described.Z_OWN_TAGS, "own": described.Z_OWN_NAMES,
    "around_tags": described.Z_AROUND_TAGS, "around": described.Z_AROUND_NAMES,
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
        or dense.shape[1] != described.F_WIDTH
        or masks.shape[1] != described.Z_WIDTH
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
    tokens: cython.float = max(c[described.T_TOKENS], 1)
    chars: cython.float = max(c[described.T_CHARS], 1)
    letters: cython.float = max(c[described.T_LETTERS], 1)
    words: cython.float = max(c[described.T_TOKENS] - c[described.T_CJK], 1)
    titled: cython.float = max(page._r.counts[0, described.T_TOKENS], 1)
    out[described.F_TOKENS] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[described.T_TOKENS]))
    out[described.F_CHARS] = dedup_log_of(cython.cast(cython.Py_ssize_t, chars))
    out[described.F_CJK] = c[described.T_CJK] / tokens
    out[described.F_DIGITS] = c[described.T_DIGITS] / chars
    out[described.F_UPPER] = c[described.T_UPPER] / letters
    out[described.F_MARKS] = c[described.T_MARKS] / tokens
    out[described.F_COMMAS] = c[described.T_COMMAS] / tokens
    out[described.F_ENDS] = c[described.T_ENDS] / tokens
    out[described.F_ENDS_LOG] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[described.T_ENDS]))
    out[described.F_LINK_DENSITY] = page._density[b]
    out[described.F_LINKS] = dedup_log_of(page._r.links[b])
    out[described.F_ENDS_SENTENCE] = c[described.T_ENDS_SENTENCE]
    out[described.F_ENDS_COLON] = c[described.T_ENDS_COLON]
    out[described.F_STARTS_LOWER] = c[described.T_STARTS_LOWER]
    out[described.F_STARTS_UPPER] = c[described.T_STARTS_UPPER]
    out[described.F_STARTS_DIGIT] = c[described.T_STARTS_DIGIT]
    out[described.F_LINES] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[described.T_LINES]))
    out[described.F_YEAR] = c[described.T_YEAR]
    out[described.F_CAPITALS] = c[described.T_CAPITALS] / words
    out[described.F_ASKS] = c[described.T_ASKS] / tokens
    out[described.F_SYMBOLS] = c[described.T_SYMBOLS] / tokens
    out[described.F_WORD_LENGTH] = letters / words
    out[described.F_NUMBERS] = c[described.T_NUMBERS] / tokens
    out[described.F_DATED] = c[described.T_DATED]
    out[described.F_CLOCK] = c[described.T_CLOCK]
    out[described.F_CUTS] = dedup_log_of(cython.cast(cython.Py_ssize_t, c[described.T_CUTS]))
    out[described.F_ENDS_CUT] = c[described.T_ENDS_CUT]
    out[described.F_GAPS] = cython.cast(cython.double, c[described.T_GAPS] / tokens) * 10
    out[described.F_TITLE_PRECISION] = c[described.T_TITLE_HITS] / tokens
    out[described.F_TITLE_RECALL] = min(1, c[described.T_TITLE_HITS] / titled)
    out[described.F_COPIES] = dedup_log_of(page._copies[b] - 1)
    out[described.F_IMAGES] = dedup_log_of(page._r.images[b])
    out[described.F_INLINE] = dedup_log_of(page._r.inner[b, 1] - page._r.inner[b, 0])


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
            and page._r.counts[k + 1, described.T_TOKENS] <= _SECTION_TOKENS
            and page._sums[0, page._t.last[e]] - page._sums[0, k] < 0.5 * page._total
        ):
            box |= page._r.phrases[k + 1]
    masks[described.Z_TEXT] = page._r.phrases[b + 1]
    masks[described.Z_SECTION] = page._section[b]
    masks[described.Z_BOX] = box
    masks[described.Z_OWN_TAGS] = tags
    masks[described.Z_OWN_NAMES] = names
    masks[described.Z_AROUND_NAMES] = page._around[home, 0]
    masks[described.Z_AROUND_TAGS] = page._around[home, 1]
    out[described.F_HIDDEN] = hidden
    out[described.F_SINCE_SECTION] = 5
    if page._section_at[b] >= 0:
        out[described.F_SINCE_SECTION] = dedup_log_of(b - page._section_at[b])
    out[described.F_SEGMENT] = page._segment[0] <= b < page._segment[1]
    out[described.F_SEGMENT_DISTANCE] = _distance(b, page._segment[0], page._segment[1])
    group: cython.p_double = cython.address(page._alike[page._group[home], 0])
    in_group: cython.double = max(group[1], 1.0)
    out[described.F_DEPTH] = dedup_log_of(page._depth[home])
    e = page._container[b]
    out[described.F_SIBLINGS] = dedup_log_of(page._children[e] if e >= 0 else 0)
    out[described.F_ALIKE] = dedup_log_of(cython.cast(cython.Py_ssize_t, group[0]))
    out[described.F_ALIKE_TOKENS] = _log(group[1] / group[0])
    out[described.F_ALIKE_LINKS] = group[2] / in_group
    out[described.F_ALIKE_ENDS] = group[3] / in_group * 10
    out[described.F_REPEATS] = dedup_log_of(cython.cast(cython.Py_ssize_t, page._repeats[home]))


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
        c: cython.p_float = out + described.F_CONTAINER + level * described.C_WIDTH
        if reuse and held[level] == e:
            for k in range(described.C_WIDTH):
                c[k] = (c - described.F_WIDTH)[k]  # of the row before
        else:
            mass = page._sums[0, last] - page._sums[0, first]
            some = max(mass, 1.0)
            c[described.C_TOKENS] = _log(mass)
            c[described.C_SHARE] = mass / page._total
            c[described.C_LINK_DENSITY] = (page._sums[1, last] - page._sums[1, first]) / some
            c[described.C_ENDS] = (page._sums[2, last] - page._sums[2, first]) / some * 10
            c[described.C_TOKENS_PER_BLOCK] = _log(mass / count)
            c[described.C_GOOD] = (page._sums[3, last] - page._sums[3, first]) / some
            c[described.C_BLOCKS] = dedup_log_of(count)
            held[level] = e
        c[described.C_PLACE] = (b - first) / cython.cast(cython.double, count)
        e = page._wider[e]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _neighbours(page: Page, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
    parent: cython.int = page._t.parent[page._r.element[b]]
    k: cython.int
    i: cython.int
    other: cython.Py_ssize_t
    n: cython.p_float = out + described.F_NEIGHBOUR
    for k in range(4):
        other = b + (k - 2 if k < 2 else k - 1)
        if 0 <= other < page._r.count:
            c: cython.p_float = cython.cast(
                cython.p_float, cython.address(page._r.counts[other + 1, 0])
            )
            n[described.N_TOKENS] = dedup_log_of(
                cython.cast(cython.Py_ssize_t, c[described.T_TOKENS])
            )
            n[described.N_LINKS] = page._density[other]
            n[described.N_ENDS] = min(c[described.T_ENDS], 3)
            n[described.N_HEADING] = page._heading[other]
            n[described.N_SAME] = page._t.parent[page._r.element[other]] == parent
            n[described.N_ENDS_SENTENCE] = c[described.T_ENDS_SENTENCE]
            n[described.N_STARTS_DIGIT] = c[described.T_STARTS_DIGIT]
        else:
            for i in range(described.N_WIDTH):
                n[i] = 0
        n += described.N_WIDTH


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
    w: cython.p_float = out + described.F_WINDOW
    for i in range(2):
        width = 3 if i == 0 else 8
        low = max(b - width, 0)
        high = min(b + width + 1, page._r.count)
        mass = page._sums[0, high] - page._sums[0, low]
        some = max(mass, 1.0)
        longest = 0
        for k in range(low, high):
            longest = max(longest, page._r.counts[k + 1, described.T_TOKENS])
        w[described.W_TOKENS] = _log(mass / (high - low))
        w[described.W_LINKS] = (page._sums[1, high] - page._sums[1, low]) / some
        w[described.W_ENDS] = (page._sums[2, high] - page._sums[2, low]) / some * 10
        w[described.W_GOOD_BEFORE] = (page._sums[3, b] - page._sums[3, low]) / max(
            page._sums[0, b] - page._sums[0, low], 1.0
        )
        w[described.W_GOOD_AFTER] = (page._sums[3, high] - page._sums[3, b + 1]) / max(
            page._sums[0, high] - page._sums[0, b + 1], 1.0
        )
        some = high - low
        w[described.W_SENTENCES] = (page._runs[0, high] - page._runs[0, low]) / some
        w[described.W_SHORT] = (page._runs[1, high] - page._runs[1, low]) / some
        w[described.W_LONGEST] = dedup_log_of(cython.cast(cython.Py_ssize_t, longest))
        w += described.W_WIDTH


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
        out[described.F_BEST60 + k] = first <= b < last
        out[described.F_BEST60_DISTANCE + k] = _distance(b, first, last)
    after: cython.bint = b >= page._after_title
    since: cython.float = dedup_log_of(b - page._after_title if after else page._after_title - b)
    out[described.F_POSITION] = b / blocks
    out[described.F_TEXT_POSITION] = page._sums[0, b] / page._total
    out[described.F_AFTER_TITLE] = b > page._after_title
    out[described.F_SINCE_TITLE] = since if after else -since
    out[described.F_SINCE_HEADING] = dedup_log_of(b - page._heading_at[b])
    out[described.F_TO_END] = dedup_log_of(
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
