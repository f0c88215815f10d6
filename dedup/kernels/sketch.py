"""One-permutation sketches, the samples drawn from shingles, and the keys of bands."""

import cython
import numpy as np
from cython.cimports.dedup.kernels.folding import BATCH, ROOM
from cython.cimports.dedup.kernels.hashing import GOLD, MIX_B
from cython.cimports.dedup.kernels.shingles import check_size, keep_last, roll
from cython.cimports.dedup.kernels.source import Source
from cython.cimports.dedup.kernels.tokens import Tokenizer


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _densify(  # noqa: C901 - one operation
    values: cython.uint[:, ::1],
    text: cython.Py_ssize_t,
    orders: cython.const[cython.uchar][:, ::1],
    ranks: cython.const[cython.ushort][:, ::1],
    lender: cython.ushort[::1],
    waiting: cython.ushort[::1],
) -> cython.void:
    """Fill each empty slot from the first full one in its order; one slot at least is full.

    Slots come from ``orders`` and from the low eight bits of ``ranks``, whose range was checked.
    """
    slots: cython.Py_ssize_t = values.shape[1]
    empty: cython.uint = 0xFFFFFFFF
    full: cython.Py_ssize_t = 0
    empties: cython.Py_ssize_t = 0
    order: cython.Py_ssize_t
    slot: cython.Py_ssize_t
    j: cython.Py_ssize_t
    for slot in range(slots):
        full += values[text, slot] != empty
    if full == slots or full == 0:
        return
    if 4 * full >= slots:  # a full one is soon met
        for slot in range(slots):
            lender[slot] = values[text, slot] != empty
        for slot in range(slots):
            waiting[empties] = cython.cast(cython.ushort, slot)
            empties += lender[slot] == 0
        for j in range(empties):
            slot = waiting[j]
            order = 1  # the first in the order is the slot itself
            # Without branches, which nobody could foretell, past up to three that are empty.
            order += lender[orders[slot, order]] == 0
            order += lender[orders[slot, order]] == 0
            order += lender[orders[slot, order]] == 0
            while lender[orders[slot, order]] == 0 and order < slots - 1:
                order += 1
            values[text, slot] = values[text, orders[slot, order]]
        return
    for slot in range(slots):
        lender[slot] = 0xFFFF
    for slot in range(slots):  # else go the other way: every full one applies to all slots
        if values[text, slot] != empty:
            for j in range(slots):
                lender[j] = min(lender[j], ranks[slot, j])
    for slot in range(slots):  # a full slot is the first of its own order
        values[text, slot] = values[text, lender[slot] & 0xFF]


def sketches(  # noqa: PLR0915 - declarations, and one loop
    texts,  # type: ignore[no-untyped-def]
    fold,
    size: cython.Py_ssize_t,
    borrowing: tuple,
    sampled: cython.ulonglong,
) -> tuple:
    """One-permutation sketches and sampled shingles of many texts; see the stub."""
    source: Source = Source(texts)
    orders: cython.const[cython.uchar][:, ::1] = borrowing[0]
    ranks: cython.const[cython.ushort][:, ::1] = borrowing[1]
    count: cython.Py_ssize_t = source.count
    slots: cython.Py_ssize_t = ranks.shape[0]
    bits: cython.int = int(slots).bit_length() - 1
    if slots != 1 << bits or not 3 <= bits <= 8 or orders.shape[0] != slots:
        raise ValueError("a sketch has 8, 16, ... 256 slots")
    if ranks.shape[1] != slots or orders.shape[1] != slots:
        raise ValueError("the orders of borrowing are of another number of slots")
    if slots < 256 and max(np.max(orders), (np.asarray(ranks) & 0xFF).max()) >= slots:
        raise ValueError("a slot borrows from one that is not there")
    values_array = np.full((count, slots), 0xFFFFFFFF, np.uint32)
    keys_array = np.empty((count, 2), np.uint64)
    counts_array = np.empty(count, np.int64)
    sizes_array = np.empty(count, np.int64)
    offsets_array = np.zeros(count + 1, np.int64)
    samples_array = np.empty(source.total // 8 + 2 * (BATCH + ROOM), np.uint64)
    values: cython.uint[:, ::1] = values_array
    keys: cython.ulonglong[:, ::1] = keys_array
    counts: cython.longlong[::1] = counts_array
    sizes: cython.longlong[::1] = sizes_array
    offsets: cython.longlong[::1] = offsets_array
    samples: cython.ulonglong[::1] = samples_array
    tokenizer: Tokenizer = Tokenizer(fold, check_size(size))
    hashes: cython.ulonglong[::1] = np.empty(tokenizer.tokens.shape[0], np.uint64)
    lender: cython.ushort[::1] = np.empty(slots, np.uint16)
    waiting: cython.ushort[::1] = np.empty(slots, np.uint16)
    # Bits of a hash from the top: the slot, then 32 of value; samples look at the lowest.
    shift: cython.int = 64 - bits
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    m: cython.Py_ssize_t = 0
    n: cython.Py_ssize_t
    held: cython.Py_ssize_t
    fresh: cython.Py_ssize_t
    tokens: cython.Py_ssize_t
    over: cython.bint
    h: cython.ulonglong
    low: cython.uint
    value: cython.uint
    slot: cython.Py_ssize_t
    with cython.nogil:
        for i in range(count):
            source.open(i)
            sizes[i] = source.size
            tokenizer.reset(source.text, source.size)
            n = 0
            tokens = 0
            over = False
            while not over:
                over = tokenizer.pos == tokenizer.end
                held = n
                n = tokenizer.take(n)
                tokens += n - held
                fresh = roll(tokenizer.tokens, n, size, hashes, 0)
                n = keep_last(tokenizer.tokens, n, size)
                if m + fresh > samples.shape[0]:
                    with cython.gil:
                        samples_array = np.concatenate(
                            (samples_array, np.empty(m + fresh, np.uint64))
                        )
                        samples = samples_array
                for j in range(fresh):
                    h = hashes[j]
                    slot = cython.cast(cython.Py_ssize_t, h >> shift)
                    low = cython.cast(cython.uint, h >> (shift - 32))
                    value = values[i, slot]
                    values[i, slot] = low if low < value else value
                    samples[m] = h
                    m += h & sampled == 0
            counts[i] = tokens
            offsets[i + 1] = m
            keys[i, 0] = tokenizer.key_a
            keys[i, 1] = tokenizer.key_b
            _densify(values, i, orders, ranks, lender, waiting)
    samples_array = samples_array[:m].copy()
    return values_array, samples_array, offsets_array, keys_array, counts_array, sizes_array


def band_keys(
    values: cython.const[cython.uint][:, ::1],
    rows: cython.Py_ssize_t,
    out: cython.ulonglong[:, ::1],
    at: cython.Py_ssize_t,
) -> None:
    """Hash each run of ``rows`` slots of text ``i`` into ``out[band, at + i]``."""
    bands: cython.Py_ssize_t = out.shape[0]
    if rows < 1 or rows > values.shape[1] // max(bands, 1):
        raise ValueError("the bands have more slots than the sketch")
    if at < 0 or at > out.shape[1] - values.shape[0]:
        raise ValueError("the keys of the texts have no room")
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    band: cython.Py_ssize_t
    h: cython.ulonglong
    with cython.nogil:
        for i in range(values.shape[0]):
            for band in range(bands):
                h = cython.cast(cython.ulonglong, band + 1) * MIX_B
                for j in range(band * rows, band * rows + rows):
                    h = (h ^ values[i, j]) * GOLD
                    h ^= h >> 29
                out[band, at + i] = h * MIX_B
