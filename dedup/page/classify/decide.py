"""Blocks to labels by the learned model: content or not, the kind, and the reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dedup.config import PageSettings
from dedup.errors import SettingsError
from dedup.model import Label, LabelledBlock, SourceKind
from dedup.page.classify.cues import WHOLE, phrases
from dedup.page.classify.explain import strongest_features
from dedup.page.classify.features import Described, features_of
from dedup.page.classify.network import Model, shipped
from dedup.page.classify.rules import classify
from dedup.page.classify.schema import FEATURES, KINDS
from dedup.page.repeats import reason_of
from dedup.page.source.embedded import NOSCRIPT, WHERE
from dedup.page.table import PageTable

Array = np.ndarray[Any, Any]

# From which score a block is content. Our choice; between .35 and .6 the cross-validated F1 of most
# sets moves by less than .01.
THRESHOLDS = {"precision": 0.65, "balanced": 0.45, "recall": 0.25}
# How sure the kinds must be that a content block is a title, a caption or a byline and no body:
# measured on the pages with gold texts (a paragraph lost as a title costs most) and on the labelled
# ones. Outside the content they must be so sure against all other kinds; .4 to .7 differ little.
_APART_SURE = {Label.TITLE: 0.97, Label.CAPTION: 0.85, Label.BYLINE: 0.9}
_APART_OUTSIDE = 0.6
# Tokens beyond which nothing stands apart: of the labelled titles, bylines and captions 99.5 % have
# fewer than 70.
_BRIEF = 80
# A block that no kind is likelier for is called what most are outside the content: navigation.
_LIKELY = 0.25

# Text under a key that says "body" is content at least so surely: it was looked for because the
# tree holds none.
_FOUND = np.float32(0.7)

# What advertisements are announced by.
_AD = frozenset(phrase for phrase, label in phrases(WHOLE).items() if label is Label.AD)
_LONGEST_AD = max(map(len, _AD))

# On a page of few blocks the shape of the page says little and rules cost little: there the rules
# name the kinds, and decide where the model is not sure by so much.
_FEW = 40
_SURE = 0.4

_APART = tuple(_APART_SURE)
_PROSE = (Label.BODY, Label.HEADING, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE)
_APART_COLUMNS = [KINDS.index(label) for label in _APART]
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


@dataclass(frozen=True)
class Verdicts:
    """What the model says of the blocks of a page.

    Attributes:
        page: the page's columns.
        described: its features.
        model: the model that was asked.
        scores: one a block: probability of content.
        content: one a block: whether the model takes it for content.
        decided: blocks that a rule decided: their label (none: whatever it is but content), and
            the reason, if it is not the model's.
    """

    page: PageTable
    described: Described
    model: Model
    scores: Array
    content: Array
    decided: Mapping[int, tuple[Label | None, str]]

    @cached_property
    def kept(self) -> tuple[Label | None, ...]:
        """One a block: its label where it is content by its score or a rule, else none."""
        kept: list[Label | None] = [None] * len(self.content)
        places = np.flatnonzero(self.content).tolist()
        apart: list[Label | None] = [None] * len(places)
        if places and self.page.kind is SourceKind.HTML:
            # Without elements paragraphs are taken for titles and bylines.
            apart = _within(self.model, self.described, self.content)
        for block, label in zip(places, apart, strict=True):
            kept[block] = label or _TAG_LABELS.get(self.page.block_tags[block], Label.BODY)
        for block, (label, _) in self.decided.items():
            kept[block] = label if label is not None and label.is_content else None
        return tuple(kept)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """One a block."""
        others = _outside(self.model, self.described, self.content, self.page.block_tags)
        others |= {b: label for b, (label, _) in self.decided.items() if label is not None}
        return tuple(
            label or others.get(block, Label.OTHER) for block, label in enumerate(self.kept)
        )

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """One a block: the rule that decided, or the strongest features, in words."""
        strongest = strongest_features(self.model, self.described, self.labels)
        return tuple(
            self.decided.get(block, (None, ""))[1] or self._where(block) + words
            for block, words in enumerate(strongest)
        )

    def _where(self, block: int) -> str:
        """A word on text that was found outside the tree."""
        if self.page.outside and self.page.blocks.element[block] >= self.page.outside[0]:
            return WHERE[self.page.outside[1]] + ": "
        return ""

    def labelled(self, copies: Mapping[int, int]) -> tuple[LabelledBlock, ...]:
        """The verdicts beside the blocks; what repeats another block takes its label over."""
        blocks = []
        for block, label, score, reason in zip(
            self.page.views, self.labels, self.scores.tolist(), self.reasons, strict=True
        ):
            keep = copies.get(block.index)
            if keep is None:
                blocks.append(LabelledBlock(block, label, score, reason))
            else:
                label = self.labels[keep]
                blocks.append(LabelledBlock(block, label, score, reason_of(keep), keep))
        return tuple(blocks)


def judge(
    page: PageTable,
    settings: PageSettings,
    model: Model | None = None,
    rules: Sequence[tuple[str, Label]] = (),
) -> Verdicts:
    """Label every block of a page.

    Args:
        page: the page's columns; `blocks_of_html` must have been given the selectors of the rules.
        settings: which side to favor.
        model: the one that comes with the package if not given.
        rules: the site's selectors and labels, see `dedup.page.classify.site_rules`.

    >>> from dedup.page.source.html import blocks_of_html
    >>> page = blocks_of_html("<nav><a href=/>Home</a></nav><article><h1>Library</h1><p>The town's"
    ...     " new library opened on Monday, after three years of work. It holds 20,000 books, and"
    ...     " the mayor said that there is room for more.</p></article><footer>© Town</footer>")
    >>> [label.value for label in judge(page, PageSettings()).labels]
    ['nav', 'title', 'body', 'legal']
    """
    if settings.favor not in THRESHOLDS:
        raise SettingsError(f"favor is one of {', '.join(THRESHOLDS)}, not {settings.favor!r}")
    described = features_of(page)
    model = model or shipped("dom" if page.kind is SourceKind.HTML else "text")
    if not len(page.blocks):
        return Verdicts(page, described, model, np.zeros(0, np.float32), np.zeros(0, bool), {})
    scores = model.scores(described)
    border = THRESHOLDS[settings.favor]
    content = scores >= border
    tags = page.block_tags
    decided = _by_site(page, tags, rules)
    decided |= _found_outside(page, tags, content, decided)
    for block, (label, _) in decided.items():
        scores[block] = max(scores[block], _FOUND) if label in _PROSE else 0
    decided |= _announced(page.blocks.texts, decided)
    if len(tags) <= _FEW:
        decided |= _by_rules(page, scores, border, decided)
    return Verdicts(page, described, model, scores, content, decided)


_Decided = dict[int, tuple[Label | None, str]]


def _by_site(page: PageTable, tags: Sequence[str], rules: Sequence[tuple[str, Label]]) -> _Decided:
    """What the rules of the site say."""
    decided: _Decided = {}
    for block, element in enumerate(page.blocks.element if page.marks else ()):
        place = _enclosing(page, element, page.marks or {})
        if place is not None and page.marks:
            selector, label = rules[page.marks[place]]
            label = _TAG_LABELS.get(tags[block], label) if label is Label.BODY else label
            dropped = label is Label.OTHER
            decided[block] = None if dropped else label, f"the site's rule {selector}"
    return decided


def _found_outside(page: PageTable, tags: Sequence[str], kept: Array, before: _Decided) -> _Decided:
    """Text under a key that says "body" is content where the tree holds less than it."""
    if page.outside is None or page.outside[1] == NOSCRIPT:
        return {}
    start, where = page.outside
    sizes = [0, 0]
    for text, element, keep in zip(page.blocks.texts, page.blocks.element, kept, strict=True):
        if element >= start or keep:
            sizes[int(element >= start)] += len(text)
    wanted = sizes[1] > sizes[0]
    return {
        block: (_TAG_LABELS.get(tags[block], Label.BODY), "")
        if wanted
        else (None, f"{WHERE[where]}: the tree holds more")
        for block, element in enumerate(page.blocks.element)
        if element >= start and block not in before
    }


def _announced(texts: Sequence[str], before: _Decided) -> _Decided:
    """Blocks that say they are an advertisement, and nothing else: wherever they stand."""
    return {
        block: (Label.AD, f'says "{text.lower()}" and nothing else')
        for block, text in enumerate(texts)
        if len(text) <= _LONGEST_AD and text.lower() in _AD and block not in before
    }


def _by_rules(page: PageTable, scores: Array, border: float, before: _Decided) -> _Decided:
    """The rules' verdicts where they agree with the model, or the model is not sure."""
    decided: _Decided = {}
    for block, verdict in enumerate(classify(page.views, page.title)):
        if block in before:
            continue
        kept = verdict.label in _PROSE
        sure = abs(scores[block] - border) > _SURE
        if verdict.label in _APART or kept == (scores[block] >= border) or not sure:
            decided[block] = verdict.label, verdict.reason
            scores[block] = scores[block] if sure else verdict.score
    return decided


def _enclosing(page: PageTable, element: int, marks: Mapping[int, int]) -> int | None:
    """The innermost marked element that holds an element."""
    while element >= 0:
        if element in marks:
            return element
        element = int(page.elements.parent[element])
    return None


def _within(model: Model, described: Described, content: Array) -> list[Label | None]:
    """Which blocks of the content clearly stand apart, one a block of content."""
    kinds = model.kinds_within(described, np.flatnonzero(content).astype(np.int32))
    able = kinds[:, _APART_COLUMNS]
    # A byline has a figure, a date or a word of its kind; a short reply in a thread has not.
    signed = (described.matrix[content][:, _SIGNS] > 0).any(1)
    able[:, _APART.index(Label.BYLINE)] *= signed
    able[described.tokens[content] > _BRIEF] = 0
    body = kinds[:, [*_APART_COLUMNS, KINDS.index(Label.BODY)]].sum(1)
    able[able <= np.outer(body, list(_APART_SURE.values()))] = 0
    return [
        _APART[kind] if stands else None
        for kind, stands in zip(able.argmax(1).tolist(), (able.max(1) > 0).tolist(), strict=True)
    ]


def _outside(
    model: Model, described: Described, content: Array, tags: Sequence[str]
) -> dict[int, Label]:
    """The kinds of the blocks outside the content."""
    kinds = model.kinds_outside(described, content)
    kinds[:, KINDS.index(Label.BODY)] = 0
    apart = kinds[:, _APART_COLUMNS]
    stands = (apart > _APART_OUTSIDE) & (described.tokens <= _BRIEF)[:, None]
    kinds[:, _APART_COLUMNS] = np.where(stands, apart, 0)
    kinds[[tag in _NO_TITLES for tag in tags], KINDS.index(Label.TITLE)] = 0
    kinds[kinds.max(1, initial=0) < _LIKELY, KINDS.index(Label.NAV)] = 1
    best = kinds.argmax(1).tolist()
    return {block: KINDS[best[block]] for block in np.flatnonzero(~content).tolist()}
