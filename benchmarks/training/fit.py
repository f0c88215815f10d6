"""A small network trained in numpy: one hidden layer of ReLU units and a linear path beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Net = dict[str, Array]
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
    rows: Array, wanted: Array, weights: Array, recipe: Recipe, seeds: Sequence[int],
    prior: Array | None = None, batch: int = _BATCH,
) -> Net:  # fmt: skip
    """Train by Adam with a falling rate on the weighted cross-entropy.

    Networks of several seeds see the same batches, which costs little more than one network, and
    are returned as one that gives the mean of their outputs.

    Args:
        rows: features, one row an example.
        wanted: probabilities, one column an output: one column for yes or no, else classes.
        weights: one an example.
        recipe: the size of the network and how it is trained.
        seeds: of the first weights; the first one of the order as well.
        prior: what the linear path starts from and is drawn to, for inputs as given.
        batch: examples per step.
    """
    whole_mean, whole_scale = standardise(rows)
    used = np.flatnonzero(whole_scale)
    mean, scale, rows = whole_mean[used], whole_scale[used], rows[:, used]
    if prior is not None:
        prior = (prior[used] / scale[:, None]).astype(np.float32)
    rows -= mean
    rows *= scale
    np.clip(rows, -_CLIP, _CLIP, out=rows)
    nets = _Nets(recipe, len(used), wanted.shape[1], seeds, prior)
    weights = (weights / weights.mean()).astype(np.float32)
    random = np.random.default_rng(seeds[0])
    steps = recipe.epochs * -(-len(rows) // batch)
    step = 0
    for _ in range(recipe.epochs):
        order = random.permutation(len(rows))
        for begin in range(0, len(rows), batch):
            pick = order[begin : begin + batch]
            x = rows[pick]
            if recipe.drop:
                x *= random.integers(0, 256, x.shape, np.uint8) >= recipe.drop * 256
            step += 1
            pace = recipe.rate * min(1.0, step / 50) * (1 - step / (steps + 1))
            slopes = nets.slopes(x, wanted[pick], weights[pick] / np.float32(len(pick)))
            nets.move(slopes, pace, step)
    return {"mean": whole_mean, "scale": whole_scale, **nets.averaged(used, len(whole_mean))}


class _Nets:
    """Networks that are trained side by side.

    ``into`` holds the weights of all inputs: of the hidden units of each network, then of the
    linear path of each.
    """

    def __init__(
        self, recipe: Recipe, inputs: int, outputs: int, seeds: Sequence[int], prior: Array | None
    ) -> None:
        self.recipe, self.outputs, self.seeds = recipe, outputs, len(seeds)
        hidden = recipe.hidden
        draws = [np.random.default_rng(seed) for seed in seeds]
        first = [random.normal(0, (1 / inputs) ** 0.5, (inputs, hidden)) for random in draws]
        last = [random.normal(0, (1 / hidden) ** 0.5, (hidden, outputs)) for random in draws]
        path = np.zeros((inputs, outputs)) if prior is None else prior
        self.units = hidden * len(seeds)
        self.values = {
            "into": np.concatenate([*first, *[path] * len(seeds)], axis=1).astype(np.float32),
            "b1": np.zeros(self.units, np.float32),
            "w2": np.array(last, np.float32),
            "b2": np.zeros((len(seeds), outputs), np.float32),
        }
        self.start = self.values["into"].copy()
        self.start[:, : self.units] = 0
        self.mean = {key: np.zeros_like(value) for key, value in self.values.items()}
        self.square = {key: np.zeros_like(value) for key, value in self.values.items()}

    def slopes(self, x: Array, wanted: Array, weights: Array) -> Net:
        """The gradient of one batch."""
        hidden, outputs, last = self.recipe.hidden, self.outputs, self.values["w2"]
        raw = x @ self.values["into"]
        units = raw[:, : self.units] + self.values["b1"]
        active = np.maximum(units, 0)
        back = np.empty_like(raw)
        of_last = np.empty_like(last)
        for k in range(self.seeds):
            mine = slice(k * hidden, (k + 1) * hidden)
            path = slice(self.units + k * outputs, self.units + (k + 1) * outputs)
            out = active[:, mine] @ last[k] + raw[:, path] + self.values["b2"][k]
            error = ((_probabilities(out) - wanted) * weights[:, None]).astype(np.float32)
            back[:, path] = error
            back[:, mine] = (error @ last[k].T) * (units[:, mine] > 0)
            of_last[k] = active[:, mine].T @ error
        sums = back.sum(0)
        return {
            "into": x.T @ back,
            "b1": sums[: self.units],
            "w2": of_last,
            "b2": sums[self.units :].reshape(self.seeds, outputs),
        }

    def move(self, slopes: Net, pace: float, step: int) -> None:
        """One step of Adam, and the decay of the weights."""
        for key, slope in slopes.items():
            self.mean[key] += 0.1 * (slope - self.mean[key])
            self.square[key] += 0.002 * (slope * slope - self.square[key])
            hat = self.mean[key] / (1 - 0.9**step)
            size = np.sqrt(self.square[key] / (1 - 0.998**step)) + 1e-8
            self.values[key] -= np.float32(pace) * hat / size
        decay = np.float32(pace * self.recipe.decay * 100)
        self.values["into"] -= (self.values["into"] - self.start) * decay
        self.values["w2"] *= 1 - decay

    def averaged(self, used: Array, inputs: int) -> Net:
        """All networks as one, over all inputs of which some are used."""
        into = np.zeros((inputs, self.values["into"].shape[1]), np.float32)
        into[used] = self.values["into"]
        paths = into[:, self.units :].reshape(inputs, self.seeds, self.outputs)
        return {
            "w1": np.ascontiguousarray(into[:, : self.units]),
            "b1": self.values["b1"],
            "w2": np.concatenate(self.values["w2"]) / np.float32(self.seeds),
            "skip": paths.mean(1),
            "b2": self.values["b2"].mean(0),
        }


def _probabilities(raw: Array) -> Array:
    if raw.shape[1] == 1:
        return np.asarray(1 / (1 + np.exp(-np.clip(raw, -30, 30))))
    raw = np.exp(raw - raw.max(1, keepdims=True))
    return np.asarray(raw / raw.sum(1, keepdims=True))


def raw_of(net: Net, rows: Array) -> Array:
    """Log-odds or log-weights, one column an output."""
    x = np.clip((rows - net["mean"]) * net["scale"], -_CLIP, _CLIP)
    active = np.maximum(x @ net["w1"] + net["b1"], 0)
    return np.asarray(active @ net["w2"] + x @ net["skip"] + net["b2"])


def predict(net: Net, rows: Array) -> Array:
    """Probabilities, one column an output."""
    return _probabilities(raw_of(net, rows))
