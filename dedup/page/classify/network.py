"""The learned part of the classifier: small networks, read from the package's data.

Stage one scores each block by its own features; what speaks for each page type in the blocks inside
and outside the content says what the page is; stage two scores each block by the scores around it
and the page's type. A third network and the words of the blocks name the kinds, which blocks that
stand together settle among them. All networks are one hidden layer of ReLU units with a linear path
beside it, over inputs that are standardised and clipped. How they were trained, on what, and how
good they are is in ``MODEL_CARD.md`` beside the weights; `benchmarks.training` makes both.
"""

import io
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dedup.errors import SettingsError
from dedup.kernels import chances
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
    SIGNS,
    WORD_ROWS,
    ZONE_STARTS,
)
from dedup.page.classify.words import Words

Array = np.ndarray[Any, Any]
_WEIGHTS = Path(__file__).with_name("weights.npz")
CLIP = np.float32(4.0)
_LEAST = np.float32(1e-4)  # the probability below which a kind is equally unlikely
# Rows that are held at once: a page of a million blocks needs no more memory than one of these.
_ROWS = 512
_NO_MASKS = np.zeros((0, 0), np.uint64)


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
        dense = len(DENSE) if described else len(RELATIONS)
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

    def related(self, rows: Array, types: Array) -> Array:
        """The same from the relations of blocks, one row each, and the page's type."""
        out = np.empty((len(rows), len(self.b2)), np.float32)
        self._kernel.run(rows, _NO_MASKS, types, 0, out)
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
class TypeWeights:
    """What speaks for each page type: logistic regression on means over the blocks of a page.

    Attributes:
        evidence: (inputs, 2 * types), of the first stage's standardised inputs: first in the
            content, then outside of it.
        numbers: (5, types), of `numbers_of`.
        bias: (types,).
    """

    evidence: Array
    numbers: Array
    bias: Array


class Scores(NamedTuple):
    """What the networks say of the blocks of a page.

    Attributes:
        first: (blocks,) float32, the probability of content by the block alone.
        content: (blocks,) float32, the same in its surroundings.
        types: (types,) float32, the probability of each of `schema.TYPES`.
    """

    first: Array
    content: Array
    types: Array


@dataclass(frozen=True)
class Model:
    """The networks of one kind of input (full tree, or text only)."""

    first: Network
    second: Network
    kinds: Network
    types: TypeWeights
    words: Words
    confidence: Network | None = None

    @cached_property
    def _both(self) -> Network:
        """The first stage with the evidence for the types as further outputs."""
        more = self.types.evidence.shape[1]
        return Network(
            self.first.mean,
            self.first.scale,
            self.first.w1,
            self.first.b1,
            np.pad(self.first.w2, ((0, 0), (0, more))),
            np.concatenate([self.first.skip, self.types.evidence], axis=1),
            np.pad(self.first.b2, (0, more)),
        )

    def scores(self, page: Described) -> Scores:
        """The probabilities of content and of the page's type."""
        raw = self._both.raw(page, np.arange(len(page), dtype=np.int32))
        first = sigmoid(raw)
        types = self._types(page.tokens, first, raw[:, 1:])
        content = self.second.related(relations_of(page, first), types)
        return Scores(first, sigmoid(content), types)

    def confidence_of(self, signs: Array) -> float:
        """An estimate of the F1 of a page's text, from `schema.SIGNS`."""
        net = self.confidence
        if net is None:
            raise SettingsError("the weights hold no network for the confidence: train it")
        x = np.clip((signs - net.mean) * net.scale, -CLIP, CLIP)[:, None]
        active = np.maximum((x * net.w1).sum(0) + net.b1, 0)[:, None]
        raw = (active * net.w2).sum(0) + (x * net.skip).sum(0) + net.b2
        return float(sigmoid(raw[None])[0])

    def _types(self, tokens: Array, first: Array, evidence: Array) -> Array:
        """The probability of each type; sums go row by row, in the same order on every machine."""
        shares, numbers = weights_of(tokens, first)
        raw = (numbers[:, None] * self.types.numbers).sum(0, keepdims=True) + self.types.bias
        chances.add_evidence(shares, evidence, raw[0])
        return np.asarray(softmax(raw)[0])

    def kinds_within(self, page: Described, which: Array) -> Array:
        """Probabilities of the kinds of some blocks of content."""
        raw = self.kinds.raw(page, which)
        raw += self.words.said(page)[which]
        return softmax(raw)

    def kinds_outside(self, page: Described, content: Array) -> Array:
        """Probabilities of the kinds, one row per block; those of content mean nothing."""
        raw = self.kinds.raw(page, np.arange(len(page), dtype=np.int32))
        self.words.add(page, raw)
        logs = np.log(softmax(raw) + _LEAST)
        settled = np.empty_like(logs)
        settle(logs, content.view(np.uint8), page.context, settled)
        return softmax(settled)


def relations_of(page: Described, first: Array) -> Array:
    """What the first stage's scores say of each block, (blocks, relations) float32."""
    rows = np.empty((len(first), len(RELATIONS)), np.float32)
    relate(first, page.tokens, page.context, rows)
    return rows


def weights_of(tokens: Array, first: Array) -> tuple[Array, Array]:
    """What each block counts for the page's type, and what the page is as a whole.

    Returns:
        (2, blocks) float32, its shares in the means over the content and over what is outside of
        it, and (5,) float32, how much content the page has and how sure that is.
    """
    shares, numbers = np.empty((2, len(first)), np.float32), np.empty(5, np.float32)
    chances.weigh(tokens, first, shares, numbers)
    return shares, numbers


def sigmoid(raw: Array) -> Array:
    """Log-odds, the first column of rows, to probabilities."""
    out = np.empty(len(raw), np.float32)
    chances.sigmoid(raw, out)
    return out


def softmax(raw: Array) -> Array:
    """Log-weights to probabilities, row by row and in place."""
    chances.softmax(raw)
    return raw


PARTS = ("first", "second", "kinds", "confidence")
_PLACES = {"second": RELATION_OF, "confidence": np.arange(len(SIGNS))}
TYPE_ARRAYS = ("evidence", "numbers", "bias")


def read_model(data: bytes, prefix: str) -> Model:
    """Read the networks named ``prefix`` from an ``npz`` archive."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        if int(archive["inputs"]) != FINGERPRINT:
            raise SettingsError("the weights belong to other features: train them again")
        networks = {}
        for part in PARTS:
            if part == "confidence" and f"{prefix}.{part}.used" not in archive:
                continue  # it is trained last, on pages that the others have judged
            places = _PLACES.get(part, INPUT_OF)
            used = places[archive[f"{prefix}.{part}.used"]]
            values = {}
            for name in ("mean", "scale", "w1", "b1", "w2", "skip", "b2"):
                value = archive[f"{prefix}.{part}.{name}"].astype(np.float32)
                if name in ("mean", "scale", "w1", "skip"):
                    value = _spread(value, used, len(places))
                values[name] = np.ascontiguousarray(value)
            networks[part] = Network(**values)
        used = INPUT_OF[archive[f"{prefix}.first.used"]]
        types = {name: archive[f"{prefix}.types.{name}"].astype(np.float32) for name in TYPE_ARRAYS}
        types["evidence"] = _spread(types["evidence"], used, len(INPUT_OF))
        words = Words.of(archive["words.table"], WORD_ROWS[1], archive["words.scale"])
    return Model(**networks, types=TypeWeights(**types), words=words)


def _spread(rows: Array, places: Array, count: int) -> Array:
    """Rows at their places among ``count``, zeros elsewhere."""
    whole = np.zeros((count, *rows.shape[1:]), np.float32)
    whole[places] = rows
    return whole


@cache
def shipped(prefix: str) -> Model:
    """The model that comes with the package: ``dom`` or ``text``."""
    return read_model(_WEIGHTS.read_bytes(), prefix)
