"""Where a block stands: one pass over the elements and blocks of a page, then a row per block."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.counts import (
    ASKS,
    CAPITALS,
    CHARS,
    CJK,
    CLOCK,
    COMMAS,
    CUTS,
    DATED,
    DIGITS,
    ENDS,
    ENDS_COLON,
    ENDS_CUT,
    ENDS_SENTENCE,
    GAPS,
    LETTERS,
    LINES,
    MARKS,
    NUMBERS,
    STARTS_DIGIT,
    STARTS_LOWER,
    STARTS_UPPER,
    SYMBOLS,
    TITLE_HITS,
    TOKENS,
    UPPER,
    WIDTH,
    YEAR,
)
from cython.cimports.libc.math import log1p

LEVELS = 4
WINDOWS = (3, 8)

DENSE = {
    "tokens": F_TOKENS,
    "chars": F_CHARS,
    "cjk": F_CJK,
    "digits": F_DIGITS,
    "upper": F_UPPER,
    "marks": F_MARKS,
    "commas": F_COMMAS,
    "ends": F_ENDS,
    "ends_log": F_ENDS_LOG,
    "link_density": F_LINK_DENSITY,
    "links": F_LINKS,
    "ends_sentence": F_ENDS_SENTENCE,
    "ends_colon": F_ENDS_COLON,
    "starts_lower": F_STARTS_LOWER,
    "starts_upper": F_STARTS_UPPER,
    "starts_digit": F_STARTS_DIGIT,
    "lines": F_LINES,
    "year": F_YEAR,
    "capitals": F_CAPITALS,
    "asks": F_ASKS,
    "symbols": F_SYMBOLS,
    "word_length": F_WORD_LENGTH,
    "numbers": F_NUMBERS,
    "dated": F_DATED,
    "clock": F_CLOCK,
    "cuts": F_CUTS,
    "ends_cut": F_ENDS_CUT,
    "gaps": F_GAPS,
    "title_precision": F_TITLE_PRECISION,
    "title_recall": F_TITLE_RECALL,
    "copies": F_COPIES,
    "images": F_IMAGES,
    "inline": F_INLINE,
    "hidden": F_HIDDEN,
    "since_section": F_SINCE_SECTION,
    "segment": F_SEGMENT,
    "segment_distance": F_SEGMENT_DISTANCE,
    "depth": F_DEPTH,
    "siblings": F_SIBLINGS,
    "alike": F_ALIKE,
    "alike_tokens": F_ALIKE_TOKENS,
    "alike_links": F_ALIKE_LINKS,
    "alike_ends": F_ALIKE_ENDS,
    "repeats": F_REPEATS,
    "best60": F_BEST60,
    "best85": F_BEST85,
    "best60_distance": F_BEST60_DISTANCE,
    "best85_distance": F_BEST85_DISTANCE,
    "position": F_POSITION,
    "text_position": F_TEXT_POSITION,
    "after_title": F_AFTER_TITLE,
    "since_title": F_SINCE_TITLE,
    "since_heading": F_SINCE_HEADING,
    "to_end": F_TO_END,
}
_CONTAINER = {
    "tokens": C_TOKENS,
    "share": C_SHARE,
    "link_density": C_LINK_DENSITY,
    "ends_per_token": C_ENDS,
    "tokens_per_block": C_TOKENS_PER_BLOCK,
    "good": C_GOOD,
    "blocks": C_BLOCKS,
    "place": C_PLACE,
}
_NEIGHBOUR = {
    "tokens": N_TOKENS,
    "links": N_LINKS,
    "ends": N_ENDS,
    "heading": N_HEADING,
    "same": N_SAME,
    "ends_sentence": N_ENDS_SENTENCE,
    "starts_digit": N_STARTS_DIGIT,
}
_WINDOW = {
    "tokens": W_TOKENS,
    "links": W_LINKS,
    "ends": W_ENDS,
    "good_before": W_GOOD_BEFORE,
    "good_after": W_GOOD_AFTER,
    "sentences": W_SENTENCES,
    "short": W_SHORT,
    "longest": W_LONGEST,
}
for _place in range(LEVELS):
    for _name, _column in _CONTAINER.items():
        DENSE[f"container{_place}:{_name}"] = F_CONTAINER + _place * C_WIDTH + _column
for _place, _step in enumerate((-2, -1, 1, 2)):
    for _name, _column in _NEIGHBOUR.items():
        DENSE[f"{_step:+d}:{_name}"] = F_NEIGHBOUR + _place * N_WIDTH + _column
for _place, _step in enumerate(WINDOWS):
    for _name, _column in _WINDOW.items():
        DENSE[f"window{_step}:{_name}"] = F_WINDOW + _place * W_WIDTH + _column

ZONES = {
    "text": Z_TEXT,
    "section": Z_SECTION,
    "box": Z_BOX,
    "own_tags": Z_OWN_TAGS,
    "own": Z_OWN_NAMES,
    "around_tags": Z_AROUND_TAGS,
    "around": Z_AROUND_NAMES,
}
PAGE = {
    "page_blocks": P_BLOCKS,
    "page_tokens": P_TOKENS,
    "page_links": P_LINKS,
    "page_good": P_GOOD,
    "page_cjk": P_CJK,
    "page_repeats": P_REPEATS,
    "segment_share": P_SEGMENT_SHARE,
}

# The share of the page's text from which a container is the page itself.
_WIDE = cython.declare(cython.double, 0.7)
_STEPS = cython.declare(cython.int, 64)  # ancestors and descendants that are looked at
_SECTION_TOKENS = cython.declare(cython.float, 9)
_PROSE_TOKENS = cython.declare(cython.float, 40)
# Tokens that a block without a sentence takes off the best segment.
_NOT_PROSE = cython.declare(cython.double, 12.0)
_LINKED = cython.declare(cython.double, 0.34)  # share of links from which nothing is prose

_LOGS = cython.declare(cython.float[4096])  # of one and each of the first whole numbers


def _fill() -> None:
    number: cython.int
    for number in range(4096):
        _LOGS[number] = log1p(number)


_fill()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _log(value: cython.double) -> cython.float:
    return cython.cast(cython.float, log1p(value))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _log_of(number: cython.Py_ssize_t) -> cython.float:
    """Of a whole number that is not negative."""
    return _LOGS[number] if 0 <= number < 4096 else cython.cast(cython.float, log1p(number))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _slot(
    table: cython.p_ulonglong, last: cython.ulonglong, key: cython.ulonglong
) -> cython.ulonglong:
    """Where a key is, or was put just now; ``last``: slots less one, of which half stay free."""
    key |= 1
    slot: cython.ulonglong = (key ^ (key >> 29)) & last
    while table[slot] != 0 and table[slot] != key:
        slot = (slot + 1) & last
    table[slot] = key
    return slot


@cython.cfunc
def _slots(count: cython.Py_ssize_t) -> cython.Py_ssize_t:
    slots: cython.Py_ssize_t = 16
    while slots < 2 * count + 2:
        slots *= 2
    return slots


@cython.cclass
class Tree:
    """The elements of a page; see the stub."""

    count: cython.Py_ssize_t
    tag: cython.const[cython.uchar][::1]
    parent: cython.const[cython.int][::1]
    name: cython.const[cython.int][::1]
    names: cython.const[cython.ulonglong][::1]
    shapes: cython.const[cython.ulonglong][::1]
    first: cython.const[cython.int][::1]
    last: cython.const[cython.int][::1]
    hidden: cython.const[cython.uchar][::1]

    def __cinit__(self, tag, parent, name, names, shapes, spans, hidden) -> None:
        self.tag = tag
        self.parent = parent
        self.name = name
        self.names = names
        self.shapes = shapes
        self.first, self.last = spans
        self.hidden = hidden
        self.count = count = self.tag.shape[0]
        if not (
            self.parent.shape[0] == self.name.shape[0] == self.hidden.shape[0] == count
            and self.first.shape[0] == self.last.shape[0] == count
            and self.names.shape[0] == self.shapes.shape[0]
        ):
            raise ValueError("the columns of the elements differ in length")
        e: cython.Py_ssize_t
        for e in range(self.count):
            # A parent stands before its children, so that each walk towards the root ends.
            if not -1 <= self.parent[e] < e:
                raise ValueError(f"element {e} has parent {self.parent[e]}")
            if not 0 <= self.name[e] < self.names.shape[0] or self.tag[e] > 63:
                raise ValueError(f"element {e} has an unknown name or tag")


@cython.cclass
class Rows:
    """The texts of a page; see the stub."""

    count: cython.Py_ssize_t
    counts: cython.const[cython.float][:, ::1]
    hashes: cython.const[cython.ulonglong][::1]
    phrases: cython.const[cython.ulonglong][::1]
    element: cython.const[cython.int][::1]
    links: cython.const[cython.int][::1]
    images: cython.const[cython.int][::1]
    inner: cython.const[cython.int][:, ::1]

    def __cinit__(self, counts, hashes, phrases, element, links, images, inner) -> None:
        self.counts = counts
        self.hashes = hashes
        self.phrases = phrases
        self.element = element
        self.links = links
        self.images = images
        self.inner = inner
        self.count = count = self.element.shape[0]
        if not (
            self.counts.shape[0] == self.hashes.shape[0] == self.phrases.shape[0] == count + 1
            and self.links.shape[0] == self.images.shape[0] == self.inner.shape[0] == count
            and self.counts.shape[1] == WIDTH
            and self.inner.shape[1] == 2
        ):
            raise ValueError("the columns of the blocks differ in length")


@cython.cclass
class PageFeatures:
    """What is known of a page's blocks; see the stub."""

    context = cython.declare(object, visibility="readonly")
    page = cython.declare(object, visibility="readonly")
    page_names = cython.declare(cython.ulonglong, visibility="readonly")
    _t: Tree
    _r: Rows
    _headings: cython.ulonglong
    _h1: cython.int
    _openers: cython.ulonglong
    # Sums over the blocks before each: tokens, link tokens, sentence ends, tokens of good blocks.
    _sums: cython.double[:, ::1]
    _runs: cython.int[:, ::1]  # ... sentences and short blocks
    _density: cython.float[::1]
    _copies: cython.int[::1]
    _heading: cython.uchar[::1]
    _heading_at: cython.int[::1]
    _section: cython.ulonglong[::1]
    _section_at: cython.int[::1]
    # Per element: masks of the names and tags around it, how often its like repeats, the next
    # container that holds more blocks, its depth, its group, the children with text.
    _around: cython.ulonglong[:, ::1]
    _repeats: cython.float[::1]
    _wider: cython.int[::1]
    _depth: cython.int[::1]
    _group: cython.int[::1]
    _children: cython.int[::1]
    _alike: cython.double[:, ::1]
    _context: cython.int[:, ::1]
    _page: cython.float[::1]
    _total: cython.double
    _total_good: cython.double
    _cjk: cython.double
    _after_title: cython.Py_ssize_t
    _segment: cython.Py_ssize_t[2]
    _best: cython.int[2]

    def __cinit__(self, tree: Tree, rows: Rows, headings, h1, openers) -> None:
        self._t = tree
        self._r = rows
        self._headings = headings
        self._h1 = h1
        self._openers = openers
        n: cython.Py_ssize_t = rows.count
        m: cython.Py_ssize_t = tree.count
        k: cython.Py_ssize_t
        for k in range(m):
            if not (0 <= tree.first[k] <= n and 0 <= tree.last[k] <= n):
                raise ValueError(f"element {k} ends outside the page")
        for k in range(n):
            if not 0 <= rows.element[k] < m or rows.inner[k, 1] > m:
                raise ValueError(f"block {k} stands outside the page")
        self._sums = np.zeros((4, n + 1), np.float64)
        self._runs = np.zeros((2, n + 1), np.int32)
        self._density = np.empty(n, np.float32)
        self._copies = np.empty(n, np.int32)
        self._heading = np.empty(n, np.uint8)
        self._heading_at = np.empty(n, np.int32)
        self._section = np.empty(n, np.uint64)
        self._section_at = np.empty(n, np.int32)
        self._around = np.zeros((m, 2), np.uint64)
        self._repeats = np.zeros(m, np.float32)
        self._wider = np.empty(m, np.int32)
        self._depth = np.zeros(m, np.int32)
        self._group = np.empty(m, np.int32)
        self._children = np.zeros(m, np.int32)
        self.context = np.empty((n, 2 * 4 + 2), np.int32)
        self._context = self.context
        self.page = np.zeros(P_WIDTH, np.float32)
        self._page = self.page
        groups: cython.Py_ssize_t
        texts: cython.ulonglong[::1] = np.zeros(_slots(n), np.uint64)
        times: cython.int[::1] = np.zeros(texts.shape[0], np.int32)
        chains: cython.ulonglong[::1] = np.zeros(_slots(m), np.uint64)
        numbers: cython.int[::1] = np.empty(chains.shape[0], np.int32)
        if not n:
            return
        with cython.nogil:
            self._count_copies(
                cython.address(texts[0]), cython.address(times[0]), texts.shape[0] - 1
            )
            self._sum()
            self._find_segment()
            self._find_sections()
            groups = self._number_groups(
                cython.address(chains[0]), cython.address(numbers[0]), chains.shape[0] - 1
            )
        self._alike = np.zeros((groups, 4), np.float64)
        with cython.nogil:
            self._describe_elements()
            self._describe_groups()
            self._fill_context()

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _count_copies(
        self, texts: cython.p_ulonglong, times: cython.p_int, last: cython.ulonglong
    ) -> cython.void:
        """How many blocks say the same as each."""
        b: cython.Py_ssize_t
        for b in range(self._r.count):
            times[_slot(texts, last, self._r.hashes[b + 1])] += 1
        for b in range(self._r.count):
            self._copies[b] = times[_slot(texts, last, self._r.hashes[b + 1])]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _sum(self) -> cython.void:
        """Sums over the blocks, and where the title stands."""
        blocks: cython.Py_ssize_t = self._r.count
        b: cython.Py_ssize_t
        c: cython.p_float = cython.cast(cython.p_float, cython.address(self._r.counts[0, 0]))
        best: cython.double = 0
        hits: cython.double
        raw: cython.float
        one: cython.ulonglong = 1
        tag: cython.int
        tokens: cython.float
        density: cython.double
        good: cython.bint
        heading_at: cython.int = 0
        self._after_title = blocks
        self._cjk = 0
        for b in range(blocks):
            c += WIDTH
            tokens = c[TOKENS]
            density = self._r.links[b] / cython.cast(cython.double, max(c[CHARS], 1))
            self._density[b] = min(1.0, density)
            good = self._density[b] < _LINKED and tokens >= 12 and c[ENDS] + c[COMMAS] > 0
            self._sums[0, b + 1] = self._sums[0, b] + tokens
            self._sums[1, b + 1] = self._sums[1, b] + tokens * self._density[b]
            self._sums[2, b + 1] = self._sums[2, b] + c[ENDS]
            self._sums[3, b + 1] = self._sums[3, b] + (tokens if good else 0)
            self._cjk += c[CJK]
            tag = self._t.tag[self._r.element[b]]
            self._heading[b] = (self._headings >> tag) & one
            if self._heading[b]:
                heading_at = b
            self._heading_at[b] = heading_at
            raw = c[TITLE_HITS]
            raw = raw * raw / max(tokens, 1)
            hits = raw
            if tag == self._h1:
                hits = hits * 2 + 0.5
            if hits > best:
                best = hits
                self._after_title = b
        self._total = max(self._sums[0, blocks], 1.0)
        self._total_good = self._sums[3, blocks]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _find_segment(self) -> cython.void:
        """The range of blocks with the most prose (a maximum-sum range)."""
        b: cython.Py_ssize_t
        begin: cython.Py_ssize_t = 0
        gain: cython.double = 0
        best: cython.double = 0
        tokens: cython.float
        sentence: cython.bint
        prose: cython.bint
        self._segment[0] = self._segment[1] = 0
        for b in range(self._r.count):
            tokens = self._r.counts[b + 1, TOKENS]
            sentence = self._r.counts[b + 1, ENDS_SENTENCE] > 0 and tokens >= 8
            self._runs[0, b + 1] = self._runs[0, b] + sentence
            self._runs[1, b + 1] = self._runs[1, b] + (tokens < 6)
            prose = self._density[b] < _LINKED and (sentence or self._r.counts[b + 1, ENDS] > 1)
            gain += tokens if prose else -_NOT_PROSE - 0.3 * tokens
            if gain <= 0:
                gain = 0
                begin = b + 1
            elif gain > best:
                best = gain
                self._segment[0] = begin
                self._segment[1] = b + 1
        share: cython.double = self._sums[0, self._segment[1]] - self._sums[0, self._segment[0]]
        self._page[P_SEGMENT_SHARE] = share / self._total
        self._page[P_BLOCKS] = _log_of(self._r.count)
        self._page[P_TOKENS] = _log(self._total)
        self._page[P_LINKS] = self._sums[1, self._r.count] / self._total
        self._page[P_GOOD] = self._total_good / self._total
        self._page[P_CJK] = self._cjk / self._total

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _find_sections(self) -> cython.void:
        """The words of the short block that opened the section which each block stands in."""
        b: cython.Py_ssize_t
        section: cython.ulonglong = 0
        at: cython.int = 0
        tokens: cython.float
        for b in range(self._r.count):
            tokens = self._r.counts[b + 1, TOKENS]
            if tokens >= _PROSE_TOKENS and self._density[b] < _LINKED:
                section = 0
            self._section[b] = section
            if tokens <= _SECTION_TOKENS and (
                self._heading[b] or self._r.phrases[b + 1] & self._openers
            ):
                section = self._r.phrases[b + 1]
                at = b
            self._section_at[b] = at if section else -1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _number_groups(
        self, chains: cython.p_ulonglong, numbers: cython.p_int, last: cython.ulonglong
    ) -> cython.Py_ssize_t:
        """Number the groups of elements with the same tags and shapes of names above them.

        Below the hash of an element's chain stand those of its parents, which come before it:
        `_around` holds them until the masks take their place.
        """
        prime: cython.ulonglong = 1099511628211
        e: cython.Py_ssize_t
        parent: cython.int
        own: cython.ulonglong
        slot: cython.ulonglong
        groups: cython.Py_ssize_t = 0
        for e in range(self._t.count):
            parent = self._t.parent[e]
            own = (
                (self._t.shapes[self._t.name[e]] << 6) + (self._t.tag[e] + 1)
            ) * prime  # tags: 6 bits
            if parent >= 0:
                own = (self._around[parent, 0] ^ own) * prime
                self._depth[e] = self._depth[parent] + 1
                if self._t.last[e] > self._t.first[e]:
                    self._children[parent] += 1
            self._around[e, 0] = own
            slot = (own | 1) ^ ((own | 1) >> 29)
            slot &= last
            while chains[slot] != 0 and chains[slot] != (own | 1):
                slot = (slot + 1) & last
            if chains[slot] == 0:
                chains[slot] = own | 1
                numbers[slot] = groups
                groups += 1
            self._group[e] = numbers[slot]
        return groups

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _describe_elements(self) -> cython.void:
        """Outermost first: what is around each, what repeats, which one holds the good text."""
        total: cython.double = self._total
        masses: cython.double[2]
        shares: cython.double[2]
        shares[0] = 0.6
        shares[1] = 0.85
        masses[0] = masses[1] = total + 1
        self._best[0] = self._best[1] = 0
        one: cython.ulonglong = 1
        e: cython.Py_ssize_t
        k: cython.int
        parent: cython.int
        count: cython.int
        mass: cython.double
        good: cython.double
        times: cython.float
        repeats: cython.double = 0
        self.page_names = 0
        for e in range(self._t.count):
            if self._t.last[e] > self._t.first[e]:
                self._alike[self._group[e], 0] += 1
        for e in range(self._t.count):
            parent = self._t.parent[e]
            count = max(self._t.last[e] - self._t.first[e], 0)
            mass = 0
            if count > 0:
                mass = self._sums[0, self._t.last[e]] - self._sums[0, self._t.first[e]]
                good = self._sums[3, self._t.last[e]] - self._sums[3, self._t.first[e]]
                for k in range(2):
                    if good >= shares[k] * self._total_good and mass <= masses[k]:
                        self._best[k] = e
                        masses[k] = mass
            self._around[e, 0] = self._around[e, 1] = 0
            self._wider[e] = -1
            if parent >= 0:
                self._around[e, 0] = self._around[parent, 0]
                self._around[e, 1] = self._around[parent, 1]
                self._repeats[e] = self._repeats[parent]
                wide: cython.bint = max(self._t.last[parent] - self._t.first[parent], 0) > count
                self._wider[e] = parent if wide else self._wider[parent]
            if mass > _WIDE * total:
                self.page_names |= self._t.names[self._t.name[e]]
            elif count > 1:
                self._around[e, 0] |= self._t.names[self._t.name[e]]
                self._around[e, 1] |= one << self._t.tag[e]
                times = self._alike[self._group[e], 0]
                if times > self._repeats[e]:
                    self._repeats[e] = times
                if times > 2:
                    repeats = max(repeats, times * mass / total)
        self._page[P_REPEATS] = repeats

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _describe_groups(self) -> cython.void:
        """Blocks, tokens, link tokens and sentence ends of the groups of alike blocks."""
        g: cython.Py_ssize_t
        b: cython.Py_ssize_t
        tokens: cython.float
        for g in range(self._alike.shape[0]):
            self._alike[g, 0] = 0
        for b in range(self._r.count):
            g = self._group[self._r.element[b]]
            tokens = self._r.counts[b + 1, TOKENS]
            self._alike[g, 0] += 1
            self._alike[g, 1] += tokens
            self._alike[g, 2] += tokens * self._density[b]
            self._alike[g, 3] += self._r.counts[b + 1, ENDS]

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(check=False)
    def _container(self, b: cython.Py_ssize_t) -> cython.int:
        """The innermost container of a block that holds another block, -1 for none."""
        e: cython.int = self._r.element[b]
        while e >= 0 and self._t.last[e] - self._t.first[e] <= 1:
            e = self._wider[e]
        return e

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _fill_context(self) -> cython.void:
        b: cython.Py_ssize_t
        e: cython.int
        level: cython.int
        for b in range(self._r.count):
            e = self._container(b)
            for level in range(4):
                if e < 0:
                    e = 0
                self._context[b, 2 * level] = self._t.first[e]
                self._context[b, 2 * level + 1] = max(self._t.last[e], self._t.first[e])
                e = self._wider[e]
            self._context[b, 8] = self._group[self._r.element[b]]
            self._context[b, 9] = self._heading[b]

    def rows(
        self,
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
            or dense.shape[1] != F_WIDTH
            or masks.shape[1] != Z_WIDTH
        ):
            raise ValueError("the rows of the features have other shapes")
        for k in range(count):
            if not 0 <= which[k] < self._r.count:
                raise ValueError(f"there is no block {which[k]}")
        held: cython.int[4]  # the containers whose columns stand in the row before
        for k in range(4):
            held[k] = -1
        out: cython.p_float
        with cython.nogil:
            for k in range(count):
                out = cython.address(dense[k, 0])
                self._text(which[k], out)
                self._around_it(which[k], out, cython.address(masks[k, 0]))
                self._containers(which[k], out, held, k > 0)
                self._neighbours(which[k], out)
                self._windows(which[k], out)
                self._position(which[k], out)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _text(self, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
        """What the text itself says."""
        c: cython.p_float = cython.cast(cython.p_float, cython.address(self._r.counts[b + 1, 0]))
        tokens: cython.float = max(c[TOKENS], 1)
        chars: cython.float = max(c[CHARS], 1)
        letters: cython.float = max(c[LETTERS], 1)
        words: cython.float = max(c[TOKENS] - c[CJK], 1)
        titled: cython.float = max(self._r.counts[0, TOKENS], 1)
        out[F_TOKENS] = _log_of(cython.cast(cython.Py_ssize_t, c[TOKENS]))
        out[F_CHARS] = _log_of(cython.cast(cython.Py_ssize_t, chars))
        out[F_CJK] = c[CJK] / tokens
        out[F_DIGITS] = c[DIGITS] / chars
        out[F_UPPER] = c[UPPER] / letters
        out[F_MARKS] = c[MARKS] / tokens
        out[F_COMMAS] = c[COMMAS] / tokens
        out[F_ENDS] = c[ENDS] / tokens
        out[F_ENDS_LOG] = _log_of(cython.cast(cython.Py_ssize_t, c[ENDS]))
        out[F_LINK_DENSITY] = self._density[b]
        out[F_LINKS] = _log_of(self._r.links[b])
        out[F_ENDS_SENTENCE] = c[ENDS_SENTENCE]
        out[F_ENDS_COLON] = c[ENDS_COLON]
        out[F_STARTS_LOWER] = c[STARTS_LOWER]
        out[F_STARTS_UPPER] = c[STARTS_UPPER]
        out[F_STARTS_DIGIT] = c[STARTS_DIGIT]
        out[F_LINES] = _log_of(cython.cast(cython.Py_ssize_t, c[LINES]))
        out[F_YEAR] = c[YEAR]
        out[F_CAPITALS] = c[CAPITALS] / words
        out[F_ASKS] = c[ASKS] / tokens
        out[F_SYMBOLS] = c[SYMBOLS] / tokens
        out[F_WORD_LENGTH] = letters / words
        out[F_NUMBERS] = c[NUMBERS] / tokens
        out[F_DATED] = c[DATED]
        out[F_CLOCK] = c[CLOCK]
        out[F_CUTS] = _log_of(cython.cast(cython.Py_ssize_t, c[CUTS]))
        out[F_ENDS_CUT] = c[ENDS_CUT]
        out[F_GAPS] = cython.cast(cython.double, c[GAPS] / tokens) * 10
        out[F_TITLE_PRECISION] = c[TITLE_HITS] / tokens
        out[F_TITLE_RECALL] = min(1, c[TITLE_HITS] / titled)
        out[F_COPIES] = _log_of(self._copies[b] - 1)
        out[F_IMAGES] = _log_of(self._r.images[b])
        out[F_INLINE] = _log_of(self._r.inner[b, 1] - self._r.inner[b, 0])

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _around_it(
        self, b: cython.Py_ssize_t, out: cython.p_float, masks: cython.p_ulonglong
    ) -> cython.void:
        """The names and phrases of the block and around it."""
        home: cython.int = self._r.element[b]
        one: cython.ulonglong = 1
        names: cython.ulonglong = self._t.names[self._t.name[home]]
        tags: cython.ulonglong = one << self._t.tag[home]
        hidden: cython.uchar = self._t.hidden[home]
        box: cython.ulonglong = 0
        e: cython.int = home
        step: cython.int = 0
        k: cython.int
        # Elements that hold nothing else, and those inside it.
        while self._t.parent[e] >= 0 and step < _STEPS:
            e = self._t.parent[e]
            if self._t.last[e] - self._t.first[e] > 1:
                break
            names |= self._t.names[self._t.name[e]]
            tags |= one << self._t.tag[e]
            hidden |= self._t.hidden[e]
            step += 1
        for k in range(
            max(self._r.inner[b, 0], 0), min(self._r.inner[b, 1], self._r.inner[b, 0] + _STEPS)
        ):
            names |= self._t.names[self._t.name[k]]
            tags |= one << self._t.tag[k]
        # The first blocks of the containers around it.
        e = home
        for _step in range(3):
            e = self._wider[e]
            if e < 0 or self._t.last[e] <= self._t.first[e]:
                break
            k = self._t.first[e]  # below the number of blocks, since the container holds one
            if (
                k != b
                and self._r.counts[k + 1, TOKENS] <= _SECTION_TOKENS
                and self._sums[0, self._t.last[e]] - self._sums[0, k] < 0.5 * self._total
            ):
                box |= self._r.phrases[k + 1]
        masks[Z_TEXT] = self._r.phrases[b + 1]
        masks[Z_SECTION] = self._section[b]
        masks[Z_BOX] = box
        masks[Z_OWN_TAGS] = tags
        masks[Z_OWN_NAMES] = names
        masks[Z_AROUND_NAMES] = self._around[home, 0]
        masks[Z_AROUND_TAGS] = self._around[home, 1]
        out[F_HIDDEN] = hidden
        out[F_SINCE_SECTION] = 5
        if self._section_at[b] >= 0:
            out[F_SINCE_SECTION] = _log_of(b - self._section_at[b])
        out[F_SEGMENT] = self._segment[0] <= b < self._segment[1]
        out[F_SEGMENT_DISTANCE] = _distance(b, self._segment[0], self._segment[1])
        group: cython.p_double = cython.address(self._alike[self._group[home], 0])
        in_group: cython.double = max(group[1], 1.0)
        out[F_DEPTH] = _log_of(self._depth[home])
        e = self._container(b)
        out[F_SIBLINGS] = _log_of(self._children[e] if e >= 0 else 0)
        out[F_ALIKE] = _log_of(cython.cast(cython.Py_ssize_t, group[0]))
        out[F_ALIKE_TOKENS] = _log(group[1] / group[0])
        out[F_ALIKE_LINKS] = group[2] / in_group
        out[F_ALIKE_ENDS] = group[3] / in_group * 10
        out[F_REPEATS] = _log_of(cython.cast(cython.Py_ssize_t, self._repeats[home]))

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _containers(
        self, b: cython.Py_ssize_t, out: cython.p_float, held: cython.p_int, reuse: cython.bint
    ) -> cython.void:
        """The containers around the block, from the first one that holds another block."""
        e: cython.int = self._container(b)
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
            first = self._t.first[e]
            last = max(self._t.last[e], first)
            count = max(last - first, 1)
            c: cython.p_float = out + F_CONTAINER + level * C_WIDTH
            if reuse and held[level] == e:
                for k in range(C_WIDTH):
                    c[k] = (c - F_WIDTH)[k]  # of the row before
            else:
                mass = self._sums[0, last] - self._sums[0, first]
                some = max(mass, 1.0)
                c[C_TOKENS] = _log(mass)
                c[C_SHARE] = mass / self._total
                c[C_LINK_DENSITY] = (self._sums[1, last] - self._sums[1, first]) / some
                c[C_ENDS] = (self._sums[2, last] - self._sums[2, first]) / some * 10
                c[C_TOKENS_PER_BLOCK] = _log(mass / count)
                c[C_GOOD] = (self._sums[3, last] - self._sums[3, first]) / some
                c[C_BLOCKS] = _log_of(count)
                held[level] = e
            c[C_PLACE] = (b - first) / cython.cast(cython.double, count)
            e = self._wider[e]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _neighbours(self, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
        parent: cython.int = self._t.parent[self._r.element[b]]
        k: cython.int
        i: cython.int
        other: cython.Py_ssize_t
        n: cython.p_float = out + F_NEIGHBOUR
        for k in range(4):
            other = b + (k - 2 if k < 2 else k - 1)
            if 0 <= other < self._r.count:
                c: cython.p_float = cython.cast(
                    cython.p_float, cython.address(self._r.counts[other + 1, 0])
                )
                n[N_TOKENS] = _log_of(cython.cast(cython.Py_ssize_t, c[TOKENS]))
                n[N_LINKS] = self._density[other]
                n[N_ENDS] = min(c[ENDS], 3)
                n[N_HEADING] = self._heading[other]
                n[N_SAME] = self._t.parent[self._r.element[other]] == parent
                n[N_ENDS_SENTENCE] = c[ENDS_SENTENCE]
                n[N_STARTS_DIGIT] = c[STARTS_DIGIT]
            else:
                for i in range(N_WIDTH):
                    n[i] = 0
            n += N_WIDTH

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _windows(self, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
        low: cython.Py_ssize_t
        high: cython.Py_ssize_t
        k: cython.Py_ssize_t
        i: cython.int
        width: cython.int
        mass: cython.double
        some: cython.double
        longest: cython.float
        w: cython.p_float = out + F_WINDOW
        for i in range(2):
            width = 3 if i == 0 else 8
            low = max(b - width, 0)
            high = min(b + width + 1, self._r.count)
            mass = self._sums[0, high] - self._sums[0, low]
            some = max(mass, 1.0)
            longest = 0
            for k in range(low, high):
                longest = max(longest, self._r.counts[k + 1, TOKENS])
            w[W_TOKENS] = _log(mass / (high - low))
            w[W_LINKS] = (self._sums[1, high] - self._sums[1, low]) / some
            w[W_ENDS] = (self._sums[2, high] - self._sums[2, low]) / some * 10
            w[W_GOOD_BEFORE] = (self._sums[3, b] - self._sums[3, low]) / max(
                self._sums[0, b] - self._sums[0, low], 1.0
            )
            w[W_GOOD_AFTER] = (self._sums[3, high] - self._sums[3, b + 1]) / max(
                self._sums[0, high] - self._sums[0, b + 1], 1.0
            )
            some = high - low
            w[W_SENTENCES] = (self._runs[0, high] - self._runs[0, low]) / some
            w[W_SHORT] = (self._runs[1, high] - self._runs[1, low]) / some
            w[W_LONGEST] = _log_of(cython.cast(cython.Py_ssize_t, longest))
            w += W_WIDTH

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _position(self, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
        """Where in the page, the title and the good text the block stands."""
        blocks: cython.double = self._r.count
        k: cython.int
        first: cython.int
        last: cython.int
        for k in range(2):
            first = self._t.first[self._best[k]]
            last = self._t.last[self._best[k]]
            out[F_BEST60 + k] = first <= b < last
            out[F_BEST60_DISTANCE + k] = _distance(b, first, last)
        after: cython.bint = b >= self._after_title
        since: cython.float = _log_of(b - self._after_title if after else self._after_title - b)
        out[F_POSITION] = b / blocks
        out[F_TEXT_POSITION] = self._sums[0, b] / self._total
        out[F_AFTER_TITLE] = b > self._after_title
        out[F_SINCE_TITLE] = since if after else -since
        out[F_SINCE_HEADING] = _log_of(b - self._heading_at[b])
        out[F_TO_END] = _log_of(
            cython.cast(cython.Py_ssize_t, self._sums[0, self._r.count] - self._sums[0, b + 1])
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
        return _log_of(b - last + 1 if b - last + 1 > first - b else first - b)
    return -_log_of(max(first - b, 0))
