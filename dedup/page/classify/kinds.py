"""What kind each block is, by the model: apart from the text, or outside of the content."""

from typing import Any

import numpy as np

from dedup.kernels.features import DENSE
from dedup.model import Label
from dedup.page.classify.features import Described
from dedup.page.classify.network import Model
from dedup.page.classify.schema import KINDS, zone_masks
from dedup.page.table import PageTable

Array = np.ndarray[Any, Any]

# How sure the kinds must be that a content block is a title, a caption or a byline and no body:
# measured on the pages with gold texts (a paragraph lost as a title costs most) and on the labelled
# ones. Outside the content they must be so sure against all other kinds; .4 to .7 differ little.
_APART_SURE = {Label.TITLE: 0.97, Label.CAPTION: 0.85, Label.BYLINE: 0.9}
_APART_OUTSIDE = 0.6
# Tokens beyond which nothing stands apart: of the labelled titles, bylines and captions 99.5 % have
# fewer than 70.
BRIEF = 80
# A byline stands beside the text: not between paragraphs of at least so many tokens, and no more
# than so many in a row.
_PARAGRAPH = 25
_BYLINES = 4
# A block that no kind is likelier for is called what most are outside the content: navigation.
_LIKELY = 0.25

LABELS = tuple(Label)
CODE = {label: code for code, label in enumerate(LABELS)}
NONE = len(LABELS)  # no label
CONTENT_CODE: dict[Label | None, int] = {
    label: code for label, code in CODE.items() if label.is_content
}
APART = tuple(_APART_SURE)
_SURE = np.array([*_APART_SURE.values()])
_APART_CODES = np.array([CODE[label] for label in APART], np.uint8)
_APART_COLUMNS = [KINDS.index(label) for label in APART]
_KIND_CODES = np.array([CODE[label] for label in KINDS], np.uint8)
_NO_TITLES = frozenset({"button", "li", "select", "label", "textarea", "legend", "td", "tr"})
# The inputs by which a byline shows.
_SIGN_COLUMNS = [DENSE["year"], DENSE["starts_digit"]]
_SIGN_MASKS = zone_masks(
    ("text:byline", "text:date", "own:byline", "own:date", "own:user", "own:meta",
     "around:byline", "around:date")
)  # fmt: skip


def kinds_apart(kinds: Array, described: Described, which: Array, content: Array) -> Array:
    """Which short blocks of the content clearly stand apart: the code of their kind, or none.

    Args:
        kinds: (short blocks, kinds), how likely each kind is.
        described: the page's features.
        which: the short blocks, rising.
        content: (blocks,) bool.
    """
    if not len(which):
        return np.zeros(0, np.uint8)
    able = kinds[:, _APART_COLUMNS]
    body = kinds[:, [*_APART_COLUMNS, KINDS.index(Label.BODY)]].sum(1)
    sure = able > body[:, None] * _SURE
    if not sure.any():
        return np.full(len(which), NONE, np.uint8)
    # A byline has a figure, a date or a word of its kind; a short reply in a thread has not.
    byline = APART.index(Label.BYLINE)
    signed = np.flatnonzero(sure[:, byline])
    if len(signed):
        dense, masks = described.dense(which[signed])
        sure[signed, byline] = (dense[:, _SIGN_COLUMNS] > 0).any(1) | (masks & _SIGN_MASKS).any(1)
        sure[:, byline] &= ~_amid(described.tokens, which, content)
        sure[:, byline] &= ~_in_a_row(which, sure[:, byline])
    able[~sure] = 0
    return np.where(sure.any(1), _APART_CODES[able.argmax(1)], NONE).astype(np.uint8)


def _amid(tokens: Array, which: Array, content: Array) -> Array:
    """Which blocks have a paragraph of the content on each side."""
    prose = np.pad(content & (tokens >= _PARAGRAPH), 1)
    return np.asarray(prose[which] & prose[which + 2])


def _in_a_row(which: Array, bylines: Array) -> Array:
    """Which blocks are among too many bylines one after the other."""
    row = np.cumsum(np.append(True, (np.diff(which) != 1) | ~bylines[1:] | ~bylines[:-1])) - 1
    return np.asarray(np.bincount(row)[row] > _BYLINES)


def kinds_outside(model: Model, described: Described, content: Array, page: PageTable) -> Array:
    """The codes of the kinds of all blocks; those of content mean nothing."""
    kinds = model.kinds_outside(described, content)
    kinds[:, KINDS.index(Label.BODY)] = 0
    apart = kinds[:, _APART_COLUMNS]
    stands = (apart > _APART_OUTSIDE) & (described.tokens <= BRIEF)[:, None]
    kinds[:, _APART_COLUMNS] = np.where(stands, apart, 0)
    kinds[page.tagged(_NO_TITLES), KINDS.index(Label.TITLE)] = 0
    kinds[kinds.max(1, initial=0) < _LIKELY, KINDS.index(Label.NAV)] = 1
    codes: Array = _KIND_CODES[kinds.argmax(1)]
    # Content that a rule took out and did not name is something else.
    codes[content] = CODE[Label.OTHER]
    return codes
