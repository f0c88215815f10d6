"""Train the block classifier: pages with gold texts or labelled lines in, weights out.

    python -m benchmarks.training                  train on all pages, and one model for each fold
    python -m benchmarks.training --out DIR        write the weights somewhere else

The confidence is trained last, on pages as the models of the other folds judge them. Deterministic
for a seed. Folds are by site. The second stage learns from scores that the first one
gave to pages of sites that it had not seen.
"""

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.internals import page as package
from benchmarks.internals.page import (
    FEATURES,
    FINGERPRINT,
    PARTS,
    TYPE_ARRAYS,
    TYPES,
)
from benchmarks.pages import FOLDS, LABELLED, ROOT, SETS, load
from benchmarks.training.confidence import train_confidence
from benchmarks.training.fit import Recipe, fit, predict
from benchmarks.training.folds import WEIGHTS
from benchmarks.training.kinds import train_kinds
from benchmarks.training.rows import Row, prepare
from benchmarks.training.types import fit_types, pooled, predict_types, type_of

Array = np.ndarray[Any, Any]
Net = dict[str, Array]
Parts = dict[str, Net]

EVALUATED_ONLY = "cleaneval"
TRAINED_ON = (*(name for name in SETS if name != EVALUATED_ONLY), *LABELLED)
# Chosen among few settings on these folds: 64 units in one network or two, 12 passes with more
# inputs dropped, or learning from four networks' average gained nothing. With the outputs, the
# units of the first stage fill whole vectors of 32 numbers.
FIRST = Recipe(hidden=21, epochs=8, drop=0.15)
SECOND = Recipe(hidden=16, epochs=8)
AVERAGED = 3
# The words at the head of sections and boxes tell kinds apart, but overfit as signs of content.
FIRST_INPUTS = np.array([name.partition(":")[0] not in ("section", "box") for name in FEATURES])
_BLOCKS = 400


def relations(row: Row, scores: Array, types: Array) -> Array:
    """The second stage's input."""
    related = package.relations(scores, row.page)
    return np.concatenate([related, np.repeat(types[None], len(related), 0)], axis=1)


def fit_first(rows: Sequence[Row], seed: int) -> Net:
    """Train the first stage: networks of several seeds, averaged into one."""
    random = np.random.default_rng(seed)
    picks = [_sample(row.weight, random) for row in rows]
    x = np.concatenate([row.page.matrix[p] for row, (p, _) in zip(rows, picks, strict=True)])
    y = np.concatenate([row.target[p] for row, (p, _) in zip(rows, picks, strict=True)])
    w = np.concatenate([weight for _, weight in picks])
    x[:, ~FIRST_INPUTS] = 0
    return fit(x, y[:, None], w, FIRST, range(seed, seed + AVERAGED))


def _sample(weight: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """Known blocks of a page, no more than `_BLOCKS` of them, and their weights."""
    known = np.flatnonzero(weight > 0)
    if len(known) <= _BLOCKS:
        return known, weight[known]
    pick = random.choice(known, _BLOCKS, replace=False)
    return pick, weight[pick] * np.float32(len(known) / _BLOCKS)


def fit_second(rows: Sequence[Row], scores: Sequence[Array], types: Array, seed: int) -> Net:
    """Train the second stage on scores and types of unseen pages."""
    known = [row.weight > 0 for row in rows]
    x = np.concatenate(
        [relations(row, s, t)[k] for row, s, t, k in zip(rows, scores, types, known, strict=True)]
    )
    y = np.concatenate([row.target[k] for row, k in zip(rows, known, strict=True)])
    w = np.concatenate([row.weight[k] for row, k in zip(rows, known, strict=True)])
    return fit(x, y[:, None], w, SECOND, [seed])


@dataclass(frozen=True)
class Unseen:
    """What pages look like to a first stage that has not seen their site.

    Attributes:
        firsts: the first stage of each fold.
        scores: per page, (blocks,), of its fold's.
        means: (pages, inputs of the types).
    """

    firsts: list[Net]
    scores: list[Array]
    means: Array


def unseen_by(rows: Sequence[Row], seed: int) -> Unseen:
    """Train the first stage of each fold, and let it judge the pages of the fold."""
    scores: list[Array] = [np.zeros(0, np.float32)] * len(rows)
    means: list[Array] = [np.zeros(0, np.float32)] * len(rows)
    firsts = []
    for fold in range(FOLDS):
        net = fit_first([row for row in rows if row.example.fold != fold], seed)
        firsts.append(net)
        for index, row in enumerate(rows):
            if row.example.fold == fold:
                matrix = row.page.matrix
                scores[index] = predict(net, matrix)[:, 0].astype(np.float32)
                means[index] = pooled(net, matrix, row.page.tokens, scores[index])
    return Unseen(firsts, scores, np.array(means))


def train(rows: Sequence[Row], seed: int, words: bool) -> tuple[Parts, list[Parts]]:
    """The model of all pages, and for each fold the model that has not seen it."""
    whole, folds = finish(rows, unseen_by(rows, seed), fit_first(rows, seed), seed)
    named, others = train_kinds(rows, seed, words)
    for parts, names in zip((whole, *folds), (named, *others), strict=True):
        parts["kinds"] = names.net
        if words:
            parts["words"] = {"table": names.table, "scale": names.scale}
    return whole, folds


def finish(rows: Sequence[Row], unseen: Unseen, first: Net, seed: int) -> tuple[Parts, list[Parts]]:
    """Train what stands on the first stages: the types, and the second stages."""
    folds = np.array([row.example.fold for row in rows])
    known = np.array([type_of(row.example) for row in rows])
    types = np.zeros((len(rows), len(TYPES)), np.float32)
    of_types = []
    for fold in range(FOLDS):
        others = folds != fold
        of_types.append(fit_types(unseen.means[others], known[others]))
        types[~others] = predict_types(of_types[fold], unseen.means[~others])
    models = []
    for fold in range(FOLDS):
        others = np.flatnonzero(folds != fold).tolist()
        part = [rows[index] for index in others]
        second = fit_second(part, [unseen.scores[index] for index in others], types[others], seed)
        models.append({"first": unseen.firsts[fold], "types": of_types[fold], "second": second})
    whole = {
        "first": first,
        "types": fit_types(unseen.means, known),
        "second": fit_second(rows, unseen.scores, types, seed),
    }
    return whole, models


def pack(models: dict[str, Parts]) -> dict[str, Array]:
    """Networks as the arrays of an archive: unused inputs left out, half precision."""
    arrays = {"inputs": np.array(FINGERPRINT)}
    for prefix, model in models.items():
        for part in PARTS:
            if part not in model:
                continue
            net = model[part]
            used = np.flatnonzero(net["scale"] > 0)
            arrays[f"{prefix}.{part}.used"] = used.astype(np.uint16)
            for name, value in net.items():
                rows = value[used] if name in ("mean", "scale", "w1", "skip") else value
                arrays[f"{prefix}.{part}.{name}"] = rows.astype(np.float16)
        for name in TYPE_ARRAYS if "types" in model else ():
            used = arrays[f"{prefix}.first.used"]
            value = model["types"][name]
            rows = value[used] if name == "evidence" else value
            arrays[f"{prefix}.types.{name}"] = rows.astype(np.float16)
        for name, value in model.get("words", {}).items():
            arrays[f"words.{name}"] = value
    return arrays


def main() -> None:
    """Train both inputs and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT, help="project folder to write to")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    # The sums of a matrix product depend on how many threads share it.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    whole: dict[str, Parts] = {}
    folds: list[dict[str, Parts]] = [{} for _ in range(FOLDS)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        runs = {
            prefix: pool.submit(train_input, prefix, arguments.seed) for prefix in ("dom", "text")
        }
        for prefix, run in runs.items():
            whole[prefix], parts = run.result()
            for fold, part in enumerate(parts):
                folds[fold][prefix] = part
        paths = [arguments.out / WEIGHTS.relative_to(ROOT) / f"{fold}.npz" for fold in range(FOLDS)]
        paths.append(package.weights_path(arguments.out))
        models = [*folds, whole]
        for path, model in zip(paths, models, strict=True):
            write(path, model)
        confidences = train_confidence(pool, TRAINED_ON, paths[0].parent)
    for place, (path, model) in enumerate(zip(paths, models, strict=True)):
        for prefix, nets in confidences.items():
            model[prefix]["confidence"] = nets[place]
        write(path, model)


def train_input(prefix: str, seed: int) -> tuple[Parts, list[Parts]]:
    """Train the models for one kind of input: ``dom`` or ``text``."""
    begin = time.process_time()
    examples = (example for name in TRAINED_ON for example in load(name))
    rows = prepare(examples, text_only=prefix == "text")
    print(
        f"{prefix}: {len(rows)} pages described in {time.process_time() - begin:.0f} s", flush=True
    )
    # The words of a page are the same with its elements and without: they are learned once.
    models = train(rows, seed, words=prefix == "dom")
    print(f"{prefix}: trained after {time.process_time() - begin:.0f} s", flush=True)
    return models


def write(path: Path, models: dict[str, Parts]) -> None:
    """Write an archive; ``numpy.savez`` stamps no dates, so equal weights are equal files."""
    arrays = pack(models)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **dict(sorted(arrays.items())))
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
