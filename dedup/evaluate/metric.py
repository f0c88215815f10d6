"""How close an extracted text is to the expected one.

Bags of 4-grams over NFKC tokens (one token a character in scripts without spaces, a word
elsewhere). Precision and recall are averaged over pages; F1 is their harmonic mean.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

_GRAM = 4
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")
_PRIMES = np.array([1, 1_000_003, 1_000_003**2, 1_000_003**3 % 2**63], np.uint64)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value measured on a sample: its standard error, and the size of the sample."""

    value: float
    error: float
    count: int


def tokens(text: str) -> list[str]:
    """The tokens of a text.

    >>> tokens("Ｈello, 世界!")
    ['hello', '世', '界']
    """
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def grams(text: str) -> tuple[Any, Any]:
    """Distinct hashed 4-grams and their counts; a shorter text is one gram."""
    words = tokens(text)
    if not words:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    ids = np.fromiter((hash(word) & 0x7FFFFFFFFFFFFFFF for word in words), np.uint64, len(words))
    size = min(_GRAM, len(ids))
    count = len(ids) - size + 1
    mixed = np.zeros(count, np.uint64)
    for k in range(size):
        mixed += ids[k : k + count] * _PRIMES[k]
    values, counts = np.unique(mixed, return_counts=True)
    return values, counts


@lru_cache(maxsize=16)
def _grams_of_gold(gold: str) -> tuple[Any, Any]:
    """The grams of a gold, kept while all extractors are held against it."""
    return grams(gold)


def precision_recall(text: str, golds: Iterable[str]) -> tuple[float, float]:
    """Precision and recall against the accepted text that fits best.

    >>> precision_recall("a b c d e", ["a b c d"])
    (0.5, 1.0)
    """
    found, counts = grams(text)
    best = (0.0, 0.0)
    best_f1 = -1.0
    for gold in golds:
        wanted, needed = _grams_of_gold(gold)
        if not len(wanted) or not len(found):
            pair = (1.0, 1.0) if len(wanted) == len(found) else (0.0, 0.0)
        else:
            _, i, j = np.intersect1d(found, wanted, assume_unique=True, return_indices=True)
            shared = np.minimum(counts[i], needed[j]).sum()
            pair = (float(shared / counts.sum()), float(shared / needed.sum()))
        if f1(*pair) > best_f1:
            best, best_f1 = pair, f1(*pair)
    return best


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass
class Score:
    """What the pages of one set add up to.

    Attributes:
        pages: for each page (precision, recall, 0), or where it has no gold but segments
            (found, missed, wrong).
        segments: whether pages were counted by segments.
    """

    pages: list[tuple[float, float, float]] = field(default_factory=list)
    segments: bool = False

    def add(
        self, text: str, golds: tuple[str, ...], keep: tuple[str, ...], drop: tuple[str, ...]
    ) -> None:
        """Count one page: by its golds, or where it has none by its segments."""
        if golds:
            self.pages.append((*precision_recall(text, golds), 0.0))
            return
        self.segments = True
        bare = "".join(text.split())
        hits = sum("".join(segment.split()) in bare for segment in keep)
        wrong = sum("".join(segment.split()) in bare for segment in drop)
        self.pages.append((hits, len(keep) - hits, wrong))

    def extend(self, other: "Score") -> None:
        """Add the pages of another part of the same set."""
        self.pages += other.pages
        self.segments |= other.segments

    @property
    def f1(self) -> float:
        """F1 of the set: of the mean precision and recall, or of all segments."""
        return float(self._f1(np.array(self.pages).sum(0), len(self.pages))) if self.pages else 0.0

    @property
    def error(self) -> float:
        """The standard error of F1, by leaving out each page in turn (jackknife)."""
        count = len(self.pages)
        if count < 2:
            return 0.0
        rows = np.array(self.pages)
        return jackknife_error(self._f1(rows.sum(0) - rows, count - 1))

    @property
    def estimate(self) -> Estimate:
        """F1, its standard error and the number of pages."""
        return Estimate(self.f1, self.error, len(self.pages))

    def _f1(self, sums: Any, count: int) -> Any:
        """F1 from sums over pages, one row of them or many."""
        first, second, wrong = np.moveaxis(np.asarray(sums, float), -1, 0)
        if self.segments:
            return 2 * first / np.maximum(2 * first + second + wrong, 1e-12)
        return 2 * first * second / np.maximum(first + second, 1e-12) / count


def jackknife_error(values: Any) -> float:
    """The standard error of a figure, from its values with each page left out."""
    count = len(values)
    return float(np.sqrt((count - 1) / count * np.square(values - np.mean(values)).sum()))


def mean_of(estimates: Iterable[Estimate]) -> Estimate:
    """The mean of figures of sets that share no page, each set counted once."""
    members = list(estimates)
    return Estimate(
        float(np.mean([one.value for one in members])),
        float(np.sqrt(np.square([one.error for one in members]).sum()) / len(members)),
        sum(one.count for one in members),
    )
