"""Sampled shingles: which of them tell something, and which pairs of texts share enough.

``bits`` are two masks: those that are zero in a coarse sample, by which long texts are judged, and
the low bits that hold a text's number in a key. Arrays are only read; those returned belong to the
caller. Texts and samples that are not there are refused (ValueError).
"""

import numpy as np
import numpy.typing as npt

_Keys = npt.NDArray[np.uint64]
_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]
_Buckets = tuple[_Ints, npt.NDArray[np.uint32]]

def mark_samples(
    samples: _Keys, offsets: _Ints, texts: _Ints, is_long: _Flags, seen: _Keys
) -> None:
    """Enter the samples of short texts into a filter of bits.

    Args:
        samples: one text after the other.
        offsets: text ``i`` has ``samples[offsets[i]:offsets[i + 1]]``.
        texts: the texts to take.
        is_long: for each of these whether it is long.
        seen: the filter, which is written to: a power of two of words, of 64 places each.
    """

def pick_samples(
    samples: _Keys,
    offsets: _Ints,
    texts: _Ints,
    is_long: _Flags,
    seen: _Keys,
    bits: tuple[int, int],
    part: int,
    parts: int,
) -> _Keys:
    """Sampled shingles that can tell something, each with its text in its low bits.

    All those of short texts; of long ones the coarse ones, and those that a short text may have as
    well (by a filter of bits, so some are let through without need).

    Args:
        samples: one text after the other.
        offsets: text ``i`` has ``samples[offsets[i]:offsets[i + 1]]``.
        texts: the texts to take, numbered from 0 in this order.
        is_long: for each of these whether it is long.
        seen: the filter of `mark_samples`, with what all short texts have.
        bits: the two masks.
        part: only hashes in this part of their range are picked.
        parts: the equal parts that the range is cut into.
    """

def sample_buckets(
    keys: _Keys, bits: tuple[int, int], is_long: _Flags, cap: int
) -> tuple[_Buckets, _Ints, _Ints, int]:
    """Where the samples of each text lie that others have as well.

    ``keys`` are those of `pick_samples`, sorted and distinct. Samples in more than ``cap`` texts
    are passed over, and may all be shared for what is known.

    Returns:
        The buckets, for `sample_pairs`: text ``i`` has ``places[begins[i]:begins[i + 1]]``, which
        are places in ``keys``; of each text the samples that it is judged by (all, of a long text
        the coarse ones), and how many of these are passed over; the number of samples passed over.
    """

def sample_pairs(
    keys: _Keys,
    bits: tuple[int, int],
    is_long: _Flags,
    buckets: _Buckets,
    need: _Ints,
    span: tuple[int, int],
) -> tuple[_Keys, _Keys]:
    """Pairs of which one text may hold a share of the other, by the samples that both have.

    Args:
        keys: those of `pick_samples`, sorted and distinct.
        bits: the two masks.
        is_long: for each text whether it is long.
        buckets: of `sample_buckets`.
        need: how many samples each text has to share, of those that it is judged by.
        span: the first texts of the pairs are those from the first up to the last of these.

    Returns:
        Distinct pairs ``a << 32 | b``, ordered by ``a`` alone; and for each the samples that both
        have, of these the coarse ones in the upper half.
    """
