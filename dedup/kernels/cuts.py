"""Which copies of repeated windows go, so that one copy of all that they say is left."""

import cython
import numpy as np


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _release(
    classes: cython.const[cython.uint][::1],
    holders: cython.uint[::1],
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    number: cython.uint,
) -> cython.void:
    """Let nobody hold the classes that one text holds."""
    p: cython.Py_ssize_t
    for p in range(begin, end):
        if classes[p] and holders[classes[p] - 1] == number:
            holders[classes[p] - 1] = 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _sweep(
    classes: cython.const[cython.uint][::1],
    holders: cython.uint[::1],
    span: cython.longlong[::1],
    out: cython.longlong[:, ::1],
) -> cython.Py_ssize_t:
    """Write what goes of one text, and hold the classes that it is the first to have.

    ``span`` are the first place of the text, the one past its tokens, the tokens of a window and
    the number of the text. Between two runs is a token that stays: ``out`` has a row for every
    second token.
    """
    p: cython.Py_ssize_t
    r: cython.Py_ssize_t
    number: cython.uint = cython.cast(cython.uint, span[3] + 1)
    others: cython.longlong = 0  # the place past the last window that an earlier text holds
    own: cython.longlong = 0  # past the last one that stood before in this text
    first: cython.longlong = 0  # past the last one that stands for the first time
    partner: cython.longlong = -1
    open_: cython.bint = False
    m: cython.Py_ssize_t = 0
    for p in range(span[0], span[1]):
        if classes[p]:
            r = cython.cast(cython.Py_ssize_t, classes[p]) - 1
            if holders[r] == 0:
                holders[r] = number
                first = p + span[2]
            elif holders[r] == number:
                own = p + span[2]
                if others <= p:
                    partner = span[3]
            else:
                others = p + span[2]
                partner = cython.cast(cython.longlong, holders[r]) - 1
        if others > p or (own > p and first <= p):
            if not open_:
                out[m, 0], out[m, 1], out[m, 3] = span[3], p - span[0], partner
                open_ = True
            out[m, 2] = p - span[0]
        elif open_:
            open_ = False
            m += 1
    return m + open_


def cuts(
    classes: cython.const[cython.uint][::1],
    begins: cython.const[cython.longlong][::1],
    order: cython.const[cython.longlong][::1],
    uncut: cython.Py_ssize_t,
    length: cython.Py_ssize_t,
    least: cython.Py_ssize_t,
) -> tuple:
    """What goes of each text; see the stub."""
    texts: cython.Py_ssize_t = begins.shape[0] - 1
    _check(classes, begins, order, length)
    holders: cython.uint[::1] = np.zeros(classes.shape[0], np.uint32)
    longest: cython.Py_ssize_t = int(np.diff(begins).max(initial=0))
    row_array = np.empty((longest // 2 + 1, 4), np.int64)
    row: cython.longlong[:, ::1] = row_array
    span: cython.longlong[::1] = np.zeros(4, np.int64)
    gone_array = np.zeros(texts, np.bool_)
    gone: cython.uchar[::1] = gone_array.view(np.uint8)
    found: list = [np.empty((0, 4), np.int64)]
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    m: cython.Py_ssize_t
    left: cython.longlong
    number: cython.uint
    with cython.nogil:
        for i in range(order.shape[0]):
            j = order[i]
            span[0], span[1], span[2], span[3] = begins[j], begins[j + 1] - 1, length, j
            m = _sweep(classes, holders, span, row)
            if m == 0 or i < uncut:
                continue
            left = span[1] - span[0]
            for j in range(m):
                left -= row[j, 2] - row[j, 1] + 1
            if left < least:
                gone[span[3]] = 1
                number = cython.cast(cython.uint, span[3] + 1)
                _release(classes, holders, span[0], span[1], number)
                continue
            with cython.gil:
                found.append(row_array[:m].copy())
    return np.concatenate(found), gone_array


def _check(classes, begins, order, length):  # type: ignore[no-untyped-def]
    """Refuse texts that do not lie in the array, and classes that are none."""
    at, texts = np.asarray(begins), np.asarray(order)
    if at.size == 0 or at[0] != 0 or at[at.size - 1] != classes.shape[0] or (np.diff(at) < 1).any():
        raise ValueError("the texts do not make up the array")
    if texts.size and (texts.min() < 0 or texts.max() >= at.size - 1):
        raise ValueError("there is no such text")
    if np.unique(texts).size < texts.size:
        raise ValueError("a text is there twice")
    if classes.shape[0] and int(np.max(classes)) > classes.shape[0]:
        raise ValueError("a class has no first window")
    if length < 1:
        raise ValueError("windows of a token or more are needed")
