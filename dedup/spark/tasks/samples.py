"""Samples to what pairs of texts share of them."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.near.batches import mark_short, pair_samples, sample_entries
from dedup.spark.rows import (
    COMMON,
    ENTRIES,
    HIDDEN,
    PAIRS,
    Partitions,
    batch,
    counted,
    pack,
    pack_entries,
    unpack,
    unpack_entries,
)
from dedup.spark.tasks.stored import among, joined, read

Batches = Iterable[Any]
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class MarkShort:
    """Fingerprints to a filter of the samples of short texts, in segments; in two steps."""

    shingle: int
    words: int

    SEGMENTS = 64
    SCHEMA = "segment int, bits binary"

    def mark(self, batches: Batches) -> Iterator[Any]:
        """First step: the segments in which something is marked, by fingerprints."""
        seen = np.zeros(self.words, np.uint64)
        for prints in read(batches, "prints"):
            mark_short(prints, self.shingle, seen)
        yield self._rows(enumerate(np.array_split(seen, self.SEGMENTS)))

    def merge(self, batches: Batches) -> Iterator[Any]:
        """Second step: each segment once."""
        found: dict[int, Keys] = {}
        for rows in batches:
            for segment, bits in zip(*(c.to_pylist() for c in rows.columns), strict=True):
                part = np.frombuffer(zlib.decompress(bits), np.uint64)
                found[segment] = found[segment] | part if segment in found else part
        yield self._rows(found.items())

    @staticmethod
    def _rows(segments: Iterable[tuple[int, Keys]]) -> Any:
        some = [(number, zlib.compress(part.tobytes(), 1)) for number, part in segments
                if part.any()]  # fmt: skip
        return batch(
            segment=([number for number, _ in some], "int32"),
            bits=([bits for _, bits in some], "binary"),
        )


@dataclass(frozen=True, slots=True)
class PackSamples:
    """Fingerprints to packed rows of samples; those that very many texts have are only counted."""

    shingle: int
    words: int
    segments: tuple[tuple[int, bytes], ...]
    common: tuple[int, ...]
    partitions: Partitions

    def __call__(self, batches: Batches) -> Iterator[Any]:
        seen = np.zeros(self.words, np.uint64)
        parts = np.array_split(seen, MarkShort.SEGMENTS)
        for number, bits in self.segments:
            parts[number][:] = np.frombuffer(zlib.decompress(bits), np.uint64)
        prints = read(batches, "prints")
        for found in joined(sample_entries(one, self.shingle, seen) for one in prints):
            common = among(found.keys, self.common)
            yield pack_entries(found.where(~common), self.partitions)


@dataclass(frozen=True, slots=True)
class HiddenSamples:
    """Fingerprints to packed rows of how many samples of each text very many others have too.

    A text comes once from every batch that has a copy of it, always with the same number.
    """

    shingle: int
    common: tuple[int, ...]
    partitions: Partitions

    def __call__(self, batches: Batches) -> Iterator[Any]:
        none = np.zeros(1, np.uint64)  # of long texts only coarse samples count
        for prints in read(batches, "prints"):
            found = sample_entries(prints, self.shingle, none)
            found = found.where(among(found.keys, self.common))
            numbers, hidden = np.unique(found.numbers, return_counts=True)
            places = self.partitions.of_numbers(numbers)
            yield pack(COMMON, places, [numbers, hidden], self.partitions)


@dataclass(frozen=True, slots=True)
class PairSamples:
    """Packed rows of samples to packed rows of what pairs share, and of what was passed over."""

    cap: int
    partitions: Partitions

    SCHEMA = "part int, data binary, count long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        entries = unpack_entries(unpack(batches)[ENTRIES])
        found = pair_samples(entries, self.cap)
        columns = [found.a, found.b, found.every, found.some]
        places = self.partitions.of_numbers(found.a, found.b)
        yield counted(pack(PAIRS, places, columns, self.partitions))
        places = self.partitions.of_numbers(found.hidden_of)
        rows = pack(HIDDEN, places, [found.hidden_of, found.hidden], self.partitions)
        yield counted(rows, found.hot)
