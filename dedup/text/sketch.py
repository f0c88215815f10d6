"""Sketches: a few hundred numbers that tell how much two texts have in common.

One-permutation hashing: each shingle falls into one slot, which keeps its smallest (Li, Owen and
Zhang 2012); an empty slot borrows from a full one, by an order of its own (Shrivastava, "Optimal
densification for fast and accurate minwise hashing", 2017). Two sketches agree in a slot with a
probability that is the Jaccard similarity of the texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.columns import Raw
from dedup.config import TextSettings, text_settings_of
from dedup.errors import SketchMismatchError
from dedup.text.fold import fold_table
from dedup.text.shingles import pack, readable, shingles
from dedup.values import Columns

_DEFAULTS = TextSettings()
# One shingle in four is a sample, for finding excerpts: of 30 shingles that two texts share, at
# least one with a probability of .9998.
SAMPLING = 4
_GOLD = np.uint64(0x9E3779B97F4A7C15)


@cache
def borrowing(slots: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """From which slot an empty one borrows, told in two ways.

    Returns:
        The order of each slot (row): itself, then all others, shuffled. And the same turned round,
        row ``j``, column ``i``: the place of ``j`` in the order of ``i``, with ``j`` itself in the
        low eight bits, so that the smallest entry of a column among the full slots is the lender's.
    """
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
        sizes: the number of bytes of each text.
    """

    values: npt.NDArray[np.uint32]
    samples: npt.NDArray[np.uint64]
    offsets: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    tokens: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]


def sketch_many(texts: Iterable[str], settings: TextSettings = _DEFAULTS) -> Sketches:
    """Sketch many texts, in one pass over their bytes.

    >>> sketch_many(["one two three four five six", "too short"]).values.shape
    (2, 256)
    """
    held = readable(texts, settings)
    return sketches(held.between(0, len(held)), settings)


def sketches(texts: Raw, settings: TextSettings) -> Sketches:
    """`sketch_many` of texts as the kernels read them."""
    from dedup.kernels import sketch as kernels

    return Sketches(
        *kernels.sketches(
            texts, fold_table(), settings.shingle, borrowing(settings.slots), SAMPLING - 1
        )
    )


@dataclass(frozen=True, slots=True)
class SketchSpec:
    """What must be equal for two sketches to be compared.

    Attributes:
        slots: numbers in a sketch.
        shingle: tokens in a shingle.
        phrases: whether regional vocabulary was folded.
        fold: versions of the data behind the fold table.
    """

    slots: int
    shingle: int
    phrases: bool
    fold: str

    @classmethod
    def of(cls, settings: TextSettings = _DEFAULTS) -> "SketchSpec":
        """That of sketches made with these settings."""
        return cls(settings.slots, settings.shingle, settings.phrases, fold_table().version)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sketch(Columns):
    """The sketch of one text: `Sketch.of` makes it.

    >>> one, two = Sketch.of("a b c d e f g h"), Sketch.of("A, B, C, D, E, F, G, H!")
    >>> one.size, one.jaccard(two)
    (4, 1.0)

    datasketch's indexes take it too.

    >>> from datasketch import MinHashLSH
    >>> lsh = MinHashLSH(threshold=0.8, num_perm=256)
    >>> lsh.insert("a page", one.to_datasketch())
    >>> lsh.query(two.to_datasketch())
    ['a page']

    Attributes:
        values: ``uint32``, one for each slot, read-only; all ones for a text shorter than a
            shingle.
        size: the number of distinct shingles of the text.
        spec: what it can be compared with.
    """

    values: npt.NDArray[np.uint32] = field(repr=False)
    size: int
    spec: SketchSpec

    @classmethod
    def of(cls, text: str, settings: TextSettings | Mapping[str, Any] = _DEFAULTS) -> "Sketch":
        """Sketch one text.

        >>> Sketch.of("one two three four five six").size
        2
        """
        settings = text_settings_of(settings)
        packed = pack([text], settings)
        values = sketch_many(packed, settings).values[0]
        values.flags.writeable = False
        size = int(np.unique(shingles(packed, settings).hashes).size)
        return cls(values, size, SketchSpec.of(settings))

    def jaccard(self, other: "Sketch") -> float:
        """Estimate the Jaccard similarity; 0 where one of the texts is shorter than a shingle.

        The standard error is at most ``0.5 / sqrt(slots)``, a little more for texts of fewer
        shingles than slots.

        Raises:
            SketchMismatchError: if they were made with different settings or fold tables.
        """
        if self.spec != other.spec:
            raise SketchMismatchError(
                f"sketches of {self.spec} and of {other.spec} do not compare: "
                "make both with the same settings and the same version"
            )
        if not (self.size and other.size):
            return 0.0
        return float((self.values == other.values).mean())

    def containment(self, other: "Sketch") -> float:
        """Estimate the share of this text's shingles that are in the other text."""
        jaccard = self.jaccard(other)
        shared = jaccard * (self.size + other.size) / (1 + jaccard)
        return min(1.0, shared / self.size) if self.size else 0.0

    def to_datasketch(self) -> Any:
        """A ``datasketch.MinHash`` of the same slots, for any of its indexes.

        It compares with others made so, not with those that datasketch updates itself.
        """
        from datasketch import MinHash

        return MinHash(seed=_SEED, hashvalues=self.values, scheme="affine32")

    @classmethod
    def from_datasketch(
        cls, minhash: Any, size: int, settings: TextSettings = _DEFAULTS
    ) -> "Sketch":
        """The sketch that `to_datasketch` was called on.

        Args:
            minhash: what it returned.
            size: the number of distinct shingles, which datasketch does not keep.
            settings: what the sketch was made with.

        Raises:
            SketchMismatchError: if the MinHash was made by other means, or with other slots.
        """
        slots = len(minhash)
        if minhash.seed != _SEED or minhash.scheme != "affine32" or slots != settings.slots:
            raise SketchMismatchError(
                "this MinHash was not made by Sketch.to_datasketch with these settings: "
                "sketch its text instead"
            )
        values = np.array(minhash.hashvalues, np.uint32)
        values.flags.writeable = False
        return cls(values, size, SketchSpec.of(settings))


_SEED = 0xDED0  # marks our slots: datasketch refuses to compare MinHashes of different seeds
