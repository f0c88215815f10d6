"""How similar the compared documents are: a distribution, and the pairs on either side of it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import NearSettings
from dedup.near.bands import split
from dedup.near.relation import CONTAINS, relate
from dedup.near.verify import Verified

# Bars of the distributions, and the similarity at which the first begins.
BARS, LOWEST = 30, 0.4
NEAREST = 8  # pairs on either side of the threshold


def similarity(
    verified: Verified, chosen: npt.NDArray[np.int64], near: NearSettings
) -> dict[str, Any]:
    """What is told of the verified pairs.

    Args:
        verified: the pairs, by places in ``chosen``. What shares too little is not among them.
        chosen: the documents that were compared.
        near: the thresholds.

    Returns:
        ``jaccard`` and ``containment`` (the larger one of each pair): counts per bar, of `BARS`
        from `LOWEST` to 1; ``above`` and ``below``: the pairs nearest to the threshold as
        documents and figures. A pair of which one lies in the other is in neither: the threshold
        does not decide about it.
    """
    found = verified.figures
    containment = np.maximum(found.containment_a, found.containment_b)
    decided = relate(verified.size_a, verified.size_b, verified.shared, near)
    a, b = split(verified.pairs)
    distance = found.jaccard - near.threshold
    free = decided.kind != CONTAINS

    def nearest(side: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
        at = np.flatnonzero(side & free)
        at = at[np.argsort(np.abs(distance[at]), kind="stable")[:NEAREST]]
        return [
            {
                "documents": [int(chosen[a[i]]), int(chosen[b[i]])],
                "jaccard": float(found.jaccard[i]),
                "containment": float(found.containment_a[i]),
                "partner_containment": float(found.containment_b[i]),
            }
            for i in at.tolist()
        ]

    return {
        "jaccard": _counts(found.jaccard),
        "containment": _counts(containment),
        "above": nearest(distance >= 0),
        "below": nearest(distance < 0),
    }


def _counts(values: npt.NDArray[np.float64]) -> list[int]:
    # A value on a border between two bars belongs to the upper one, also where it is a hair less.
    at = np.floor((values - LOWEST) / (1 - LOWEST) * BARS + 1e-9).astype(np.int64)
    counts: list[int] = np.bincount(np.clip(at, 0, BARS - 1), minlength=BARS).tolist()
    return counts
