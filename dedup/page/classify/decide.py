"""Blocks to labels: what the model and the rules say, and the one decision between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from dedup.config import Favor, PageSettings
from dedup.model import Block, Label, PageType, SourceKind
from dedup.page.classify.announced import announced
from dedup.page.classify.confidence import signs_of
from dedup.page.classify.cues import TAG_LABELS
from dedup.page.classify.explain import strongest_features
from dedup.page.classify.features import Described, features_of
from dedup.page.classify.kinds import (
    APART,
    BRIEF,
    CODE,
    CONTENT_CODE,
    LABELS,
    NONE,
    kinds_apart,
    kinds_outside,
)
from dedup.page.classify.network import Model, Scores, shipped
from dedup.page.classify.page_rules import (
    Decision,
    comments_on_article,
    form_fields,
    is_thread,
    kinds_in_article,
    likeliest_run,
    threshold_for,
)
from dedup.page.classify.rules import labels_of
from dedup.page.classify.sayings import closing_date
from dedup.page.classify.schema import TYPES
from dedup.page.classify.site_rules import by_site
from dedup.page.source.embedded import NOSCRIPT, WHERE
from dedup.page.table import PageTable

Array = np.ndarray[Any, Any]

# Text under a key that says "body" is content at least so surely: it was looked for because the
# tree holds none.
_FOUND = np.float32(0.7)


class Trust(NamedTuple):
    """How far the rules are followed where they and the model disagree on what is content.

    A distance from the decision threshold: a score that lies further off overrules the rule. None:
    the rules are not asked. Where both agree, the rule names the kind.

    Attributes:
        few: on pages of at most `_FEW` blocks.
        many: on larger ones.
        item: for the items of lists, on larger ones.
    """

    few: float | None
    many: float | None
    item: float | None


_FEW = 40
# Always: no score lies further from the threshold.
_ALWAYS = 1.0
# On a small page its shape says little and rules cost little. The shape of a large one says more
# than its words: where there are elements, the rules are not asked there, which saves the time that
# they take per block. In text what a bullet says the model hardly sees: measured on the development
# pages, as HTML and rendered to lines (.10 to .20 are within .01 of each other there). Markdown is
# written by people, and holds no menus, which the model would look for.
TRUST = {
    SourceKind.HTML: Trust(few=0.4, many=None, item=None),
    SourceKind.TEXT: Trust(few=0.4, many=0.15, item=0.35),
    SourceKind.MARKDOWN: Trust(few=_ALWAYS, many=_ALWAYS, item=_ALWAYS),
}

_PROSE = (Label.BODY, Label.HEADING, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE)
_PROSE_CODES = np.array([label in _PROSE for label in (*LABELS, None)])
_Decided = dict[int, Decision]


@dataclass(frozen=True)
class Verdicts:
    """What is decided of the blocks of a page; names and reasons are found when they are asked for.

    Attributes:
        page: the page's columns.
        described: its features.
        model: the model that was asked.
        scores: (blocks,) float32, the probability of content.
        content: (blocks,) bool, whether the model takes it for content.
        decided: blocks that a rule decided.
        said: what the networks said, before any rule.
        kinds: what each block of the content is, where that was asked; see `kinds_in_article`.
        given: the blocks, where they were made before.
    """

    page: PageTable
    described: Described
    model: Model
    scores: Array
    content: Array
    decided: Mapping[int, Decision]
    said: Scores
    kinds: Array | None = None
    given: Sequence[Block] | None = None
    _reasons: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def type(self) -> tuple[PageType, float]:
        """What the page is, and how likely that is."""
        types = self.said.types
        if not len(types):
            return PageType.OTHER, 0.0
        best = int(types.argmax())
        return TYPES[best], float(types[best])

    @property
    def signs(self) -> Array:
        """What tells how good the text is: see `confidence.signs_of`."""
        return signs_of(self.described.tokens, self.scores, self.said, self.is_text)

    @cached_property
    def confidence(self) -> float:
        """An estimate of the F1 of the page's text; 0 where there are no blocks."""
        return self.model.confidence_of(self.signs) if len(self.scores) else 0.0

    @cached_property
    def _kept(self) -> Array:
        """Per block the code of its label where it is content by its score or a rule."""
        codes = _tag_codes(self.page.elements.tags)[
            self.page.elements.tag[self.page.blocks.element]
        ]
        codes[~self.content] = NONE
        # Without a tree paragraphs are taken for titles and bylines, and in a thread replies.
        if self.page.kind is SourceKind.HTML and not is_thread(self.said.types, self.page.kind):
            short = self.described.tokens <= BRIEF
            brief = np.flatnonzero(self.content & short).astype(np.int32)
            if self.kinds is None:
                kinds = self.model.kinds_within(self.described, brief)
            else:
                kinds = self.kinds[short[self.content]]
            apart = kinds_apart(kinds, self.described, brief, self.content)
            codes[brief] = np.where(apart == NONE, codes[brief], apart)
        if self.decided:
            given = [CONTENT_CODE.get(label, NONE) for label, _ in self.decided.values()]
            codes[list(self.decided)] = given
        return codes

    @property
    def kept(self) -> tuple[Label | None, ...]:
        """Per block its label where it is content by its score or a rule, else none."""
        return tuple(LABELS[code] if code < NONE else None for code in self._kept.tolist())

    @cached_property
    def named(self) -> Array:
        """Per block the place of its label in `Label`."""
        others = kinds_outside(self.model, self.described, self.content, self.page)
        for block, (label, _) in self.decided.items():
            if label is not None:
                others[block] = CODE[label]
        return np.where(self._kept == NONE, others, self._kept)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """Per block its label."""
        return tuple(map(LABELS.__getitem__, self.named.tolist()))

    def having(self, labels: frozenset[Label], everywhere: bool) -> Array:
        """The blocks that have one of some labels.

        Args:
            labels: the labels.
            everywhere: also among the blocks outside the content, which takes longer to tell.
        """
        return np.flatnonzero(_wanted(labels)[self.named if everywhere else self._kept])

    @property
    def is_text(self) -> Array:
        """Which blocks are kept as text, and not as a title, byline or caption beside it."""
        return np.asarray(_PROSE_CODES[self._kept])

    @property
    def found(self) -> Array:
        """The blocks of the content."""
        return np.flatnonzero(self._kept < NONE)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Per block the rule that decided, or the strongest features, in words."""
        return tuple(self.reasons_of(0, len(self)))

    def reasons_of(self, first: int, last: int) -> list[str]:
        """The same of some blocks; what the model says is kept, since it takes long to find."""
        blocks = range(first, last)
        said = {at: found.reason for at in blocks if (found := self.decided.get(at)) is not None}
        unknown = [at for at in blocks if not said.get(at) and at not in self._reasons]
        if unknown:
            which = np.array(unknown, np.int32)
            labels = [LABELS[code] for code in self.named[which].tolist()]
            words = strongest_features(self.model, self.described, which, labels)
            for block, strongest in zip(unknown, words, strict=True):
                self._reasons[block] = self._where(block) + strongest
        return [said.get(at) or self._reasons[at] for at in blocks]

    def _where(self, block: int) -> str:
        """A word on text that was found outside the tree."""
        if self.page.outside and self.page.blocks.element[block] >= self.page.outside[0]:
            return WHERE[self.page.outside[1]] + ": "
        return ""


def judge(
    page: PageTable,
    settings: PageSettings,
    model: Model | None = None,
    *,
    kind: SourceKind = SourceKind.HTML,
    rules: Sequence[tuple[str, Label]] = (),
    blocks: Sequence[Block] | None = None,
) -> Verdicts:
    """Label every block of a page.

    Args:
        page: the page's columns; `blocks_of_html` must have been given the selectors of the rules.
        settings: which side to favor.
        model: the one that comes with the package if not given.
        kind: what the source is; it says how far the rules are followed (`TRUST`).
        rules: the site's selectors and labels, see `dedup.page.classify.site_rules`.
        blocks: the blocks, where they were made before.

    >>> from dedup.page.source.html import blocks_of_html
    >>> page = blocks_of_html("<nav><a href=/>Home</a></nav><article><h1>Library</h1><p>The town's"
    ...     " new library opened on Monday, after three years of work. It holds 20,000 books, and"
    ...     " the mayor said that there is room for more.</p></article><footer>© Town</footer>")
    >>> [label.value for label in judge(page, PageSettings()).labels]
    ['nav', 'title', 'body', 'legal']
    """
    described = features_of(page)
    model = model or shipped("dom" if page.kind is SourceKind.HTML else "text")
    if not len(described):
        none = np.zeros(0, np.float32)
        return Verdicts(page, described, model, none, none > 0, {}, Scores(none, none, none))
    said = model.scores(described)
    scores = said.content.copy()
    threshold = threshold_for(settings.favor, said.types, kind)
    content = scores >= threshold
    decided = by_site(page, rules) if page.marks else {}
    if page.outside is not None:
        decided |= _found_outside(page, content, decided)
    for block, (label, _) in decided.items():
        scores[block] = max(scores[block], _FOUND) if label in _PROSE else 0
    for block, phrase in announced(page, described).items():
        decided.setdefault(block, Decision(Label.AD, f'says "{phrase}" and nothing else'))
    fixed = dict(decided)
    decided |= _by_rules(page, described, TRUST[kind], scores, threshold, decided, blocks)
    decided |= form_fields(page, content)
    kinds = kinds_in_article(model, described, content, said.types, kind)
    decided |= comments_on_article(described, content, kinds)
    decided |= fixed
    verdicts = Verdicts(page, described, model, scores, content, decided, said, kinds, blocks)
    if verdicts.is_text.any() or settings.favor is Favor.PRECISION:
        return verdicts
    likeliest = likeliest_run(page, described, scores.tolist(), fixed)
    return replace(verdicts, decided=decided | likeliest | fixed)


def _by_rules(
    page: PageTable,
    described: Described,
    trust: Trust,
    scores: Array,
    threshold: float,
    before: _Decided,
    blocks: Sequence[Block] | None,
) -> _Decided:
    """The verdicts of the rules that are followed, by the trust in them.

    A rule is followed where it and the model agree on what is content, where the score is nearer to
    the threshold than the rules are trusted, and where it is firm: titles, bylines and captions
    show by their words, and a dated item is a link to an article, however much its list looks like
    text. The score is the rule's where they do not agree.
    """
    few = len(scores) <= _FEW
    other = trust.few if few else trust.many
    item = trust.few if few else trust.item
    if other is None or item is None:
        return {}
    decided: _Decided = {}
    known = scores.tolist()
    rows = page.unplaced if blocks is None else blocks
    labels = labels_of(rows, page.title, described.tokens.astype(int).tolist())
    for place, (block, (label, reason), score) in enumerate(zip(rows, labels, known, strict=True)):
        if place in before:
            continue
        agree = (label in _PROSE) == (score >= threshold)
        margin = item if block.tag == "li" else other
        if agree or abs(score - threshold) <= margin or _firm(block, label):
            decided[place] = Decision(label, reason)
            if not agree or margin >= _ALWAYS:
                scores[place] = label.is_content
    return decided


def _firm(block: Block, label: Label) -> bool:
    if label in APART:
        return True
    return block.tag == "li" and label is Label.RELATED and closing_date(block.text) != ""


def _found_outside(page: PageTable, kept: Array, before: _Decided) -> _Decided:
    """Text under a key that says "body" is content where the tree holds less than it."""
    if page.outside is None or page.outside[1] == NOSCRIPT:
        return {}
    start, where = page.outside
    sizes = [0, 0]
    elements = page.blocks.element.tolist()
    for text, element, keep in zip(page.blocks.texts, elements, kept.tolist(), strict=True):
        if element >= start or keep:
            sizes[int(element >= start)] += len(text)
    wanted = sizes[1] > sizes[0]
    return {
        block: Decision(TAG_LABELS.get(page.block_tags[block], Label.BODY), "")
        if wanted
        else Decision(None, f"{WHERE[where]}: the tree holds more")
        for block, element in enumerate(elements)
        if element >= start and block not in before
    }


@lru_cache(maxsize=64)
def _wanted(labels: frozenset[Label]) -> Array:
    """Which codes are those of some labels."""
    return np.array([label in labels for label in (*LABELS, None)])


@lru_cache(maxsize=64)
def _tag_codes(kinds: tuple[str, ...]) -> Array:
    """Per tag the code of what content is called by it."""
    codes = np.array([CODE[TAG_LABELS.get(tag, Label.BODY)] for tag in kinds], np.uint8)
    codes.flags.writeable = False
    return codes
