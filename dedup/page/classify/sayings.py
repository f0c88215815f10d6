"""What a block says of itself: its words, the names of its elements, its dates and links.

A block is folded once to a `View`; rules look at it in order, and the first that speaks gives the
`Verdict`, with its reason.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from dedup.expressions import expression
from dedup.kernels.counts import COUNTS, measure
from dedup.kernels.patterns import Words
from dedup.model import Block, Label
from dedup.page.classify import cues
from dedup.page.classify.features import compile_words
from dedup.text.fold import fold, fold_table

Array = np.ndarray[Any, Any]

_STOP = expression(r"[。！？!?；;]|[.…](?=[\s\"'”’)]|$)|।|؟|ฯ|ๆ ")
_ENDS = expression(r"[.!?…。！？；;:：][\s\"'”’」』》）)\]】]*$|[.!?…。！？][”’」』\"']")
_DATE_WORDS = (
    r"(?:19|20)\d\d ?[-./年년] ?\d{1,2} ?[-./月월] ?\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d"
    r"|\d{1,2}:\d\d|\d+ ?(?:小时|分钟|天|日|時間|分|시간|hours?|days?|minutes?)(?:前| ago|전)"
)
_DATE = expression(_DATE_WORDS)
_ONLY_DATE = expression(rf"[^\w]*(?:(?:{_DATE_WORDS})[^\w]*)+$")
# What each date and time holds.
_DATE_MARK = expression(r"[-./:年년前전]| ago")
_DIGIT = expression(r"\d")

_SOURCE = expression(r"来源|作者|编辑|记者|source|author|출처|источник|quelle|fuente|出典")
_PHOTO = expression(r"(?:摄|摄影|供图|制图|photo|写真)\W*$")
# A row of channel names: short CJK words set apart by spaces or bars. Every row begins with
# `_SHORT_WORDS`; few blocks do, and `_ROW` is slow to compile.
_APART = r" |｜丨·/>»\u3000"
_SHORT_WORDS = expression(rf"[{_APART}]*(?:[^{_APART}]{{1,5}}[{_APART}]+){{4}}")
_NAME = r"(?:[\u3400-\u4e27\u4e29-\u9fff]{1,5}|[A-Z]{2,3})"  # 丨 is U+4E28
_ROW = expression(rf"{_NAME}(?:[{_APART}]+{_NAME}){{5,}}\W*$")
_MASTHEAD = expression(r"[^\W\d]{2,12}(?:报|網|网|社|台|在线|日报|周刊|新闻|時報|报道)\W")

# Paragraphs: so many tokens or characters with a sentence's punctuation; long ones end lists.
PROSE_TOKENS, _PROSE_CHARS = 12, 40
LONG_PROSE = 40
# Without punctuation (Thai writes none) a paragraph is at least so long.
_UNPUNCTUATED = 100
# Cues speak for a whole block only where it is short; ANYWHERE phrases up to a notice's size.
_SHORT, _NOTICE = 30, 160
# Readability's limit from which a block is a list of links.
LINKED = 0.5
# An element that holds this share of the page's prose is no box at its edge, whatever its name.
_MAIN_SHARE = 0.4

# A bit per table of cues and label in it, and one for a photographer's credit.
_CUES = tuple((table, label) for table, rows in cues.TABLES.items() for label in rows)
_CUES_OF = {
    name: tuple((label, 1 << bit) for bit, (table, label) in enumerate(_CUES) if table == name)
    for name in cues.TABLES
}
_PHOTO_BIT = 1 << len(_CUES)
_PHOTO_WORDS = "摄|影|供图|制图|photo|写真"  # one of which `_PHOTO` needs


class View(NamedTuple):
    """A block as the rules look at it.

    Attributes:
        block: the block.
        folded: the beginning of its text, folded.
        tokens: as the features count them.
        ends: whether it ends like a sentence.
        prose: whether it reads as a sentence or more.
        cues: a bit per cue of `_CUES`: whether it holds a word that the cue's pattern needs.
    """

    block: Block
    folded: str
    tokens: int
    ends: bool
    prose: bool
    cues: int


class Verdict(NamedTuple):
    """What is known of a block so far: no label means that nothing speaks for one."""

    label: Label | None
    reason: str
    opens: bool = False  # the block heads a section of its kind


NOTHING = Verdict(None, "")


def views_of(blocks: Sequence[Block], tokens: Sequence[int] | None = None) -> list[View]:
    """Look at the blocks of a page, all in one go; ``tokens`` of the blocks, where known."""
    if not blocks:
        return []
    # All blocks are folded at once, parted by a private character: folding costs per call.
    part = "\ue000"
    folded = fold(part.join([b.text[: 4 * _NOTICE].replace(part, " ") for b in blocks]))
    heads = [words.strip() for words in folded.split(part)]
    masks = np.zeros(len(blocks), np.uint64)
    _cue_words().find(_bytes(heads), masks)
    if tokens is None:
        counts = np.empty((len(blocks), len(COUNTS)), np.float32)
        texts = _bytes([b.text.replace("\0", " ") for b in blocks])
        measure(texts, fold_table(), counts, np.empty_like(masks))
        tokens = counts[:, COUNTS["tokens"]].astype(int).tolist()
    return [
        _view(block, words, number, mask)
        for block, words, number, mask in zip(blocks, heads, tokens, masks.tolist(), strict=True)
    ]


def _view(block: Block, folded: str, tokens: int, cues: int) -> View:
    ends = _ENDS.search(block.text[-40:]) is not None
    prose = tokens >= _UNPUNCTUATED and block.link_density <= LINKED
    if not prose and (tokens >= PROSE_TOKENS or len(block.text) >= _PROSE_CHARS):
        prose = ends or len(_STOP.findall(block.text)) >= 2
    return View(block, folded, tokens, ends, prose, cues)


def _bytes(texts: Sequence[str]) -> Array:
    return np.frombuffer("\0".join(texts).encode(errors="surrogatepass"), np.uint8)


@cache
def _cue_words() -> Words:
    """The words that the pattern of each cue needs, so that most blocks need no pattern."""
    rows = [cues.needed(cues.TABLES[table][label]) for table, label in _CUES]
    return compile_words(["|".join(row) for row in rows] + [_PHOTO_WORDS], "|", True)


def main_elements(views: Sequence[View]) -> frozenset[str]:
    """Paths of the elements that hold much of the page's prose."""
    mass: dict[str, int] = {}
    for view in views:
        if view.prose:
            for path in _enclosing(view.block.path):
                mass[path] = mass.get(path, 0) + view.tokens
    least = _MAIN_SHARE * max(mass.values(), default=0)
    return frozenset(path for path, tokens in mass.items() if tokens >= least)


def _enclosing(path: str) -> Iterable[str]:
    """A path and the paths around it, innermost first."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def own_verdict(view: View, main: frozenset[str]) -> Verdict:
    """What a block says of itself; ``main``: paths whose names say nothing (`main_elements`)."""
    named = _named(view, main)
    for rule in _OWN_RULES if view.cues else _WORDLESS_RULES:
        verdict = rule(view)
        if verdict is not None and not (verdict.opens and named and named.label is Label.NAV):
            return verdict
    return named or _linked(view) or NOTHING


def _phrase(view: View, table: str, limit: int, said: str) -> Verdict | None:
    if view.tokens > limit or not view.cues:
        return None
    for label, bit in _CUES_OF[table]:
        if not view.cues & bit:
            continue
        pattern = cues.pattern(table, label)
        found = pattern.search(view.folded) if table == "anywhere" else pattern.match(view.folded)
        if found:
            return Verdict(label, said.format(found.group().strip(" :：|")), table == "sections")
    return None


def _says_section(view: View) -> Verdict | None:
    return _phrase(view, "sections", _SHORT // 2, 'heads a section: "{}"')


def _says_whole(view: View) -> Verdict | None:
    return _phrase(view, "whole", _SHORT // 2, 'says "{}" and nothing else')


def _says_opening(view: View) -> Verdict | None:
    limit = 2 * _SHORT
    if view.tokens > _SHORT and len(_STOP.findall(view.block.text)) > 1:
        limit = _SHORT
    return _phrase(view, "opening", limit, 'begins with "{}"')


def _says_anywhere(view: View) -> Verdict | None:
    return _phrase(view, "anywhere", _NOTICE, 'says "{}"')


def _named(view: View, main: frozenset[str]) -> Verdict | None:
    """Class names and ids of the elements around the block, innermost first."""
    for path in _enclosing(view.block.path):
        if path in main:
            return None
        tag, word, label = _step_label(path.rpartition("/")[2])
        if tag in cues.TAG_BOILERPLATE:
            links = tag == "footer" and view.block.link_density > 0
            return Verdict(Label.NAV if links else cues.TAG_BOILERPLATE[tag], f"in <{tag}>")
        if label is not None:
            return Verdict(label, f'in an element named "{word}"')
    return None


@lru_cache(maxsize=4096)
def _step_label(step: str) -> tuple[str, str, Label | None]:
    """The tag of a step of a path, the first of its names that says something, and what."""
    tag, *words = re.split(r"[.#]", step.lower())
    for word in words:
        label = _name_label(word)
        if label is not None:
            return tag, word, label
    return tag, "", None


def _name_label(word: str) -> Label | None:
    known = cues.names()
    for part in (word, *re.split(r"[-_]", word)):
        if part in known:
            return known[part]
        if part.startswith(_prefixes()):  # few are
            for prefix, label in cues.name_prefixes():
                if part.startswith(prefix):
                    return label
    return None


@cache
def _prefixes() -> tuple[str, ...]:
    return tuple(prefix for prefix, _ in cues.name_prefixes())


def _signed(view: View) -> Verdict | None:
    if view.tokens > _SHORT or view.prose or not _DIGIT.search(view.block.text):
        return None
    if _DATE_MARK.search(view.folded) and _DATE.search(view.folded):
        if _SOURCE.search(view.folded):
            return Verdict(Label.BYLINE, "a date and a source")
        if _MASTHEAD.match(view.folded) and view.block.tag != "li":
            return Verdict(Label.BYLINE, "a paper's name and a date")
    if _ONLY_DATE.match(view.block.text):
        return Verdict(Label.BYLINE, "a date and nothing else")
    return None


def _credited(view: View) -> Verdict | None:
    if view.cues & _PHOTO_BIT and view.tokens <= 4 * _SHORT and _PHOTO.search(view.folded):
        return Verdict(Label.CAPTION, "ends with a photographer's credit")
    return None


def closing_date(text: str) -> str:
    """The date or time within the last 20 characters of a text, or the empty string.

    >>> closing_date("A library opens 2023-05-16")
    '2023-05-16'
    """
    found = _DATE.search(text[-20:])
    return found.group() if found else ""


def _dated_item(view: View) -> Verdict | None:
    if view.block.tag == "li" and view.tokens <= 2 * _SHORT and not view.ends:
        date = closing_date(view.block.text)
        if date:
            return Verdict(Label.RELATED, f'a list item with a date: "{date}"')
    return None


def _channels(view: View) -> Verdict | None:
    text = view.block.text
    if view.tokens <= 4 * _SHORT and _SHORT_WORDS.match(text) and _ROW.match(text):
        return Verdict(Label.NAV, "a row of short names")
    return None


def _linked(view: View) -> Verdict | None:
    if view.block.link_density > LINKED and not view.prose and view.block.tag not in cues.HEADINGS:
        label = Label.RELATED if view.tokens > 6 else Label.NAV
        return Verdict(label, f"{view.block.link_density:.0%} of it are links")
    return None


_OWN_RULES: tuple[Callable[[View], Verdict | None], ...] = (
    _says_section,
    _says_whole,
    _signed,
    _says_opening,
    _says_anywhere,
    _credited,
    _dated_item,
    _channels,
)
# The same without those that need a word of a table of cues.
_WORDLESS_RULES = (_signed, _dated_item, _channels)
