"""A small network trained in numpy: one hidden layer of ReLU units and a linear path beside it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_CLIP = 4.0
_BATCH = 1024


def standardise(rows: Array) -> tuple[Array, Array]:
    """Mean and scale of each column; a constant column is scaled to nothing."""
    sample = rows[:: max(1, len(rows) // 200_000)]
    mean = sample.mean(0, dtype=np.float64)
    std = sample.std(0, dtype=np.float64)
    scale = np.where(std > 1e-6, 1 / np.maximum(std, 0.02), 0)
    return mean.astype(np.float32), scale.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    Attributes:
        hidden: units.
        epochs: passes over the data.
        rate: the first learning rate.
        decay: of the weights, decoupled from the gradient.
        drop: share of the inputs that are put to their mean while training.
    """

    hidden: int
    epochs: int
    rate: float = 0.003
    decay: float = 1e-4
    drop: float = 0.0


def fit(
    rows: Array, wanted: Array, weights: Array, recipe: Recipe, seed: int,
    prior: Array | None = None,
) -> dict[str, Array]:  # fmt: skip
    """Train by Adam with a falling rate on the weighted cross-entropy.

    Args:
        rows: features, one row an example.
        wanted: probabilities, one column an output: one column for yes or no, else classes.
        weights: one an example.
        recipe: the size of the network and how it is trained.
        seed: of the first weights and of the order.
        prior: what the linear path starts from and is drawn to, for inputs as given.
    """
    hidden, decay, drop = recipe.hidden, recipe.decay, recipe.drop
    random = np.random.default_rng(seed)
    mean, scale = standardise(rows)
    inputs, outputs = rows.shape[1], wanted.shape[1]
    net = {
        "w1": random.normal(0, (1 / inputs) ** 0.5, (inputs, hidden)).astype(np.float32),
        "b1": np.zeros(hidden, np.float32),
        "w2": random.normal(0, (1 / hidden) ** 0.5, (hidden, outputs)).astype(np.float32),
        "skip": np.zeros((inputs, outputs), np.float32),
        "b2": np.zeros(outputs, np.float32),
    }
    if prior is not None:
        net["skip"] = np.where(scale[:, None] > 0, prior / np.maximum(scale, 1e-9)[:, None], 0)
        net["skip"] = net["skip"].astype(np.float32)
    start = net["skip"].copy()
    first = {key: np.zeros_like(value) for key, value in net.items()}
    second = {key: np.zeros_like(value) for key, value in net.items()}
    weights = (weights / weights.mean()).astype(np.float32)
    rows = rows - mean
    rows *= scale
    np.clip(rows, -_CLIP, _CLIP, out=rows)
    steps = recipe.epochs * -(-len(rows) // _BATCH)
    step = 0
    for _ in range(recipe.epochs):
        order = random.permutation(len(rows))
        for begin in range(0, len(rows), _BATCH):
            pick = order[begin : begin + _BATCH]
            x = rows[pick]
            if drop:
                x *= random.integers(0, 256, x.shape, np.uint8) >= drop * 256
            raw = x @ net["w1"] + net["b1"]
            active = np.maximum(raw, 0)
            error = _probabilities(active @ net["w2"] + x @ net["skip"] + net["b2"]) - wanted[pick]
            error = (error * (weights[pick] / np.float32(len(pick)))[:, None]).astype(np.float32)
            back = (error @ net["w2"].T) * (raw > 0)
            slopes = {
                "w1": x.T @ back, "b1": back.sum(0), "w2": active.T @ error,
                "skip": x.T @ error, "b2": error.sum(0),
            }  # fmt: skip
            step += 1
            pace = recipe.rate * min(1.0, step / 50) * (1 - step / (steps + 1))
            for key, slope in slopes.items():
                first[key] += 0.1 * (slope - first[key])
                second[key] += 0.002 * (slope * slope - second[key])
                hat = first[key] / (1 - 0.9**step)
                size = np.sqrt(second[key] / (1 - 0.998**step)) + 1e-8
                net[key] -= pace * hat / size
                if key in ("w1", "w2"):
                    net[key] *= 1 - pace * decay * 100
            net["skip"] -= (net["skip"] - start) * np.float32(pace * decay * 100)
    return {"mean": mean, "scale": scale, **net}


def _probabilities(raw: Array) -> Array:
    if raw.shape[1] == 1:
        return 1 / (1 + np.exp(-np.clip(raw, -30, 30)))
    raw = np.exp(raw - raw.max(1, keepdims=True))
    return raw / raw.sum(1, keepdims=True)


def predict(net: dict[str, Array], rows: Array) -> Array:
    """Probabilities, one column an output."""
    x = np.clip((rows - net["mean"]) * net["scale"], -_CLIP, _CLIP)
    active = np.maximum(x @ net["w1"] + net["b1"], 0)
    return _probabilities(active @ net["w2"] + x @ net["skip"] + net["b2"])
