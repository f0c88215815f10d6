"""Texts to fingerprints, and the keys that very many of them have."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import Settings
from dedup.near.batches import Entries, band_entries, numbers_of, sample_entries, text_fingerprints
from dedup.near.representatives import preferences
from dedup.spark.rows import (
    ENTRIES,
    Partitions,
    batch,
    gathered,
    pack_entries,
    unpack,
    unpack_entries,
)
from dedup.spark.tasks.stored import chosen, read, written

Batches = Iterable[Any]
# Texts that are fingerprinted and whose fingerprints are stored together, and their bytes.
_TEXTS, _BYTES = 4096, 8 << 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Texts to what is compared of them: rows of ``SCHEMA``.

    The first row of some thousands holds the fingerprints of them all, and of a share of them
    apart, as one binary value each: so Spark handles few rows of many bytes. The share are the
    texts whose numbers are multiples of ``peek``.
    """

    settings: Settings
    peek: int

    SCHEMA = (
        "id {id}, k long, k1 long, tokens int, size int, crc long, own int, pref double, "
        "reference boolean, prints binary, peek binary"
    )

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for whole in gathered(batches, _TEXTS):
            for part in _slices(whole):
                yield self._fingerprinted(part)

    def _fingerprinted(self, part: Any) -> Any:
        import pyarrow as pa

        prints, own, checks = text_fingerprints(part.column("text"), self.settings)
        numbers = numbers_of(prints.keys)
        other = numbers_of(prints.keys[:, ::-1])
        given = part.column("order").to_pylist()
        keep = self.settings.near.keep
        pref = np.zeros(len(prints)) if keep == "longest" else _order(keep, given)
        reference = np.array(part.column("reference").to_pylist(), np.bool_)
        pref[reference] = -np.inf
        few = chosen(prints, np.flatnonzero(numbers % self.peek == 0))
        empty = [None] * (len(prints) - 1)
        return pa.RecordBatch.from_arrays(
            [
                part.column("id"),
                pa.array(numbers),
                pa.array(other),
                pa.array(prints.tokens, pa.int32()),
                pa.array(prints.sizes, pa.int32()),
                pa.array(checks),
                pa.array(own, pa.int32()),
                pa.array(pref),
                pa.array(reference),
                pa.array([written(prints), *empty], pa.binary()),
                pa.array([written(few) if len(few) else None, *empty], pa.binary()),
            ],
            [
                "id",
                "k",
                "k1",
                "tokens",
                "size",
                "crc",
                "own",
                "pref",
                "reference",
                "prints",
                "peek",
            ],
        )


def _order(keep: Any, given: list[Any]) -> npt.NDArray[np.float64]:
    """Preferences by a column; for "first" it holds the places in the input."""
    if keep == "first":
        return np.array(given, np.float64)
    return preferences(keep, given, len(given))


def _slices(whole: Any) -> Iterator[Any]:
    """A record batch in runs of at most `_TEXTS` rows and about `_BYTES` of text."""
    import pyarrow.compute as pc

    sizes = pc.fill_null(pc.binary_length(whole.column("text")), 0).to_numpy(zero_copy_only=False)
    ends = np.cumsum(sizes, dtype=np.int64)
    first = 0
    while first < whole.num_rows:
        before = int(ends[first - 1]) if first else 0
        last = int(np.searchsorted(ends, before + _BYTES, "right"))
        last = min(max(last, first + 1), first + _TEXTS)
        yield whole.slice(first, last - first)
        first = last


@dataclass(frozen=True, slots=True)
class CommonKeys:
    """Keys that ``least`` or more have of the texts looked at, or of a share of them; two steps."""

    shingle: int
    least: int
    every: int
    partitions: Partitions

    SCHEMA = "key long, texts long, band boolean"

    def pack(self, batches: Batches) -> Iterator[Any]:
        """First step: the keys of the texts looked at, bands under their keys, samples apart."""
        seen = np.zeros(1, np.uint64)  # of long texts only coarse samples count
        for prints in read(batches, "peek"):
            few = chosen(prints, np.flatnonzero(numbers_of(prints.keys) % self.every == 0))
            if len(few):
                for is_band in (True, False):
                    found = (
                        band_entries(few, self.shingle)
                        if is_band
                        else sample_entries(few, self.shingle, seen)
                    )
                    # Which of both it is travels in place of whether the text is long.
                    kind = np.full(found.keys.size, is_band)
                    yield pack_entries(Entries(found.keys, found.numbers, kind), self.partitions)

    def count(self, batches: Batches) -> Iterator[Any]:
        """Second step, on one task."""
        found = unpack_entries(unpack(batches)[ENTRIES])
        for is_band in (True, False):
            mine = found.where(found.is_long == is_band)
            _, first = np.unique(np.stack((mine.keys.view(np.int64), mine.numbers)), axis=1,
                                 return_index=True)  # fmt: skip
            keys, texts = np.unique(mine.keys[first], return_counts=True)
            many = texts >= self.least
            yield batch(
                key=(keys[many].view(np.int64), "int64"),
                texts=(texts[many], "int64"),
                band=(np.full(int(many.sum()), is_band), "bool"),
            )
