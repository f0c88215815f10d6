"""Train the names of the kinds: a network on the blocks' features, and the table of hashed words.

The words learn what the network does not know: they are fitted to the log-weights that it gave to
pages of sites that it had not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.internals.page import FEATURES, KINDS, WORD_ROWS, grams_of
from benchmarks.pages import FOLDS
from benchmarks.training.fit import Net, Recipe, fit, raw_of
from benchmarks.training.rows import Row
from benchmarks.training.targets import LABELS
from dedup.model import Label

Array = np.ndarray[Any, Any]

# One network is nearly as good as two, but names single blocks differently with each seed.
NAMING = Recipe(hidden=19, epochs=20, drop=0.3, decay=1e-3, rate=0.002)
NAMING_SEEDS = (0, 100)
_BLOCKS = 120  # of a page that the network learns from
# The kinds are learned from few pages: not from what a page is as a whole, which would name the
# site, and starting from what the cues say by their meaning.
KIND_INPUTS = np.array(
    [not name.startswith(("page:", "page_", "says:", "url_")) for name in FEATURES]
)
_CUES = {
    Label.NAV: "name:nav name:crumb name:pages <nav> text:pages text:nav name:language name:tag"
    " text:tags section:tags",
    Label.RANKING: "name:ranking text:ranking section:ranking box:ranking",
    Label.RELATED: "name:related text:related section:related box:related <aside>",
    Label.AD: "name:ad text:ad section:ad box:ad",
    Label.COMMENT: "name:comment text:comment section:comment box:comment",
    Label.SHARE: "name:share text:share",
    Label.LEGAL: "name:legal name:footer <footer> text:copyright text:disclaimer text:policy"
    " name:cookie text:cookie",
    Label.FORM: "name:form name:login name:subscribe <form> <button> <select> <label> text:login"
    " text:subscribe",
    Label.BYLINE: "name:byline name:date text:byline text:date",
    Label.CAPTION: "name:caption <figcaption> <figure> text:caption",
    Label.TITLE: "<h1> title_recall name:title",
}
_OWN, _AROUND, _HEAD = 1.5, 1.0, 1.0


def _prior() -> Array:
    """How much each input speaks for each kind before anything is learned."""
    prior = np.zeros((len(FEATURES), len(KINDS)), np.float32)
    for label, cues in _CUES.items():
        for cue in cues.split():
            zone, _, group = cue.rpartition(":")
            for name, weight in (
                (f"own:{group}" if zone in ("", "name") else cue, _OWN),
                (f"around:{group}" if zone in ("", "name") else cue, _AROUND),
                (cue, _HEAD if zone in ("section", "box") else _OWN),
            ):
                if name in FEATURES:
                    prior[FEATURES.index(name), KINDS.index(label)] = weight
    return prior


PRIOR = _prior()
# The kind of each label: content that is called by its tag is body.
_KIND_OF_LABEL = np.array(
    [KINDS.index(label if label in KINDS else Label.BODY) for label in LABELS]
)


def fit_kinds(rows: Sequence[Row], seed: int) -> Net:
    """Train the network on pages whose blocks are labelled."""
    random = np.random.default_rng(seed)
    picks = [_sample(row, random) for row in rows]
    x = np.concatenate([row.page.matrix[p] for row, (p, _) in zip(rows, picks, strict=True)])
    x[:, ~KIND_INPUTS] = 0  # a constant column is left out
    kinds = np.concatenate([row.kinds[p] for row, (p, _) in zip(rows, picks, strict=True)])
    weight = np.concatenate([weight for _, weight in picks])
    kinds = _KIND_OF_LABEL[kinds]
    # Rare kinds count more, by the square root of their rarity.
    weight /= np.sqrt(np.bincount(kinds, minlength=len(KINDS))[kinds])
    wanted = np.eye(len(KINDS), dtype=np.float32)[kinds]
    return fit(x, wanted, weight, NAMING, [seed + step for step in NAMING_SEEDS], PRIOR)


def _sample(row: Row, random: np.random.Generator) -> tuple[Array, Array]:
    """Labelled blocks of a page, no more than `_BLOCKS` of them, and their weights."""
    weight = _weights(row)
    known = np.flatnonzero(row.kinds >= 0)
    if len(known) <= _BLOCKS:
        return known, weight[known]
    pick = random.choice(known, _BLOCKS, replace=False)
    return pick, weight[pick] * (len(known) / _BLOCKS)


@dataclass(frozen=True)
class Named:
    """What names the kinds.

    Attributes:
        net: the network.
        table: (rows of `WORD_ROWS`, kinds) int8, empty where no words were learned.
        scale: (kinds,) float32.
    """

    net: Net
    table: Array
    scale: Array


def train_kinds(rows: Sequence[Row], seed: int, with_words: bool) -> tuple[Named, list[Named]]:
    """What names the kinds on all pages, and for each fold what has not seen it."""
    rows = [row for row in rows if row.example.lines or row.example.runs]
    folds = np.array([row.example.fold for row in rows])
    nets = [fit_kinds([rows[k] for k in np.flatnonzero(folds != f)], seed) for f in range(FOLDS)]
    whole = fit_kinds(rows, seed)
    if not with_words:
        return _bare(whole), [_bare(net) for net in nets]
    logs = [_logs(raw_of(nets[row.example.fold], row.page.matrix)) for row in rows]
    pages = Words(rows, logs)
    return pages.fit(whole, np.ones(len(rows), bool)), [
        pages.fit(net, folds != fold) for fold, net in enumerate(nets)
    ]


def _bare(net: Net) -> Named:
    return Named(net, np.zeros((0, len(KINDS)), np.int8), np.zeros(len(KINDS), np.float32))


def _logs(raw: Array) -> Array:
    """Log-weights that sum to nothing in each row: what all kinds share says nothing."""
    return np.asarray(raw - raw.mean(1, keepdims=True), np.float32)


# Of the words: passes over all blocks (Adam, all at once), its rates, and how much each weight is
# drawn to nothing, and the mixing of the network's log-weights to leaving them alone.
_STEPS = 60
_RATES = {"words": 0.08, "mix": 0.02, "bias": 0.02}
_TO_NOTHING, _TO_SAME = 2e-5, 1e-3


class Words:
    """The grams of labelled pages, and what the network said of their blocks."""

    def __init__(self, rows: Sequence[Row], logs: Sequence[Array]) -> None:
        self.grams = sparse.vstack([_grams(row) for row in rows]).tocsr()
        self.logs = np.concatenate(logs)
        kinds = np.concatenate([row.kinds for row in rows])
        self.kinds = np.where(kinds >= 0, _KIND_OF_LABEL[np.maximum(kinds, 0)], -1)
        self.weights = np.concatenate([_weights(row) for row in rows])
        self.page = np.repeat(np.arange(len(rows)), [len(row.kinds) for row in rows])

    def fit(self, net: Net, pages: Array) -> Named:
        """Learn from some pages, (pages,) bool; the network takes in how its words are mixed."""
        known = np.flatnonzero(pages[self.page] & (self.kinds >= 0))
        kinds, x, logs = self.kinds[known], self.grams[known], self.logs[known]
        weight = self.weights[known] / np.sqrt(np.bincount(kinds, minlength=len(KINDS))[kinds])
        weight = (weight / weight.sum()).astype(np.float32)[:, None]
        wanted = np.eye(len(KINDS), dtype=np.float32)[kinds]
        back, same = x.T.tocsr(), np.eye(len(KINDS), dtype=np.float32)
        values = {
            "words": np.zeros((x.shape[1], len(KINDS)), np.float32),
            "mix": same.copy(),
            "bias": np.zeros(len(KINDS), np.float32),
        }
        mean = {key: np.zeros_like(value) for key, value in values.items()}
        square = {key: np.zeros_like(value) for key, value in values.items()}
        for step in range(1, _STEPS + 1):
            raw = logs @ values["mix"] + values["bias"] + x @ values["words"]
            raw = np.exp(raw - raw.max(1, keepdims=True))
            error = (raw / raw.sum(1, keepdims=True) - wanted) * weight
            slopes = {
                "words": back @ error + _TO_NOTHING * values["words"],
                "mix": logs.T @ error + _TO_SAME * (values["mix"] - same),
                "bias": error.sum(0),
            }
            for key, slope in slopes.items():
                mean[key] += 0.1 * (slope - mean[key])
                square[key] += 0.01 * (slope * slope - square[key])
                hat = mean[key] / (1 - 0.9**step)
                size = np.sqrt(square[key] / (1 - 0.99**step)) + 1e-7
                pace = _RATES[key] * (1 - step / (_STEPS + 1))
                values[key] -= np.asarray(pace * hat / size, np.float32)
        return Named(_mixed(net, values["mix"], values["bias"]), *_rounded(values["words"]))


def _mixed(net: Net, mix: Array, bias: Array) -> Net:
    """A network that gives its log-weights, less their mean, times a matrix."""
    mix = mix - mix.mean(0, keepdims=True)
    return {
        **net,
        "w2": net["w2"] @ mix,
        "skip": net["skip"] @ mix,
        "b2": net["b2"] @ mix + bias,
    }


def _rounded(words: Array) -> tuple[Array, Array]:
    """Weights as whole numbers of one byte, and what one stands for in each column."""
    scale = np.maximum(np.abs(words).max(0) / 127, 1e-6).astype(np.float32)
    return np.rint(words / scale).astype(np.int8), scale


def _weights(row: Row) -> Array:
    """Long blocks count little more than short ones, and long pages less than by their length."""
    return np.asarray((1 + row.page.tokens) ** 0.25 / len(row.kinds) ** 0.5)


def _grams(row: Row) -> Any:
    """The grams of the blocks of a page, and of their heads, as the kernel weighs them."""
    offsets, grams, heads = grams_of(row.page)
    own, of_heads = WORD_ROWS
    counts = np.diff(offsets)
    share = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    shape = (len(counts), len(grams))
    texts = sparse.csr_matrix((share, np.arange(len(grams)), offsets), shape=shape)
    block, column = np.nonzero(heads >= 0)
    over = sparse.csr_matrix(
        (np.ones(len(block)), (block, heads[block, column])), shape=(len(counts), len(counts))
    )
    places = np.arange(len(grams))
    size = (len(grams), own)
    rows = sparse.csr_matrix((np.ones(len(grams)), (places, grams % own)), shape=size)
    size = (len(grams), of_heads)
    more = sparse.csr_matrix((np.ones(len(grams)), (places, grams % of_heads)), shape=size)
    return sparse.hstack([texts @ rows, over @ texts @ more]).tocsr().astype(np.float32)
