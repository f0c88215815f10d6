"""Fingerprints as they lie in a checkpoint: of some thousand texts as one binary value."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.near.batches import Entries, read_fingerprints, write_fingerprints
from dedup.near.fingerprints import Fingerprints

Batches = Iterable[Any]
Keys = npt.NDArray[np.uint64]
# Entries that are handed on together.
_ENTRIES = 1 << 20


def chosen(prints: Fingerprints, texts: npt.NDArray[np.int64]) -> Fingerprints:
    """The fingerprints of some of the texts."""
    counts = np.diff(prints.offsets)[texts]
    offsets = np.append(0, np.cumsum(counts))
    at = np.repeat(prints.offsets[texts] - offsets[:-1], counts) + np.arange(offsets[-1])
    return Fingerprints(
        np.ascontiguousarray(prints.bands[:, texts]), prints.samples[at], offsets,
        prints.keys[texts], prints.tokens[texts], prints.sizes[texts],
    )  # fmt: skip


def written(prints: Fingerprints) -> bytes:
    """Fingerprints as the value of a row."""
    file = BytesIO()
    write_fingerprints(file, prints)
    return file.getvalue()


def read(batches: Batches, column: str) -> Iterator[Fingerprints]:
    """The fingerprints in a column of record batches; most rows have none."""
    for one in batches:
        for value in one.column(column):
            if value.is_valid:
                yield read_fingerprints(BytesIO(value.as_buffer()))


def among(keys: Keys, common: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which keys are among others, but for the bit that packing gives up."""
    return np.isin(keys & ~np.uint64(4), np.array(common, np.uint64) & ~np.uint64(4))


def joined(parts: Iterable[Entries]) -> Iterator[Entries]:
    """Entries in runs of about `_ENTRIES`."""
    held: list[Entries] = []
    for part in parts:
        held.append(part)
        if sum(one.keys.size for one in held) >= _ENTRIES:
            yield _together(held)
            held = []
    if held:
        yield _together(held)


def _together(parts: list[Entries]) -> Entries:
    return Entries(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Entries.__slots__)
    )
