"""Packed rows: many small rows as one binary value for each task that is to get them.

Nearly all that Spark spends on a row it spends once a row, however small; so what a task sends to
each task of the next stage goes in one row: the number of that task's partition, and arrays one
after the other. Numpy and Arrow, no Spark.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints
from dedup.near.batches import KEY_BITS, Entries

SCHEMA = "part int, data binary"
# What is sent: the kind of a row, and the types of its columns.
ENTRIES, PAIRS, SETTLED, OWN, HIDDEN, COMMON = range(6)
_TYPES: dict[int, tuple[str, ...]] = {
    ENTRIES: ("V6", "i8"),  # key with whether the text is long, number
    PAIRS: ("i8", "i8", "i4", "i4"),  # two numbers, shared samples, of these the coarse ones
    SETTLED: ("i8", "i8"),  # two numbers
    OWN: ("i8", "i4"),  # number, samples that it is judged by, less than 0 for a long text
    HIDDEN: ("i8", "i4"),  # number, samples passed over, to be added up
    COMMON: ("i8", "i4"),  # the same of samples that very many texts have; each copy tells it
}
# Bytes of record batches that are joined.
_BYTES = 8 << 20
_HEAD = 5  # bytes: the kind, and the number of rows
_48 = np.uint64(KEY_BITS)
_GOLD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Partitions:
    """The partitions of a shuffle.

    Attributes:
        count: how many.
    """

    count: int

    def of_keys(self, keys: npt.NDArray[np.uint64]) -> Ints:
        """The partition of each key of `KEY_BITS`; ascending where keys are."""
        return ((keys >> np.uint64(16)) * np.uint64(self.count) >> np.uint64(32)).astype(np.int64)

    def of_numbers(self, *numbers: Ints) -> Ints:
        """The partition of each text, or of each pair of texts."""
        mixed = np.zeros(numbers[0].size, np.uint64)
        for column in numbers:
            mixed = (mixed ^ column.view(np.uint64)) * _GOLD
            mixed ^= mixed >> np.uint64(29)
        return self.of_keys(mixed >> (np.uint64(64) - _48))


def placed(places: Ints, count: int) -> Ints:
    """For numbers of partitions the values of a column by which Spark brings rows to them.

    >>> _murmur3(placed(np.arange(3), 3)).tolist()[0] % 3
    0
    """
    return _labels(count)[places].astype(np.int64)


@cache
def _labels(count: int) -> npt.NDArray[np.int32]:
    """For each partition a number that Spark's `repartition` by a column sends there.

    Spark takes the Murmur3 hash (32 bits, seed 42) of the column, modulo the partitions.
    """
    found = np.full(count, -1, np.int64)
    first = 0
    while (found < 0).any():
        tried = np.arange(first, first + 8 * count + 64, dtype=np.int64)
        places = _murmur3(tried) % count
        for place, number in zip(places.tolist(), tried.tolist(), strict=True):
            if found[place] < 0:
                found[place] = number
        first += tried.size
    return found.astype(np.int32)


def _murmur3(values: Ints) -> Ints:
    """The signed hash of 32-bit integers."""
    low = np.uint64(0xFFFFFFFF)

    def turned(x: npt.NDArray[np.uint64], by: int) -> npt.NDArray[np.uint64]:
        return (x << np.uint64(by) | x >> np.uint64(32 - by)) & low

    k = values.astype(np.uint64) * np.uint64(0xCC9E2D51) & low
    k = turned(k, 15) * np.uint64(0x1B873593) & low
    h = turned(np.uint64(42) ^ k, 13) * np.uint64(5) + np.uint64(0xE6546B64) & low
    h ^= np.uint64(4)
    h = (h ^ h >> np.uint64(16)) * np.uint64(0x85EBCA6B) & low
    h = (h ^ h >> np.uint64(13)) * np.uint64(0xC2B2AE35) & low
    h ^= h >> np.uint64(16)
    return h.astype(np.uint32).view(np.int32).astype(np.int64)


def pack(
    kind: int, places: Ints, columns: Sequence[npt.NDArray[Any]], partitions: Partitions
) -> Any:
    """A record batch of one row for each partition that gets something.

    Args:
        kind: what the columns are.
        places: the partition of each of their rows.
        columns: arrays of one length.
        partitions: of the shuffle.
    """
    order = np.argsort(places, kind="stable")
    ends = np.cumsum(np.bincount(places, minlength=partitions.count))
    labels = _labels(partitions.count)
    ordered = [
        np.ascontiguousarray(column[order].astype(type_, copy=False))
        for column, type_ in zip(columns, _TYPES[kind], strict=True)
    ]
    parts, data, start = [], [], 0
    for place, end in enumerate(ends.tolist()):
        if end > start:
            head = kind.to_bytes(1, "little") + (end - start).to_bytes(4, "little")
            parts.append(int(labels[place]))
            data.append(head + b"".join(_bytes(column[start:end]) for column in ordered))
        start = end
    return batch(part=(parts, "int32"), data=(data, "binary"))


def _bytes(column: npt.NDArray[Any]) -> bytes:
    """The bytes of a column; of keys the first byte of each, then the second, and so on.

    So the upper bytes of ascending keys lie together, where they are nearly all the same.
    """
    if column.dtype.kind != "V":
        return column.tobytes()
    return np.ascontiguousarray(column.view(np.uint8).reshape(-1, 6).T).tobytes()


def unpack(batches: Iterable[Any]) -> dict[int, list[npt.NDArray[Any]]]:
    """The columns of each kind that came to this task, one array each."""
    found: dict[int, list[list[npt.NDArray[Any]]]] = {}
    for one in batches:
        for value in one.column("data").drop_null():
            data = np.frombuffer(value.as_buffer(), np.uint8)
            kind = int(data[0])
            size = int.from_bytes(data[1:_HEAD].tobytes(), "little")
            columns = found.setdefault(kind, [[] for _ in _TYPES[kind]])
            at = _HEAD
            for column, type_ in zip(columns, map(np.dtype, _TYPES[kind]), strict=True):
                raw = data[at : at + size * type_.itemsize]
                if type_.kind == "V":
                    raw = np.ascontiguousarray(raw.reshape(6, -1).T).reshape(-1)
                column.append(np.frombuffer(raw.tobytes(), type_))
                at += raw.size
    return {
        kind: [
            np.concatenate([np.zeros(0, type_), *column])
            for column, type_ in zip(columns, _TYPES[kind], strict=True)
        ]
        for kind, columns in (
            (kind, found.get(kind, [[] for _ in _TYPES[kind]])) for kind in _TYPES
        )
    }


def pack_entries(found: Entries, partitions: Partitions) -> Any:
    """Entries to the partitions of their keys, of which the lowest bit is given up."""
    order = np.argsort(found.keys)
    keys = found.keys[order]
    # The two low bits say whether it is coarse; the one above them makes room.
    coded = (keys & ~np.uint64(7)) | (keys & np.uint64(3)) << np.uint64(1)
    coded |= found.is_long[order].astype(np.uint64)
    high_first = coded.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    column = np.ascontiguousarray(high_first).view("V6").reshape(-1)
    return pack(ENTRIES, partitions.of_keys(keys), [column, found.numbers[order]], partitions)


def unpack_entries(columns: Sequence[npt.NDArray[Any]]) -> Entries:
    """The entries that `pack_entries` packed."""
    coded, numbers = columns
    wide = np.zeros((numbers.size, 8), np.uint8)
    wide[:, 2:] = coded.view(np.uint8).reshape(-1, 6)
    keys = wide.reshape(-1).view(">u8").astype(np.uint64)
    is_long = (keys & np.uint64(1)) > 0
    keys = (keys & ~np.uint64(7)) | (keys >> np.uint64(1) & np.uint64(3))
    return Entries(keys, numbers, is_long)


def batch(**columns: tuple[Any, str]) -> Any:
    """A record batch of columns, each with its Arrow type."""
    import pyarrow as pa

    arrays = [pa.array(values, pa.type_for_alias(kind)) for values, kind in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, list(columns))


def counted(rows: Any, count: int = 0, **more: int) -> Any:
    """Packed rows and a last one that holds counts, and no data."""
    size = rows.num_rows
    return batch(
        part=([*rows.column("part").to_pylist(), None], "int32"),
        data=([*rows.column("data").to_pylist(), None], "binary"),
        count=([None] * size + [count], "int64"),
        **{name: ([None] * size + [value], "int64") for name, value in more.items()},
    )


def gathered(batches: Iterable[Any], rows: int) -> Iterator[Any]:
    """The same record batches, small ones joined to some of so many rows or `_BYTES`."""
    import pyarrow as pa

    held: list[Any] = []
    many = size = 0
    for one in batches:
        if one.num_rows:
            held.append(one)
            many += one.num_rows
            size += one.nbytes
        if many >= rows or size >= _BYTES:
            yield from pa.Table.from_batches(held).combine_chunks().to_batches()
            held, many, size = [], 0, 0
    if held:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()
