"""The one place that decides what two texts are to each other.

Of texts with the sets of shingles A and B:

- exact: the folded texts are equal;
- near: the Jaccard similarity ``|A & B| / |A | B|`` is at least ``near.threshold``;
- contains: one of them lies in the other. A lies in B where its containment ``|A & B| / |A|`` is
  at least ``near.containment`` and A itself has at least ``near.excerpt`` shingles, however many
  B has;
- none: none of these.

A pair is the first of these that holds. Texts that share no shingle are never near or contained.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.config import NearSettings
from dedup.model import Relation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Relations as columns hold them: the place of each in this tuple.
KINDS = (Relation.EXACT, Relation.NEAR, Relation.CONTAINS, Relation.NONE)
EXACT, NEAR, CONTAINS, NONE = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What the texts of each pair share; arrays over pairs.

    Attributes:
        jaccard: shared shingles over all distinct shingles of both.
        containment_a: the share of ``a`` that is in ``b``.
        containment_b: the share of ``b`` that is in ``a``.
    """

    jaccard: Floats
    containment_a: Floats
    containment_b: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What the texts of each pair are to each other; arrays over pairs.

    Attributes:
        kind: ``int8``, places in `KINDS`; never `EXACT`, which shingles alone do not tell.
        a_inside: ``a`` lies in ``b``, whether or not the pair is near.
        b_inside: ``b`` lies in ``a``.
    """

    kind: npt.NDArray[np.int8]
    a_inside: Flags
    b_inside: Flags


def figures(size_a: Ints, size_b: Ints, shared: Ints | Floats) -> Figures:
    """The figures of sets of shingles of these sizes; 0 for empty sets.

    >>> found = figures(np.array([4]), np.array([8]), np.array([4]))
    >>> float(found.jaccard[0]), float(found.containment_a[0]), float(found.containment_b[0])
    (0.5, 1.0, 0.5)
    """
    return Figures(
        np.divide(shared, np.maximum(size_a + size_b - shared, 1), dtype=np.float64),
        np.divide(shared, np.maximum(size_a, 1), dtype=np.float64),
        np.divide(shared, np.maximum(size_b, 1), dtype=np.float64),
    )


def relate(size_a: Ints, size_b: Ints, shared: Ints | Floats, near: NearSettings) -> Decided:
    """Decide what the texts of each pair are to each other, by the formula above.

    Args:
        size_a: distinct shingles of the first text of each pair.
        size_b: of the second.
        shared: of both; estimates may be broken numbers.
        near: the thresholds.

    >>> decided = relate(np.array([30, 29]), np.array([29, 29]), np.array([24, 24]), NearSettings())
    >>> [KINDS[kind].value for kind in decided.kind], decided.a_inside.tolist()
    (['contains', 'none'], [True, False])
    """
    found = figures(size_a, size_b, shared)
    some = np.asarray(shared) > 0
    a_inside = some & (found.containment_a >= near.containment) & (size_a >= near.excerpt)
    b_inside = some & (found.containment_b >= near.containment) & (size_b >= near.excerpt)
    is_near = some & (found.jaccard >= near.threshold)
    kind = np.where(is_near, NEAR, np.where(a_inside | b_inside, CONTAINS, NONE))
    return Decided(kind.astype(np.int8), a_inside, b_inside)


def inner_last(a_inside: Flags, b_inside: Flags, found: Figures) -> Flags:
    """In which pairs ``b`` is what is said to lie in the other.

    Where each lies in the other, it is the one of which the larger share does, or else ``a``.
    """
    return b_inside & (~a_inside | (found.containment_b > found.containment_a))


def relation_of(size_a: int, size_b: int, shared: int, near: NearSettings) -> Relation:
    """`relate` for one pair.

    >>> relation_of(30, 29, 24, NearSettings()).value
    'contains'
    """
    decided = relate(np.array([size_a]), np.array([size_b]), np.array([shared]), near)
    return KINDS[decided.kind[0]]
