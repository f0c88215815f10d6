"""What a search keeps of each text: band keys, sampled shingles, and the key of its folded text."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.columns import Readable
from dedup.config import TextSettings
from dedup.near.bands import Bands
from dedup.near.parallel import Progress, each, runs_of, silent
from dedup.text.sketch import sketches

# Texts are sketched in batches, so that sketches live only until their bands are hashed, and in
# the second-level cache.
_BATCH_BYTES = 1 << 19
_BATCH_TEXTS = 1 << 9


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Arrays over texts.

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
    texts: Readable,
    bands: Bands,
    settings: TextSettings,
    jobs: int = 1,
    progress: Progress = silent,
) -> Fingerprints:
    """Take the fingerprints of many texts, in batches on ``jobs`` threads."""
    from dedup.kernels.sketch import band_keys

    count = len(texts)
    keys = np.empty((bands.bands, count), np.uint64)
    folded = np.empty((count, 2), np.uint64)
    tokens, sizes = np.empty(count, np.int64), np.empty(count, np.int64)
    offsets = np.zeros(count + 1, np.int64)

    def batch(span: tuple[int, int]) -> npt.NDArray[np.uint64]:
        first, last = span
        sketched = sketches(texts.between(first, last), settings)
        band_keys(sketched.values, bands.rows, keys, first)
        folded[first:last], tokens[first:last] = sketched.keys, sketched.tokens
        sizes[first:last] = sketched.sizes
        offsets[first + 1 : last + 1] = np.diff(sketched.offsets)
        return sketched.samples

    spans = runs_of(texts.sizes, _BATCH_BYTES, _BATCH_TEXTS)
    samples = np.empty(0, np.uint64)
    end = 0
    for (_, done), piece in zip(spans, each(batch, spans, jobs), strict=True):
        if end + piece.size > samples.size:  # grown in place, so that they are never held twice
            samples.resize(end + piece.size + end // 16, refcheck=False)
        samples[end : end + piece.size] = piece
        end += piece.size
        progress("texts", done, count)
    np.cumsum(offsets, out=offsets)
    return Fingerprints(keys, samples[:end], offsets, folded, tokens, sizes)
