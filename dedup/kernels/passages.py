"""Repeated windows to repeated passages: the pieces that always stand as a whole, and their runs.

A piece is a run of windows that always follow each other, as an edge of a compacted de Bruijn graph
is. A passage is a run of pieces that stands more than once and can be made no longer on either side
without losing a place: an interval of the sorted suffixes of pieces (Abouelhoda, Kurtz and
Ohlebusch, "Replacing suffix trees with enhanced suffix arrays", 2004).
"""

import cython
import numpy as np
from cython.cimports.dedup.kernels.source import Source
from cython.cimports.dedup.kernels.tokens import Tokenizer

BEGINS = cython.declare(cython.int, 1)  # windows of this class follow different ones
ENDS = cython.declare(cython.int, 2)  # different ones follow windows of this class


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _branches(
    classes: cython.const[cython.uint][::1], flags: cython.uchar[::1]
) -> cython.Py_ssize_t:
    """Mark at the first window of each class where pieces begin and end.

    Returns the first class that is none (its first window must be its own class), or -1.
    """
    size: cython.Py_ssize_t = classes.shape[0]
    p: cython.Py_ssize_t
    r: cython.Py_ssize_t
    before: cython.uint
    after: cython.uint
    for p in range(size):
        if classes[p] == 0:
            continue
        r = cython.cast(cython.Py_ssize_t, classes[p]) - 1
        if r > p or classes[r] != classes[p]:
            return p
        before = classes[p - 1] if p > 0 else 0
        after = classes[p + 1] if p + 1 < size else 0
        if before == 0 or r == 0 or before != classes[r - 1]:
            flags[r] |= BEGINS
        if after == 0 or after != classes[r + 1]:  # in the array: r <= p, and p + 1 < size
            flags[r] |= ENDS
    return -1


def pieces(classes: cython.const[cython.uint][::1]) -> tuple:
    """The pieces of all texts; see the stub."""
    size: cython.Py_ssize_t = classes.shape[0]
    flags: cython.uchar[::1] = np.zeros(size, np.uint8)
    wrong: cython.Py_ssize_t
    p: cython.Py_ssize_t
    many: cython.Py_ssize_t = 0
    m: cython.Py_ssize_t = -1
    turn: cython.int
    begins: cython.bint
    firsts_array = np.empty(0, np.int64)
    sizes_array = np.empty(0, np.int64)
    firsts: cython.longlong[::1] = firsts_array
    sizes: cython.longlong[::1] = sizes_array
    with cython.nogil:
        wrong = _branches(classes, flags)
    if wrong >= 0:
        raise ValueError(f"the class of window {wrong} has no first window")
    for turn in range(2):  # counted first, then written
        if turn:
            firsts_array = np.empty(many, np.int64)
            sizes_array = np.zeros(many, np.int64)
            firsts, sizes = firsts_array, sizes_array
        with cython.nogil:
            for p in range(size):
                if classes[p] == 0:
                    continue
                begins = p == 0 or classes[p - 1] == 0 or flags[classes[p] - 1] & BEGINS != 0
                if begins or flags[classes[p - 1] - 1] & ENDS != 0:
                    if turn == 0:
                        many += 1
                        continue
                    m += 1
                    firsts[m] = p
                if turn:
                    sizes[m] += 1
    return firsts_array, sizes_array


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _prefixes(
    names: cython.const[cython.longlong][::1],
    joined: cython.const[cython.uchar][::1],
    order: cython.const[cython.longlong][::1],
    ranks: cython.longlong[::1],
    common: cython.longlong[::1],
) -> cython.void:
    """The pieces that each suffix has in common with the one sorted before it.

    After Kasai et al., "Linear-time longest-common-prefix computation in suffix arrays", 2001.
    """
    size: cython.Py_ssize_t = names.shape[0]
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    h: cython.Py_ssize_t = 0
    for i in range(size):
        ranks[order[i]] = i
    for i in range(size):
        if ranks[i] == 0:
            h = 0
            continue
        j = order[ranks[i] - 1]
        while i + h < size and j + h < size and names[i + h] == names[j + h]:
            if h > 0 and not (joined[i + h - 1] and joined[j + h - 1]):
                break
            h += 1
        common[ranks[i]] = h
        h = h - 1 if h > 0 and joined[i] else 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _merge(into: cython.longlong[::1], other: cython.longlong[::1]) -> cython.void:
    """Add to an interval what is known of another: see `_intervals`."""
    if into[0] != other[0]:
        into[0] = -1
    into[1] = min(into[1], other[1])
    into[2] = max(into[2], other[2])


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _intervals(
    names: cython.const[cython.longlong][::1],
    joined: cython.const[cython.uchar][::1],
    order: cython.const[cython.longlong][::1],
    common: cython.longlong[::1],
    border: cython.Py_ssize_t,
    out: cython.longlong[:, ::1],
) -> cython.Py_ssize_t:
    """Write the passages, at most one for each suffix; returns their number.

    On the stack lie intervals that are still open, at most one for each suffix and the root. Of
    each is known the piece before all of its suffixes (-1 for different ones, or none), its first
    piece and its last one.
    """
    size: cython.Py_ssize_t = names.shape[0]
    depth: cython.longlong[::1]
    first: cython.longlong[::1]
    facts: cython.longlong[:, ::1]
    leaf: cython.longlong[::1]
    with cython.gil:
        depth = np.zeros(size + 1, np.int64)
        first = np.zeros(size + 1, np.int64)
        facts = np.zeros((size + 1, 3), np.int64)
        leaf = np.zeros(3, np.int64)
    top: cython.Py_ssize_t = 0
    k: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    low: cython.Py_ssize_t
    shared: cython.longlong
    i: cython.longlong
    for k in range(1, size + 1):
        i = order[k - 1]
        leaf[0] = names[i - 1] if i > 0 and joined[i - 1] else -1
        leaf[1] = leaf[2] = i
        low = k - 1
        shared = common[k] if k < size else 0
        while depth[top] > shared:
            _merge(facts[top], leaf)
            leaf[0], leaf[1], leaf[2] = facts[top, 0], facts[top, 1], facts[top, 2]
            low = first[top]
            if leaf[0] < 0 and (border < 0 or leaf[1] < border <= leaf[2]):
                out[m, 0], out[m, 1], out[m, 2], out[m, 3] = low, k, depth[top], leaf[1]
                m += 1
            top -= 1
        if depth[top] == shared:
            _merge(facts[top], leaf)
        else:
            top += 1
            depth[top] = shared
            first[top] = low
            facts[top, 0], facts[top, 1], facts[top, 2] = leaf[0], leaf[1], leaf[2]
    return m


def passages(
    names: cython.const[cython.longlong][::1],
    joined: cython.const[cython.uchar][::1],
    order: cython.const[cython.longlong][::1],
    border: cython.Py_ssize_t,
) -> np.ndarray:
    """Runs of pieces that stand more than once; see the stub."""
    size: cython.Py_ssize_t = names.shape[0]
    m: cython.Py_ssize_t
    if joined.shape[0] != size or order.shape[0] != size:
        raise ValueError("the arrays are of another number of pieces")
    if size and not (np.bincount(order, minlength=size) == 1).all():
        raise ValueError("the order is none of the pieces")
    common: cython.longlong[::1] = np.zeros(size + 1, np.int64)
    ranks: cython.longlong[::1] = np.empty(size, np.int64)
    out_array = np.empty((size, 4), np.int64)
    out: cython.longlong[:, ::1] = out_array
    with cython.nogil:
        _prefixes(names, joined, order, ranks, common)
        m = _intervals(names, joined, order, common, border, out)
    return out_array[:m]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _characters(
    text: cython.pointer[cython.const[cython.uchar]],
    start: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """The code points that begin in a range of UTF-8."""
    count: cython.Py_ssize_t = 0
    at: cython.Py_ssize_t
    for at in range(start, end):
        count += text[at] & 0xC0 != 0x80
    return count


def locate(texts, fold, offsets, firsts, lasts) -> tuple:  # type: ignore[no-untyped-def]
    """Where runs of tokens stand, in code points; see the stub."""
    source: Source = Source(texts)
    begins: cython.const[cython.longlong][::1] = offsets
    wanted: cython.const[cython.longlong][::1] = firsts
    last: cython.const[cython.longlong][::1] = lasts
    size: cython.Py_ssize_t = wanted.shape[0]
    _check_runs(source.count, offsets, firsts, lasts)
    tokenizer: Tokenizer = Tokenizer(fold, 0, True)
    starts_array = np.empty(size, np.int64)
    ends_array = np.empty(size, np.int64)
    starts: cython.longlong[::1] = starts_array
    ends: cython.longlong[::1] = ends_array
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t
    a: cython.Py_ssize_t = 0  # the next run whose start, and whose end, is looked for
    b: cython.Py_ssize_t = 0
    met: cython.Py_ssize_t  # tokens of the text before the present ones
    at_a: cython.Py_ssize_t  # bytes counted, and code points that begin in them
    at_b: cython.Py_ssize_t
    points_a: cython.Py_ssize_t
    points_b: cython.Py_ssize_t
    found: cython.Py_ssize_t = 0
    over: cython.bint
    with cython.nogil:
        for i in range(source.count):
            source.open(i)
            tokenizer.reset(source.text, source.size)
            met = at_a = at_b = points_a = points_b = 0
            over = False
            while not over and b < begins[i + 1]:
                over = tokenizer.pos == tokenizer.end
                n = tokenizer.take(0)
                while a < begins[i + 1] and wanted[a] < met + n:
                    found = tokenizer.starts[wanted[a] - met]
                    points_a += _characters(source.text, at_a, found)
                    at_a = found
                    starts[a] = points_a
                    a += 1
                while b < begins[i + 1] and last[b] < met + n:
                    found = tokenizer.ends[last[b] - met]
                    points_b += _characters(source.text, at_b, found)
                    at_b = found
                    ends[b] = points_b
                    b += 1
                met += n
            if a < begins[i + 1] or b < begins[i + 1]:
                break
    if a < size or b < size:
        raise ValueError("a run lies outside of its text")
    return starts_array, ends_array


def _check_runs(count, offsets, firsts, lasts):  # type: ignore[no-untyped-def]
    """Refuse runs that are not in the order of their texts, and ends before starts."""
    at, first, last = np.asarray(offsets), np.asarray(firsts), np.asarray(lasts)
    if at.size != count + 1 or first.size != last.size:
        raise ValueError("the arrays are of another number of texts or runs")
    if at[0] != 0 or at[at.size - 1] != first.size or (np.diff(at) < 0).any():
        raise ValueError("runs lie outside of the array")
    rises = np.diff(first) >= 0
    rises &= np.diff(last) >= 0
    borders = at[(at > 0) & (at < first.size)] - 1  # of the last run of a text before another
    rises[borders] = True
    if not rises.all() or (first < 0).any() or (last < first).any():
        raise ValueError("the runs of a text ascend")
