"""The page types as learned: means over the content and outside of it, folded into one product."""

import numpy as np

from benchmarks.internals.page import TYPES
from benchmarks.training.types import fit_types, pooled, predict_types

FEATURES = 4


def a_net() -> dict[str, np.ndarray]:
    return {"mean": np.zeros(FEATURES, np.float32), "scale": np.ones(FEATURES, np.float32)}


def test_means_are_weighted_by_the_scores() -> None:
    matrix = np.array([[1, 0, 0, 0], [0, 2, 0, 9]], np.float32)
    means = pooled(a_net(), matrix, np.array([4, 4], np.float32), np.array([1, 0], np.float32))
    assert np.allclose(means[: 2 * FEATURES], [1, 0, 0, 0, 0, 2, 0, 4], atol=1e-5)


def test_a_page_without_blocks_has_means_too() -> None:
    none = np.zeros(0, np.float32)
    assert not pooled(a_net(), np.zeros((0, FEATURES), np.float32), none, none).any()


def test_types_that_differ_are_told_apart() -> None:
    random = np.random.default_rng(0)
    types = random.integers(-1, len(TYPES), 700)
    rows = random.normal(0, 0.2, (700, 2 * FEATURES + 5)).astype(np.float32)
    rows[np.arange(700), np.maximum(types, 0)] += 3
    net = fit_types(rows, types)
    known = types >= 0
    found = predict_types(net, rows)
    assert np.allclose(found.sum(1), 1, atol=1e-5)
    assert (found.argmax(1)[known] == types[known]).mean() > 0.95
