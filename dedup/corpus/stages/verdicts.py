"""What becomes of each document: from clusters and containments to one verdict a document."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dedup.model import Relation
from dedup.near.results import Clusters, Matches

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Fate(IntEnum):
    """What becomes of a document. Those above `KEPT` are left out of the corpus.

    ``REPEATED``: its paragraphs or passages are in other documents, and too little else is left.
    ``UNCERTAIN``: set apart, since the confidence in its text is low.
    """

    KEPT = 0
    EXACT = 1
    NEAR = 2
    CONTAINS = 3
    EMPTY = 4
    REPEATED = 5
    REJECTED = 6
    UNCERTAIN = 7


# What goes because something else stays.
REPEATS = (Fate.EXACT, Fate.NEAR, Fate.CONTAINS, Fate.REPEATED)


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """One verdict a document, as columns.

    Attributes:
        fate: a `Fate`.
        partner: the document with which this one has a verified match and that stands for it, or
            -1. It may in turn lie in a third one, which its own verdict names.
        jaccard: Jaccard similarity with the partner.
        containment: the share of this document that is in the partner.
        partner_containment: the share of the partner that is in this document.
    """

    fate: npt.NDArray[np.uint8]
    partner: Ints
    jaccard: Floats
    containment: Floats
    partner_containment: Floats


def judge(
    clusters: Clusters,
    tokens: Ints,
    drop_contained: bool,
    reference: int,
    grade: Floats | None = None,
) -> Verdicts:
    """Give each document its verdict.

    Args:
        clusters: what the search found.
        tokens: tokens of each document; without any it is empty, and no copy of another.
        drop_contained: whether to leave out documents that lie in one that is kept.
        reference: the first document that is only compared with, and always kept.
        grade: how good each text is, lower is better: one does not go for a worse one that holds
            it; None where all count alike.
    """
    texts = clusters.leaders.size
    empty = tokens == 0
    leaders = np.where(empty, np.arange(texts), clusters.leaders)
    fate = np.zeros(texts, np.uint8)
    partner = np.full(texts, -1, np.int64)
    figures = np.zeros((3, texts))
    heads = _heads(clusters.matches, texts)

    gone = np.flatnonzero(leaders != np.arange(texts))
    exact = heads[gone] == leaders[gone]
    fate[gone] = np.where(exact, Fate.EXACT, Fate.NEAR)
    partner[gone] = leaders[gone]
    figures[:, gone[exact]] = 1.0
    similar = gone[~exact]
    figures[:, similar], inside = _figures(clusters, heads[similar], leaders[similar])
    fate[similar[inside]] = Fate.CONTAINS

    if drop_contained:
        excerpts = clusters.excerpts
        if grade is not None:
            able = (grade[excerpts.b] <= grade[excerpts.a]) | (excerpts.b >= reference)
            excerpts = _chosen(excerpts, able)
        _contain(excerpts, tokens, reference, fate, partner, figures)
    fate[empty] = Fate.EMPTY
    fate[reference:] = Fate.KEPT
    return Verdicts(fate, partner, *figures)


def _heads(matches: Matches, texts: int) -> Ints:
    """For each text the one of its exact copies that stands for them."""
    heads = np.arange(texts)
    exact = _is_exact(matches)
    heads[matches.a[exact]] = matches.b[exact]
    return heads


def _is_exact(matches: Matches) -> npt.NDArray[np.bool_]:
    """Which matches are exact copies."""
    exact: npt.NDArray[np.bool_] = matches.kind == matches.kinds.index(Relation.EXACT)
    return exact


def _chosen(matches: Matches, chosen: npt.NDArray[np.bool_]) -> Matches:
    """Some of the matches."""
    names = ("a", "b", "jaccard", "containment_a", "containment_b", "kind")
    return replace(matches, **{name: getattr(matches, name)[chosen] for name in names})


def _figures(clusters: Clusters, ours: Ints, theirs: Ints) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Jaccard and both containments of verified pairs, and which are among the excerpts.

    A cluster may be joined by excerpts as well (``near.join_excerpts``).
    """
    near, excerpts = _chosen(clusters.matches, ~_is_exact(clusters.matches)), clusters.excerpts
    a, b = np.concatenate((near.a, excerpts.a)), np.concatenate((near.b, excerpts.b))
    known = np.minimum(a, b) << 32 | np.maximum(a, b)
    order = np.argsort(known)
    wanted = np.minimum(ours, theirs) << 32 | np.maximum(ours, theirs)
    at = order[np.searchsorted(known[order], wanted)]
    jaccard, in_b, in_a = (
        np.concatenate((getattr(near, name), getattr(excerpts, name)))[at]
        for name in ("jaccard", "containment_a", "containment_b")
    )
    swapped = a[at] != ours
    found = np.stack((jaccard, np.where(swapped, in_a, in_b), np.where(swapped, in_b, in_a)))
    return found, at >= len(near)


def _contain(
    excerpts: Matches,
    tokens: Ints,
    reference: int,
    fate: npt.NDArray[np.uint8],
    partner: Ints,
    figures: Floats,
) -> None:
    """Leave out documents that lie in a kept one; the longest are decided first.

    A document of which something else has been left out as a near-duplicate may go as well: what
    they shared is in the one that holds it.
    """
    order = np.lexsort((-excerpts.containment_a, -tokens[excerpts.b], -tokens[excerpts.a]))
    for at in order.tolist():
        a, b = int(excerpts.a[at]), int(excerpts.b[at])
        if a < reference and fate[a] == Fate.KEPT and fate[b] == Fate.KEPT:
            fate[a] = Fate.CONTAINS
            partner[a] = b
            figures[:, a] = (
                excerpts.jaccard[at],
                excerpts.containment_a[at],
                excerpts.containment_b[at],
            )
