"""How close an extracted text is to the expected one.

Bags of 4-grams over NFKC tokens (one token a character in scripts without spaces, a word
elsewhere). Precision and recall are averaged over pages; F1 is their harmonic mean.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

_GRAM = 4
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")
_PRIMES = np.array([1, 1_000_003, 1_000_003**2, 1_000_003**3 % 2**63], np.uint64)


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


def precision_recall(text: str, golds: Iterable[str]) -> tuple[float, float]:
    """Precision and recall against the accepted text that fits best.

    >>> precision_recall("a b c d e", ["a b c d"])
    (0.5, 1.0)
    """
    found, counts = grams(text)
    best = (0.0, 0.0)
    best_f1 = -1.0
    for gold in golds:
        wanted, needed = grams(gold)
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
    """Sums over the pages of one set."""

    precision: float = 0.0
    recall: float = 0.0
    pages: int = 0
    found: int = 0
    missed: int = 0
    wrong: int = 0

    def add(
        self, text: str, golds: tuple[str, ...], keep: tuple[str, ...], drop: tuple[str, ...]
    ) -> None:
        """Count one page: by its golds, or where it has none by its segments."""
        if golds:
            precision, recall = precision_recall(text, golds)
            self.precision += precision
            self.recall += recall
        else:
            bare = "".join(text.split())
            hits = sum("".join(segment.split()) in bare for segment in keep)
            self.found += hits
            self.missed += len(keep) - hits
            self.wrong += sum("".join(segment.split()) in bare for segment in drop)
        self.pages += 1

    @property
    def f1(self) -> float:
        """F1 of the set: segments where pages were counted by segments."""
        if self.found or self.missed:
            return 2 * self.found / (2 * self.found + self.missed + self.wrong)
        return f1(self.precision / max(self.pages, 1), self.recall / max(self.pages, 1))
