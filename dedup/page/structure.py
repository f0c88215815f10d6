"""Where a block stands, in one compiled pass over the elements and blocks of a page."""

import numpy as np
from numba import njit, types

from dedup.page.count import (
    ASKS,
    CAPITALS,
    CHARS,
    CJK,
    CLOCK,
    COMMAS,
    CUTS,
    DATED,
    DIGITS,
    ENDS,
    ENDS_COLON,
    ENDS_CUT,
    ENDS_SENTENCE,
    GAPS,
    LETTERS,
    LINES,
    MARKS,
    NUMBERS,
    STARTS_DIGIT,
    STARTS_LOWER,
    STARTS_UPPER,
    SYMBOLS,
    TITLE_HITS,
    TOKENS,
    UPPER,
    YEAR,
)
from dedup.page.names import LEVELS, TAG_BIT, TAG_BITS, WINDOWS
from dedup.page.signals import NAME_GROUPS, TEXT_GROUPS

_TEXT_GROUPS, _NAME_GROUPS, _TAG_GROUPS = len(TEXT_GROUPS), len(NAME_GROUPS), len(TAG_BITS)
_HEADINGS = sum(1 << TAG_BIT[tag] for tag in ("h1", "h2", "h3", "h4"))
_H1 = TAG_BIT["h1"]
_WIDE = 0.7  # the share of the page's text from which a container is the page itself
_STEPS = 64  # ancestors that are looked at

# A short block that holds one of these opens a section, until a long paragraph ends it.
_SECTION_GROUPS = (
    "disclaimer", "share", "comment", "login", "subscribe", "more", "related", "ranking", "ad",
    "pages", "forum", "tags", "copyright", "policy", "feature",
)  # fmt: skip
_SECTION_MASK = sum(1 << k for k, group in enumerate(TEXT_GROUPS) if group in _SECTION_GROUPS)
_SECTION_TOKENS, _PROSE_TOKENS = 9, 40
_NOT_PROSE = 12.0  # tokens that a block without a sentence takes off the best segment


@njit
def _f(value):  # type: ignore[no-untyped-def]
    return np.float64(value)


@njit
def _log(value):  # type: ignore[no-untyped-def]
    return np.float32(np.log1p(value))


@njit
def _bits(out, row, at, mask, count):  # type: ignore[no-untyped-def]
    for bit in range(count):
        out[row, at + bit] = np.float32((mask >> np.uint64(bit)) & np.uint64(1))
    return at + count


@njit
def _slot(table, key):  # type: ignore[no-untyped-def]
    """Where a key is, or may be put, in a table of power-of-two size."""
    key = key | np.uint64(1)
    last = np.uint64(len(table) - 1)
    slot = (key ^ (key >> np.uint64(29))) & last
    while table[slot] != 0 and table[slot] != key:
        slot = (slot + np.uint64(1)) & last
    table[slot] = key
    return slot


_I32, _U64 = types.int32[::1], types.uint64[::1]


@njit(
    types.void(
        types.float32[:, ::1], _U64, _U64, _I32, _I32, _I32, types.int32[:, ::1],
        types.uint8[::1], _I32, _U64, _U64, _I32, _I32, types.uint8[::1], types.float32[:, ::1],
        types.int32[:, ::1], types.float32[::1],
    ),
    cache=True,
)  # fmt: skip
def describe(  # type: ignore[no-untyped-def]  # noqa: C901
    stats, hashes, phrases, homes, links, images, inner,
    tags, parents, names, sigs, firsts, lasts, hidden, out, context, page,
):  # fmt: skip
    """Fill one row of features and one row of context a block.

    The context: the block ranges of the containers around it, its group of alike blocks, whether
    it is a heading. Row 0 of the text columns is the title.
    """
    blocks = len(homes)
    elements = len(tags)
    # Prefix sums over blocks: tokens, link tokens, sentence ends, tokens of good blocks.
    sums = np.zeros((4, blocks + 1), np.float64)
    density = np.zeros(blocks, np.float32)
    heading = np.zeros(blocks, np.uint8)
    cjk = 0.0
    size = 16
    while size < 2 * (blocks + elements) + 2:
        size *= 2
    texts = np.zeros(size, np.uint64)
    copies = np.zeros(size, np.int32)
    after_title = blocks
    best_hits = np.float32(0)
    for b in range(blocks):
        tokens = stats[b + 1, TOKENS]
        density[b] = min(np.float32(1), links[b] / max(stats[b + 1, CHARS], np.float32(1)))
        good = density[b] < 0.34 and tokens >= 12 and stats[b + 1, ENDS] + stats[b + 1, COMMAS] > 0
        sums[0, b + 1] = sums[0, b] + tokens
        sums[1, b + 1] = sums[1, b] + tokens * density[b]
        sums[2, b + 1] = sums[2, b] + stats[b + 1, ENDS]
        sums[3, b + 1] = sums[3, b] + (tokens if good else np.float32(0))
        cjk += stats[b + 1, CJK]
        copies[_slot(texts, hashes[b + 1])] += 1
        heading[b] = (np.uint64(_HEADINGS) >> np.uint64(tags[homes[b]])) & np.uint64(1)
        hits = stats[b + 1, TITLE_HITS]
        hits = hits * hits / max(stats[b + 1, TOKENS], np.float32(1))
        if tags[homes[b]] == _H1:
            hits = hits * 2 + np.float32(0.5)
        if hits > best_hits:
            best_hits = hits
            after_title = b
    total = max(sums[0, blocks], 1.0)
    total_good = sums[3, blocks]
    # Sentences and short blocks, and the segment with the most prose (a maximum-sum range).
    counts = np.zeros((2, blocks + 1), np.int32)
    gain = best_gain = 0.0
    begin = segment_first = segment_last = 0
    for b in range(blocks):
        tokens = stats[b + 1, TOKENS]
        sentence = stats[b + 1, ENDS_SENTENCE] > 0 and tokens >= 8
        counts[0, b + 1] = counts[0, b] + (1 if sentence else 0)
        counts[1, b + 1] = counts[1, b] + (1 if tokens < 6 else 0)
        prose = density[b] < 0.34 and (sentence or stats[b + 1, ENDS] > 1)
        gain += tokens if prose else -_NOT_PROSE - 0.3 * tokens
        if gain <= 0:
            gain = 0.0
            begin = b + 1
        elif gain > best_gain:
            best_gain = gain
            segment_first, segment_last = begin, b + 1
    segment_share = (sums[0, segment_last] - sums[0, segment_first]) / total
    section = np.uint64(0)
    section_at = 0

    # Elements, outermost first: what is around each, what repeats, which one holds the good text.
    around = np.zeros(elements, np.uint64)
    around_tags = np.zeros(elements, np.uint64)
    repeats = np.zeros(elements, np.float32)
    wider = np.full(elements, -1, np.int32)
    depth = np.zeros(elements, np.int32)
    chain = np.zeros(elements, np.uint64)
    kinds = np.zeros(size, np.uint64)
    alike = np.zeros((size, 4), np.float64)
    slots = np.zeros(elements, np.int64)
    children = np.zeros(elements, np.int32)
    page_names = np.uint64(0)
    best60 = best85 = 0
    best60_mass = best85_mass = total + 1.0
    prime = np.uint64(1099511628211)
    for e in range(elements):
        parent = parents[e]
        own = ((sigs[e] << np.uint64(6)) + np.uint64(tags[e] + 1)) * prime  # tags: 6 bits
        if parent >= 0:
            chain[e] = (chain[parent] ^ own) * prime
            depth[e] = depth[parent] + 1
        else:
            chain[e] = own
        slots[e] = _slot(kinds, chain[e])
        if lasts[e] > firsts[e]:
            alike[slots[e], 0] += 1
            if parent >= 0:
                children[parent] += 1
    page_repeats = 0.0
    for e in range(elements):
        parent = parents[e]
        count = max(lasts[e] - firsts[e], 0)
        mass = 0.0
        if count > 0:
            mass = sums[0, lasts[e]] - sums[0, firsts[e]]
            good_mass = sums[3, lasts[e]] - sums[3, firsts[e]]
            if good_mass >= 0.6 * total_good and mass <= best60_mass:
                best60, best60_mass = e, mass
            if good_mass >= 0.85 * total_good and mass <= best85_mass:
                best85, best85_mass = e, mass
        if parent >= 0:
            around[e] = around[parent]
            around_tags[e] = around_tags[parent]
            repeats[e] = repeats[parent]
            wide_count = max(lasts[parent] - firsts[parent], 0)
            wider[e] = parent if wide_count > count else wider[parent]
        if mass > _WIDE * total:
            page_names |= names[e]
        elif count > 1:
            around[e] |= names[e]
            around_tags[e] |= np.uint64(1) << np.uint64(tags[e])
            times = np.float32(alike[slots[e], 0])
            if times > repeats[e]:
                repeats[e] = times
            if times > 2:
                page_repeats = max(page_repeats, times * mass / total)
    for slot in range(size):
        alike[slot, 0] = 0
    for b in range(blocks):
        slot = slots[homes[b]]
        alike[slot, 0] += 1
        alike[slot, 1] += stats[b + 1, TOKENS]
        alike[slot, 2] += stats[b + 1, TOKENS] * density[b]
        alike[slot, 3] += stats[b + 1, ENDS]

    since_heading = 0
    for b in range(blocks):
        row = b + 1
        home = homes[b]
        tokens = max(stats[row, TOKENS], np.float32(1))
        chars = max(stats[row, CHARS], np.float32(1))
        ld = density[b]
        f = 0
        letters = max(stats[row, LETTERS], np.float32(1))
        words = max(stats[row, TOKENS] - stats[row, CJK], np.float32(1))
        for value in (
            _f(_log(stats[row, TOKENS])),
            _f(_log(chars)),
            _f(stats[row, CJK] / tokens),
            _f(stats[row, DIGITS] / chars),
            _f(stats[row, UPPER] / letters),
            _f(stats[row, MARKS] / tokens),
            _f(stats[row, COMMAS] / tokens),
            _f(stats[row, ENDS] / tokens),
            _f(_log(stats[row, ENDS])),
            _f(ld),
            _f(_log(links[b])),
            _f(stats[row, ENDS_SENTENCE]),
            _f(stats[row, ENDS_COLON]),
            _f(stats[row, STARTS_LOWER]),
            _f(stats[row, STARTS_UPPER]),
            _f(stats[row, STARTS_DIGIT]),
            _f(_log(stats[row, LINES])),
            _f(stats[row, YEAR]),
            _f(stats[row, CAPITALS] / words),
            _f(stats[row, ASKS] / tokens),
            _f(stats[row, SYMBOLS] / tokens),
            _f(letters / words),
            _f(stats[row, NUMBERS] / tokens),
            _f(stats[row, DATED]),
            _f(stats[row, CLOCK]),
            _f(_log(stats[row, CUTS])),
            _f(stats[row, ENDS_CUT]),
            _f(stats[row, GAPS] / tokens * 10),
            _f(stats[row, TITLE_HITS] / tokens),
            _f(min(np.float32(1), stats[row, TITLE_HITS] / max(stats[0, TOKENS], np.float32(1)))),
            _f(_log(copies[_slot(texts, hashes[row])] - 1)),
            _f(_log(images[b])),
            _f(_log(inner[b, 1] - inner[b, 0])),
        ):
            out[b, f] = np.float32(value)
            f += 1
        # The names of the block itself: elements that hold nothing else, and those inside it.
        own_names = names[home]
        own_tags = np.uint64(1) << np.uint64(tags[home])
        unseen = hidden[home]
        step = 0
        e = home
        while parents[e] >= 0 and step < _STEPS:
            e = parents[e]
            if lasts[e] - firsts[e] > 1:
                break
            own_names |= names[e]
            own_tags |= np.uint64(1) << np.uint64(tags[e])
            unseen |= hidden[e]
            step += 1
        for k in range(max(inner[b, 0], 0), min(inner[b, 1], inner[b, 0] + _STEPS)):
            own_names |= names[k]
            own_tags |= np.uint64(1) << np.uint64(tags[k])
        out[b, f] = unseen
        f += 1
        # The section that a short block opened, and the first blocks of the containers around.
        if stats[row, TOKENS] >= _PROSE_TOKENS and ld < 0.34:
            section = np.uint64(0)
        f = _bits(out, b, f, phrases[row], _TEXT_GROUPS)
        f = _bits(out, b, f, section, _TEXT_GROUPS)
        if stats[row, TOKENS] <= _SECTION_TOKENS and (
            heading[b] or phrases[row] & np.uint64(_SECTION_MASK)
        ):
            section = phrases[row]
            section_at = b
        box = np.uint64(0)
        e = home
        for _ in range(3):
            e = wider[e]
            if e < 0 or lasts[e] <= firsts[e]:
                break
            opener = firsts[e]
            inside = sums[0, lasts[e]] - sums[0, opener] < 0.5 * total
            if inside and opener != b and stats[opener + 1, TOKENS] <= _SECTION_TOKENS:
                box |= phrases[opener + 1]
        f = _bits(out, b, f, box, _TEXT_GROUPS)
        out[b, f] = _log(b - section_at) if section != 0 else np.float32(5)
        out[b, f + 1] = segment_first <= b < segment_last
        away = max(segment_first - b, b - segment_last + 1, 0)
        out[b, f + 2] = _log(away) * (1 if b >= segment_last else -1)
        out[b, f + 3] = segment_share
        f += 4
        f = _bits(out, b, f, own_tags, _TAG_GROUPS)
        f = _bits(out, b, f, own_names, _NAME_GROUPS)
        f = _bits(out, b, f, around_tags[home], _TAG_GROUPS)
        f = _bits(out, b, f, around[home], _NAME_GROUPS)
        f = _bits(out, b, f, page_names, _NAME_GROUPS)
        # The containers around it, from the first one that holds another block.
        e = home
        while e >= 0 and lasts[e] - firsts[e] <= 1:
            e = wider[e]
        siblings = children[e] if e >= 0 else 0
        for level in range(LEVELS):
            if e < 0:
                e = 0
            first, last = firsts[e], max(lasts[e], firsts[e])
            context[b, 2 * level] = first
            context[b, 2 * level + 1] = last
            count = max(last - first, 1)
            mass = sums[0, last] - sums[0, first]
            some = max(mass, 1.0)
            for value in (
                _f(_log(mass)),
                _f(mass / total),
                _f((sums[1, last] - sums[1, first]) / some),
                _f((sums[2, last] - sums[2, first]) / some * 10),
                _f(_log(mass / count)),
                _f((sums[3, last] - sums[3, first]) / some),
                _f(_log(count)),
                _f((b - first) / count),
            ):
                out[b, f] = np.float32(value)
                f += 1
            e = wider[e]
        group = slots[home]
        context[b, 2 * LEVELS] = group
        context[b, 2 * LEVELS + 1] = heading[b]
        in_group = max(alike[group, 1], 1.0)
        for value in (
            _f(_log(depth[home])),
            _f(_log(siblings)),
            _f(_log(alike[group, 0])),
            _f(_log(alike[group, 1] / alike[group, 0])),
            _f(alike[group, 2] / in_group),
            _f(alike[group, 3] / in_group * 10),
            _f(_log(repeats[home])),
        ):
            out[b, f] = np.float32(value)
            f += 1
        for best in (best60, best85):
            out[b, f] = firsts[best] <= b < lasts[best]
            f += 1
        for best in (best60, best85):
            away = max(firsts[best] - b, b - lasts[best] + 1, 0)
            out[b, f] = _log(away) * (1 if b >= lasts[best] else -1)
            f += 1
        for step in (-2, -1, 1, 2):
            other = b + step
            if 0 <= other < blocks:
                out[b, f] = _log(stats[other + 1, TOKENS])
                out[b, f + 1] = density[other]
                out[b, f + 2] = min(stats[other + 1, ENDS], np.float32(3))
                out[b, f + 3] = heading[other]
                out[b, f + 4] = parents[homes[other]] == parents[home]
                out[b, f + 5] = stats[other + 1, ENDS_SENTENCE]
                out[b, f + 6] = stats[other + 1, STARTS_DIGIT]
            else:
                for k in range(7):
                    out[b, f + k] = 0
            f += 7
        for width in WINDOWS:
            low, high = max(b - width, 0), min(b + width + 1, blocks)
            mass = sums[0, high] - sums[0, low]
            some = max(mass, 1.0)
            longest = np.float32(0)
            for k in range(low, high):
                longest = max(longest, stats[k + 1, TOKENS])
            for value in (
                _f(_log(mass / (high - low))),
                _f((sums[1, high] - sums[1, low]) / some),
                _f((sums[2, high] - sums[2, low]) / some * 10),
                _f((sums[3, b] - sums[3, low]) / max(sums[0, b] - sums[0, low], 1.0)),
                _f((sums[3, high] - sums[3, b + 1]) / max(sums[0, high] - sums[0, b + 1], 1.0)),
                _f((counts[0, high] - counts[0, low]) / (high - low)),
                _f((counts[1, high] - counts[1, low]) / (high - low)),
                _f(_log(longest)),
            ):
                out[b, f] = np.float32(value)
                f += 1
        if heading[b]:
            since_heading = 0
        since_title = _log(abs(b - after_title))
        for value in (
            _f(b / blocks),
            _f(sums[0, b] / total),
            _f(np.float32(b > after_title)),
            _f(since_title if b >= after_title else -since_title),
            _f(_log(since_heading)),
            _f(_log(sums[0, blocks] - sums[0, b + 1])),
            _f(_log(blocks)),
            _f(_log(total)),
            _f(sums[1, blocks] / total),
            _f(total_good / total),
            _f(cjk / total),
            _f(page_repeats),
        ):
            out[b, f] = np.float32(value)
            f += 1
        since_heading += 1
        for k in range(len(page)):
            out[b, f + k] = page[k]
