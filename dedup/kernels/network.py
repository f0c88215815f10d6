"""One hidden layer of ReLU units beside a linear path, over dense inputs and bits of masks."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.vector import (
    dedup_add_rows,
    dedup_add_weights,
    dedup_last_many,
    dedup_last_one,
    dedup_lowest_bit,
    dedup_standardise,
)

_CLIP = cython.declare(cython.float, 4)  # standard deviations beyond which an input is cut off


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _clip(value: cython.float) -> cython.float:
    return min(max(value, -_CLIP), _CLIP)


@cython.cclass
class Network:
    """A network; see the stub."""

    _dense: cython.Py_ssize_t
    _page: cython.Py_ssize_t
    _width: cython.Py_ssize_t
    _outputs: cython.Py_ssize_t
    _units: cython.Py_ssize_t
    _mean: cython.float[::1]
    _scale: cython.float[::1]
    _low: cython.float[::1]  # what an input of zero stands at
    _weights: cython.float[:, ::1]  # ... of bits: times what setting the bit adds
    _base: cython.float[::1]
    _last: cython.float[:, ::1]  # a row of zeros per sum that is no hidden unit
    _columns: cython.Py_ssize_t  # outputs, up to a multiple of 8 where there are several
    _zones: cython.int[::1]
    _used: cython.ulonglong[::1]  # per zone: the bits that have weights

    def __cinit__(self, scaling, weights, base, last, dense, zones) -> None:
        mean, scale = scaling
        self._mean = np.array(mean, np.float32)
        self._scale = np.array(scale, np.float32)
        self._zones = np.array(zones, np.int32)
        self._dense = dense
        inputs: cython.Py_ssize_t = self._mean.shape[0]
        self._units, self._outputs = last.shape
        given: cython.Py_ssize_t = self._units + self._outputs
        if self._zones.shape[0] == 0 or weights.shape != (inputs, given):
            raise ValueError("the shapes of a network's arrays differ")
        self._page = self._zones[0] - self._dense
        self._width = (given + 7) // 8 * 8
        # What lies beyond the given columns is zero, and is never read as an output.
        padded = np.zeros((inputs, self._width), np.float32)
        padded[:, :given] = weights
        self._weights = padded
        self._columns = 1 if self._outputs == 1 else (self._outputs + 7) // 8 * 8
        padded = np.zeros((self._width, self._columns), np.float32)
        padded[: self._units, : self._outputs] = last
        self._last = padded
        self._base = np.zeros(self._width, np.float32)
        z: cython.Py_ssize_t
        zone_count: cython.Py_ssize_t = self._zones.shape[0] - 1
        if (
            self._scale.shape[0] != inputs
            or base.shape[0] != given
            or not 0 <= self._dense <= self._zones[0]
            or self._zones[zone_count] != inputs
            or not 0 < self._outputs <= 64
            or self._dense == 0
        ):
            raise ValueError("the shapes of a network's arrays differ")
        for z in range(zone_count):
            if not 0 <= self._zones[z + 1] - self._zones[z] <= 64:
                raise ValueError("a zone has up to 64 bits")
        self._low = np.zeros(inputs, np.float32)
        self._used = np.zeros(max(zone_count, 1), np.uint64)
        k: cython.Py_ssize_t
        j: cython.Py_ssize_t
        one: cython.ulonglong = 1
        step: cython.float
        for k in range(given):
            self._base[k] = base[k]
        for j in range(inputs):
            self._low[j] = _clip(-self._mean[j] * self._scale[j])
        for z in range(zone_count):
            for j in range(self._zones[z], self._zones[z + 1]):
                if self._scale[j] != 0:
                    self._used[z] |= one << (j - self._zones[z])
                step = _clip((1 - self._mean[j]) * self._scale[j]) - self._low[j]
                for k in range(self._width):
                    self._weights[j, k] *= step

    def run(
        self,
        dense: cython.const[cython.float][:, ::1],
        masks: cython.const[cython.ulonglong][:, ::1],
        page: cython.const[cython.float][::1],
        page_mask: cython.ulonglong,
        out: cython.float[:, ::1],
    ) -> None:
        """Run the network; see the stub."""
        count: cython.Py_ssize_t = out.shape[0]
        zones: cython.Py_ssize_t = self._zones.shape[0] - 1
        if (
            dense.shape[0] < count
            or dense.shape[1] != self._dense
            or page.shape[0] != self._page
            or out.shape[1] != self._outputs
            or (zones and (masks.shape[0] < count or masks.shape[1] != zones - 1))
        ):
            raise ValueError("the shapes of the inputs and of the network differ")
        # Four rows at a time; the sums of the last few rows are made of what was there before, and
        # are not read.
        steps: cython.float[::1] = np.zeros(4 * self._dense, np.float32)
        sums: cython.float[::1] = np.zeros(4 * self._width, np.float32)
        base: cython.float[::1] = np.array(self._base)
        first: cython.Py_ssize_t
        r: cython.Py_ssize_t
        rows: cython.Py_ssize_t
        z: cython.Py_ssize_t
        k: cython.Py_ssize_t
        with cython.nogil:
            self._add_page(page, page_mask, cython.address(base[0]))
            for first in range(0, count, 4):
                rows = min(count - first, 4)
                for r in range(4):
                    for k in range(self._width):
                        sums[r * self._width + k] = base[k]
                for r in range(rows):
                    dedup_standardise(
                        cython.address(dense[first + r, 0]),
                        cython.address(self._mean[0]),
                        cython.address(self._scale[0]),
                        cython.address(self._low[0]),
                        self._dense,
                        _CLIP,
                        cython.address(steps[r * self._dense]),
                    )
                    for z in range(zones - 1):
                        self._add_bits(
                            z, masks[first + r, z], cython.address(sums[r * self._width])
                        )
                dedup_add_rows(
                    cython.address(steps[0]),
                    self._dense,
                    cython.address(self._weights[0, 0]),
                    self._width,
                    cython.address(sums[0]),
                )
                for r in range(rows):
                    self._finish(
                        cython.address(sums[r * self._width]), cython.address(out[first + r, 0])
                    )

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _add_bits(
        self, zone: cython.Py_ssize_t, mask: cython.ulonglong, sums: cython.p_float
    ) -> cython.void:
        """Add the weights of the bits that are set; only bits inside the zone have any."""
        mask &= self._used[zone]
        while mask:
            dedup_add_weights(
                cython.address(self._weights[self._zones[zone] + dedup_lowest_bit(mask), 0]),
                self._width,
                sums,
            )
            mask &= mask - 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _add_page(
        self,
        page: cython.const[cython.float][::1],
        mask: cython.ulonglong,
        base: cython.p_float,
    ) -> cython.void:
        """Add what is the same for all rows: the page's inputs, and the bits of the last zone."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        step: cython.float
        for j in range(self._dense, self._dense + self._page):
            step = _clip((page[j - self._dense] - self._mean[j]) * self._scale[j]) - self._low[j]
            if step != 0:
                for k in range(self._width):
                    base[k] += step * self._weights[j, k]
        if self._zones.shape[0] > 1:
            self._add_bits(self._zones.shape[0] - 2, mask, base)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _finish(self, sums: cython.p_float, out: cython.p_float) -> cython.void:
        """From the hidden units to the outputs."""
        o: cython.Py_ssize_t
        last: cython.p_float = cython.address(self._last[0, 0])
        if self._outputs == 1:
            out[0] = sums[self._units] + dedup_last_one(sums, last, self._width)
            return
        held = cython.declare(cython.float[64])
        for o in range(self._columns):
            held[o] = sums[self._units + o] if o < self._outputs else 0
        dedup_last_many(sums, last, self._width, self._columns, held)
        for o in range(self._outputs):
            out[o] = held[o]


def add_product(
    rows: cython.const[cython.float][:, ::1],
    weights: cython.const[cython.float][:, ::1],
    out: cython.float[:, ::1],
) -> None:
    """Add a matrix product; see the stub."""
    count: cython.Py_ssize_t = rows.shape[0]
    inputs: cython.Py_ssize_t = rows.shape[1]
    width: cython.Py_ssize_t = weights.shape[1]
    if weights.shape[0] != inputs or out.shape[0] != count or out.shape[1] != width or width % 8:
        raise ValueError("the shapes of a product differ, or its width is no multiple of 8")
    # Four rows at a time; the last ones are made up from a copy.
    left: cython.Py_ssize_t = count % 4
    steps: cython.float[:, ::1] = np.zeros((4, inputs), np.float32)
    sums: cython.float[:, ::1] = np.zeros((4, width), np.float32)
    r: cython.Py_ssize_t
    if not count or not inputs or not width:
        return
    with cython.nogil:
        for r in range(0, count - left, 4):
            dedup_add_rows(
                cython.address(rows[r, 0]),
                inputs,
                cython.address(weights[0, 0]),
                width,
                cython.address(out[r, 0]),
            )
        if left:
            steps[:left] = rows[count - left :]
            sums[:left] = out[count - left :]
            dedup_add_rows(
                cython.address(steps[0, 0]),
                inputs,
                cython.address(weights[0, 0]),
                width,
                cython.address(sums[0, 0]),
            )
            out[count - left :] = sums[:left]


def largest(values: cython.const[cython.float][:, ::1], out: cython.int[:, ::1]) -> None:
    """Find the places of the largest values of each row; see the stub."""
    count: cython.Py_ssize_t = values.shape[0]
    width: cython.Py_ssize_t = values.shape[1]
    wanted: cython.Py_ssize_t = out.shape[1]
    if out.shape[0] != count or not 0 < wanted <= min(width, 16):
        raise ValueError("of each row 1 to 16 values are found, and no more than it has")
    best = cython.declare(cython.float[16])
    r: cython.Py_ssize_t
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    found: cython.Py_ssize_t
    value: cython.float
    with cython.nogil:
        for r in range(count):
            found = 0  # at most `wanted`, so that j is below it
            for i in range(width):
                value = values[r, i]
                if found == wanted and not value > best[wanted - 1]:
                    continue
                j = found if found < wanted else wanted - 1
                found = j + 1
                while j > 0 and value > best[j - 1]:
                    best[j] = best[j - 1]
                    out[r, j] = out[r, j - 1]
                    j -= 1
                best[j] = value
                out[r, j] = cython.cast(cython.int, i)
