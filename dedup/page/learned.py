"""Blocks to labels by the learned model: content or not, the kind, and the reason in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from dedup.config import PageSettings
from dedup.errors import SettingsError
from dedup.model import Label, LabelledBlock
from dedup.page import cues
from dedup.page.classify import classify
from dedup.page.features import FEATURES, Described, features_of
from dedup.page.markup import Markup
from dedup.page.network import KINDS, Model, shipped
from dedup.page.state import NOSCRIPT, WHERE

Array = np.ndarray[Any, Any]

# From which score a block is content: chosen on the cross-validated scores.
THRESHOLDS = {"precision": 0.65, "balanced": 0.45, "recall": 0.25}
# How sure the kinds must be that a content block is a title, a caption or a byline.
_APART_SURE = 0.85

# Text under a key that says "body" is content at least so surely: it was looked for because the
# tree holds none.
_FOUND = np.float32(0.7)

# On a page of few blocks the shape of the page says little and rules cost little: there the rules
# name the kinds, and decide where the model is not sure by so much.
_FEW = 40
_SURE = 0.4

_APART = (Label.TITLE, Label.CAPTION, Label.BYLINE)
_PROSE = (Label.BODY, Label.HEADING, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE)
_KIND_INDEX = {label: index for index, label in enumerate(KINDS)}
_TAG_LABELS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Label.HEADING),
    **dict.fromkeys(("li", "dt", "dd"), Label.LIST),
    **dict.fromkeys(("tr", "th", "caption"), Label.TABLE),
    **dict.fromkeys(("blockquote", "q"), Label.QUOTE),
    "pre": Label.CODE,
    "figcaption": Label.CAPTION,
}
_REASONS = 2  # strongest features that are named
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


@dataclass(frozen=True)
class Verdicts:
    """What the model says of the blocks of a page.

    Attributes:
        page: the page's columns.
        described: its features.
        model: the model that was asked.
        labels: one a block.
        scores: one a block: probability of content.
        ruled: blocks that a rule decided, with its reason.
    """

    page: Markup
    described: Described
    model: Model
    labels: tuple[Label, ...]
    scores: Array
    ruled: Mapping[int, str]

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """One a block: the strongest features behind the verdict, in words."""
        inputs, slopes = self.model.first.slopes(self.described.matrix)
        pull = inputs * slopes
        kept = np.array([label in _PROSE for label in self.labels])
        pull *= np.where(kept, 1, -1)[:, None]
        strongest = np.argsort(-pull, axis=1)[:, : 3 * _REASONS]
        reasons = []
        for block, row in enumerate(strongest):
            words = dict.fromkeys(_in_words(FEATURES[k], inputs[block, k] > 0) for k in row)
            if block in self.ruled:
                reasons.append(self.ruled[block])
            else:
                reasons.append(self._where(block) + ", ".join(list(words)[:_REASONS]))
        return tuple(reasons)

    def _where(self, block: int) -> str:
        """A word on text that was found outside the tree."""
        if self.page.outside and self.page.elements[block] >= self.page.outside[0]:
            return WHERE[self.page.outside[1]] + ": "
        return ""

    def labelled(self) -> tuple[LabelledBlock, ...]:
        """The verdicts beside the blocks."""
        return tuple(
            LabelledBlock(block, label, score, reason)
            for block, label, score, reason in zip(
                self.page.blocks, self.labels, self.scores.tolist(), self.reasons, strict=True
            )
        )


def judge(
    page: Markup,
    settings: PageSettings,
    model: Model | None = None,
    rules: Sequence[tuple[str, Label]] = (),
) -> Verdicts:
    """Label every block of a page.

    Args:
        page: the page's columns; `blocks_of_html` must have been given the selectors of the rules.
        settings: which side to favor.
        model: the one that comes with the package if not given.
        rules: the site's selectors and labels, see `dedup.page.rules`.

    >>> from dedup.page.markup import blocks_of_html
    >>> page = blocks_of_html("<nav><a href=/>Home</a></nav><article><h1>Library</h1><p>The town's"
    ...     " new library opened on Monday, after three years of work. It holds 20,000 books, and"
    ...     " the mayor said that there is room for more.</p></article><footer>© Town</footer>")
    >>> [label.value for label in judge(page, PageSettings()).labels]
    ['nav', 'title', 'body', 'legal']
    """
    if settings.favor not in THRESHOLDS:
        raise SettingsError(f"favor is one of {', '.join(THRESHOLDS)}, not {settings.favor!r}")
    described = features_of(page)
    model = model or shipped("dom" if page.source else "text")
    if not page.texts:
        return Verdicts(page, described, model, (), np.zeros(0, np.float32), {})
    scores, kinds = model.scores(described)
    tags = [page.tags[element] for element in page.elements]
    ruled: dict[int, str] = {}
    forced: dict[int, Label] = {}
    for block, element in enumerate(page.elements):
        place = _enclosing(page, element, page.marks) if page.marks else None
        if place is not None:
            selector, label = rules[page.marks[place]]
            ruled[block] = f"the site's rule {selector}"
            scores[block] = float(label in _PROSE)
            if label is Label.BODY:
                label = _TAG_LABELS.get(tags[block], label)
            if label is not Label.OTHER:
                forced[block] = label
    if page.outside:
        begin, where = page.outside
        if where != NOSCRIPT:
            outside = np.array(page.elements) >= begin
            scores[outside] = np.maximum(scores[outside], _FOUND)
            forced |= {
                int(b): _TAG_LABELS.get(tags[b], Label.BODY) for b in np.flatnonzero(outside)
            }
    border = THRESHOLDS[settings.favor]
    labels = _labels(scores >= border, kinds, tags)
    for block, text in enumerate(page.texts):
        said = _said_whole().get(text.lower()) if len(text) < _WHOLE_CHARS else None
        if (
            said is not None
            and block not in forced
            and (said is Label.AD or scores[block] < border)
        ):
            forced[block] = said
            ruled[block] = f'says "{text}" and nothing else'
    if len(tags) <= _FEW:
        for block, verdict in enumerate(classify(page.blocks, page.title)):
            if block in forced or block in ruled:
                continue
            sure = abs(scores[block] - border) > _SURE
            kept = verdict.label in _PROSE
            if verdict.label in _APART or kept == (scores[block] >= border) or not sure:
                forced[block] = verdict.label
                ruled[block] = verdict.reason
                scores[block] = scores[block] if sure else verdict.score
    if forced:
        labels = tuple(forced.get(block, label) for block, label in enumerate(labels))
    return Verdicts(page, described, model, labels, scores, ruled)


_WHOLE_CHARS = 24
_PATTERN = re.compile(r"[\\.\[\](){}*+?^$]")


@cache
def _said_whole() -> dict[str, Label]:
    """What a block says that says nothing else, without the patterns among the cues."""
    return {
        phrase: label
        for label, phrases in cues.WHOLE.items()
        for phrase in phrases.split("|")
        if not _PATTERN.search(phrase)
    }


def _enclosing(page: Markup, element: int, marks: Mapping[int, int]) -> int | None:
    """The innermost marked element that holds an element."""
    while element >= 0:
        if element in marks:
            return element
        element = page.parents[element]
    return None


def _labels(content: Array, kinds: Array, tags: Sequence[str]) -> tuple[Label, ...]:
    """Names of the kinds: content is named by its tag unless it clearly stands apart."""
    odds = np.exp(kinds - kinds.max(1, keepdims=True))
    apart = [_KIND_INDEX[label] for label in _APART]
    best = odds[:, apart].argmax(1)
    sure = odds[np.arange(len(odds)), [apart[k] for k in best]] / (
        odds[:, [*apart, _KIND_INDEX[Label.BODY]]].sum(1) + 1e-9
    )
    odds[:, [_KIND_INDEX[label] for label in _PROSE]] = 0
    others = odds.argmax(1)
    labels = []
    for block, tag in enumerate(tags):
        if not content[block]:
            labels.append(KINDS[others[block]])
        elif sure[block] > _APART_SURE:
            labels.append(_APART[best[block]])
        else:
            labels.append(_TAG_LABELS.get(tag, Label.BODY))
    return tuple(labels)


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
