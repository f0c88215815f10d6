"""Sketches: a few hundred numbers that tell how much two texts have in common.

One-permutation hashing: each shingle falls into one slot, which keeps its smallest (Li, Owen and
Zhang 2012); an empty slot borrows from a full one, by an order of its own (Shrivastava, "Optimal
densification for fast and accurate minwise hashing", 2017). Two sketches agree in a slot with a
probability that is the Jaccard similarity of the texts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.errors import SettingsError, SketchMismatchError
from dedup.text.fold import fold_table
from dedup.text.shingles import Packed, pack

_DEFAULTS = TextSettings()
# One shingle in four is a sample, for finding excerpts: of 30 shingles that two texts share, at least
# one with a probability of .9998.
SAMPLING = 4
_GOLD = np.uint64(0x9E3779B97F4A7C15)


@cache
def borrowing(slots: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """From which slot an empty one borrows, told in two ways.

    Returns:
        The order of each slot (row): itself, then all others, shuffled. And the same turned round,
        row ``j``, column ``i``: the place of ``j`` in the order of ``i``, with ``j`` itself in the
        low eight bits, so that the smallest entry of a column among the full slots names the lender.
    """
    if slots not in (16, 32, 64, 128, 256):
        raise SettingsError("TextSettings.slots must be 16, 32, 64, 128 or 256")
    draw = np.arange(1, slots * slots + 1, dtype=np.uint64) * _GOLD
    draw ^= draw >> np.uint64(29)
    draw *= np.uint64(0xBF58476D1CE4E5B9)
    draw ^= draw >> np.uint64(32)
    draw = draw.reshape(slots, slots)
    np.fill_diagonal(draw, 0)
    orders = np.argsort(draw, axis=1, kind="stable")
    ranks = np.empty((slots, slots), np.uint16)
    np.put_along_axis(ranks, orders, np.arange(slots, dtype=np.uint16)[None, :], axis=1)
    ranks = np.ascontiguousarray(ranks.T << 8 | np.arange(slots, dtype=np.uint16)[:, None])
    return orders.astype(np.uint8), ranks


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """The sketches of many texts, and what else one pass over them gives.

    Attributes:
        values: ``uint32`` of shape (texts, slots); all ones for texts shorter than a shingle.
        samples: sampled shingles, ``uint64``, one text after the other, repeats included.
        offsets: text ``i`` has ``samples[offsets[i]:offsets[i + 1]]``.
        keys: two ``uint64`` a text, equal where the folded texts are.
        tokens: the number of tokens of each text.
    """

    values: npt.NDArray[np.uint32]
    samples: npt.NDArray[np.uint64]
    offsets: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    tokens: npt.NDArray[np.int64]


def sketch_many(
    texts: Iterable[str] | Packed,
    settings: TextSettings = _DEFAULTS,
    first: int = 0,
    last: int | None = None,
) -> Sketches:
    """Sketch the texts from ``first`` up to ``last``, in one pass over their bytes.

    >>> sketch_many(["one two three four five six", "too short"]).values.shape
    (2, 256)
    """
    from dedup.text import kernels

    packed = texts if isinstance(texts, Packed) else pack(texts, settings)
    last = len(packed) if last is None else last
    table = fold_table()
    return Sketches(
        *kernels.sketches(
            packed.data,
            packed.offsets[first:last],
            packed.offsets[first + 1 : last + 1],
            table.entries,
            table.extra,
            settings.shingle,
            *borrowing(settings.slots),
            SAMPLING - 1,
        )
    )
