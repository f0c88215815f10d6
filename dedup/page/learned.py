"""Blocks to labels by the learned model: content or not, the kind, and the reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
from dedup.page.repeats import reason_of
from dedup.page.state import NOSCRIPT, WHERE

Array = np.ndarray[Any, Any]

# From which score a block is content. Our choice; between .35 and .6 the cross-validated F1 of most
# sets moves by less than .01.
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
_NO_TITLES = frozenset({"button", "li", "select", "label", "textarea", "legend", "td", "tr"})
# The inputs by which a byline shows.
_SIGNS = [
    FEATURES.index(name)
    for name in (
        *("text:byline", "text:date", "year", "starts_digit", "own:byline", "own:date"),
        *("own:user", "own:meta", "around:byline", "around:date"),
    )
]
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

    def labelled(self, copies: Mapping[int, int]) -> tuple[LabelledBlock, ...]:
        """The verdicts beside the blocks; what repeats another block takes its label over."""
        blocks = []
        for block, label, score, reason in zip(
            self.page.blocks, self.labels, self.scores.tolist(), self.reasons, strict=True
        ):
            keep = copies.get(block.index)
            if keep is None:
                blocks.append(LabelledBlock(block, label, score, reason))
            else:
                label = self.labels[keep]
                blocks.append(LabelledBlock(block, label, score, reason_of(keep), keep))
        return tuple(blocks)


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
    if not len(page.elements):
        return Verdicts(page, described, model, (), np.zeros(0, np.float32), {})
    scores, kinds = model.scores(described)
    border = THRESHOLDS[settings.favor]
    tags = page.homes
    labels = _labels(scores >= border, kinds, _may_stand_apart(described), tags)
    decided = _by_site(page, tags, rules)
    decided |= _found_outside(page, tags, scores >= border, decided)
    for block, (label, _) in decided.items():
        scores[block] = max(scores[block], _FOUND) if label in _PROSE else 0
    decided |= _said(page, described, scores, border, decided)
    if len(tags) <= _FEW:
        decided |= _by_rules(page, scores, border, decided)
    final = list(labels)
    for block, (label, _) in decided.items():
        final[block] = labels[block] if label is Label.OTHER else label
        if label is Label.OTHER and labels[block] in _PROSE:
            final[block] = label
    reasons = {block: reason for block, (_, reason) in decided.items() if reason}
    return Verdicts(page, described, model, tuple(final), scores, reasons)


_Decided = dict[int, tuple[Label, str]]


def _by_site(page: Markup, tags: Sequence[str], rules: Sequence[tuple[str, Label]]) -> _Decided:
    """What the rules of the site say."""
    decided: _Decided = {}
    for block, element in enumerate(page.elements if page.marks else ()):
        place = _enclosing(page, element, page.marks)
        if place is not None:
            selector, label = rules[page.marks[place]]
            label = _TAG_LABELS.get(tags[block], label) if label is Label.BODY else label
            decided[block] = label, f"the site's rule {selector}"
    return decided


def _found_outside(page: Markup, tags: Sequence[str], kept: Array, before: _Decided) -> _Decided:
    """Text under a key that says "body" is content where the tree holds less than it."""
    if page.outside is None or page.outside[1] == NOSCRIPT:
        return {}
    start, where = page.outside
    sizes = [0, 0]
    for text, element, keep in zip(page.texts, page.elements, kept, strict=True):
        if element >= start or keep:
            sizes[int(element >= start)] += len(text)
    wanted = sizes[1] > sizes[0]
    return {
        block: (_TAG_LABELS.get(tags[block], Label.BODY), "")
        if wanted
        else (Label.OTHER, f"{WHERE[where]}: the tree holds more")
        for block, element in enumerate(page.elements)
        if element >= start and block not in before
    }


def _said(
    page: Markup, described: Described, scores: Array, border: float, before: _Decided
) -> _Decided:
    """What short blocks say of themselves."""
    decided: _Decided = {}
    sure = scores >= _SURELY
    opens = ((described.phrases != 0) & (scores < border)).tolist()
    for block, text in enumerate(page.texts):
        if len(text) > _SHORT_CHARS:
            continue
        low = text.lower()
        if low in _WHOLE:
            label = _WHOLE[low]
            if block not in before and (label is Label.AD or not sure[block]):
                decided[block] = label, f'says "{low}" and nothing else'
        elif opens[block] and block not in before:
            for opening, pattern in cues.patterns("opening"):
                found = pattern.match(low)
                if found:
                    decided[block] = opening, f'begins with "{found.group()}"'
                    break
    return decided


def _by_rules(page: Markup, scores: Array, border: float, before: _Decided) -> _Decided:
    """The rules' verdicts where they agree with the model, or the model is not sure."""
    decided: _Decided = {}
    for block, verdict in enumerate(classify(page.outlines, page.title)):
        if block in before:
            continue
        sure = abs(scores[block] - border) > _SURE
        kept = verdict.label in _PROSE
        if verdict.label in _APART or kept == (scores[block] >= border) or not sure:
            decided[block] = verdict.label, verdict.reason
            scores[block] = scores[block] if sure else verdict.score
    return decided


_SHORT_CHARS = 40
_SURELY = 0.95
_WHOLE = cues.phrases(cues.WHOLE)


def _enclosing(page: Markup, element: int, marks: Mapping[int, int]) -> int | None:
    """The innermost marked element that holds an element."""
    while element >= 0:
        if element in marks:
            return element
        element = int(page.parents[element])
    return None


def _may_stand_apart(described: Described) -> Array:
    """Whether content can be a title, a caption or a byline: one row a block.

    A byline has a figure, a date or a word of its kind; a short reply in a thread has not.
    """
    may = np.ones((len(described.matrix), len(_APART)), bool)
    may[:, _APART.index(Label.BYLINE)] = (described.matrix[:, _SIGNS] > 0).any(1)
    return may


def _labels(content: Array, kinds: Array, may: Array, tags: Sequence[str]) -> tuple[Label, ...]:
    """Names of the kinds: content is named by its tag unless it clearly stands apart."""
    odds = np.exp(kinds - kinds.max(1, keepdims=True))
    apart = [_KIND_INDEX[label] for label in _APART]
    able = odds[:, apart] * may
    best = able.argmax(1)
    sure = able.max(1) / (odds[:, [*apart, _KIND_INDEX[Label.BODY]]].sum(1) + 1e-9)
    odds[:, [_KIND_INDEX[label] for label in _PROSE]] = 0
    odds[[tag in _NO_TITLES for tag in tags], _KIND_INDEX[Label.TITLE]] = 0
    columns = (content, odds.argmax(1), sure > _APART_SURE, best)
    return tuple(
        (_APART[kind] if stands else _TAG_LABELS.get(tag, Label.BODY)) if kept else KINDS[other]
        for tag, kept, other, stands, kind in zip(
            tags, *(column.tolist() for column in columns), strict=True
        )
    )


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
