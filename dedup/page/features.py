"""Blocks to a feature matrix, in two compiled passes: one over the text, one over the structure.

`measure` reads the UTF-8 text of all blocks once and counts; `describe` joins the counts with the
element columns of the walk: own tag and names, those of the containers around, the mass and the
link density of four enclosing containers, neighbours, position, repetition, the page as a whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba import njit, types

from dedup.page.automaton import _BYTES, Automaton, build, find_groups
from dedup.page.markup import Markup
from dedup.page.signals import NAME_GROUPS, PAGE_GROUPS, TEXT_GROUPS

Array = np.ndarray[Any, Any]

# The columns that `measure` fills.
STATS = (
    "chars", "tokens", "cjk", "digits", "upper", "letters", "ends", "commas", "symbols", "marks",
    "ends_sentence", "ends_colon", "starts_lower", "starts_upper", "starts_digit", "lines",
    "title_hits", "year", "capitals", "asks",
)  # fmt: skip
(
    CHARS, TOKENS, CJK, DIGITS, UPPER, LETTERS, ENDS, COMMAS, SYMBOLS, MARKS,
    ENDS_SENTENCE, ENDS_COLON, STARTS_LOWER, STARTS_UPPER, STARTS_DIGIT, LINES,
    TITLE_HITS, YEAR, CAPITALS, ASKS,
) = range(len(STATS))  # fmt: skip

# Tags that are told apart, by the bit that stands for them; several tags may share one.
TAG_BITS = (
    "p", "li", "tr td th", "h1", "h2", "h3", "h4 h5 h6", "div", "pre", "dd", "dt", "a",
    "figcaption caption", "blockquote q", "span", "button", "select option textarea input",
    "label legend", "address", "body", "article", "main", "section", "aside", "nav",
    "header hgroup",
    "footer", "form fieldset", "ul menu", "ol", "dl", "table tbody", "figure picture",
    "details summary", "strong b", "em i", "time", "img", "code kbd samp", "cite", "small", "font",
    "center", "dialog", "sup sub",
)  # fmt: skip
TAG_BIT = {tag: bit for bit, tags in enumerate(TAG_BITS) for tag in tags.split()}
_OTHER_TAG = len(TAG_BITS)
_HEADINGS = sum(1 << TAG_BIT[tag] for tag in ("h1", "h2", "h3", "h4"))
TAG_BIT_H1 = TAG_BIT["h1"]

_TABLE = 1024  # slots of the title's token table


@njit
def _kind(code):  # type: ignore[no-untyped-def]  # noqa: C901
    """Class of a code point.

    0 space, 1 lower, 2 upper, 3 digit, 4 one-token script, 5 sentence end, 6 comma, 7 symbol,
    8 other mark, 9 colon.
    """
    if code < 128:
        if 97 <= code <= 122:
            return 1
        if code <= 32:
            return 0
        if 65 <= code <= 90:
            return 2
        if 48 <= code <= 57:
            return 3
        if code == 46 or code == 33 or code == 63:
            return 5
        if code == 44 or code == 59:
            return 6
        if code == 58:
            return 9
        if code == 34 or code == 39 or code == 40 or code == 41 or code == 45:
            return 8
        return 7
    if 0x4E00 <= code <= 0x9FFF or 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x4DBF:
        return 4
    if code >= 0x20000 or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F:
        return 4
    if 0xF900 <= code <= 0xFAFF or 0x1780 <= code <= 0x17FF:
        return 4
    if code == 0x3002 or code == 0xFF01 or code == 0xFF1F or code == 0x2026 or code == 0x061F:
        return 5
    if code == 0x06D4 or code == 0x0964 or code == 0xFF0E:
        return 5
    if code == 0xFF0C or code == 0x3001 or code == 0xFF1B or code == 0x060C:
        return 6
    if code == 0xFF1A:
        return 9
    if code == 0xA0 or code == 0x3000:
        return 0
    if 0xFF10 <= code <= 0xFF19:
        return 3
    if 0xA1 <= code <= 0xBF or 0x2010 <= code <= 0x206F or 0x3003 <= code <= 0x303F:
        return 8
    if 0x2070 <= code <= 0x2BFF or 0xFF00 <= code <= 0xFFEF or 0xE000 <= code <= 0xF8FF:
        return 7
    return 1


@njit
def _decode(text, i, size):  # type: ignore[no-untyped-def]
    """The code point that begins at a byte, and where the next one begins."""
    byte = np.uint32(text[i])
    if byte < 0x80:
        return byte, i + 1
    more = 1 if byte < 0xE0 else (2 if byte < 0xF0 else 3)
    more = min(more, size - 1 - i)
    code = byte & np.uint32(0x3F >> more)
    for k in range(more):
        code = (code << np.uint32(6)) | (np.uint32(text[i + 1 + k]) & np.uint32(0x3F))
    return code, i + 1 + more


@njit
def _in_title(table, token, learn):  # type: ignore[no-untyped-def]
    """Whether a token is in the title's table, which learns it from the title itself."""
    slot = (token ^ (token >> np.uint64(17))) & np.uint64(_TABLE - 1)
    while table[slot] != 0:
        if table[slot] == token:
            return True
        slot = (slot + np.uint64(1)) & np.uint64(_TABLE - 1)
    if learn:
        table[slot] = token
    return False


@njit(types.void(_BYTES, types.float32[:, ::1], types.uint64[::1]), cache=True)
def measure(text, stats, hashes):  # type: ignore[no-untyped-def]  # noqa: C901
    """Count what is in each of the texts that NUL bytes separate; the first one is the title."""
    table = np.zeros(_TABLE, np.uint64)
    basis = np.uint64(14695981039346656037)
    prime = np.uint64(1099511628211)
    learned = 0
    row = 0
    i = 0
    size = len(text)
    whole = basis  # hash of the text's letters and digits
    word = np.uint64(0)  # hash of the word that is open, 0 for none
    before = np.uint64(0)  # the one-token character before
    number = 0  # value of a word of digits, -1 for other words
    last = 0  # kind of the last code point that is no space or mark
    full_stop: Any = False  # the code point before is an ASCII sentence end
    started = False
    while i <= size:
        code = np.uint32(0)
        if i < size:
            code, i = _decode(text, i, size)
        else:
            i += 1
        kind = _kind(code)
        if word != 0 and (kind == 0 or kind > 3):
            stats[row, TOKENS] += 1
            if 1900 <= number < 2100:
                stats[row, YEAR] = 1
            if _in_title(table, word, row == 0 and learned < _TABLE // 2):
                stats[row, TITLE_HITS] += 1
            learned += 1
            word = np.uint64(0)
        if full_stop and kind == 0:
            stats[row, ENDS] += 1
        full_stop = kind == 5 and code < 128
        if code == 0:
            stats[row, ENDS_SENTENCE] = last == 5
            stats[row, ENDS_COLON] = last == 9
            stats[row, LINES] += 1
            hashes[row] = whole
            whole = basis
            row += 1
            last = 0
            before = np.uint64(0)
            started = False
            continue
        stats[row, CHARS] += 1
        if not started and kind != 0:
            started = True
            stats[row, STARTS_LOWER] = kind == 1 and code < 128
            stats[row, STARTS_UPPER] = kind == 2
            stats[row, STARTS_DIGIT] = kind == 3
        if kind != 0 and kind != 8:
            last = kind
        if 1 <= kind <= 3:
            lower = np.uint64(code) + np.uint64(32 if kind == 2 else 0)
            whole = (whole ^ lower) * prime
            if word == 0:
                word = basis
                number = 0 if kind == 3 else -1
                if kind == 2:
                    stats[row, CAPITALS] += 1
            word = (word ^ lower) * prime
            if kind == 3:
                stats[row, DIGITS] += 1
                if 0 <= number < 10000:
                    number = number * 10 + (int(code) & 15)
            else:
                number = -1
                stats[row, LETTERS] += 1
                if kind == 2:
                    stats[row, UPPER] += 1
            before = np.uint64(0)
            continue
        if kind == 4:
            whole = (whole ^ np.uint64(code)) * prime
            token = before * prime + np.uint64(code)
            if _in_title(table, token, row == 0 and learned < _TABLE // 2):
                stats[row, TITLE_HITS] += 1
            learned += 1
            before = np.uint64(code)
            stats[row, TOKENS] += 1
            stats[row, CJK] += 1
            continue
        before = np.uint64(0)
        if kind == 5:
            if code > 127:
                stats[row, ENDS] += 1
            if code == 63 or code == 0xFF1F:
                stats[row, ASKS] += 1
        elif kind == 6:
            stats[row, COMMAS] += 1
        elif kind == 7:
            stats[row, SYMBOLS] += 1
        elif kind == 8:
            stats[row, MARKS] += 1
        elif code == 10:
            stats[row, LINES] += 1


_LEVELS = 4  # enclosing containers that are described
_NEAR = 2  # neighbours on each side that are described
_WINDOWS = (3, 8)  # blocks on each side that are summed
_WIDE = 0.7  # the share of the page's text from which a container is the page itself
_STEPS = 64  # ancestors that are looked at

_CONTAINER = (
    "tokens", "share", "link_density", "ends_per_token", "tokens_per_block", "good", "blocks",
    "place",
)  # fmt: skip
_NEIGHBOUR = ("tokens", "links", "ends", "heading", "same", "ends_sentence", "starts_digit")
_WINDOW = ("tokens", "links", "ends", "good_before", "good_after", "sentences", "short", "longest")
# A short block that holds one of these opens a section, until a long paragraph ends it.
_SECTION_GROUPS = (
    "disclaimer", "share", "comment", "login", "subscribe", "more", "related", "ranking", "ad",
    "pages", "forum", "tags", "copyright", "policy", "feature",
)  # fmt: skip
_SECTION_MASK = sum(1 << k for k, group in enumerate(TEXT_GROUPS) if group in _SECTION_GROUPS)
_SECTION_TOKENS, _PROSE_TOKENS = 9, 40
_NOT_PROSE = 12.0  # tokens that a block without a sentence takes off the best segment


def _names() -> tuple[str, ...]:
    """Names of the columns that `describe` fills, in its order."""
    names = [
        "tokens", "chars", "cjk", "digits", "upper", "marks", "commas", "ends", "ends_log",
        "link_density", "links", "ends_sentence", "ends_colon", "starts_lower", "starts_upper",
        "starts_digit", "lines", "year", "capitals", "asks", "symbols", "word_length",
        "title_precision", "title_recall", "copies", "images", "inline", "hidden",
    ]  # fmt: skip
    for zone in ("text", "section", "box"):
        names += [f"{zone}:{group}" for group in TEXT_GROUPS]
    names += ["since_section", "segment", "segment_distance", "segment_share"]
    for zone in ("own", "around"):
        names += [f"{zone}:<{tags.split()[0]}>" for tags in TAG_BITS]
        names += [f"{zone}:{group}" for group in NAME_GROUPS]
    names += [f"page:{group}" for group in NAME_GROUPS]
    names += [f"container{level}:{what}" for level in range(_LEVELS) for what in _CONTAINER]
    names += ["depth", "siblings", "alike", "alike_tokens", "alike_links", "alike_ends", "repeats"]
    names += ["best60", "best85", "best60_distance", "best85_distance"]
    for step in (-2, -1, 1, 2):
        names += [f"{step:+d}:{what}" for what in _NEIGHBOUR]
    for width in _WINDOWS:
        names += [f"window{width}:{what}" for what in _WINDOW]
    names += ["position", "text_position", "after_title", "since_title", "since_heading", "to_end"]
    names += ["page_blocks", "page_tokens", "page_links", "page_good", "page_cjk", "page_repeats"]
    names += [f"says:{group}" for group in PAGE_GROUPS]
    names += ["url_depth", "url_words", "url_digits", "url_root", "url_known"]
    return tuple(names)


FEATURES = _names()
_TEXT_GROUPS, _NAME_GROUPS, _TAG_GROUPS = len(TEXT_GROUPS), len(NAME_GROUPS), len(TAG_BITS)


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
        if tags[homes[b]] == TAG_BIT_H1:
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
        own = (sigs[e] ^ np.uint64(tags[e] + 1)) * prime
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
        for level in range(_LEVELS):
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
        context[b, 2 * _LEVELS] = group
        context[b, 2 * _LEVELS + 1] = heading[b]
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
        for width in _WINDOWS:
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


def _compile(groups: dict[str, str], separator: str, everywhere: bool) -> Automaton:
    """Compile a table of groups; ``everywhere``: a word without a mark matches inside words."""
    words: list[tuple[str, int, bool, bool]] = []
    for number, row in enumerate(groups.values()):
        for word in row.split(separator):
            key = word.removeprefix("=").removesuffix("~")
            whole = word.startswith("=") or not everywhere
            latin = key.isascii()
            words.append((key, number, whole and latin, whole and latin and not word.endswith("~")))
    return build(words)


@cache
def _automata() -> tuple[Automaton, Automaton, Automaton]:
    return (
        _compile(NAME_GROUPS, " ", True),
        _compile(TEXT_GROUPS, "|", False),
        _compile(PAGE_GROUPS, "|", True),
    )


@dataclass(frozen=True)
class Described:
    """A page's blocks as numbers.

    Attributes:
        matrix: one row a block, one column a feature of `FEATURES`, float32.
        phrases: one a block: the text groups found in it, as bits.
        tokens: one a block: how many tokens it has, float32.
        context: one row a block: first and one behind the last block of the containers around it,
            its group of alike blocks, whether it is a heading.
    """

    matrix: Array
    phrases: Array
    tokens: Array
    context: Array


def _groups(data: bytes, count: int, automaton: Automaton) -> Array:
    masks = np.zeros(count, np.uint64)
    text = np.frombuffer(data, np.uint8)
    find_groups(
        text, automaton.classes, automaton.moves, automaton.outputs, automaton.others,
        automaton.words, masks,
    )  # fmt: skip
    return masks


def _joined(texts: Sequence[str]) -> bytes:
    """Texts as UTF-8 with NUL bytes between them, and none in them."""
    text = "\0".join(texts)
    if text.count("\0") >= len(texts):
        text = "\0".join(part.replace("\0", " ") for part in texts)
    return text.encode(errors="surrogatepass")


def _page_features(hints: str) -> Array:
    """What the page says of itself, and the shape of its address."""
    mask = int(_groups(_joined((hints,)), 1, _automata()[2])[0])
    row = [float(mask >> bit & 1) for bit in range(len(PAGE_GROUPS))]
    path = hints.rpartition(" url=")[2]
    steps = path.strip("/").split("/")
    words = steps[-1].count("-") + steps[-1].count("_")
    digits = sum(letter.isdigit() for letter in path)
    row += [len(steps), np.log1p(words), np.log1p(digits), path == "/", path != ""]
    return np.array(row, np.float32)


_IDENT = re.compile(rb"#[^\0]*")


def _shapes(names: bytes) -> Array:
    """Numbers of class names without id and digits: equal for the items of one list."""
    shapes = _IDENT.sub(b"", names.translate(None, b"0123456789")).split(b"\0")
    numbers = {shape: number for number, shape in enumerate(dict.fromkeys(shapes))}
    return np.fromiter(map(numbers.__getitem__, shapes), np.uint64, len(shapes))


def features_of(page: Markup) -> Described:
    """Describe every block of a page.

    >>> from dedup.page.markup import blocks_of_html
    >>> page = features_of(blocks_of_html("<ul class=nav><li><a>Home</a></ul><p>One. Two."))
    >>> page.matrix.shape[0], page.matrix[:, FEATURES.index("link_density")].tolist()
    (2, [1.0, 0.0])
    """
    blocks = len(page.elements)
    out = np.zeros((blocks, len(FEATURES)), np.float32)
    context = np.zeros((blocks, 2 * _LEVELS + 2), np.int32)
    data = _joined((page.title,)) + page.text
    stats = np.zeros((blocks + 1, len(STATS)), np.float32)
    hashes = np.zeros(blocks + 1, np.uint64)
    measure(np.frombuffer(data, np.uint8), stats, hashes)
    name_automaton, text_automaton, _ = _automata()
    phrases = _groups(data, blocks + 1, text_automaton)
    if blocks:
        names = _joined(page.labels)
        bits = _groups(names, len(page.labels), name_automaton)
        shapes = _shapes(names)
        kinds = np.array([TAG_BIT.get(tag, _OTHER_TAG) for tag in page.kinds], np.uint8)
        describe(
            stats, hashes, phrases, page.elements, page.links, page.images, page.inner,
            kinds[page.tag_numbers], page.parents, bits[page.name_numbers],
            shapes[page.name_numbers], page.first, page.last, page.hidden.astype(np.uint8), out,
            context, _page_features(page.hints),
        )  # fmt: skip
    return Described(out, phrases[1:], stats[1:, TOKENS].copy(), context)
