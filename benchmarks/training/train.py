"""Train the block classifier: pages with gold texts or labelled lines in, weights out.

    python -m benchmarks.training                  train on all pages, and one model for each fold
    python -m benchmarks.training --out DIR        write the weights somewhere else
    python -m benchmarks.training --keep-kinds     train all but the names of the kinds

Deterministic for a seed. Folds are by site. The second stage learns from scores that the first one
gave to pages of sites that it had not seen.
"""

import argparse
import os
import time
from collections.abc import Iterable, Sequence
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
    KINDS,
    PARTS,
    TYPE_ARRAYS,
    TYPES,
    Described,
)
from benchmarks.pages import FOLDS, LABELLED, ROOT, SETS, Example, load
from benchmarks.training.fit import Recipe, fit, predict
from benchmarks.training.folds import WEIGHTS, has_bullets
from benchmarks.training.targets import LABELS, of_example
from benchmarks.training.types import fit_types, pooled, predict_types, type_of
from dedup.model import Label

Array = np.ndarray[Any, Any]
Net = dict[str, Array]

EVALUATED_ONLY = "cleaneval"
TRAINED_ON = (*(name for name in SETS if name != EVALUATED_ONLY), *LABELLED)
# Chosen among few settings on these folds: 64 units in one network or two, 12 passes with more
# inputs dropped, or learning from four networks' average gained nothing. With the outputs, the
# units of the first stage fill whole vectors of 32 numbers. One network for the kinds is nearly as
# good as two, but names single blocks differently with each seed.
FIRST = Recipe(hidden=21, epochs=8, drop=0.15)
SECOND = Recipe(hidden=16, epochs=8)
NAMING = Recipe(hidden=19, epochs=30, drop=0.3, decay=1e-3, rate=0.002)
AVERAGED = 3
NAMING_SEEDS = (0, 100)
# The words at the head of sections and boxes tell kinds apart, but overfit as signs of content.
FIRST_INPUTS = np.array([name.partition(":")[0] not in ("section", "box") for name in FEATURES])
# The kinds are learned from few pages: not from what a page is as a whole, which would name the
# site, and starting from what the cues say by their meaning.
KIND_INPUTS = np.array(
    [not name.startswith(("page:", "page_", "says:", "url_")) for name in FEATURES]
)
_CUES = {
    Label.NAV: "name:nav name:crumb name:pages <nav> text:pages text:nav name:language name:tag"
    " text:tags section:tags",
    Label.RANKING: "name:ranking text:ranking section:ranking box:ranking",
    Label.RELATED: "name:related text:related section:related box:related <aside>",
    Label.AD: "name:ad text:ad section:ad box:ad",
    Label.COMMENT: "name:comment text:comment section:comment box:comment",
    Label.SHARE: "name:share text:share",
    Label.LEGAL: "name:legal name:footer <footer> text:copyright text:disclaimer text:policy"
    " name:cookie text:cookie",
    Label.FORM: "name:form name:login name:subscribe <form> <button> <select> <label> text:login"
    " text:subscribe",
    Label.BYLINE: "name:byline name:date text:byline text:date",
    Label.CAPTION: "name:caption <figcaption> <figure> text:caption",
    Label.TITLE: "<h1> title_recall name:title",
}
_OWN, _AROUND, _HEAD = 1.5, 1.0, 1.0


def _prior() -> Array:
    """How much each input speaks for each kind before anything is learned."""
    prior = np.zeros((len(FEATURES), len(KINDS)), np.float32)
    for label, cues in _CUES.items():
        for cue in cues.split():
            zone, _, group = cue.rpartition(":")
            for name, weight in (
                (f"own:{group}" if zone in ("", "name") else cue, _OWN),
                (f"around:{group}" if zone in ("", "name") else cue, _AROUND),
                (cue, _HEAD if zone in ("section", "box") else _OWN),
            ):
                if name in FEATURES:
                    prior[FEATURES.index(name), KINDS.index(label)] = weight
    return prior


PRIOR = _prior()
# The kind of each label: content that is called by its tag is body.
_KIND_OF_LABEL = np.array(
    [KINDS.index(label if label in KINDS else Label.BODY) for label in LABELS]
)
_BLOCKS = 160
# Weight of a page by its set, or by set and type: small sets of their own kind count more, pages
# known by segments only less. Of `daniel_en` there are many alike; the types of `wcxb` that are not
# articles are few and hard. The sets of many languages and of threads gain by more, but as lines
# they cost all others.
_SMALL = {"daniel_zh": 1.5, "daniel_en": 0.6, "labels": 2.0, "labels_zh": 2.0}
_NO_ARTICLES = {"wcxb:forum": 1.5, "wcxb:listing": 1.5, "wcxb:collection": 1.5, "wcxb:product": 1.5}
_SET_WEIGHT = {
    "dom": {"magic_article": 3.0, "magic_forum": 4.0, **_NO_ARTICLES, **_SMALL},
    "text": {"magic_article": 1.5, "magic_forum": 1.5, **_SMALL},
}
_FULL_SEGMENTS = 12


@dataclass(frozen=True)
class Row:
    """One page, ready to learn from."""

    example: Example
    page: Described
    target: Array
    weight: Array
    kinds: Array


def prepare(examples: Iterable[Example], text_only: bool) -> list[Row]:
    """Describe pages and say what their blocks should be called."""
    set_weights = _SET_WEIGHT["text" if text_only else "dom"]
    rows = []
    for example in examples:
        markup = package.read(example.html)
        texts = package.texts_of_blocks(markup)
        target, weight, kinds = of_example(example, texts)
        weight = weight.astype(np.float32)
        if weight.sum() > 0:
            weight /= weight.sum()
        if not example.golds:
            weight *= min(1.0, np.count_nonzero(weight) / _FULL_SEGMENTS)
        origin = example.name.partition(":")[0]
        weight *= set_weights.get(origin, 1.0) * set_weights.get(f"{origin}:{example.kind}", 1.0)
        if text_only:
            keep = has_bullets(example.name)
            bullets = [keep and tag == "li" for tag in package.tags_of_blocks(markup)]
            markup = package.read_lines(texts, bullets)
        rows.append(Row(example, package.described(markup), target, weight, kinds))
    return rows


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


def fit_kinds(rows: Sequence[Row], seed: int) -> Net:
    """Train the names of the kinds on the pages whose blocks are labelled."""
    rows = [row for row in rows if row.example.lines or row.example.runs]
    x = np.concatenate([row.page.matrix for row in rows])
    x[:, ~KIND_INPUTS] = 0  # a constant column is left out
    kinds = np.concatenate([row.kinds for row in rows])
    # Long blocks count little more than short ones, and long pages less than by their length.
    weights = [(1 + row.page.tokens) ** 0.25 / len(row.kinds) ** 0.5 for row in rows]
    known = kinds >= 0
    x, weight, kinds = x[known], np.concatenate(weights)[known], _KIND_OF_LABEL[kinds[known]]
    # Rare kinds count more, by the square root of their rarity.
    weight /= np.sqrt(np.bincount(kinds, minlength=len(KINDS))[kinds])
    wanted = np.eye(len(KINDS), dtype=np.float32)[kinds]
    return fit(x, wanted, weight, NAMING, [seed + step for step in NAMING_SEEDS], PRIOR)


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


def train(
    rows: Sequence[Row], seed: int, with_kinds: bool
) -> tuple[dict[str, Net], list[dict[str, Net]]]:
    """The model of all pages, and for each fold the model that has not seen it."""
    whole, folds = finish(rows, unseen_by(rows, seed), fit_first(rows, seed), seed)
    if with_kinds:
        whole["kinds"] = fit_kinds(rows, seed)
        for fold, model in enumerate(folds):
            model["kinds"] = fit_kinds([row for row in rows if row.example.fold != fold], seed)
    return whole, folds


def finish(
    rows: Sequence[Row], unseen: Unseen, first: Net, seed: int
) -> tuple[dict[str, Net], list[dict[str, Net]]]:
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


def pack(models: dict[str, dict[str, Net]]) -> dict[str, Array]:
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
    return arrays


def main() -> None:
    """Train both inputs and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT, help="project folder to write to")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--keep-kinds", action="store_true", help="take the kinds from the weights that are there"
    )
    arguments = parser.parse_args()
    # The sums of a matrix product depend on how many threads share it.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    whole: dict[str, dict[str, Net]] = {}
    folds: list[dict[str, dict[str, Net]]] = [{} for _ in range(FOLDS)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        runs = {
            prefix: pool.submit(train_input, prefix, arguments.seed, not arguments.keep_kinds)
            for prefix in ("dom", "text")
        }
        for prefix, run in runs.items():
            whole[prefix], models = run.result()
            for fold, model in enumerate(models):
                folds[fold][prefix] = model
    write(package.weights_path(arguments.out), whole)
    weights_of_folds = arguments.out / WEIGHTS.relative_to(ROOT)
    for fold, models_of_fold in enumerate(folds):
        write(weights_of_folds / f"{fold}.npz", models_of_fold)


def train_input(
    prefix: str, seed: int, with_kinds: bool
) -> tuple[dict[str, Net], list[dict[str, Net]]]:
    """Train the models for one kind of input: ``dom`` or ``text``."""
    begin = time.process_time()
    examples = (example for name in TRAINED_ON for example in load(name))
    rows = prepare(examples, text_only=prefix == "text")
    print(
        f"{prefix}: {len(rows)} pages described in {time.process_time() - begin:.0f} s", flush=True
    )
    models = train(rows, seed, with_kinds)
    print(f"{prefix}: trained after {time.process_time() - begin:.0f} s", flush=True)
    return models


def write(path: Path, models: dict[str, dict[str, Net]]) -> None:
    """Write an archive; ``numpy.savez`` stamps no dates, so equal weights are equal files.

    Parts that were not trained are taken from the archive that is there.
    """
    arrays = pack(models)
    if path.exists():
        with np.load(path) as before:
            arrays = {**{name: before[name] for name in before.files}, **arrays}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **dict(sorted(arrays.items())))
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
