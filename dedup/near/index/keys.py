"""What the index keeps of a text: the keys that it is entered under, and figures to judge by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from dedup.columns import Texts
from dedup.config import Settings
from dedup.near.bands import Bands
from dedup.near.index.format import FOLDED, NAME
from dedup.near.samples import COARSE, LONG
from dedup.text.sketch import sketch_many

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

# What a document needs, in a byte: the samples that another text must share before it may hold
# the document, up to 127, and a bit for long documents, of which only coarse samples count.
_MOST, _LONG_BIT = 127, 128


@dataclass(frozen=True, slots=True, eq=False)
class TextKeys:
    """Arrays over texts.

    Attributes:
        keys: what each text is entered under, one text after the other.
        kinds: the kind of each key.
        offsets: text ``i`` has ``keys[offsets[i]:offsets[i + 1]]``.
        folded: two ``uint64`` a text, equal where the folded texts are.
        sizes: the number of distinct shingles of each text, as its samples tell: where none of
            them repeats, as many as it has at all. 0 for texts shorter than a shingle.
        totals: the number of distinct samples of each text.
        needs: the byte described above.
        slots: the low byte of each slot of the sketches (b-bit minwise hashing: Li and König
            2010), of shape (texts, slots).
        texts: the texts themselves.
    """

    keys: Keys
    kinds: npt.NDArray[np.uint8]
    offsets: Ints
    folded: Keys
    sizes: Ints
    totals: Ints
    needs: npt.NDArray[np.uint8]
    slots: npt.NDArray[np.uint8]
    texts: Texts

    def __len__(self) -> int:
        return self.sizes.size

    @property
    def comparable(self) -> npt.NDArray[np.bool_]:
        """Which texts have a shingle; the others are the same where they are equal."""
        shingled: npt.NDArray[np.bool_] = self.sizes > 0
        return shingled

    @property
    def is_long(self) -> npt.NDArray[np.bool_]:
        """Which texts are long."""
        return self.needs >= _LONG_BIT


def keys_of_texts(texts: Texts, bands: Bands, settings: Settings) -> TextKeys:
    """Take the prints of many texts."""
    from dedup.kernels.postings import posting_keys
    from dedup.kernels.sketch import band_keys

    found = sketch_many(texts, settings.text)
    count = len(texts)
    banded = np.empty((bands.bands, count), np.uint64)
    band_keys(found.values, bands.rows, banded, 0)
    banded[:, found.tokens < settings.text.shingle] = 0
    is_long = found.tokens >= LONG
    keys, kinds, offsets, totals, coarse = posting_keys(
        banded, found.samples, found.offsets, found.keys, COARSE
    )
    share = min(settings.near.threshold, settings.near.containment)
    telling = np.where(is_long, coarse, totals).tolist()
    needs = np.fromiter((_need(share, total) for total in telling), np.uint8, count)
    needs[is_long] |= _LONG_BIT
    slots = found.values.astype(np.uint8)
    drawn = np.diff(found.offsets)
    distinct = np.where(drawn > 0, totals / np.maximum(drawn, 1), 1.0)
    every = np.maximum(found.tokens - settings.text.shingle + 1, 0)
    sizes = np.ceil(every * distinct).astype(np.int64)
    return TextKeys(keys, kinds, offsets, found.keys, sizes, totals, needs, slots, texts)


def _need(share: float, total: int) -> int:
    """Three standard deviations below what a share of the samples would be.

    >>> _need(0.8, 50), _need(0.8, 4)
    (31, 1)
    """
    low = share * total - 3.0 * math.sqrt(share * (1.0 - share) * total)
    return min(max(int(low), 1), _MOST)


def name_keys(names: Sequence[bytes]) -> Keys:
    """The keys that ids are entered under."""
    hashes = b"".join(blake2b(name, digest_size=8).digest() for name in names)
    return _keys(np.frombuffer(hashes, np.uint64), NAME)


def fold_keys(folds: Sequence[bytes]) -> Keys:
    """The keys that folded texts are entered under, of 16 bytes each."""
    return _keys(np.frombuffer(b"".join(fold[:8] for fold in folds), np.uint64), FOLDED)


def _keys(hashes: Keys, kind: int) -> Keys:
    from dedup.kernels.postings import keys_of_kind

    keys: Keys = keys_of_kind(hashes, kind)
    return keys
