"""What is learned from: development pages, described, with what their blocks should be called."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.internals import page as package
from benchmarks.internals.page import Described
from benchmarks.pages import Example
from benchmarks.training.folds import has_bullets
from benchmarks.training.targets import of_example

Array = np.ndarray[Any, Any]

# Weight of a page by its set, or by set and type: small sets of their own kind count more, pages
# known by segments only less. Of `daniel_en` there are many alike; the types of `wcxb` that are not
# articles are few and hard. The sets of many languages and of threads gain by more, but as lines
# they cost all others.
_SMALL = {"daniel_zh": 2.0, "daniel_en": 0.6, "labels": 2.0, "labels_zh": 2.0}
_NO_ARTICLES = {"wcxb:forum": 2.0, "wcxb:listing": 2.0, "wcxb:collection": 2.0, "wcxb:product": 1.5}
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
