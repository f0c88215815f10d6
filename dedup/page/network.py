"""The learned part of the block classifier: small networks, read from the package's data.

Stage one scores each block by its own features, stage two by the scores around it; a third network
names the kinds, which blocks that stand together settle among them. All are one hidden layer of
ReLU units with a linear path beside it, over inputs that are standardised and clipped. How they
were trained, on what, and how good they are is in ``MODEL_CARD.md`` beside the weights;
`benchmarks.train` makes both.
"""

import io
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from zlib import crc32

import numpy as np

from dedup.errors import SettingsError
from dedup.kernels.network import forward
from dedup.model import Label
from dedup.page.features import Described
from dedup.page.names import FEATURES
from dedup.page.relate import RELATIONS, relate, settle

Array = np.ndarray[Any, Any]
CLIP = np.float32(4.0)
_LEAST = np.float32(1e-4)  # the probability below which a kind is equally unlikely
# The kinds that are told apart; what content is called else depends on its tag.
KINDS = (
    Label.BODY, Label.TITLE, Label.CAPTION, Label.BYLINE, Label.NAV, Label.RANKING, Label.RELATED,
    Label.AD, Label.COMMENT, Label.SHARE, Label.LEGAL, Label.FORM, Label.OTHER,
)  # fmt: skip
# What the weights were trained on: names and order of the inputs.
INPUTS = crc32(" ".join((*FEATURES, *RELATIONS, *KINDS)).encode())


@dataclass(frozen=True)
class Network:
    """One network.

    Attributes:
        mean: of each input.
        scale: one over the standard deviation of each input, 0 for unused ones.
        w1: inputs by hidden units.
        b1: one a hidden unit.
        w2: hidden units by outputs.
        skip: inputs by outputs.
        b2: one an output.
    """

    mean: Array
    scale: Array
    w1: Array
    b1: Array
    w2: Array
    skip: Array
    b2: Array

    @cached_property
    def _joined(self) -> tuple[Array, Array]:
        """Both paths' weights side by side, and what they give for a row of zeros."""
        weights = np.ascontiguousarray(np.concatenate([self.w1, self.skip], axis=1))
        zero = np.clip(-self.mean * self.scale, -CLIP, CLIP)
        base = zero @ weights + np.concatenate([self.b1, self.b2])
        return weights, base.astype(np.float32)

    def raw(self, rows: Array) -> Array:
        """Log-odds (one output) or log-weights (several), one row an input row."""
        out = np.empty((len(rows), len(self.b2)), np.float32)
        forward(rows, self.mean, self.scale, *self._joined, self.w2, out)
        return out

    def slopes(self, rows: Array, outputs: Array) -> tuple[Array, Array]:
        """Standardised inputs, and by how much each moves the row's output against all of them."""
        last, skip = self.w2, self.skip
        if len(self.b2) > 1:
            last, skip = last - last.mean(1, keepdims=True), skip - skip.mean(1, keepdims=True)
        x = np.clip((rows - self.mean) * self.scale, -CLIP, CLIP)
        # einsum and not a matrix product: that would start threads for very little work.
        active = (np.einsum("bi,iu->bu", x, self.w1) + self.b1 > 0) * last.T[outputs]
        return x, np.einsum("bu,iu->bi", active, self.w1) + skip.T[outputs]


@dataclass(frozen=True)
class Model:
    """The networks of one kind of input (full tree, or text only)."""

    first: Network
    second: Network
    kinds: Network

    def scores(self, page: Described) -> Array:
        """Probability of content, one a block."""
        first = sigmoid(self.first.raw(page.matrix)[:, 0])
        relations = np.empty((len(first), len(RELATIONS)), np.float32)
        relate(first, page.tokens, page.context, relations)
        return sigmoid(self.second.raw(relations)[:, 0])

    def kinds_within(self, page: Described, content: Array) -> Array:
        """Probabilities of the kinds, one row a block of content."""
        return softmax(self.kinds.raw(page.matrix[content]))

    def kinds_outside(self, page: Described, content: Array) -> Array:
        """Probabilities of the kinds, one row a block; those of content mean nothing."""
        logs = np.log(softmax(self.kinds.raw(page.matrix)) + _LEAST)
        settled = np.empty_like(logs)
        settle(logs, content, page.context, settled)
        return softmax(settled)


def sigmoid(raw: Array) -> Array:
    """Log-odds to probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(raw, -30, 30))), np.float32)


def softmax(raw: Array) -> Array:
    """Log-weights to probabilities, row by row."""
    raw = np.exp(raw - raw.max(1, keepdims=True, initial=-np.inf))
    return np.asarray(raw / raw.sum(1, keepdims=True))


PARTS = ("first", "second", "kinds")


def read_model(data: bytes, prefix: str) -> Model:
    """Read the networks named ``prefix`` from an ``npz`` archive."""
    with np.load(io.BytesIO(data)) as archive:
        if int(archive["inputs"]) != INPUTS:
            raise SettingsError("the weights belong to other features: train them again")
        networks = []
        for part in PARTS:
            inputs = len(RELATIONS) if part == "second" else len(FEATURES)
            used = archive[f"{prefix}.{part}.used"]
            values = {}
            for name in ("mean", "scale", "w1", "b1", "w2", "skip", "b2"):
                value = archive[f"{prefix}.{part}.{name}"].astype(np.float32)
                if name in ("mean", "scale", "w1", "skip"):
                    whole = np.zeros((inputs, *value.shape[1:]), np.float32)
                    whole[used] = value
                    value = whole
                values[name] = np.ascontiguousarray(value)
            networks.append(Network(**values))
    return Model(*networks)


@cache
def shipped(prefix: str) -> Model:
    """The model that comes with the package: ``dom`` or ``text``."""
    return read_model(files("dedup.page").joinpath("weights.npz").read_bytes(), prefix)
