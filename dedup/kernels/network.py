"""One hidden layer of ReLU units beside a linear path, over rows that are mostly zeros."""

import cython
import numpy as np


def forward(
    rows: cython.float[:, ::1],
    mean: cython.float[::1],
    scale: cython.float[::1],
    weights: cython.float[:, ::1],
    base: cython.float[::1],
    last: cython.float[:, ::1],
    out: cython.float[:, ::1],
) -> None:
    """Run a network; see the stub for shapes."""
    count: cython.Py_ssize_t = rows.shape[0]
    inputs: cython.Py_ssize_t = rows.shape[1]
    units: cython.Py_ssize_t = last.shape[0]
    outputs: cython.Py_ssize_t = last.shape[1]
    width: cython.Py_ssize_t = units + outputs
    # Every index below runs over one of these five numbers.
    if (
        mean.shape[0] != inputs
        or scale.shape[0] != inputs
        or weights.shape[0] != inputs
        or weights.shape[1] != width
        or base.shape[0] != width
        or out.shape[0] != count
        or out.shape[1] != outputs
    ):
        raise ValueError("the shapes of a network's arrays differ")
    sums: cython.float[::1] = np.empty(width, np.float32)
    clip: cython.float = 4.0
    r: cython.Py_ssize_t
    j: cython.Py_ssize_t
    k: cython.Py_ssize_t
    o: cython.Py_ssize_t
    value: cython.float
    high: cython.float
    low: cython.float
    step: cython.float
    with cython.nogil:
        for r in range(count):
            for k in range(width):
                sums[k] = base[k]
            for j in range(inputs):
                value = rows[r, j]
                if value != 0 and scale[j] != 0:
                    high = (value - mean[j]) * scale[j]
                    low = -mean[j] * scale[j]
                    step = min(max(high, -clip), clip) - min(max(low, -clip), clip)
                    for k in range(width):
                        sums[k] += step * weights[j, k]
            for o in range(outputs):
                out[r, o] = sums[units + o]
            for k in range(units):
                if sums[k] > 0:
                    for o in range(outputs):
                        out[r, o] += sums[k] * last[k, o]
