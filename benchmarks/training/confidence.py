"""Train the confidence: how good the text of a page is, told by what the classifier knows.

    python -m benchmarks.training.confidence       after `python -m benchmarks.training`

Each page is judged by the model that has not seen its site, and the F1 of its text is what is
learned. The networks are put into the archives of weights.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.internals import page as package
from benchmarks.metric import f1, precision_recall
from benchmarks.pages import FOLDS, ROOT, load
from benchmarks.training.fit import Net, Recipe, fit
from benchmarks.training.folds import WEIGHTS, judged, judged_as_lines
from benchmarks.training.train import TRAINED_ON, write

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


def judgements(prefix: str, name: str) -> list[Judgement]:
    """All pages of a set that have a gold text and blocks."""
    judge = judged if prefix == "dom" else judged_as_lines
    found = []
    for example in load(name):
        page = judge(example) if example.golds else None
        if page is not None and page.signs is not None:
            quality = f1(*precision_recall(page.text, example.golds))
            found.append(Judgement(example.name, example.fold, page.signs, quality))
    return found


def fit_confidence(pages: Sequence[Judgement]) -> Net:
    """Train on pages of which the F1 is known."""
    signs = np.array([page.signs for page in pages], np.float32)
    wanted = np.array([[page.f1] for page in pages], np.float32)
    return fit(signs, wanted, np.ones(len(pages)), _RECIPE, _SEEDS, batch=_BATCH)


def main() -> None:
    """Train for both inputs and write the networks beside the others."""
    nets: dict[Path, dict[str, dict[str, Net]]] = {}
    sets = list(TRAINED_ON)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for prefix in ("dom", "text"):
            parts = pool.map(judgements, [prefix] * len(sets), sets)
            pages = [page for part in parts for page in part]
            net = fit_confidence(pages)
            nets.setdefault(package.weights_path(ROOT), {})[prefix] = {"confidence": net}
            for fold in range(FOLDS):
                net = fit_confidence([page for page in pages if page.fold != fold])
                nets.setdefault(WEIGHTS / f"{fold}.npz", {})[prefix] = {"confidence": net}
    for path, models in nets.items():
        write(path, models)


if __name__ == "__main__":
    main()
