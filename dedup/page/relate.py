"""What the probabilities of the blocks around one say of it: of content, and of the kinds."""

import numpy as np
from numba import njit, types

_WINDOWS = (1, 2, 4, 8, 16)
_LEVELS = 4

RELATIONS = (
    "logit", "before", "after", "before2", "after2",
    *(f"window{width}:{what}" for width in _WINDOWS for what in ("mean", "mass")),
    "past16", "coming16",
    *(f"container{level}:{what}" for level in range(_LEVELS) for what in ("mean", "mass", "size")),
    "group:mean", "group:mass", "group:size", "page:mean", "page:mass", "page:max",
    "since_content", "until_content", "content_before", "content_after", "core_distance", "in_core",
    "tokens", "heading", "next_after_heading",
)  # fmt: skip
_CORE = 4  # blocks on each side of the core's smoothing


@njit(inline="always")
def _logit(p):  # type: ignore[no-untyped-def]
    p = min(max(p, np.float32(0.002)), np.float32(0.998))
    return np.float32(np.log(p / (np.float32(1) - p)))


@njit(inline="always")
def _mean(sums, first, last):  # type: ignore[no-untyped-def]
    return np.float32((sums[last] - sums[first]) / max(last - first, 1))


@njit(inline="always")
def _ratio(sums, masses, first, last):  # type: ignore[no-untyped-def]
    return np.float32((sums[last] - sums[first]) / max(masses[last] - masses[first], 1e-6))


@njit(
    types.void(types.float32[::1], types.float32[::1], types.int32[:, ::1], types.float32[:, ::1]),
    cache=True,
)
def relate(scores, tokens, context, out):  # type: ignore[no-untyped-def]  # noqa: C901
    """Fill one row of relations a block from the first stage's probabilities."""
    blocks = len(scores)
    plain = np.zeros(blocks + 1, np.float64)
    weighted = np.zeros(blocks + 1, np.float64)
    masses = np.zeros(blocks + 1, np.float64)
    groups = 1
    for b in range(blocks):
        mass = np.sqrt(tokens[b])
        plain[b + 1] = plain[b] + scores[b]
        weighted[b + 1] = weighted[b] + mass * scores[b]
        masses[b + 1] = masses[b] + mass
        groups = max(groups, context[b, 2 * _LEVELS] + 1)
    alike = np.zeros((groups, 3), np.float64)
    core = 0
    core_mass = -1.0
    top = np.float32(0)
    for b in range(blocks):
        group = context[b, 2 * _LEVELS]
        mass = masses[b + 1] - masses[b]
        alike[group, 0] += 1
        alike[group, 1] += scores[b]
        alike[group, 2] += mass * scores[b]
        low, high = max(b - _CORE, 0), min(b + _CORE + 1, blocks)
        here = weighted[high] - weighted[low]
        if here > core_mass:
            core, core_mass = b, here
        top = max(top, scores[b])
    totals = np.zeros(groups, np.float64)
    for b in range(blocks):
        totals[context[b, 2 * _LEVELS]] += masses[b + 1] - masses[b]
    # The core: from its middle outwards while the smoothed probability holds.
    core_first = core
    while core_first > 0 and _ratio(weighted, masses, max(core_first - 3, 0), core_first) > 0.4:
        core_first -= 1
    core_last = core + 1
    while (
        core_last < blocks and _ratio(weighted, masses, core_last, min(core_last + 3, blocks)) > 0.4
    ):
        core_last += 1
    until = np.zeros(blocks, np.int32)
    away = 1000
    for b in range(blocks - 1, -1, -1):
        until[b] = away
        away = 1 if scores[b] > 0.5 else away + 1
    since = 1000
    whole = max(weighted[blocks], 1e-6)
    for b in range(blocks):
        f = 0
        out[b, f] = _logit(scores[b])
        f += 1
        for step in (-1, 1, -2, 2):
            if 0 <= b + step < blocks:
                out[b, f] = _logit(scores[b + step])
            else:
                out[b, f] = np.float32(-3)
            f += 1
        for width in _WINDOWS:
            low, high = max(b - width, 0), min(b + width + 1, blocks)
            out[b, f] = _mean(plain, low, high)
            out[b, f + 1] = _ratio(weighted, masses, low, high)
            f += 2
        out[b, f] = _ratio(weighted, masses, max(b - 16, 0), b)
        out[b, f + 1] = (
            _ratio(weighted, masses, b + 1, min(b + 17, blocks)) if b + 1 < blocks else 0
        )
        f += 2
        for level in range(_LEVELS):
            low, high = context[b, 2 * level], context[b, 2 * level + 1]
            out[b, f] = _mean(plain, low, high)
            out[b, f + 1] = _ratio(weighted, masses, low, high)
            out[b, f + 2] = np.log1p(np.float32(high - low))
            f += 3
        group = context[b, 2 * _LEVELS]
        out[b, f] = alike[group, 1] / alike[group, 0]
        out[b, f + 1] = alike[group, 2] / max(totals[group], 1e-6)
        out[b, f + 2] = np.log1p(np.float32(alike[group, 0]))
        out[b, f + 3] = plain[blocks] / blocks
        out[b, f + 4] = weighted[blocks] / max(masses[blocks], 1e-6)
        out[b, f + 5] = top
        out[b, f + 6] = np.log1p(np.float32(since))
        out[b, f + 7] = np.log1p(np.float32(until[b]))
        out[b, f + 8] = weighted[b] / whole
        out[b, f + 9] = (whole - weighted[b + 1]) / whole
        distance = max(core_first - b, b - core_last + 1, 0)
        out[b, f + 10] = np.log1p(np.float32(distance)) * (1 if b >= core_last else -1)
        out[b, f + 11] = 1 if distance == 0 else 0
        out[b, f + 12] = np.log1p(tokens[b])
        heading = context[b, 2 * _LEVELS + 1]
        out[b, f + 13] = heading
        out[b, f + 14] = _logit(scores[b + 1]) if heading and b + 1 < blocks else np.float32(0)
        since = 1 if scores[b] > 0.5 else since + 1


# The shares of a block itself, of its group of alike blocks and of each of its two innermost
# containers in what kind it is: on the labelled pages .4 to .6 for the block itself differ little.
_OWN, _GROUP, _CONTAINER, _CONTAINERS = 0.4, 0.2, 0.2, 2


@njit(
    types.void(
        types.float32[:, ::1], types.boolean[::1], types.int32[:, ::1], types.float32[:, ::1]
    ),
    cache=True,
)
def settle(logs, content, context, out):  # type: ignore[no-untyped-def]
    """Let the blocks outside the content that stand together agree on their kinds.

    The logarithm of each kind's probability is averaged over the block, its group of alike blocks
    and its innermost containers; rows of content are passed over, and copied.
    """
    blocks, kinds = logs.shape
    sums = np.zeros((blocks + 1, kinds), np.float64)
    counts = np.zeros(blocks + 1, np.int64)
    slots = 1
    for b in range(blocks):
        slots = max(slots, context[b, 2 * _LEVELS] + 1)
    numbers = np.full(slots, -1, np.int64)  # of the groups, in the order of their first blocks
    groups = 0
    alike = np.zeros((blocks, kinds), np.float64)
    members = np.zeros(blocks, np.int64)
    for b in range(blocks):
        free = 0 if content[b] else 1
        if numbers[context[b, 2 * _LEVELS]] < 0:
            numbers[context[b, 2 * _LEVELS]] = groups
            groups += 1
        group = numbers[context[b, 2 * _LEVELS]]
        counts[b + 1] = counts[b] + free
        members[group] += free
        for k in range(kinds):
            sums[b + 1, k] = sums[b, k] + free * logs[b, k]
            alike[group, k] += free * logs[b, k]
    for b in range(blocks):
        if content[b]:
            for k in range(kinds):
                out[b, k] = logs[b, k]
            continue
        group = numbers[context[b, 2 * _LEVELS]]
        for k in range(kinds):
            total = _OWN * logs[b, k] + _GROUP * alike[group, k] / members[group]
            for level in range(_CONTAINERS):
                first, last = context[b, 2 * level], context[b, 2 * level + 1]
                if not first <= b < last:
                    first, last = b, b + 1
                mean = (sums[last, k] - sums[first, k]) / (counts[last] - counts[first])
                total += _CONTAINER * mean
            out[b, k] = total
