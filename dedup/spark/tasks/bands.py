"""Bands to pairs: small buckets by packed rows, large ones as sorted rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dedup.near.batches import band_entries, pair_buckets
from dedup.near.streams import BucketStream
from dedup.spark.rows import (
    ENTRIES,
    PAIRS,
    Partitions,
    batch,
    counted,
    gathered,
    pack,
    pack_entries,
    unpack,
    unpack_entries,
)
from dedup.spark.tasks.stored import among, joined, read

Batches = Iterable[Any]
_ROWS = 1 << 16  # that are streamed together
# A pair that bands have found, as a number of shared samples that suffices whoever asks.
SURE = 1 << 30


@dataclass(frozen=True, slots=True)
class PackBands:
    """Fingerprints to packed rows of bands, without those that go another way."""

    shingle: int
    common: tuple[int, ...]
    partitions: Partitions

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for found in joined(band_entries(p, self.shingle) for p in read(batches, "prints")):
            yield pack_entries(found.where(~among(found.keys, self.common)), self.partitions)


@dataclass(frozen=True, slots=True)
class CommonBands:
    """Fingerprints to rows of the bands that very many texts have."""

    shingle: int
    common: tuple[int, ...]

    SCHEMA = "key long, k long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for prints in read(batches, "prints"):
            found = band_entries(prints, self.shingle)
            found = found.where(among(found.keys, self.common))
            yield batch(key=(found.keys.view(np.int64), "int64"), k=(found.numbers, "int64"))


@dataclass(frozen=True, slots=True)
class PairBands:
    """Packed rows of bands to packed rows of pairs, and to rows of buckets above the cap."""

    cap: int
    partitions: Partitions

    SCHEMA = "part int, data binary, key long, k long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        found = pair_buckets(unpack_entries(unpack(batches)[ENTRIES]), self.cap)
        yield _with_nulls(_sure(found.a, found.b, self.partitions), ("key", "k"))
        crowded = found.crowded
        rows = batch(key=(crowded.keys.view(np.int64), "int64"), k=(crowded.numbers, "int64"))
        yield _with_nulls(rows, ("part", "data"), front=True)


def _sure(a: Any, b: Any, partitions: Partitions) -> Any:
    """Pairs that bands have found, packed; the smaller number first."""
    a, b = np.minimum(a, b), np.maximum(a, b)
    sure = np.full(a.size, SURE)
    return pack(PAIRS, partitions.of_numbers(a, b), [a, b, sure, sure], partitions)


def _with_nulls(rows: Any, names: tuple[str, str], front: bool = False) -> Any:
    """A record batch with two more columns of nulls."""
    import pyarrow as pa

    kinds = {"part": pa.int32(), "data": pa.binary(), "key": pa.int64(), "k": pa.int64()}
    nulls = [pa.nulls(rows.num_rows, kinds[name]) for name in names]
    ours = list(zip(rows.schema.names, rows.columns, strict=True))
    theirs = list(zip(names, nulls, strict=True))
    columns = dict(theirs + ours if front else ours + theirs)
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


@dataclass(frozen=True, slots=True)
class StreamBuckets:
    """Rows of large buckets, sorted by key and by what would be kept, to packed rows of pairs.

    The counts are those of buckets above the cap, and of the texts in the largest.
    """

    cap: int
    partitions: Partitions

    SCHEMA = "part int, data binary, count long, largest long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        stream = BucketStream(self.cap)
        for rows in gathered(batches, _ROWS):
            keys = rows.column("key").to_numpy().view(np.uint64)
            pairs = stream.feed(keys, rows.column("k").to_numpy())
            yield counted(_sure(*pairs, self.partitions), largest=0)
        pairs = stream.finish()
        yield counted(_sure(*pairs, self.partitions), stream.hot, largest=stream.largest)
