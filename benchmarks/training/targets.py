"""What each block of a development page should have been called: from golds, segments and lines.

A block is content where the expected text covers its 3-grams and the order of both agrees: a
teaser that repeats the headline further down is covered too, but not in its place.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.pages import Example
from benchmarks.training.labels import UNKNOWN, Run
from dedup.evaluate.metric import tokens
from dedup.model import Label

LABELS = tuple(Label)
_SAMPLES = 48  # grams of a block that vote on its place
_PLACES = 6  # places of a block that are considered
_COVERED = 0.5
_PAGE_COVERED = 0.8


def _best_chain(starts: Any, ends: Any, gains: Any, owners: Any) -> Any:
    """The heaviest chain of candidates (sorted by owner) that goes forward in both texts.

    >>> _best_chain(*map(np.array, ([0.0, 9.0, 5.0], [4.0, 12.0, 9.0], [4.0, 3.0, 4.0], [0, 1, 2])))
    array([1, 0, 1], dtype=uint8)
    """
    n = len(starts)
    best = gains.copy()
    back = np.full(n, -1, np.int64)
    for j in range(1, n):
        follows = (owners[:j] < owners[j]) & (starts[j] * 2 >= starts[:j] + ends[:j])
        sums = np.where(follows, best[:j] + gains[j], -np.inf)
        i = int(np.argmax(sums))
        if sums[i] > best[j]:
            best[j] = sums[i]
            back[j] = i
    chosen = np.zeros(n, np.uint8)
    j = int(np.argmax(best)) if n else -1
    while j >= 0:
        chosen[j] = 1
        j = int(back[j])
    return chosen


def against_gold(texts: Sequence[str], gold: str) -> tuple[Any, Any, float]:
    """Targets and weights of blocks, and the share of the gold that the page holds."""
    wanted = tokens(gold)
    places: dict[tuple[str, ...], list[int]] = {}
    for size in (1, 2, 3):
        for at in range(len(wanted) - size + 1):
            row = places.setdefault(tuple(wanted[at : at + size]), [])
            if len(row) < 2 * _PLACES:
                row.append(at)
    cut = [tokens(text) for text in texts]
    covers = np.array([_covered(words, places) for words in cut])
    candidates = [
        row for b, words in enumerate(cut) if covers[b] >= _COVERED
        for row in _candidates(b, words, places)
    ]  # fmt: skip
    target = np.zeros(len(texts), np.float32)
    seen = np.zeros(len(wanted) + 1, bool)
    if candidates:
        owners, starts, ends, gains = (np.array(c) for c in zip(*candidates, strict=True))
        for k in np.flatnonzero(_best_chain(starts * 1.0, ends * 1.0, gains, owners)):
            target[owners[k]] = 1
            seen[starts[k] : ends[k]] = True
    lines = {tuple(tokens(line)) for line in gold.split("\n")}
    weight = np.sqrt([len(words) for words in cut]).astype(np.float32)
    for b, words in enumerate(cut):
        if target[b]:
            if len(words) < 3 and tuple(words) not in lines:
                weight[b] *= 0.3
            elif covers[b] < 0.7:
                weight[b] *= 0.5
        elif covers[b] >= _COVERED and len(words) >= 3:
            weight[b] *= 0.3  # covered, but out of place: a repeat, or a gold out of order
        elif covers[b] > 0.25 and len(words) >= 6:
            target[b] = covers[b]
            weight[b] *= 0.3
    return target, weight, float(seen[: len(wanted)].mean()) if wanted else 0.0


def _covered(words: Sequence[str], places: dict[tuple[str, ...], list[int]]) -> float:
    """The share of a block's 3-grams (or of the whole of a shorter one) that the gold holds."""
    size = min(3, len(words))
    grams = [tuple(words[k : k + size]) for k in range(len(words) - size + 1)]
    return sum(gram in places for gram in grams) / len(grams) if words else 0.0


def _candidates(
    block: int, words: Sequence[str], places: dict[tuple[str, ...], list[int]]
) -> Iterator[tuple[int, int, int, float]]:
    """Where a block may stand in the gold: (block, start, end, gain)."""
    size = min(3, len(words))
    count = len(words) - size + 1
    step = max(1, count // _SAMPLES)
    votes: Counter[int] = Counter()
    for k in range(0, count, step):
        for at in places.get(tuple(words[k : k + size]), ())[:_PLACES]:
            votes[at - k] += 1
    for offset, agreeing in votes.most_common(_PLACES):
        start = max(offset, 0)
        yield block, start, start + len(words), len(words) * (0.2 + agreeing / (count / step))


def of_example(example: Example, texts: Sequence[str]) -> tuple[Any, Any, Any]:
    """Targets (content, 0 to 1), weights, and labels (-1 unknown) of a page's blocks.

    Labelled runs name the kinds only where golds or segments say what is content: targets by the
    labels instead cost listings .02 of F1.
    """
    kinds = np.full(len(texts), -1, np.int64)
    if example.runs:
        kinds = align_runs(texts, example.runs)
    if example.lines:
        kinds = align_lines(texts, example.lines)
    if example.lines or (example.runs and not (example.golds or example.keep or example.drop)):
        target = np.isin(kinds, [LABELS.index(Label.BODY)]).astype(np.float32)
        weight = np.array([np.sqrt(len(tokens(text))) for text in texts], np.float32)
        soft = [LABELS.index(label) for label in (Label.TITLE, Label.CAPTION, Label.BYLINE)]
        weight[np.isin(kinds, soft)] *= 0.1
        weight[kinds < 0] = 0
        return target, weight, kinds
    if example.golds:
        gold = max(example.golds, key=len)
        target, weight, held = against_gold(texts, gold)
        if held < _PAGE_COVERED:
            weight[:] = 0
        shortest = min(example.golds, key=len)
        if len(shortest) < len(gold):
            again, _, _ = against_gold(texts, shortest)
            weight[target != again] *= 0.05
        return target, weight, kinds
    target = np.zeros(len(texts), np.float32)
    weight = np.zeros(len(texts), np.float32)
    bare = ["".join(text.split()) for text in texts]
    for segments, value in ((example.keep, 1.0), (example.drop, 0.0)):
        for segment in segments:
            wanted = "".join(segment.split())
            hits = [b for b, text in enumerate(bare) if wanted and wanted in text]
            for b in hits[:3]:
                target[b] = value
                weight[b] = np.sqrt(len(tokens(texts[b]))) / len(hits[:3])
    return target, weight, kinds


def align_lines(texts: Sequence[str], lines: Sequence[tuple[str, str]]) -> Any:
    """The label of each block: of the line that covers most of its characters.

    >>> align_lines(["ab", "c d"], [("a b", "nav"), ("cd", "body_repeat")]).tolist()
    [9, 2]
    """
    bare = ["".join(text.split()) for text in texts]
    whole = "".join(bare)
    owner = np.repeat(np.arange(len(bare)), [len(text) for text in bare])
    votes = np.zeros((len(bare), len(LABELS)))
    at = 0
    for text, name in lines:
        line = "".join(text.split())
        label = LABELS.index(Label(name.removesuffix("_repeat")))
        found = whole.find(line, at)
        if found < 0 or found - at > 5000:
            again = whole.find(line)
            found = again if again >= 0 and found < 0 else found
        else:
            at = found + len(line)
        if found >= 0 and line:
            np.add.at(votes, (owner[found : found + len(line)], label), 1)
    kinds = votes.argmax(1)
    kinds[votes.sum(1) == 0] = -1
    return kinds


def align_runs(texts: Sequence[str], runs: Sequence[Run]) -> Any:
    """The label of each block, from labels over the characters of all of them.

    >>> align_runs(["ab", "c d", "e"], [("nav", 3), ("?", 2)]).tolist()
    [9, 9, -1]
    """
    numbers = [-1 if label == UNKNOWN else LABELS.index(Label(label)) for label, _ in runs]
    labels = np.repeat(np.array(numbers, np.int64), [size for _, size in runs])
    kinds = np.full(len(texts), -1, np.int64)
    at = 0
    for block, text in enumerate(texts):
        size = len("".join(text.split()))
        votes = Counter(labels[at : at + size].tolist()).most_common(1)
        kinds[block] = votes[0][0] if votes else -1
        at += size
    return kinds
