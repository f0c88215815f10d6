"""Blocks to labels, by rules and cues.

Three readings, each a pass over the blocks: what a block says of itself (`_own`), which section it
stands in (`_sections`), and where the run of content lies (`_content`). Each leaves its reason.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from dedup.kernels.counts import COUNTS, measure
from dedup.kernels.patterns import Words
from dedup.model import Block, Label, LabelledBlock
from dedup.page.classify import cues
from dedup.page.classify.features import compile_words
from dedup.page.classify.tag_labels import HEADINGS, TAG_LABELS
from dedup.text.fold import fold

Array = np.ndarray[Any, Any]

_STOP = re.compile(r"[。！？!?；;]|[.…](?=[\s\"'”’)]|$)|।|؟|ฯ|ๆ ")
_ENDS = re.compile(r"[.!?…。！？；;:：][\s\"'”’」』》）)\]】]*$|[.!?…。！？][”’」』\"']")
_DATE = re.compile(
    r"(?:19|20)\d\d ?[-./年년] ?\d{1,2} ?[-./月월] ?\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d"
    r"|\d{1,2}:\d\d|\d+ ?(?:小时|分钟|天|日|時間|分|시간|hours?|days?|minutes?)(?:前| ago|전)"
)
# What each date and time holds.
_DATE_MARK = re.compile(r"[-./:年년前전]| ago")
_DIGIT = re.compile(r"\d")
_ONLY_DATE = re.compile(rf"[^\w]*(?:(?:{_DATE.pattern})[^\w]*)+$")

_SOURCE = re.compile(r"来源|作者|编辑|记者|source|author|출처|источник|quelle|fuente|出典")
_PHOTO = re.compile(r"(?:摄|摄影|供图|制图|photo|写真)\W*$")
# A row of channel names: short CJK words set apart by spaces or bars.
_ROW = re.compile(
    r"(?:[\u3400-\u9fff]{1,5}|[A-Z]{2,3})"
    r"(?:[ |｜丨·/>»\u3000]+(?:[\u3400-\u9fff]{1,5}|[A-Z]{2,3})){5,}\W*$"
)
_MASTHEAD = re.compile(r"[^\W\d]{2,12}(?:报|網|网|社|台|在线|日报|周刊|新闻|時報|报道)\W")

# Paragraphs: so many tokens or characters with a sentence's punctuation; long ones end lists.
_PROSE_TOKENS, _PROSE_CHARS = 12, 40
_LONG_PROSE = 40
# Without punctuation (Thai writes none) a paragraph is at least so long.
_UNPUNCTUATED = 100
# Cues speak for a whole block only where it is short; ANYWHERE phrases up to a notice's size.
_SHORT, _NOTICE = 30, 160
# Readability's limit from which a block is a list of links.
_LINKED = 0.5
# A section of links below a heading goes on over so many short paragraphs (teasers).
_TEASERS = 60
# An element that holds this share of the page's prose is no box at its edge, whatever its name.
_MAIN_SHARE = 0.4
# A title has at least so many tokens, and at most so many.
_TITLE_MIN, _TITLE_MAX = 4, 120
# ... and a paragraph below it within so many blocks.
_TITLE_REACH = 8

_TAG_BOILERPLATE = {
    "nav": Label.NAV,
    "footer": Label.LEGAL,
    "aside": Label.RELATED,
    "form": Label.FORM,
    "select": Label.FORM,
    "option": Label.FORM,
    "button": Label.FORM,
    "label": Label.FORM,
}

# The tables of cues, and the words that the pattern of a photographer's credit needs.
_TABLES = {
    "sections": cues.SECTIONS,
    "whole": cues.WHOLE,
    "opening": cues.OPENING,
    "anywhere": cues.ANYWHERE,
    "photo": {Label.CAPTION: "摄|影|供图|制图|photo|写真"},
}
_TABLE_BIT = {name: bit for bit, name in enumerate(_TABLES)}


class _View(NamedTuple):
    """A block as the rules look at it.

    Attributes:
        block: the block.
        folded: the beginning of its text, folded.
        tokens: as the features count them.
        ends: whether it ends like a sentence.
        prose: whether it reads as a sentence or more.
        tables: a bit per table of cues: whether it holds a word that the table's patterns need.
    """

    block: Block
    folded: str
    tokens: int
    ends: bool
    prose: bool
    tables: int


class _Verdict(NamedTuple):
    """What is known of a block so far: no label means that nothing speaks for one."""

    label: Label | None
    reason: str
    opens: bool = False  # the block heads a section of its kind


_NOTHING = _Verdict(None, "")
_Verdicts = list[_Verdict]


def classify(blocks: Sequence[Block], title: str = "") -> tuple[LabelledBlock, ...]:
    """Label blocks by rules.

    Args:
        blocks: the blocks of one page, in order.
        title: the page's title, where it is known from elsewhere.

    >>> page = [Block(0, "首页", 0, 2), Block(1, "今天，市图书馆的新馆向读者开放。", 3, 9)]
    >>> [(b.label.value, b.reason) for b in classify(page)]
    [('nav', 'says "首页" and nothing else'), ('body', 'a paragraph')]
    """
    return tuple(
        LabelledBlock(block, label, float(label.is_content), reason)
        for block, (label, reason) in zip(blocks, labels_of(blocks, title), strict=True)
    )


def labels_of(blocks: Sequence[Block], title: str) -> Iterator[tuple[Label, str]]:
    """What `classify` says of each block, and why."""
    views = _views(blocks)
    main = _main_elements(views)
    verdicts = [_own(view, main) for view in views]
    verdicts = _titles(views, verdicts, title)
    verdicts = _sections(views, verdicts)
    for verdict in _content(views, verdicts):
        yield verdict.label or Label.OTHER, verdict.reason


def _views(blocks: Sequence[Block]) -> list[_View]:
    if not blocks:
        return []
    # All blocks are folded at once, parted by a private character: folding costs per call.
    part = "\ue000"
    folded = fold(part.join([b.text[: 4 * _NOTICE].replace(part, " ") for b in blocks]))
    heads = [words.strip() for words in folded.split(part)]
    tables = np.zeros(len(blocks), np.uint64)
    _table_words().find(_bytes(heads), tables)
    counts = np.empty((len(blocks), len(COUNTS)), np.float32)
    measure(_bytes([b.text.replace("\0", " ") for b in blocks]), counts, np.empty_like(tables))
    tokens = counts[:, COUNTS["tokens"]].astype(int).tolist()
    return [
        _view(block, words, number, mask)
        for block, words, number, mask in zip(blocks, heads, tokens, tables.tolist(), strict=True)
    ]


def _view(block: Block, folded: str, tokens: int, tables: int) -> _View:
    ends = _ENDS.search(block.text[-40:]) is not None
    prose = tokens >= _UNPUNCTUATED and block.link_density <= _LINKED
    if not prose and (tokens >= _PROSE_TOKENS or len(block.text) >= _PROSE_CHARS):
        prose = ends or len(_STOP.findall(block.text)) >= 2
    return _View(block, folded, tokens, ends, prose, tables)


def _bytes(texts: Sequence[str]) -> Array:
    return np.frombuffer("\0".join(texts).encode(errors="surrogatepass"), np.uint8)


@cache
def _table_words() -> Words:
    """The words that the patterns of each table need, so that most blocks need no pattern."""
    words = {name: cues.needed(rows) for name, rows in _TABLES.items()}
    return compile_words({name: "|".join(sorted(row)) for name, row in words.items()}, "|", True)


def _main_elements(views: Sequence[_View]) -> frozenset[str]:
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


# What a block says of itself: rules in order, the first that speaks decides.


def _own(view: _View, main: frozenset[str]) -> _Verdict:
    named = _named(view, main)
    for rule in _OWN_RULES if view.tables else _WORDLESS_RULES:
        verdict = rule(view)
        if verdict is not None and not (verdict.opens and named and named.label is Label.NAV):
            return verdict
    return named or _linked(view) or _NOTHING


def _phrase(view: _View, table: str, limit: int, said: str) -> _Verdict | None:
    if view.tokens > limit or not view.tables >> _TABLE_BIT[table] & 1:
        return None
    for label, pattern in cues.patterns(table):
        found = pattern.search(view.folded) if table == "anywhere" else pattern.match(view.folded)
        if found:
            return _Verdict(label, said.format(found.group().strip(" :：|")), table == "sections")
    return None


def _says_section(view: _View) -> _Verdict | None:
    return _phrase(view, "sections", _SHORT // 2, 'heads a section: "{}"')


def _says_whole(view: _View) -> _Verdict | None:
    return _phrase(view, "whole", _SHORT // 2, 'says "{}" and nothing else')


def _says_opening(view: _View) -> _Verdict | None:
    limit = 2 * _SHORT
    if view.tokens > _SHORT and len(_STOP.findall(view.block.text)) > 1:
        limit = _SHORT
    return _phrase(view, "opening", limit, 'begins with "{}"')


def _says_anywhere(view: _View) -> _Verdict | None:
    return _phrase(view, "anywhere", _NOTICE, 'says "{}"')


def _named(view: _View, main: frozenset[str]) -> _Verdict | None:
    """Class names and ids of the elements around the block, innermost first."""
    for path in _enclosing(view.block.path):
        if path in main:
            return None
        tag, word, label = _step_label(path.rpartition("/")[2])
        if tag in _TAG_BOILERPLATE:
            links = tag == "footer" and view.block.link_density > 0
            return _Verdict(Label.NAV if links else _TAG_BOILERPLATE[tag], f"in <{tag}>")
        if label is not None:
            return _Verdict(label, f'in an element named "{word}"')
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


def _signed(view: _View) -> _Verdict | None:
    if view.tokens > _SHORT or view.prose or not _DIGIT.search(view.block.text):
        return None
    if _DATE_MARK.search(view.folded) and _DATE.search(view.folded):
        if _SOURCE.search(view.folded):
            return _Verdict(Label.BYLINE, "a date and a source")
        if _MASTHEAD.match(view.folded) and view.block.tag != "li":
            return _Verdict(Label.BYLINE, "a paper's name and a date")
    if _ONLY_DATE.match(view.block.text):
        return _Verdict(Label.BYLINE, "a date and nothing else")
    return None


def _credited(view: _View) -> _Verdict | None:
    photo = view.tables >> _TABLE_BIT["photo"] & 1
    if photo and view.tokens <= 4 * _SHORT and _PHOTO.search(view.folded):
        return _Verdict(Label.CAPTION, "ends with a photographer's credit")
    return None


def closing_date(text: str) -> str:
    """The date or time within the last 20 characters of a text, or the empty string.

    >>> closing_date("A library opens 2023-05-16")
    '2023-05-16'
    """
    found = _DATE.search(text[-20:])
    return found.group() if found else ""


def _dated_item(view: _View) -> _Verdict | None:
    if view.block.tag == "li" and view.tokens <= 2 * _SHORT and not view.ends:
        date = closing_date(view.block.text)
        if date:
            return _Verdict(Label.RELATED, f'a list item with a date: "{date}"')
    return None


def _channels(view: _View) -> _Verdict | None:
    if view.tokens <= 4 * _SHORT and _ROW.match(view.block.text):
        return _Verdict(Label.NAV, "a row of short names")
    return None


def _linked(view: _View) -> _Verdict | None:
    if view.block.link_density > _LINKED and not view.prose and view.block.tag not in HEADINGS:
        label = Label.RELATED if view.tokens > 6 else Label.NAV
        return _Verdict(label, f"{view.block.link_density:.0%} of it are links")
    return None


_OWN_RULES: tuple[Callable[[_View], _Verdict | None], ...] = (
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


def _titles(views: Sequence[_View], verdicts: _Verdicts, title: str) -> _Verdicts:
    """The page's title wherever it is set out, once found."""
    wanted = fold(title) or _first_title(views, verdicts)
    if not wanted:
        return verdicts
    done = list(verdicts)
    for i, view in enumerate(views):
        if not _is_title(view, wanted) or done[i].opens:
            continue
        # The title in a menu or a ranking is one item of many: a text has it right above.
        below = any(v.tokens >= _LONG_PROSE and v.prose for v in views[i + 1 :][:_TITLE_REACH])
        heading = view.block.tag in HEADINGS
        if heading or (below and not (done[i].label and view.block.path)):
            done[i] = _Verdict(Label.TITLE, "is the page's title")
    return done


def _is_title(view: _View, wanted: str) -> bool:
    if not view.folded or view.block.link_density > _LINKED:
        return False
    if view.folded == wanted:
        return True
    # A heading may say less than <title> or more.
    least = max(6, len(wanted) // 2)
    part = view.folded in wanted or (wanted in view.folded and len(view.folded) <= 2 * len(wanted))
    return part and len(view.folded) >= least and view.block.tag in ("h1", "h2")


def _first_title(views: Sequence[_View], verdicts: _Verdicts) -> str:
    """In text: the first of the lines right above the first paragraph that can be a title."""
    first = next((i for i, v in enumerate(views) if v.prose and verdicts[i].label is None), 0)
    found = ""
    for view, verdict in zip(views[:first][::-1], verdicts[:first][::-1], strict=True):
        if verdict.label in (Label.BYLINE, Label.SHARE, Label.AD, Label.NAV, Label.FORM):
            continue
        if verdict.label is not None:
            break
        if _TITLE_MIN <= view.tokens <= _TITLE_MAX and not view.ends:
            found = view.folded
    return found


def _sections(views: Sequence[_View], verdicts: Sequence[_Verdict]) -> list[_Verdict]:
    """Carry a section's kind over the blocks below its heading."""
    done = list(verdicts)
    section: Label | None = None
    reason = ""
    for i, (view, verdict) in enumerate(zip(views, verdicts, strict=True)):
        if verdict.opens:
            section, reason = verdict.label, verdict.reason.replace("heads a section", "below")
        elif section is None:
            continue
        elif _ends_section(section, view, verdict):
            section = None
        elif verdict.label in (None, Label.BYLINE, Label.RELATED, Label.NAV, Label.CAPTION):
            done[i] = _Verdict(section, reason)
    return done


def _ends_section(section: Label, view: _View, verdict: _Verdict) -> bool:
    if verdict.label in (Label.TITLE, Label.LEGAL):
        return True
    if section is Label.COMMENT:
        return False
    if verdict.label is Label.NAV:
        return verdict.reason.startswith(("says", "a row"))
    return view.prose and view.tokens >= (_LONG_PROSE if view.block.tag != "li" else _TEASERS)


def _content(views: Sequence[_View], verdicts: Sequence[_Verdict]) -> list[_Verdict]:
    """Paragraphs are content; so are short blocks between them, by what they stand in."""
    done = [
        _Verdict(_content_label(view), _CONTENT_REASONS.get(view.block.tag, "a paragraph"))
        if verdict.label is None and (view.prose or _set_apart(view))
        else verdict
        for view, verdict in zip(views, verdicts, strict=True)
    ]
    if not any(verdict.label in _TEXT for verdict in done):
        done = [_only_text(view, verdict) for view, verdict in zip(views, done, strict=True)]
    before = _nearest(done, range(len(done)), frozenset())
    after = _nearest(done, range(len(done) - 1, -1, -1), frozenset({Label.BYLINE}))
    for i, (view, verdict) in enumerate(zip(views, done, strict=True)):
        if verdict.label is None:
            done[i] = _short_block(view, before[i], after[i])
    return done


def _only_text(view: _View, verdict: _Verdict) -> _Verdict:
    """On a page without a paragraph, what is no link and says nothing of itself is the text."""
    if verdict.label is not None or view.tokens < _TITLE_MIN or view.block.link_density > _LINKED:
        return verdict
    return _Verdict(_content_label(view), "the page has no other text")


_CONTENT_REASONS = {"tr": "a row of a table", "pre": "set as code", "blockquote": "set as a quote"}


def _set_apart(view: _View) -> bool:
    """Set in a way that menus and boxes hardly ever are."""
    return view.block.tag in ("tr", "pre", "blockquote") and not view.block.link_density


def _content_label(view: _View) -> Label:
    """What content is, by the elements around it."""
    tag, path = view.block.tag, view.block.path
    long = view.prose and view.tokens >= _LONG_PROSE
    if (view.prose and tag in ("tr", "td")) or (long and tag == "li" and not path):
        return Label.BODY  # a cell that lays out the page; an item that is a dump's paragraph
    if tag == "p" and path:
        for step in reversed(path.rsplit("/", 3)[1:]):
            outer = step.partition(".")[0].partition("#")[0]
            if outer in ("li", "dd", "blockquote", "figcaption"):
                return TAG_LABELS[outer]
    return TAG_LABELS.get(tag, Label.BODY)


def _nearest(
    verdicts: Sequence[_Verdict], order: range, passed: frozenset[Label]
) -> list[Label | None]:
    """For each block the label of the nearest one decided before it, in the given order."""
    nearest: list[Label | None] = [None] * len(verdicts)
    last: Label | None = None
    for i in order:
        nearest[i] = last
        label = verdicts[i].label
        if label is not None and label not in passed:
            last = label
    return nearest


_TEXT = frozenset(
    {Label.BODY, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE, Label.CAPTION, Label.TITLE}
)


_LISTED = frozenset({Label.RELATED, Label.RANKING, Label.COMMENT, Label.LEGAL, Label.NAV})


def _short_block(view: _View, before: Label | None, after: Label | None) -> _Verdict:
    """A block that says nothing of itself: what it is depends on what stands around it."""
    tag = view.block.tag
    if before in (Label.TITLE, Label.BYLINE) and after in _TEXT and tag == "p":
        if view.tokens <= _PROSE_TOKENS and any(map(str.isdigit, view.folded)):
            return _Verdict(Label.BYLINE, "a short line with figures above the text")
        return _Verdict(Label.HEADING, "a line between the title and the text")
    if before in _TEXT and after in _TEXT - {Label.TITLE}:
        return _Verdict(_content_label(view), "between parts of the text")
    if before in _TEXT and not view.block.link_density and (tag == "li" or view.ends):
        return _Verdict(_content_label(view), "goes on below the text")
    if after in _TEXT - {Label.TITLE} and (tag in HEADINGS or view.tokens >= _TITLE_MIN):
        return _Verdict(Label.HEADING, "a heading above the text")
    if after in (Label.RELATED, Label.RANKING) and before not in _TEXT:
        return _Verdict(after, f"above blocks of {after.value}")
    if before is not None and before == after and before in _LISTED:
        return _Verdict(before, f"between blocks of {before.value}")
    if tag == "li" or view.block.link_density > 0 or view.tokens <= _TITLE_MIN:
        return _Verdict(Label.NAV, "a short item outside the text")
    return _Verdict(Label.OTHER, "a short line outside the text")
