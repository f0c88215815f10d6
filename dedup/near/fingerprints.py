"""What a search keeps of each text: band keys, sampled shingles, and the key of its folded text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.near.lsh import Bands
from dedup.near.threads import Progress, each, silent
from dedup.text.shingles import Packed
from dedup.text.sketch import sketch_many

# Texts are sketched in batches, so that sketches live only until their bands are hashed, and in
# the second-level cache.
_BATCH_BYTES = 1 << 19
_BATCH_TEXTS = 1 << 9


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Arrays over texts; those of parts of a corpus can be put together with `concatenate`.

    Attributes:
        bands: ``uint64`` of shape (bands, texts).
        samples: sampled shingles, ``uint64``, one text after the other.
        offsets: text ``i`` has ``samples[offsets[i]:offsets[i + 1]]``.
        keys: two ``uint64`` a text, equal where the folded texts are.
        tokens: the number of tokens of each text.
        sizes: the number of bytes of each text.
    """

    bands: npt.NDArray[np.uint64]
    samples: npt.NDArray[np.uint64]
    offsets: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    tokens: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return self.tokens.size


def fingerprint(
    packed: Packed,
    bands: Bands,
    settings: TextSettings,
    jobs: int = 1,
    progress: Progress = silent,
) -> Fingerprints:
    """Take the fingerprints of many texts, in batches on ``jobs`` threads."""
    from dedup.kernels.sketch import band_keys

    texts = len(packed)
    keys = np.empty((bands.bands, texts), np.uint64)

    def batch(span: tuple[int, int]) -> Fingerprints:
        first, last = span
        sketched = sketch_many(packed, settings, first, last)
        band_keys(sketched.values, bands.rows, keys, first)
        return Fingerprints(
            keys[:, first:last],
            sketched.samples,
            sketched.offsets,
            sketched.keys,
            sketched.tokens,
            np.diff(packed.offsets[first : last + 1]),
        )

    spans = _batches(packed.offsets)
    parts = []
    for (_, done), part in zip(spans, each(batch, spans, jobs), strict=True):
        parts.append(part)
        progress("texts", done, texts)
    return concatenate(parts, keys)


def concatenate(
    parts: Sequence[Fingerprints], bands: npt.NDArray[np.uint64] | None = None
) -> Fingerprints:
    """Put the fingerprints of several runs of texts together, in their order.

    ``bands`` saves a copy where all the band keys already lie in one array.
    """
    counts = [np.diff(part.offsets) for part in parts]
    none = np.zeros(0, np.int64)
    return Fingerprints(
        np.concatenate([part.bands for part in parts], axis=1) if bands is None else bands,
        np.concatenate([np.zeros(0, np.uint64), *(part.samples for part in parts)]),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate([none, *counts]))]),
        np.concatenate([np.zeros((0, 2), np.uint64), *(part.keys for part in parts)]),
        np.concatenate([none, *(part.tokens for part in parts)]),
        np.concatenate([none, *(part.sizes for part in parts)]),
    )


def _batches(offsets: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of texts, each of at most `_BATCH_TEXTS` and about `_BATCH_BYTES`."""
    spans, first, texts = [], 0, offsets.size - 1
    while first < texts:
        last = int(np.searchsorted(offsets, offsets[first] + _BATCH_BYTES))
        last = min(max(last, first + 1), first + _BATCH_TEXTS, texts)
        spans.append((first, last))
        first = last
    return spans
