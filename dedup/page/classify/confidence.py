"""How good the text of a page is, as far as the classifier can tell."""

from typing import Any

import numpy as np

from dedup.page.classify.network import Scores
from dedup.page.classify.schema import SIGNS

Array = np.ndarray[Any, Any]

_UNSURE = (0.2, 0.8)


def signs_of(tokens: Array, scores: Array, said: Scores, kept: Array) -> Array:
    """What the confidence is made from, (len(SIGNS),) float32.

    Args:
        tokens: (blocks,), tokens of each block.
        scores: (blocks,), the probability of content, after the rules.
        said: what the networks said before them.
        kept: (blocks,), which blocks are text.
    """
    mass = tokens * scores
    text, expected, whole = tokens[kept].sum(), mass.sum(), max(float(tokens.sum()), 1.0)
    right = mass[kept].sum()
    unsure = (scores > _UNSURE[0]) & (scores < _UNSURE[1])
    begins = kept.copy()
    begins[1:] &= ~kept[:-1]
    out = np.empty(len(SIGNS), np.float32)
    out[: -len(said.types)] = (
        right / max(text, 1),
        right / max(expected, 1),
        np.log1p(text),
        np.log1p(whole),
        mass[unsure].sum() / max(expected, 1),
        np.abs(tokens * (said.content - said.first)).sum() / whole,
        np.log1p(np.count_nonzero(begins)),
        np.log1p(np.count_nonzero(kept)),
        np.log1p(len(kept)),
        tokens[kept].max(initial=0) / max(text, 1),
        scores.max(initial=0),
    )
    out[-len(said.types) :] = said.types
    return out
