"""Candidates for near-duplicates: texts whose sketches agree in a whole band.

Locality-sensitive hashing by bands (Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman,
"Mining of massive datasets", 3.4): of b bands of r slots, one at least agrees with probability
``1 - (1 - s**r)**b`` where the Jaccard similarity is s.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.errors import SettingsError
from dedup.near.parallel import each

# The share of pairs right at the threshold that the bands may miss. Everything is verified, so a
# generous sieve costs little.
MISS = 1e-4
# Pairs that are held before the repeats among them are dropped (eight bytes each).
_HELD = 1 << 23

_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)

Pairs = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Bands:
    """How a sketch is cut into bands.

    Attributes:
        bands: the number of bands.
        rows: the slots in each.
    """

    bands: int
    rows: int

    def chance(self, jaccard: float) -> float:
        """The chance that a pair of this similarity becomes a candidate (the S-curve).

        >>> [round(Bands(42, 6).chance(s), 4) for s in (0.2, 0.5, 0.8)]
        [0.0027, 0.4839, 1.0]
        """
        return float(1 - (1 - jaccard**self.rows) ** self.bands)

    @property
    def half(self) -> float:
        """The similarity of which every second pair becomes a candidate.

        >>> round(Bands(42, 6).half, 3)
        0.504
        """
        return float((1 - 0.5 ** (1 / self.bands)) ** (1 / self.rows))


def bands_for(threshold: float, slots: int) -> Bands:
    """The widest bands that miss at most `MISS` of the pairs at the threshold.

    >>> bands_for(0.8, 256)
    Bands(bands=42, rows=6)
    """
    if not 0 < threshold <= 1:
        raise SettingsError("the threshold is a Jaccard similarity: set it above 0, up to 1")
    fitting = [
        Bands(slots // rows, rows)
        for rows in range(1, slots // 2)
        if 1 - Bands(slots // rows, rows).chance(threshold) <= MISS
    ]
    return fitting[-1] if fitting else Bands(slots, 1)


@dataclass(frozen=True, slots=True, eq=False)
class BandPairs:
    """Candidate pairs, and the buckets that were too large to pair all texts in them."""

    pairs: Pairs
    hot: int
    largest: int


def band_pairs(
    bands: npt.NDArray[np.uint64], texts: npt.NDArray[np.int64], cap: int, jobs: int = 1
) -> BandPairs:
    """Pairs of texts that share a band.

    Args:
        bands: band keys of shape (bands, all texts).
        texts: the texts to pair; the pairs speak of their places in this array.
        cap: texts in a bucket of which all pairs are made.
        jobs: threads.

    Returns:
        Distinct pairs ``a << 32 | b``, ascending, and the buckets above the cap.
    """
    places = np.arange(texts.size, dtype=np.uint64)
    held: list[Pairs] = [np.zeros(0, np.uint64)]
    hot = largest = 0

    def one(band: int) -> BandPairs:
        return bucketed(bands[band, texts], places, cap)

    for found in each(one, range(len(bands)), jobs):
        hot, largest = hot + found.hot, max(largest, found.largest)
        held.append(found.pairs)
        if sum(part.size for part in held[1:]) > max(_HELD, held[0].size):
            held = [distinct(np.concatenate(held))]
    return BandPairs(distinct(np.concatenate(held)), hot, largest)


def bucketed(keys: npt.NDArray[np.uint64], texts: npt.NDArray[np.uint64], cap: int) -> BandPairs:
    """Pairs of texts whose keys are equal in all but the bits that number the texts.

    Args:
        keys: a key for each entry; written to.
        texts: the text of each, numbered in the order in which texts would be kept.
        cap: texts in a bucket of which all pairs are made; in a larger one each is only paired with
            the first and with the next one.

    >>> keys = np.array([7, 9, 7, 7], np.uint64) << np.uint64(8)
    >>> found = bucketed(keys, np.arange(4, dtype=np.uint64), cap=2)
    >>> [(int(pair) >> 32, int(pair) & 3) for pair in found.pairs], found.hot, found.largest
    ([(0, 2), (0, 3), (2, 3)], 1, 3)
    """
    from dedup.kernels.pairs import bucket_pairs

    mask = text_mask(int(texts.max(initial=0)) + 1)
    keys &= ~mask
    keys |= texts
    keys.sort()
    return BandPairs(*bucket_pairs(keys, int(mask), cap))


def text_mask(texts: int) -> np.uint64:
    """The low bits that number ``texts`` texts."""
    return np.uint64((1 << max(1, (texts - 1).bit_length())) - 1)


def distinct(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Sort an array in place, and drop its repeats."""
    values.sort()
    fresh = np.ones(values.size, np.bool_)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return values[fresh]


def split(pairs: Pairs) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first and the second texts of pairs."""
    return (pairs >> _32).astype(np.int64), (pairs & _LOW).astype(np.int64)


def joined(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> Pairs:
    """The pairs of these first and second texts, as one number each.

    >>> [int(pair) for pair in joined(np.array([1]), np.array([2]))] == [1 << 32 | 2]
    True
    """
    return a.astype(np.uint64) << _32 | b.astype(np.uint64)
