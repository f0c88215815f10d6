"""The kind of each block: against pages labelled line by line, and the golden pages."""

from typing import Any

import numpy as np

import dedup
from benchmarks.golden import golden_pages
from benchmarks.internals.page import DEFAULTS
from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.pages import LABELLED, NO_PAGES, Example, folder, load
from benchmarks.training.folds import judged
from benchmarks.training.targets import LABELS, align_lines
from dedup.evaluate.metric import Estimate, jackknife_error
from dedup.model import CONTENT, Label

SUITE = "labels"
TABLE = "F1 by label"
CONTENT_ROW = "content"
MEANS = {
    "mean of all": tuple(Label),
    "mean of ad, ranking and comment": (Label.AD, Label.RANKING, Label.COMMENT),
}


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    right, quoted = golden()
    out.put("golden pages", "labels quoted", "labels", quoted)
    out.put("golden pages", "labels quoted", "wrong", quoted - right, Kind.COUNT)
    if not folder().is_dir():
        out.absent(TABLE, NO_PAGES)
        return out
    pages = np.array([hits_of(page) for name in LABELLED for page in load(name)])
    for row, estimate in scores(pages).items():
        kind = Kind.QUALITY if row in (CONTENT_ROW, *MEANS) else Kind.SHOWN
        out.put(TABLE, row, "dedup", estimate, kind, Better.MORE)
        out.put(TABLE, row, "standard error", estimate.error)
    return out


def hits_of(example: Example) -> Any:
    """For each label, and for content: blocks that are right, found and wanted (n + 1, 3)."""
    page = judged(example)
    wanted = align_lines(page.texts, example.lines)
    hits = np.zeros((len(LABELS) + 1, 3))
    for label, index in zip(page.labels, wanted, strict=True):
        if index < 0:
            continue
        gold = LABELS[index]
        found = Label.BODY if label in DEFAULTS.page.include else label
        hits[LABELS.index(found), 1] += 1
        hits[index, 2] += 1
        hits[index, 0] += found == gold
        hits[-1] += (found in CONTENT and gold in CONTENT, found in CONTENT, gold in CONTENT)
    return hits


def scores(pages: Any) -> dict[str, Estimate]:
    """F1 of each label, of content against the rest, and the means of several labels.

    Args:
        pages: the hits of each page (pages, labels + 1, 3).
    """
    sums, count = pages.sum(0), len(pages)
    whole, without = f1(sums), f1(sums - pages)
    there = [number for number in range(len(LABELS)) if sums[number, 2]]
    rows = {LABELS[number].value: [number] for number in there}
    rows[CONTENT_ROW] = [len(LABELS)]
    for name, members in MEANS.items():
        rows[name] = [LABELS.index(label) for label in members if LABELS.index(label) in there]
    return {
        name: Estimate(
            float(whole[numbers].mean()), jackknife_error(without[:, numbers].mean(1)), count
        )
        for name, numbers in rows.items()
        if numbers
    }


def f1(hits: Any) -> Any:
    """F1 from (right, found, wanted) in the last axis."""
    return 2 * hits[..., 0] / np.maximum(hits[..., 1] + hits[..., 2], 1)


def golden() -> tuple[int, int]:
    """Of the blocks that the golden pages quote with their labels, those that are right."""
    right = quoted = 0
    for page in golden_pages():
        blocks = dedup.clean(page.source, url=page.url).blocks
        for beginning, accepted in page.labels:
            quoted += 1
            labels = {
                block.label.name
                for block in blocks
                if " ".join(block.text.split()).startswith(beginning)
            }
            right += bool(labels & accepted)
    return right, quoted
