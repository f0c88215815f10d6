"""The learned part of the classifier: small networks, read from the package's data.

Stage one scores each block by its own features, stage two by the scores around it; a third network
names the kinds, which blocks that stand together settle among them. All are one hidden layer of
ReLU units with a linear path beside it, over inputs that are standardised and clipped. How they
were trained, on what, and how good they are is in ``MODEL_CARD.md`` beside the weights;
`benchmarks.training` makes both.
"""

import io
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dedup.errors import SettingsError
from dedup.kernels.context import relate, settle
from dedup.kernels.features import DENSE
from dedup.kernels.network import Network as _Kernel
from dedup.kernels.network import add_product
from dedup.page.classify.features import Described
from dedup.page.classify.schema import (
    FINGERPRINT,
    INPUT_OF,
    RELATION_OF,
    RELATIONS,
    ZONE_STARTS,
)

Array = np.ndarray[Any, Any]
_WEIGHTS = Path(__file__).with_name("weights.npz")
CLIP = np.float32(4.0)
_LEAST = np.float32(1e-4)  # the probability below which a kind is equally unlikely
# Rows that are held at once: a page of a million blocks needs no more memory than one of these.
_ROWS = 512
_NO_MASKS = np.zeros((0, 0), np.uint64)
_NO_PAGE = np.zeros(0, np.float32)


@dataclass(frozen=True)
class Network:
    """One network, its inputs in the order of the kernel.

    Attributes:
        mean: (inputs,).
        scale: (inputs,), one over the standard deviation, 0 for unused inputs.
        w1: (inputs, units).
        b1: (units,).
        w2: (units, outputs).
        skip: (inputs, outputs).
        b2: (outputs,).
    """

    mean: Array
    scale: Array
    w1: Array
    b1: Array
    w2: Array
    skip: Array
    b2: Array

    @cached_property
    def _kernel(self) -> _Kernel:
        """Both paths' weights side by side, and what they give for a row of zeros."""
        weights = np.concatenate([self.w1, self.skip], axis=1)
        zero = np.clip(-self.mean * self.scale, -CLIP, CLIP)
        base = (zero @ weights + np.concatenate([self.b1, self.b2])).astype(np.float32)
        described = len(self.mean) == ZONE_STARTS[-1]
        dense = len(DENSE) if described else len(self.mean)
        zones = ZONE_STARTS if described else (len(self.mean),)
        return _Kernel((self.mean, self.scale), weights, base, self.w2, dense, zones)

    def raw(self, page: Described, which: Array) -> Array:
        """Log-odds (one output) or log-weights (several), one row per block of ``which``."""
        out = np.empty((len(which), len(self.b2)), np.float32)
        for begin in range(0, len(which), _ROWS):
            part = which[begin : begin + _ROWS]
            dense, masks = page.dense(part)
            self._kernel.run(dense, masks, page.page, page.summed.names, out[begin : begin + _ROWS])
        return out

    def related(self, rows: Array) -> Array:
        """The same from the relations of blocks, one row each."""
        out = np.empty((len(rows), len(self.b2)), np.float32)
        self._kernel.run(rows, _NO_MASKS, _NO_PAGE, 0, out)
        return out

    @cached_property
    def _back(self) -> tuple[Array, Array, Array, Array]:
        """Weights of the units by input and by unit, of both paths by output: (outputs, ...).

        With several outputs each stands against the mean of all. Columns are filled up with zeros
        to what the kernel takes.
        """
        last, skip = self.w2.T, self.skip.T
        if len(self.b2) > 1:
            last, skip = last - last.mean(0), skip - skip.mean(0)
        units, inputs = (0, -len(self.b1) % 8), (0, -len(self.mean) % 8)
        backward = np.ascontiguousarray(np.pad(self.w1.T, (units, inputs)))
        return (
            np.pad(self.w1, ((0, 0), units)),
            backward,
            np.ascontiguousarray(np.pad(last, ((0, 0), units))),
            np.ascontiguousarray(np.pad(skip, ((0, 0), inputs))),
        )

    def slopes(self, rows: Array, outputs: Array) -> tuple[Array, Array]:
        """Standardised inputs, and by how much each moves the row's output against all of them."""
        forward, backward, last, skip = self._back
        x = np.clip((rows - self.mean) * self.scale, -CLIP, CLIP)
        active = np.zeros((len(x), forward.shape[1]), np.float32)
        active[:, : len(self.b1)] = self.b1
        add_product(x, forward, active)
        slopes = skip[outputs]
        add_product(np.where(active > 0, last[outputs], np.float32(0)), backward, slopes)
        return x, slopes[:, : len(self.mean)]


@dataclass(frozen=True)
class Model:
    """The networks of one kind of input (full tree, or text only)."""

    first: Network
    second: Network
    kinds: Network

    def scores(self, page: Described) -> Array:
        """Probability of content, (blocks,) float32."""
        first = sigmoid(self.first.raw(page, np.arange(len(page), dtype=np.int32))[:, 0])
        return sigmoid(self.second.related(relations_of(page, first))[:, 0])

    def kinds_within(self, page: Described, which: Array) -> Array:
        """Probabilities of the kinds of some blocks of content."""
        return softmax(self.kinds.raw(page, which))

    def kinds_outside(self, page: Described, content: Array) -> Array:
        """Probabilities of the kinds, one row per block; those of content mean nothing."""
        logs = np.log(self.kinds_within(page, np.arange(len(page), dtype=np.int32)) + _LEAST)
        settled = np.empty_like(logs)
        settle(logs, content.view(np.uint8), page.context, settled)
        return softmax(settled)


def relations_of(page: Described, first: Array) -> Array:
    """What the first stage's scores say of each block, (blocks, relations) float32."""
    rows = np.empty((len(first), len(RELATIONS)), np.float32)
    relate(first, page.tokens, page.context, rows)
    return rows


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
        if int(archive["inputs"]) != FINGERPRINT:
            raise SettingsError("the weights belong to other features: train them again")
        networks = []
        for part in PARTS:
            places = RELATION_OF if part == "second" else INPUT_OF
            used = places[archive[f"{prefix}.{part}.used"]]
            values = {}
            for name in ("mean", "scale", "w1", "b1", "w2", "skip", "b2"):
                value = archive[f"{prefix}.{part}.{name}"].astype(np.float32)
                if name in ("mean", "scale", "w1", "skip"):
                    whole = np.zeros((len(places), *value.shape[1:]), np.float32)
                    whole[used] = value
                    value = whole
                values[name] = np.ascontiguousarray(value)
            networks.append(Network(**values))
    return Model(*networks)


@cache
def shipped(prefix: str) -> Model:
    """The model that comes with the package: ``dom`` or ``text``."""
    return read_model(_WEIGHTS.read_bytes(), prefix)
