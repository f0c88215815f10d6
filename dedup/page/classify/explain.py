"""Why the model says what it says: the strongest features behind a verdict, in words."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

from dedup.kernels.network import largest
from dedup.model import Label
from dedup.page.classify.features import Described
from dedup.page.classify.network import Model, Network
from dedup.page.classify.schema import FEATURES, INPUT_OF, KINDS

Array = np.ndarray[Any, Any]

_KIND_NUMBER = {label: number for number, label in enumerate(KINDS)}  # the first one is body
_REASONS = 2  # strongest features that are named
_BY_WORDS = 1.5  # log-odds that its words add for its kind from which they are a reason
_ROWS = 512  # blocks that are looked at at once
_WORDS = {
    "tokens": ("long", "short"),
    "chars": ("long", "short"),
    "link_density": ("mostly links", "no links"),
    "links": ("much link text", "little link text"),
    "ends": ("whole sentences", "no whole sentence"),
    "ends_log": ("several sentences", "no whole sentence"),
    "ends_sentence": ("ends a sentence", "ends no sentence"),
    "commas": ("many commas", "few commas"),
    "capitals": ("capitalised words", "few capitalised words"),
    "symbols": ("many symbols", "few symbols"),
    "digits": ("many digits", "few digits"),
    "numbers": ("many numbers", "few numbers"),
    "year": ("names a year", "names no year"),
    "dated": ("holds a date", "holds no date"),
    "clock": ("holds a time of day", "holds no time of day"),
    "cuts": ("cut off by dots", "not cut off by dots"),
    "ends_cut": ("cut off by dots", "not cut off by dots"),
    "gaps": ("spaces between characters", "no spaces between characters"),
    "copies": ("repeated in the page", "not repeated in the page"),
    "title_recall": ("repeats the title", "unlike the title"),
    "title_precision": ("words of the title", "unlike the title"),
    "best60": ("in the main container", "outside the main container"),
    "best85": ("in the main container", "outside the main container"),
    "best60_distance": ("behind the main container", "before the main container"),
    "best85_distance": ("behind the main container", "before the main container"),
    "repeats": ("one of many alike", "not one of many alike"),
    "alike": ("many blocks alike", "few blocks alike"),
    "segment": ("in the run of prose", "outside the run of prose"),
    "segment_distance": ("behind the run of prose", "before or in the run of prose"),
    "after_title": ("after the title", "before the title"),
    "since_title": ("far behind the title", "before or near the title"),
    "page_tokens": ("a page with much text", "a page with little text"),
    "page_blocks": ("a page of many blocks", "a page of few blocks"),
    "page_links": ("a page full of links", "a page with few links"),
    "position": ("late in the page", "early in the page"),
    "text_position": ("late in the page", "early in the page"),
}
_PARTS_OF_NAMES = {
    "tokens": "text", "share": "share of the page's text", "link_density": "share of links",
    "ends_per_token": "sentences", "tokens_per_block": "text in each block",
    "good": "share of prose", "blocks": "blocks", "place": "place in it", "links": "share of links",
    "ends": "sentences", "good_before": "prose before", "good_after": "prose after",
    "heading": "headings", "same": "kinship", "ends_sentence": "whole sentences",
    "starts_digit": "numbering", "sentences": "whole sentences", "short": "short blocks",
    "longest": "long blocks",
}  # fmt: skip


def strongest_features(
    model: Model, page: Described, which: Array, labels: Sequence[Label]
) -> list[str]:
    """The features that speak most for each block's label, as phrases.

    Args:
        model: the one that judged.
        page: the blocks' features.
        which: the blocks (int32).
        labels: one per block. For what is named by its tag the features that make it content speak,
            else those that tell its kind from the others.
    """
    kinds = np.array([_KIND_NUMBER.get(label, 0) for label in labels], np.int64)
    reasons = [""] * len(which)
    said = model.words.said(page)[which] if kinds.any() else np.zeros((len(which), len(KINDS)))
    by_words = said[np.arange(len(which)), kinds] - said.mean(1) > _BY_WORDS
    for network, rows in (
        (model.first, np.flatnonzero(kinds == 0)),
        (model.kinds, np.flatnonzero(kinds > 0)),
    ):
        for begin in range(0, len(rows), _ROWS):
            part = rows[begin : begin + _ROWS]
            found = _strongest(network, page.inputs(which[part]), kinds[part])
            for row, words in zip(part.tolist(), found, strict=True):
                named = by_words[row] and kinds[row] > 0
                reasons[row] = f"its words, {words}" if named else words
    return reasons


def _strongest(network: Network, rows: Array, outputs: Array) -> Iterator[str]:
    inputs, slopes = network.slopes(rows, outputs)
    pull = np.ascontiguousarray((inputs * slopes)[:, INPUT_OF], np.float32)
    best = np.empty((len(pull), 3 * _REASONS), np.int32)
    largest(pull, best)
    high = np.take_along_axis(inputs, INPUT_OF[best], 1) > 0
    return map(_phrases, map(tuple, (2 * best + high).tolist()))


@lru_cache(maxsize=4096)
def _phrases(features: tuple[int, ...]) -> str:
    """The first two phrases of features, strongest first; each twice its number, one more: high."""
    words = dict.fromkeys(_in_words(FEATURES[code >> 1], bool(code & 1)) for code in features)
    return ", ".join(list(words)[:_REASONS])


@cache
def _in_words(name: str, high: bool) -> str:
    """A feature and its direction as a phrase.

    >>> _in_words("around:comment", True), _in_words("link_density", False)
    ('inside something named "comment"', 'no links')
    """
    if name in _WORDS:
        return _WORDS[name][not high]
    zone, _, what = name.partition(":")
    if not what:
        return f"{'high' if high else 'low'} {name.replace('_', ' ')}"
    if zone in ("text", "section", "box"):
        place = "" if zone == "text" else f" at the head of its {zone}"
        return f"{'has' if high else 'lacks'} words of {what}{place}"
    if zone in ("own", "around"):
        thing = what if what.startswith("<") else f'something named "{what}"'
        relation = (
            ("is" if zone == "own" else "inside")
            if high
            else "not " + ("itself" if zone == "own" else "inside")
        )
        return f"{relation} {thing}"
    if zone in ("page", "says"):
        return f"the page {'says' if high else 'does not say'} {what.replace('_', ' ')}"
    part = _PARTS_OF_NAMES.get(what, what)
    where = "its container" if zone.startswith("container") else "the blocks around it"
    return f"{'much' if high else 'little'} {part} in {where}"
