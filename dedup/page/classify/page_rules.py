"""Decisions that look at the page as a whole: what its type says, and that a text is never lost."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from dedup.config import Favor
from dedup.model import Label, PageType, SourceKind
from dedup.page.classify.cues import TAG_LABELS
from dedup.page.classify.features import Described
from dedup.page.classify.network import Model
from dedup.page.classify.schema import KINDS, TYPES, zone_masks
from dedup.page.table import PageTable

Array = np.ndarray[Any, Any]


class Decision(NamedTuple):
    """What a rule decided of a block.

    Attributes:
        label: its label; none: whatever it is but content.
        reason: in words; empty: the model's.
    """

    label: Label | None
    reason: str


# From which score a block is content. Our choice; between .35 and .6 the cross-validated F1 of most
# sets moves by less than .01. On articles what is unsure is mostly teasers: .55 gained on the
# articles of the sets in English, Russian and German, .65 lost on those of `wcxb`.
THRESHOLDS = {Favor.PRECISION: 0.65, Favor.BALANCED: 0.45, Favor.RECALL: 0.25}
_ON_ARTICLES = 0.55
_IS_TYPE = 0.5  # how sure of a type its threshold and its layout take effect
# Comments are no part of an article, but are all of a thread: so sure must the type be. Where the
# article is shorter than so many tokens, what is left may be no article.
_SURE_ARTICLE = 0.8
_ARTICLE_TOKENS = 80
_COMMENT_LIKELY = 0.5
_COMMENT_NAMES = zone_masks(("own:comment", "around:comment"))
_COMMENT = KINDS.index(Label.COMMENT)
_FIELDS = frozenset({"textarea", "option", "optgroup", "select"})
# What is likely enough to be kept where nothing else is: below, a page holds no text of its own.
_LEAST_LIKELY = 0.02
_OF_THE_BEST = 0.5


def threshold_for(favor: Favor, types: Array, kind: SourceKind) -> float:
    """From which score a block is content, on a page of given types.

    >>> types = np.array([0.9, *[0.0] * 6])
    >>> threshold_for(Favor.BALANCED, types, SourceKind.HTML)
    0.55
    """
    if favor is Favor.BALANCED and _is(PageType.ARTICLE, types, kind, _IS_TYPE):
        return _ON_ARTICLES
    return THRESHOLDS[favor]


def is_thread(types: Array, kind: SourceKind) -> bool:
    """Whether all content is text: in threads no title, byline or caption is told from a reply."""
    return _is(PageType.FORUM, types, kind, _IS_TYPE)


def _is(wanted: PageType, types: Array, kind: SourceKind, sure: float) -> bool:
    if kind is not SourceKind.HTML or not len(types):
        return False
    return bool(types[TYPES.index(wanted)] > sure)


def kinds_in_article(
    model: Model, described: Described, content: Array, types: Array, kind: SourceKind
) -> Array | None:
    """What the blocks of the content are, (blocks of content, kinds), where it is an article's."""
    if not _is(PageType.ARTICLE, types, kind, _SURE_ARTICLE):
        return None
    return model.kinds_within(described, np.flatnonzero(content).astype(np.int32))


def comments_on_article(
    described: Described, content: Array, kinds: Array | None
) -> dict[int, Decision]:
    """The comments among the content of an article; ``kinds``: see `kinds_in_article`."""
    if kinds is None or not len(kinds):
        return {}
    which = np.flatnonzero(content).astype(np.int32)
    comment = kinds[:, _COMMENT] > _COMMENT_LIKELY
    comment |= (described.dense(which)[1] & _COMMENT_NAMES).any(1)
    if not comment.any() or described.tokens[which[~comment]].sum() < _ARTICLE_TOKENS:
        return {}
    decision = Decision(Label.COMMENT, "a comment, on an article")
    return dict.fromkeys(which[comment].tolist(), decision)


def form_fields(page: PageTable, content: Array) -> dict[int, Decision]:
    """The fields of forms among the content, where there is other content."""
    found = page.tagged(_FIELDS) & content
    if not found.any() or (found == content).all():
        return {}
    return dict.fromkeys(np.flatnonzero(found).tolist(), Decision(Label.FORM, "a field of a form"))


def likeliest_run(
    page: PageTable, described: Described, scores: Sequence[float], barred: Collection[int]
) -> dict[int, Decision]:
    """The run of blocks that is likeliest the text of a page of which nothing is kept.

    Args:
        page: the page's columns.
        described: its features.
        scores: per block, the probability of content.
        barred: blocks that must not be kept.
    """
    tags = page.block_tags
    best = max((s for b, s in enumerate(scores) if b not in barred), default=0.0)
    if best < _LEAST_LIKELY:
        return {}
    least = best * _OF_THE_BEST
    begin = end = start = 0
    most = gained = 0.0
    for block, size in enumerate(np.sqrt(described.tokens).tolist()):
        able = block not in barred and tags[block] not in _FIELDS
        gained += size * (scores[block] - least) if able else -1.0
        if gained <= 0:
            gained, start = 0.0, block + 1
        elif gained > most:
            most, begin, end = gained, start, block + 1
    reason = "likeliest to be the text of a page of which nothing is sure"
    labels = {**TAG_LABELS, "figcaption": Label.BODY}
    return {
        block: Decision(labels.get(tags[block], Label.BODY), reason)
        for block in range(begin, end)
        if scores[block] >= least and block not in barred and tags[block] not in _FIELDS
    }
