"""The trainer: networks side by side learn, give the mean of their outputs, and repeat."""

import numpy as np

from benchmarks.training.fit import Recipe, fit, predict

RECIPE = Recipe(hidden=6, epochs=60, rate=0.01)


def exclusive_or() -> tuple[np.ndarray, np.ndarray]:
    """Four corners, which no linear path tells apart, and a column that never changes."""
    rows = np.random.default_rng(1).choice([-1.0, 1.0], (2000, 2)).astype(np.float32)
    wanted = (rows[:, :1] * rows[:, 1:] < 0).astype(np.float32)
    return np.concatenate([rows, np.ones((2000, 1), np.float32)], axis=1), wanted


def test_hidden_units_learn_what_no_linear_path_can() -> None:
    rows, wanted = exclusive_or()
    net = fit(rows, wanted, np.ones(2000), RECIPE, range(3))
    assert ((predict(net, rows) > 0.5) == wanted).mean() > 0.99
    assert net["scale"][2] == 0
    assert not net["w1"][2].any()


def test_the_average_of_one_network_twice_is_that_network() -> None:
    rows, wanted = exclusive_or()
    one = fit(rows, wanted, np.ones(2000), RECIPE, [7])
    two = fit(rows, wanted, np.ones(2000), RECIPE, [7, 7])
    assert np.allclose(predict(one, rows), predict(two, rows), atol=1e-4)


def test_the_same_seed_gives_the_same_weights() -> None:
    rows, wanted = exclusive_or()
    first, again = (fit(rows, wanted, np.ones(2000), RECIPE, [3]) for _ in range(2))
    assert all(np.array_equal(first[key], again[key]) for key in first)


def test_classes_are_drawn_from_a_prior() -> None:
    rows, wanted = exclusive_or()
    prior = np.zeros((3, 2), np.float32)
    prior[0, 1] = 2.0
    still = Recipe(hidden=2, epochs=1, rate=0.0)
    net = fit(rows, np.concatenate([wanted, 1 - wanted], 1), np.ones(2000), still, [0], prior)
    assert np.allclose(net["skip"][0] * net["scale"][0], prior[0], atol=0.01)
