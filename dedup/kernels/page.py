"""A page summed up: one pass over its blocks and elements, from which rows of features are made."""

import os

import cython
import numpy as np
from cython.cimports.dedup.kernels import described
from cython.cimports.dedup.kernels.hashing import mix
from cython.cimports.dedup.kernels.outline import Rows, Tree
from cython.cimports.libc.math import log1p

PAGE = {
    "page_blocks": described.P_BLOCKS, "page_tokens": described.P_TOKENS,
    "page_links": described.P_LINKS, "page_good": described.P_GOOD, "page_cjk": described.P_CJK,
    "page_repeats": described.P_REPEATS, "segment_share": described.P_SEGMENT_SHARE,
}  # fmt: skip

# The share of the page's text from which a container is the page itself.
_WIDE = cython.declare(cython.double, 0.7)
_SECTION_TOKENS = cython.declare(cython.float, 9)
_PROSE_TOKENS = cython.declare(cython.float, 40)
# Tokens that a block without a sentence takes off the best segment.
_NOT_PROSE = cython.declare(cython.double, 12.0)
_LINKED = cython.declare(cython.double, 0.34)  # share of links from which nothing is prose
# Where a key stands in a table differs from process to process, and what is found does not: nobody
# can write a page whose keys all begin at one place.
_SEED = cython.declare(cython.ulonglong, int.from_bytes(os.urandom(8), "little"))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _slot(
    table: cython.p_ulonglong, last: cython.ulonglong, key: cython.ulonglong
) -> cython.ulonglong:
    """Where a key is, or can be put; ``last``: slots less one, of which half stay free."""
    slot: cython.ulonglong = mix(key ^ _SEED) & last
    while table[slot] != 0 and table[slot] != key:
        slot = (slot + 1) & last
    return slot


@cython.cfunc
def _slots(count: cython.Py_ssize_t) -> cython.Py_ssize_t:
    slots: cython.Py_ssize_t = 16
    while slots < 2 * count + 2:
        slots *= 2
    return slots


@cython.cclass
class Page:
    """What is known of a page's blocks; see the stub."""

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
        self._container = np.empty(n, np.int32)
        self._around = np.zeros((m, 2), np.uint64)
        self._repeats = np.zeros(m, np.float32)
        self._wider = np.empty(m, np.int32)
        self._depth = np.zeros(m, np.int32)
        self._group = np.empty(m, np.int32)
        self._children = np.zeros(m, np.int32)
        self.context = np.empty((n, 2 * 4 + 2), np.int32)
        self._context = self.context
        self.values = np.zeros(described.P_WIDTH, np.float32)
        self._values = self.values
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
        self._numbers = np.full(groups, -1, np.int32)
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
        slot: cython.ulonglong
        for b in range(self._r.count):
            slot = _slot(texts, last, self._r.hashes[b + 1] | 1)
            texts[slot] = self._r.hashes[b + 1] | 1
            times[slot] += 1
        for b in range(self._r.count):
            self._copies[b] = times[_slot(texts, last, self._r.hashes[b + 1] | 1)]

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
            c += described.T_WIDTH
            tokens = c[described.T_TOKENS]
            density = self._r.links[b] / cython.cast(cython.double, max(c[described.T_CHARS], 1))
            self._density[b] = min(1.0, density)
            good = (
                self._density[b] < _LINKED
                and tokens >= 12
                and c[described.T_ENDS] + c[described.T_COMMAS] > 0
            )
            self._sums[0, b + 1] = self._sums[0, b] + tokens
            self._sums[1, b + 1] = self._sums[1, b] + tokens * self._density[b]
            self._sums[2, b + 1] = self._sums[2, b] + c[described.T_ENDS]
            self._sums[3, b + 1] = self._sums[3, b] + (tokens if good else 0)
            self._cjk += c[described.T_CJK]
            tag = self._t.tag[self._r.element[b]]
            self._heading[b] = (self._headings >> tag) & one
            if self._heading[b]:
                heading_at = b
            self._heading_at[b] = heading_at
            raw = c[described.T_TITLE_HITS]
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
            tokens = self._r.counts[b + 1, described.T_TOKENS]
            sentence = self._r.counts[b + 1, described.T_ENDS_SENTENCE] > 0 and tokens >= 8
            self._runs[0, b + 1] = self._runs[0, b] + sentence
            self._runs[1, b + 1] = self._runs[1, b] + (tokens < 6)
            prose = self._density[b] < _LINKED and (
                sentence or self._r.counts[b + 1, described.T_ENDS] > 1
            )
            gain += tokens if prose else -_NOT_PROSE - 0.3 * tokens
            if gain <= 0:
                gain = 0
                begin = b + 1
            elif gain > best:
                best = gain
                self._segment[0] = begin
                self._segment[1] = b + 1
        share: cython.double = self._sums[0, self._segment[1]] - self._sums[0, self._segment[0]]
        self._values[described.P_SEGMENT_SHARE] = share / self._total
        self._values[described.P_BLOCKS] = log1p(self._r.count)
        self._values[described.P_TOKENS] = log1p(self._total)
        self._values[described.P_LINKS] = self._sums[1, self._r.count] / self._total
        self._values[described.P_GOOD] = self._total_good / self._total
        self._values[described.P_CJK] = self._cjk / self._total

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
            tokens = self._r.counts[b + 1, described.T_TOKENS]
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
            slot = _slot(chains, last, own | 1)
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
        masses = cython.declare(cython.double[2])
        shares = cython.declare(cython.double[2])
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
        self.names = 0
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
                self.names |= self._t.names[self._t.name[e]]
            elif count > 1:
                self._around[e, 0] |= self._t.names[self._t.name[e]]
                self._around[e, 1] |= one << self._t.tag[e]
                times = self._alike[self._group[e], 0]
                if times > self._repeats[e]:
                    self._repeats[e] = times
                if times > 2:
                    repeats = max(repeats, times * mass / total)
        self._values[described.P_REPEATS] = repeats

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
            tokens = self._r.counts[b + 1, described.T_TOKENS]
            self._alike[g, 0] += 1
            self._alike[g, 1] += tokens
            self._alike[g, 2] += tokens * self._density[b]
            self._alike[g, 3] += self._r.counts[b + 1, described.T_ENDS]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _fill_context(self) -> cython.void:
        b: cython.Py_ssize_t
        e: cython.int
        level: cython.int
        named: cython.int = 0
        for b in range(self._r.count):
            e = self._r.element[b]
            while e >= 0 and self._t.last[e] - self._t.first[e] <= 1:
                e = self._wider[e]
            self._container[b] = e
            for level in range(4):
                if e < 0:
                    e = 0
                self._context[b, 2 * level] = self._t.first[e]
                self._context[b, 2 * level + 1] = max(self._t.last[e], self._t.first[e])
                e = self._wider[e]
            e = self._group[self._r.element[b]]
            if self._numbers[e] < 0:  # groups of blocks, numbered as they come
                self._numbers[e] = named
                named += 1
            self._context[b, 8] = self._numbers[e]
            self._context[b, 9] = self._heading[b]
