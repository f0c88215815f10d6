"""What `dedup` says of a page as a whole: its type, and how good its text is.

Each page is judged by a model that has seen no page of its site (`benchmarks.training.folds`).
"""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from benchmarks.internals.page import TYPES
from benchmarks.outcome import Better, Estimate, Kind, Options, Outcome, share
from benchmarks.pages import NO_PAGES, SETS, folder, load
from benchmarks.training.folds import judged
from benchmarks.training.types import type_of
from dedup.evaluate.metric import f1, jackknife_error, precision_recall

SUITE = "verdicts"
TYPE_TABLE = "share of pages whose type is right"
RANKS = "rank correlation of the confidence with F1"
LOWEST = "pages below F1 .5 in the lowest tenth of the confidence"
ALL = "all sets"
_POOR = 0.5
_TENTH = 10
_PARTS = 20  # that are left out in turn, for the standard error


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    if not folder().is_dir():
        out.absent(TYPE_TABLE, NO_PAGES)
        return out
    types: dict[str, list[bool]] = {}
    pairs: dict[str, list[tuple[float, float]]] = {}
    for name in options.among(SETS):
        for example in load(name):
            page = judged(example)
            known = type_of(example)
            if known >= 0:
                for row in (ALL, f"{name}: {TYPES[known].value}"):
                    types.setdefault(row, []).append(page.type is TYPES[known])
            if example.golds:
                quality = f1(*precision_recall(page.text, example.golds))
                for row in (ALL, name):
                    pairs.setdefault(row, []).append((page.confidence, quality))
    for row, rights in types.items():
        kind = Kind.QUALITY if row == ALL else Kind.SHOWN
        out.put(TYPE_TABLE, row, "dedup", share(sum(rights), len(rights)), kind, Better.MORE)
    for row, values in pairs.items():
        kind = Kind.QUALITY if row in (ALL, "wcxb") else Kind.SHOWN
        out.put(RANKS, row, "dedup", correlation(np.array(values)), kind, Better.MORE)
    for row, values in pairs.items():
        kind = Kind.QUALITY if row == ALL else Kind.SHOWN
        found, poor = lowest(np.array(values))
        if poor:
            out.put(LOWEST, row, "dedup", share(found, poor), kind, Better.MORE)
    return out


def correlation(pairs: Any) -> Estimate:
    """Spearman's, with its error by leaving out each twentieth of the pages in turn."""
    parts = np.arange(len(pairs)) % _PARTS
    without = np.array([_spearman(pairs[parts != part]) for part in range(_PARTS)])
    return Estimate(_spearman(pairs), jackknife_error(without), len(pairs))


def _spearman(pairs: Any) -> float:
    ranks = rankdata(pairs, axis=0)
    return float(np.corrcoef(ranks.T)[0, 1])


def lowest(pairs: Any) -> tuple[int, int]:
    """How many pages below `_POOR` are in the lowest tenth, and how many there are.

    >>> lowest(np.array([(0.1, 0.2), *[(0.9, 0.95)] * 8, (0.8, 0.3)]))
    (1, 2)
    """
    poor = pairs[:, 1] < _POOR
    first = np.argsort(pairs[:, 0], kind="stable")[: max(len(pairs) // _TENTH, 1)]
    return int(poor[first].sum()), int(poor.sum())
