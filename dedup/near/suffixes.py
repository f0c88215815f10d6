"""Sequences sorted by all that follows each place."""

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints

Flags = npt.NDArray[np.bool_]


def suffix_order(names: Ints, joined: Flags) -> Ints:
    """The places of a sequence in the order of what stands there and after it, to the end of a run.

    After Larsson and Sadakane, "Faster suffix sorting" (2007): sorted by the first item, then by
    twice as many each time; places that are told apart already are left out. Runs that are equal to
    their ends are in the order of their places.

    Args:
        names: the items.
        joined: whether the next item belongs to the same run.

    >>> suffix_order(np.array([2, 1, 2, 1, 3]), np.array([True, True, True, False, False])).tolist()
    [3, 1, 2, 0, 4]
    """
    size = names.size
    order = np.argsort(names, kind="stable")
    ranks = np.empty(size, np.int64)
    fresh = np.ones(size, np.bool_)
    fresh[1:] = names[order][1:] != names[order][:-1]
    ranks[order] = _firsts(fresh, np.arange(size))
    ends = np.flatnonzero(~joined)  # the last item of each run
    left = ends[np.searchsorted(ends, np.arange(size))] - np.arange(size) + 1
    slots = np.flatnonzero(_in_groups(fresh))
    step = 1
    while slots.size:
        # Runs that are over come first, by their places; the others by the rank of what follows.
        places = order[slots]
        goes_on = left[places] > step
        after = ranks[np.where(goes_on, places + step, 0)]
        keys = ranks[places] * (2 * size) + np.where(goes_on, after + size, places)
        sorting = np.argsort(keys)
        places, keys = places[sorting], keys[sorting]
        order[slots] = places
        fresh = np.ones(slots.size, np.bool_)
        fresh[1:] = keys[1:] != keys[:-1]
        ranks[places] = _firsts(fresh, slots)
        slots = slots[_in_groups(fresh)]
        step *= 2
    return order


def _firsts(fresh: Flags, slots: Ints) -> Ints:
    """For each the slot of the first of its group; groups begin where ``fresh``."""
    firsts: Ints = slots[fresh][np.cumsum(fresh) - 1]
    return firsts


def _in_groups(fresh: Flags) -> Flags:
    """Which are not alone in their group."""
    several: Flags = ~(fresh & np.append(fresh[1:], True))
    return several
