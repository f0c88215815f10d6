"""The type of a page, learned from means over its blocks: logistic regression."""

from typing import Any

import numpy as np

from benchmarks.internals.page import TYPES, weights_of
from benchmarks.pages import Example
from dedup.model import PageType

Array = np.ndarray[Any, Any]
Net = dict[str, Array]

CLIP = 4.0
# Of the strengths .003 to .2 the one with the best cross-validated accuracy.
_DECAY = 0.06
_STEPS = 150
_RATE = 0.03
# What stands nearly alike on all pages of the training says little, and is not blown up.
_LEAST_DEVIATION = 0.1


def type_of(example: Example) -> int:
    """The number of a page's type where it is known, else -1: of `wcxb` as stated, else by its set.

    >>> type_of(Example("magic_forum:1", "a.org", b"")), type_of(Example("trafilatura:1", "", b""))
    (1, -1)
    """
    origin = example.name.partition(":")[0]
    if origin == "wcxb":
        return TYPES.index(PageType(example.kind))
    if origin == "magic_forum":
        return TYPES.index(PageType.FORUM)
    if origin in ("magic_article", "fundus") or origin.startswith("daniel"):
        return TYPES.index(PageType.ARTICLE)
    return -1


def pooled(net: Net, matrix: Array, tokens: Array, scores: Array) -> Array:
    """What the type is told from: means of a page's features, inside and outside its content.

    Args:
        net: the first stage, for how its inputs are standardised.
        matrix: (blocks, features).
        tokens: (blocks,).
        scores: (blocks,), of the first stage.
    """
    if not len(matrix):
        return np.zeros(2 * len(net["mean"]) + 5, np.float32)
    rows = np.clip((matrix - net["mean"]) * net["scale"], -CLIP, CLIP)
    (inside, outside), numbers = weights_of(tokens, scores)
    return np.concatenate([inside @ rows, outside @ rows, numbers])


def fit_types(rows: Array, types: Array) -> Net:
    """Train on pages of known types; rare types weigh more, by the square root of their rarity.

    Args:
        rows: (pages, inputs), see `pooled`.
        types: (pages,), numbers of types; -1: unknown.
    """
    rows, types = rows[types >= 0].astype(np.float64), types[types >= 0]
    counts = np.bincount(types, minlength=len(TYPES))
    weight = 1 / np.sqrt(np.maximum(counts, 1))[types]
    weight /= weight.sum()
    mean, deviation = rows.mean(0), np.maximum(rows.std(0), _LEAST_DEVIATION)
    rows = (rows - mean) / deviation
    wanted = np.eye(len(TYPES))[types]
    values = [np.zeros((rows.shape[1], len(TYPES))), np.zeros(len(TYPES))]
    first, second = ([np.zeros_like(value) for value in values] for _ in range(2))
    for step in range(1, _STEPS + 1):
        error = (_softmax(rows @ values[0] + values[1]) - wanted) * weight[:, None]
        slopes = [rows.T @ error + _DECAY * values[0], error.sum(0)]
        for value, slope, mid, size in zip(values, slopes, first, second, strict=True):
            mid += 0.1 * (slope - mid)
            size += 0.002 * (slope * slope - size)
            hat = mid / (1 - 0.9**step) / (np.sqrt(size / (1 - 0.998**step)) + 1e-8)
            value -= _RATE * (1 - step / (_STEPS + 5)) * hat
    weights = values[0] / deviation[:, None]
    features = (len(weights) - 5) // 2
    return {
        "evidence": np.concatenate([weights[:features], weights[features : 2 * features]], axis=1),
        "numbers": weights[2 * features :],
        "bias": values[1] - mean @ weights,
    }


def predict_types(net: Net, rows: Array) -> Array:
    """The probability of each type, one row per page."""
    weights = np.concatenate(
        [net["evidence"][:, : len(TYPES)], net["evidence"][:, len(TYPES) :], net["numbers"]]
    )
    return _softmax(rows @ weights + net["bias"]).astype(np.float32)


def _softmax(raw: Array) -> Array:
    raw = np.exp(raw - raw.max(1, keepdims=True))
    return np.asarray(raw / raw.sum(1, keepdims=True))
