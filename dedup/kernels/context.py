"""What the probabilities of the blocks around one say of it: of content, and of the kinds."""

import cython
import numpy as np
from cython.cimports.dedup.kernels import described
from cython.cimports.dedup.kernels.logs import dedup_fill_logs, dedup_log_of
from cython.cimports.libc.math import log, sqrt

RELATIONS = {
    "logit": described.R_LOGIT, "before": described.R_BEFORE, "after": described.R_AFTER,
    "before2": described.R_BEFORE2, "after2": described.R_AFTER2, "past16": described.R_PAST16,
    "coming16": described.R_COMING16, "group:mean": described.R_GROUP_MEAN,
    "group:mass": described.R_GROUP_MASS, "group:size": described.R_GROUP_SIZE,
    "page:mean": described.R_PAGE_MEAN, "page:mass": described.R_PAGE_MASS,
    "page:max": described.R_PAGE_MAX, "since_content": described.R_SINCE,
    "until_content": described.R_UNTIL, "content_before": described.R_CONTENT_BEFORE,
    "content_after": described.R_CONTENT_AFTER, "core_distance": described.R_CORE_DISTANCE,
    "in_core": described.R_IN_CORE, "tokens": described.R_TOKENS, "heading": described.R_HEADING,
    "next_after_heading": described.R_NEXT,
}  # fmt: skip
for _place in range(5):
    for _column, _what in enumerate(("mean", "mass")):
        RELATIONS[f"window{1 << _place}:{_what}"] = described.R_WINDOW + 2 * _place + _column
for _place in range(4):
    for _column, _what in enumerate(("mean", "mass", "size")):
        RELATIONS[f"container{_place}:{_what}"] = described.R_CONTAINER + 3 * _place + _column

dedup_fill_logs()

_CORE = cython.declare(cython.int, 4)  # blocks on each side of the core's smoothing
_HOLDS = cython.declare(cython.double, 0.4)  # the probability above which the core goes on
# The shares of a block itself, of its group of alike blocks and of each of its two innermost
# containers in what kind it is: on the labelled pages .6 for the block itself is better
# than .4 or .5.
_OWN = cython.declare(cython.double, 0.6)
_GROUP = cython.declare(cython.double, 0.2)
_CONTAINER = cython.declare(cython.double, 0.1)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _logit(p: cython.float) -> cython.float:
    p = min(max(p, cython.cast(cython.float, 0.002)), cython.cast(cython.float, 0.998))
    return cython.cast(cython.float, log(p / (cython.cast(cython.float, 1) - p)))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _ratio(
    sums: cython.p_double,
    masses: cython.p_double,
    first: cython.Py_ssize_t,
    last: cython.Py_ssize_t,
) -> cython.float:
    return (sums[last] - sums[first]) / max(masses[last] - masses[first], 1e-6)


@cython.cfunc
def _check(context: cython.const[cython.int][:, ::1], blocks: cython.Py_ssize_t) -> cython.void:
    """Refuse ranges and groups outside the page."""
    b: cython.Py_ssize_t
    level: cython.Py_ssize_t
    if context.shape[0] != blocks or context.shape[1] != 10:
        raise ValueError("the context has ten columns, and a row per block")
    for b in range(blocks):
        for level in range(4):
            if not 0 <= context[b, 2 * level] <= context[b, 2 * level + 1] <= blocks:
                raise ValueError(f"a container of block {b} ends outside the page")
        if not 0 <= context[b, 8] < blocks:
            raise ValueError(f"block {b} has no group of the page's")


@cython.cclass
class _Sums:
    """Sums over the blocks before each, and what is known of the page and of its groups."""

    blocks: cython.Py_ssize_t
    plain: cython.double[::1]  # of probabilities
    weighted: cython.double[::1]  # ... times masses
    masses: cython.double[::1]  # of square roots of tokens
    alike: cython.double[:, ::1]  # per group: blocks, probabilities, weighted ones, masses
    until: cython.int[::1]  # blocks to the next one of content
    logits: cython.float[::1]
    core: cython.Py_ssize_t[2]  # the run of content around its densest place
    top: cython.float

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def fill(
        self,
        scores: cython.p_float,
        tokens: cython.p_float,
        context: cython.const[cython.int][:, ::1],
    ) -> cython.void:
        blocks: cython.Py_ssize_t = self.blocks
        b: cython.Py_ssize_t
        group: cython.int
        mass: cython.double
        root: cython.float
        away: cython.int = 1000
        for b in range(blocks):
            root = sqrt(tokens[b])
            self.logits[b] = _logit(scores[b])
            self.plain[b + 1] = self.plain[b] + scores[b]
            self.weighted[b + 1] = self.weighted[b] + root * scores[b]
            self.masses[b + 1] = self.masses[b] + root
        self.top = 0
        for b in range(blocks):
            group = context[b, 8]
            mass = self.masses[b + 1] - self.masses[b]
            self.alike[group, 0] += 1
            self.alike[group, 1] += scores[b]
            self.alike[group, 2] += mass * scores[b]
            self.alike[group, 3] += mass
            self.top = max(self.top, scores[b])
        for b in range(blocks - 1, -1, -1):
            self.until[b] = away
            away = 1 if scores[b] > 0.5 else away + 1
        self.find_core()

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def find_core(self) -> cython.void:
        """From the middle outwards while the smoothed probability holds."""
        blocks: cython.Py_ssize_t = self.blocks
        weighted: cython.p_double = cython.address(self.weighted[0])
        masses: cython.p_double = cython.address(self.masses[0])
        b: cython.Py_ssize_t
        best: cython.double = -1
        here: cython.double
        first: cython.Py_ssize_t = 0
        for b in range(blocks):
            here = weighted[min(b + _CORE + 1, blocks)] - weighted[max(b - _CORE, 0)]
            if here > best:
                first = b
                best = here
        last: cython.Py_ssize_t = first + 1
        while first > 0 and _ratio(weighted, masses, max(first - 3, 0), first) > _HOLDS:
            first -= 1
        while last < blocks and _ratio(weighted, masses, last, min(last + 3, blocks)) > _HOLDS:
            last += 1
        self.core[0] = first
        self.core[1] = last


def relate(
    scores: cython.float[::1],
    tokens: cython.float[::1],
    context: cython.const[cython.int][:, ::1],
    out: cython.float[:, ::1],
) -> None:
    """Fill one row of relations per block; see the stub."""
    blocks: cython.Py_ssize_t = scores.shape[0]
    if tokens.shape[0] != blocks or out.shape[0] != blocks or out.shape[1] != described.R_WIDTH:
        raise ValueError("the columns of the blocks differ in length")
    _check(context, blocks)
    if not blocks:
        return
    s: _Sums = _Sums()
    s.blocks = blocks
    s.plain = np.zeros(blocks + 1, np.float64)
    s.weighted = np.zeros(blocks + 1, np.float64)
    s.masses = np.zeros(blocks + 1, np.float64)
    s.alike = np.zeros((blocks, 4), np.float64)
    s.until = np.empty(blocks, np.int32)
    s.logits = np.empty(blocks, np.float32)
    b: cython.Py_ssize_t
    since: cython.int = 1000
    with cython.nogil:
        s.fill(cython.address(scores[0]), cython.address(tokens[0]), context)
        for b in range(blocks):
            _near(s, b, cython.address(out[b, 0]))
            _far(s, b, context, cython.address(out[b, 0]))
            out[b, described.R_SINCE] = dedup_log_of(since)
            out[b, described.R_TOKENS] = dedup_log_of(cython.cast(cython.Py_ssize_t, tokens[b]))
            out[b, described.R_HEADING] = context[b, 9]
            out[b, described.R_NEXT] = 0
            if context[b, 9] and b + 1 < blocks:
                out[b, described.R_NEXT] = s.logits[b + 1]
            since = 1 if scores[b] > 0.5 else since + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _near(s: _Sums, b: cython.Py_ssize_t, out: cython.p_float) -> cython.void:
    """The block itself and those next to it."""
    blocks: cython.Py_ssize_t = s.blocks
    weighted: cython.p_double = cython.address(s.weighted[0])
    masses: cython.p_double = cython.address(s.masses[0])
    low: cython.Py_ssize_t
    high: cython.Py_ssize_t
    k: cython.int
    out[described.R_LOGIT] = s.logits[b]
    out[described.R_BEFORE] = s.logits[b - 1] if b > 0 else -3
    out[described.R_AFTER] = s.logits[b + 1] if b + 1 < blocks else -3
    out[described.R_BEFORE2] = s.logits[b - 2] if b > 1 else -3
    out[described.R_AFTER2] = s.logits[b + 2] if b + 2 < blocks else -3
    for k in range(5):
        low = max(b - (1 << k), 0)
        high = min(b + (1 << k) + 1, blocks)
        out[described.R_WINDOW + 2 * k] = (s.plain[high] - s.plain[low]) / (high - low)
        out[described.R_WINDOW + 2 * k + 1] = _ratio(weighted, masses, low, high)
    out[described.R_PAST16] = _ratio(weighted, masses, max(b - 16, 0), b)
    out[described.R_COMING16] = 0
    if b + 1 < blocks:
        out[described.R_COMING16] = _ratio(weighted, masses, b + 1, min(b + 17, blocks))


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _far(
    s: _Sums,
    b: cython.Py_ssize_t,
    context: cython.const[cython.int][:, ::1],
    out: cython.p_float,
) -> cython.void:
    """The containers, the group of alike blocks, the page."""
    blocks: cython.Py_ssize_t = s.blocks
    weighted: cython.p_double = cython.address(s.weighted[0])
    masses: cython.p_double = cython.address(s.masses[0])
    low: cython.Py_ssize_t
    high: cython.Py_ssize_t
    k: cython.int
    for k in range(4):
        low = context[b, 2 * k]
        high = context[b, 2 * k + 1]
        out[described.R_CONTAINER + 3 * k] = (s.plain[high] - s.plain[low]) / max(high - low, 1)
        out[described.R_CONTAINER + 3 * k + 1] = _ratio(weighted, masses, low, high)
        out[described.R_CONTAINER + 3 * k + 2] = dedup_log_of(high - low)
    group: cython.p_double = cython.address(s.alike[context[b, 8], 0])
    out[described.R_GROUP_MEAN] = group[1] / group[0]
    out[described.R_GROUP_MASS] = group[2] / max(group[3], 1e-6)
    out[described.R_GROUP_SIZE] = dedup_log_of(cython.cast(cython.Py_ssize_t, group[0]))
    out[described.R_PAGE_MEAN] = s.plain[blocks] / blocks
    out[described.R_PAGE_MASS] = weighted[blocks] / max(masses[blocks], 1e-6)
    out[described.R_PAGE_MAX] = s.top
    out[described.R_UNTIL] = dedup_log_of(s.until[b])
    whole: cython.double = max(weighted[blocks], 1e-6)
    out[described.R_CONTENT_BEFORE] = weighted[b] / whole
    out[described.R_CONTENT_AFTER] = (whole - weighted[b + 1]) / whole
    away: cython.Py_ssize_t = max(max(s.core[0] - b, b - s.core[1] + 1), 0)
    out[described.R_CORE_DISTANCE] = dedup_log_of(away) if b >= s.core[1] else -dedup_log_of(away)
    out[described.R_IN_CORE] = away == 0


def settle(
    logs: cython.float[:, ::1],
    content: cython.const[cython.uchar][::1],
    context: cython.const[cython.int][:, ::1],
    out: cython.float[:, ::1],
) -> None:
    """Let the blocks outside the content that stand together agree; see the stub."""
    blocks: cython.Py_ssize_t = logs.shape[0]
    kinds: cython.Py_ssize_t = logs.shape[1]
    if content.shape[0] != blocks or out.shape[0] != blocks or out.shape[1] != kinds:
        raise ValueError("the columns of the blocks differ in length")
    _check(context, blocks)
    sums: cython.double[:, ::1] = np.zeros((blocks + 1, kinds), np.float64)
    counts: cython.int[::1] = np.zeros(blocks + 1, np.int32)
    alike: cython.double[:, ::1] = np.zeros((blocks, kinds), np.float64)
    members: cython.int[::1] = np.zeros(blocks, np.int32)
    b: cython.Py_ssize_t
    k: cython.Py_ssize_t
    level: cython.int
    group: cython.int
    free: cython.int
    first: cython.int
    last: cython.int
    total: cython.double
    with cython.nogil:
        for b in range(blocks):
            free = content[b] == 0
            group = context[b, 8]
            counts[b + 1] = counts[b] + free
            members[group] += free
            for k in range(kinds):
                sums[b + 1, k] = sums[b, k] + free * logs[b, k]
                alike[group, k] += free * logs[b, k]
        for b in range(blocks):
            group = context[b, 8]
            for k in range(kinds):
                out[b, k] = logs[b, k]
                if content[b]:
                    continue
                # The block itself is a member of its group, and of the ranges that it lies in.
                total = _OWN * logs[b, k] + _GROUP * alike[group, k] / members[group]
                for level in range(2):
                    first = context[b, 2 * level]
                    last = context[b, 2 * level + 1]
                    if not first <= b < last:
                        first = b
                        last = b + 1
                    total += _CONTAINER * (
                        (sums[last, k] - sums[first, k]) / (counts[last] - counts[first])
                    )
                out[b, k] = total
