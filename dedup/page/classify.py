"""Blocks to labels, by rules and cues.

Three readings, each a pass over the blocks: what a block says of itself (`_own`), which section it
stands in (`_sections`), and where the run of content lies (`_content`). Each leaves its reason.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dedup.model import Block, Label, LabelledBlock
from dedup.page import cues
from dedup.text.fold import fold

# One token a character in scripts without spaces, else a word.
_TOKEN = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
    r"|[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
_STOP = re.compile(r"[。！？!?；;]|[.…](?=[\s\"'”’)]|$)|।|؟|ฯ|ๆ ")
_ENDS = re.compile(r"[.!?…。！？；;:：][\s\"'”’」』》）)\]】]*$|[.!?…。！？][”’」』\"']")
_DATE = re.compile(
    r"(?:19|20)\d\d ?[-./年년] ?\d{1,2} ?[-./月월] ?\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d"
    r"|\d{1,2}:\d\d|\d+ ?(?:小时|分钟|天|日|時間|分|시간|hours?|days?|minutes?)(?:前| ago|전)"
)
_ONLY_DATE = re.compile(rf"[^\w]*(?:(?:{_DATE.pattern})[^\w]*)+$")

# Paragraphs: so many tokens with a sentence's punctuation; a long one ends any list around it.
_PROSE_TOKENS = 12
_LONG_PROSE = 40
# Cues speak for a whole block only where the block is short; ANYWHERE phrases up to a notice's size.
_SHORT, _NOTICE = 30, 160
# Readability's limit from which a block is a list of links.
_LINKED = 0.5
# A section of links below a heading goes on over so many short paragraphs (teasers).
_TEASERS = 60

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TAG_LABELS = {
    "li": Label.LIST,
    "dt": Label.LIST,
    "dd": Label.LIST,
    "tr": Label.TABLE,
    "td": Label.TABLE,
    "th": Label.TABLE,
    "blockquote": Label.QUOTE,
    "pre": Label.CODE,
    "figcaption": Label.CAPTION,
    **dict.fromkeys(_HEADINGS, Label.HEADING),
}
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


@dataclass(frozen=True, slots=True)
class _View:
    """A block as the rules look at it."""

    block: Block
    folded: str
    tokens: int
    stops: int
    ends: bool

    @property
    def prose(self) -> bool:
        """Whether it reads as a sentence or more."""
        return self.tokens >= _PROSE_TOKENS and (self.ends or self.stops >= 2)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is known of a block so far: no label means that nothing speaks for one."""

    label: Label | None
    reason: str
    opens: bool = False  # the block heads a section of its kind


_NOTHING = _Verdict(None, "")


def classify(blocks: Sequence[Block], title: str = "") -> tuple[LabelledBlock, ...]:
    """Label blocks by rules.

    Args:
        blocks: the blocks of one page, in order.
        title: the page's title, where it is known from elsewhere.

    >>> page = [Block(0, "首页", 0, 2), Block(1, "今天，市图书馆的新馆向读者开放，藏书三十万册。", 3, 9)]
    >>> [(b.label.value, b.reason) for b in classify(page)]
    [('nav', 'says "首页" and nothing else'), ('body', 'a paragraph')]
    """
    views = [_view(block) for block in blocks]
    verdicts = [_own(view) for view in views]
    verdicts = _titles(views, verdicts, title)
    verdicts = _sections(views, verdicts)
    verdicts = _content(views, verdicts)
    return tuple(
        LabelledBlock(view.block, verdict.label or Label.OTHER, _score(verdict), verdict.reason)
        for view, verdict in zip(views, verdicts, strict=True)
    )


def _view(block: Block) -> _View:
    text = block.text
    folded = fold(text[: 4 * _NOTICE])
    return _View(
        block,
        folded,
        len(_TOKEN.findall(text)),
        len(_STOP.findall(text)),
        _ENDS.search(text[-40:]) is not None,
    )


def _score(verdict: _Verdict) -> float:
    """Rules know no degrees: 1 for content, 0 for the rest."""
    return 1.0 if verdict.label is not None and verdict.label.is_content else 0.0


# What a block says of itself: rules in order, the first that speaks decides.


def _own(view: _View) -> _Verdict:
    for rule in _OWN_RULES:
        verdict = rule(view)
        if verdict is not None:
            return verdict
    return _NOTHING


def _phrase(view: _View, table: str, limit: int, said: str) -> _Verdict | None:
    if view.tokens > limit:
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
    limit = _SHORT if view.stops > 1 else 2 * _SHORT
    return _phrase(view, "opening", limit, 'begins with "{}"')


def _says_anywhere(view: _View) -> _Verdict | None:
    return _phrase(view, "anywhere", _NOTICE, 'says "{}"')


def _named(view: _View) -> _Verdict | None:
    """Class names and ids of the elements around the block, innermost first."""
    for step in reversed(view.block.path.split("/")):
        tag, *words = re.split(r"[.#]", step.lower())
        if tag in _TAG_BOILERPLATE:
            return _Verdict(_TAG_BOILERPLATE[tag], f"in <{tag}>")
        for word in words:
            label = _name_label(word)
            if label is not None:
                return _Verdict(label, f'in an element named "{word}"')
    return None


def _name_label(word: str) -> Label | None:
    known = cues.names()
    for part in (word, *re.split(r"[-_]", word)):
        if part in known:
            return known[part]
        for prefix, label in cues.name_prefixes():
            if part.startswith(prefix):
                return label
    return None


def _dated(view: _View) -> _Verdict | None:
    if _ONLY_DATE.match(view.block.text):
        return _Verdict(Label.BYLINE, "a date and nothing else")
    if view.block.tag == "li" and view.tokens <= 2 * _SHORT and not view.ends:
        found = _DATE.search(view.block.text[-20:])
        if found:
            return _Verdict(Label.RELATED, f'a list item with a date: "{found.group()}"')
    return None


def _linked(view: _View) -> _Verdict | None:
    if view.block.link_density > _LINKED and not view.prose:
        label = Label.RELATED if view.tokens > 6 else Label.NAV
        return _Verdict(label, f"{view.block.link_density:.0%} of it are links")
    return None


_OWN_RULES: tuple[Callable[[_View], _Verdict | None], ...] = (
    _says_section,
    _says_whole,
    _says_opening,
    _says_anywhere,
    _named,
    _dated,
    _linked,
)


def _titles(views: Sequence[_View], verdicts: Sequence[_Verdict], title: str) -> list[_Verdict]:
    """The first block that is the page's title, or else the first line that can be one."""
    wanted = fold(title)
    done = list(verdicts)
    if wanted:
        for i, view in enumerate(views):
            same = view.folded and (view.folded == wanted or view.folded in wanted)
            if same and len(view.folded) >= min(6, len(wanted)) and not done[i].opens:
                done[i] = _Verdict(Label.TITLE, "is the page's title")
                return done
        return done
    for i, view in enumerate(views):
        if view.prose and done[i].label is None:
            break
        if done[i].label is None and 6 <= view.tokens <= 4 * _SHORT and not view.ends:
            done[i] = _Verdict(Label.TITLE, "the first line before the text")
            break
    return done


def _sections(views: Sequence[_View], verdicts: Sequence[_Verdict]) -> list[_Verdict]:
    """Carry a section's kind over the blocks below its heading."""
    done = list(verdicts)
    section: Label | None = None
    reason = ""
    for i, (view, verdict) in enumerate(zip(views, verdicts, strict=True)):
        if verdict.opens:
            section, reason = verdict.label, verdict.reason.replace("heads a section", "below")
            continue
        if section is None:
            continue
        if _ends_section(section, view, verdict):
            section = None
        elif verdict.label in (None, Label.BYLINE, Label.RELATED, Label.NAV, Label.CAPTION):
            done[i] = _Verdict(section, reason)
    return done


def _ends_section(section: Label, view: _View, verdict: _Verdict) -> bool:
    if verdict.label in (Label.TITLE, Label.LEGAL, Label.HEADING):
        return True
    if section is Label.COMMENT:
        return False
    return view.prose and view.tokens >= (_LONG_PROSE if view.block.tag != "li" else _TEASERS)


def _content(views: Sequence[_View], verdicts: Sequence[_Verdict]) -> list[_Verdict]:
    """Paragraphs are content; so are short blocks between them, by what they stand in."""
    done = [
        _Verdict(_content_label(view), "a paragraph")
        if verdict.label is None and view.prose
        else verdict
        for view, verdict in zip(views, verdicts, strict=True)
    ]
    before = _nearest(done, range(len(done)))
    after = _nearest(done, range(len(done) - 1, -1, -1))
    for i, (view, verdict) in enumerate(zip(views, done, strict=True)):
        if verdict.label is None:
            done[i] = _short_block(view, before[i], after[i])
    return done


def _content_label(view: _View) -> Label:
    return _TAG_LABELS.get(view.block.tag, Label.BODY)


def _nearest(verdicts: Sequence[_Verdict], order: range) -> list[Label | None]:
    """For each block the label of the nearest one decided before it, in the given order."""
    nearest: list[Label | None] = [None] * len(verdicts)
    last: Label | None = None
    for i in order:
        nearest[i] = last
        if verdicts[i].label is not None:
            last = verdicts[i].label
    return nearest


_TEXT = frozenset(
    {Label.BODY, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE, Label.CAPTION, Label.TITLE}
)


def _short_block(view: _View, before: Label | None, after: Label | None) -> _Verdict:
    """A block that says nothing of itself: content if content stands around it."""
    tag = view.block.tag
    if before in _TEXT and after in _TEXT - {Label.TITLE}:
        return _Verdict(_content_label(view), "between parts of the text")
    if before in (Label.TITLE, Label.BYLINE) and after in _TEXT:
        return _Verdict(_content_label(view), "between the title and the text")
    if before in _TEXT and tag in ("li", "tr", "pre", "blockquote") and not view.block.link_density:
        return _Verdict(_content_label(view), "goes on below the text")
    if tag in _HEADINGS and after in _TEXT:
        return _Verdict(Label.HEADING, "a heading above the text")
    if tag == "li" or view.block.link_density > 0:
        return _Verdict(Label.NAV, "a short item outside the text")
    return _Verdict(Label.OTHER, "a short line outside the text")
