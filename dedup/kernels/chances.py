"""What networks say as probabilities, and what a page's blocks say of its type."""

import cython
from cython.cimports.libc.math import exp, log1p, sqrt

# Beyond these log-odds a probability is as good as certain.
_FAR = cython.declare(cython.double, 30)
# The score that divides content from the rest, the scores that are far from sure, and what each
# block counts at least.
_MIDDLE = cython.declare(cython.float, 0.45)
_UNSURE = cython.declare(cython.float, 0.2)
_SURE = cython.declare(cython.float, 0.8)
_LITTLE = cython.declare(cython.float, 1e-6)


def sigmoid(raw: cython.const[cython.float][:, :], out: cython.float[::1]) -> None:
    """Turn the first column, log-odds, into probabilities; see the stub."""
    b: cython.Py_ssize_t
    value: cython.double
    if out.shape[0] != raw.shape[0] or raw.shape[1] < 1:
        raise ValueError("the columns of the blocks differ in length")
    with cython.nogil:
        for b in range(out.shape[0]):
            value = min(max(cython.cast(cython.double, raw[b, 0]), -_FAR), _FAR)
            out[b] = cython.cast(cython.float, 1 / (1 + exp(-value)))


def softmax(rows: cython.float[:, ::1]) -> None:
    """Turn rows of log-weights into probabilities; see the stub."""
    b: cython.Py_ssize_t
    k: cython.Py_ssize_t
    width: cython.Py_ssize_t = rows.shape[1]
    most: cython.float
    whole: cython.double
    with cython.nogil:
        for b in range(rows.shape[0]):
            most = rows[b, 0] if width else 0
            for k in range(width):
                most = max(most, rows[b, k])
            whole = 0
            for k in range(width):
                rows[b, k] = cython.cast(cython.float, exp(rows[b, k] - most))
                whole += rows[b, k]
            for k in range(width):
                rows[b, k] = cython.cast(cython.float, rows[b, k] / whole)


def weigh(
    tokens: cython.const[cython.float][::1],
    first: cython.const[cython.float][::1],
    shares: cython.float[:, ::1],
    numbers: cython.float[::1],
) -> None:
    """Say what each block counts for the type, and what the page is as a whole; see the stub."""
    blocks: cython.Py_ssize_t = tokens.shape[0]
    b: cython.Py_ssize_t
    root: cython.float
    inside: cython.double = 0
    outside: cython.double = 0
    mass: cython.double = 0
    whole: cython.double = 0
    kept: cython.Py_ssize_t = 0
    unsure: cython.Py_ssize_t = 0
    if first.shape[0] != blocks or shares.shape[0] != 2 or shares.shape[1] != blocks:
        raise ValueError("the columns of the blocks differ in length")
    if numbers.shape[0] != 5:
        raise ValueError("a page has five numbers")
    with cython.nogil:
        for b in range(blocks):
            root = cython.cast(cython.float, sqrt(tokens[b]))
            shares[0, b] = root * first[b] + _LITTLE
            shares[1, b] = root * (1 - first[b]) + _LITTLE
            inside += shares[0, b]
            outside += shares[1, b]
            mass += tokens[b] * first[b]
            whole += tokens[b]
            kept += first[b] > _MIDDLE
            unsure += _UNSURE < first[b] < _SURE
        for b in range(blocks):
            shares[0, b] = cython.cast(cython.float, shares[0, b] / inside)
            shares[1, b] = cython.cast(cython.float, shares[1, b] / outside)
        numbers[0] = cython.cast(cython.float, log1p(kept))
        numbers[1] = cython.cast(cython.float, log1p(mass))
        numbers[2] = cython.cast(cython.float, mass / max(whole, 1))
        numbers[3] = unsure / cython.cast(cython.float, max(blocks, 1))
        numbers[4] = kept / cython.cast(cython.float, max(blocks, 1))


def add_evidence(
    shares: cython.const[cython.float][:, ::1],
    evidence: cython.const[cython.float][:, :],
    out: cython.float[::1],
) -> None:
    """Add up what the blocks say for each type; see the stub."""
    blocks: cython.Py_ssize_t = evidence.shape[0]
    types: cython.Py_ssize_t = out.shape[0]
    b: cython.Py_ssize_t
    k: cython.Py_ssize_t
    part: cython.Py_ssize_t
    total: cython.double
    if shares.shape[0] != 2 or shares.shape[1] != blocks or evidence.shape[1] != 2 * types:
        raise ValueError("the shapes of shares and evidence differ")
    with cython.nogil:
        for k in range(types):
            total = out[k]
            for part in range(2):
                for b in range(blocks):
                    total += shares[part, b] * evidence[b, part * types + k]
            out[k] = cython.cast(cython.float, total)
