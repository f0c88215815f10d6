"""Train the confidence: how good the text of a page is, told by what the classifier knows.

Each page is judged by the model that has not seen its site, and the F1 of its text is what is
learned.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.pages import FOLDS, load
from benchmarks.training.fit import Net, Recipe, fit
from benchmarks.training.folds import judged, judged_as_lines
from dedup.evaluate.metric import f1, precision_recall

Array = np.ndarray[Any, Any]

_RECIPE = Recipe(hidden=16, epochs=60, decay=1e-3)
_SEEDS = (0, 1)
_BATCH = 256


class Judgement(NamedTuple):
    """A page as judged by a model that has not seen its site.

    Attributes:
        name: of the page.
        fold: of its site.
        signs: what the confidence is made from, (len(SIGNS),).
        f1: of its text.
    """

    name: str
    fold: int
    signs: Array
    f1: float


def judgements(prefix: str, name: str, folder: Path) -> list[Judgement]:
    """All pages of a set that have a gold text and blocks."""
    judge = judged if prefix == "dom" else judged_as_lines
    found = []
    for example in load(name):
        page = judge(example, folder=folder) if example.golds else None
        if page is not None and page.signs is not None:
            quality = f1(*precision_recall(page.text, example.golds))
            found.append(Judgement(example.name, example.fold, page.signs, quality))
    return found


def fit_confidence(pages: Sequence[Judgement]) -> Net:
    """Train on pages of which the F1 is known."""
    signs = np.array([page.signs for page in pages], np.float32)
    wanted = np.array([[page.f1] for page in pages], np.float32)
    return fit(signs, wanted, np.ones(len(pages)), _RECIPE, _SEEDS, batch=_BATCH)


def train_confidence(pool: Executor, sets: Sequence[str], folder: Path) -> dict[str, list[Net]]:
    """By the kind of input the networks of the folds and, last, that of all pages.

    Args:
        pool: what judges the pages.
        sets: the names of the sets.
        folder: the weights of the folds.
    """
    nets = {}
    for prefix in ("dom", "text"):
        count = len(sets)
        parts = pool.map(judgements, [prefix] * count, sets, [folder] * count)
        pages = [page for part in parts for page in part]
        nets[prefix] = [
            fit_confidence([page for page in pages if page.fold != fold]) for fold in range(FOLDS)
        ]
        nets[prefix].append(fit_confidence(pages))
    return nets
