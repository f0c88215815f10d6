"""Blocks to labels, by rules and cues.

Three readings, each a pass over the blocks: what a block says of itself (`own_verdict`), which
section it stands in (`_sections`), and where the run of content lies (`_content`). Each leaves its
reason.
"""

from collections.abc import Iterator, Sequence

from dedup.model import Block, Label, LabelledBlock
from dedup.page.classify.cues import HEADINGS, TAG_LABELS
from dedup.page.classify.sayings import (
    LINKED,
    LONG_PROSE,
    PROSE_TOKENS,
    Verdict,
    View,
    main_elements,
    own_verdict,
    views_of,
)
from dedup.text.fold import fold

# A section of links below a heading goes on over so many short paragraphs (teasers).
_TEASERS = 60
# A title has at least so many tokens, and at most so many.
_TITLE_MIN, _TITLE_MAX = 4, 120
# ... and a paragraph below it within so many blocks.
_TITLE_REACH = 8

_Verdicts = list[Verdict]


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


def labels_of(
    blocks: Sequence[Block], title: str, tokens: Sequence[int] | None = None
) -> Iterator[tuple[Label, str]]:
    """What `classify` says of each block, and why; ``tokens`` of the blocks, where known."""
    views = views_of(blocks, tokens)
    main = main_elements(views)
    verdicts = [own_verdict(view, main) for view in views]
    verdicts = _titles(views, verdicts, title)
    verdicts = _sections(views, verdicts)
    for verdict in _content(views, verdicts):
        yield verdict.label or Label.OTHER, verdict.reason


def _titles(views: Sequence[View], verdicts: _Verdicts, title: str) -> _Verdicts:
    """The page's title wherever it is set out, once found."""
    wanted = fold(title) or _first_title(views, verdicts)
    if not wanted:
        return verdicts
    done = list(verdicts)
    for i, view in enumerate(views):
        if not _is_title(view, wanted) or done[i].opens:
            continue
        # The title in a menu or a ranking is one item of many: a text has it right above.
        below = any(v.tokens >= LONG_PROSE and v.prose for v in views[i + 1 :][:_TITLE_REACH])
        heading = view.block.tag in HEADINGS
        if heading or (below and not (done[i].label and view.block.path)):
            done[i] = Verdict(Label.TITLE, "is the page's title")
    return done


def _is_title(view: View, wanted: str) -> bool:
    if not view.folded or view.block.link_density > LINKED:
        return False
    if view.folded == wanted:
        return True
    # A heading may say less than <title> or more.
    least = max(6, len(wanted) // 2)
    part = view.folded in wanted or (wanted in view.folded and len(view.folded) <= 2 * len(wanted))
    return part and len(view.folded) >= least and view.block.tag in ("h1", "h2")


def _first_title(views: Sequence[View], verdicts: _Verdicts) -> str:
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


def _sections(views: Sequence[View], verdicts: Sequence[Verdict]) -> list[Verdict]:
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
            done[i] = Verdict(section, reason)
    return done


def _ends_section(section: Label, view: View, verdict: Verdict) -> bool:
    if verdict.label in (Label.TITLE, Label.LEGAL):
        return True
    if section is Label.COMMENT:
        return False
    if verdict.label is Label.NAV:
        return verdict.reason.startswith(("says", "a row"))
    return view.prose and view.tokens >= (LONG_PROSE if view.block.tag != "li" else _TEASERS)


def _content(views: Sequence[View], verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Paragraphs are content; so are short blocks between them, by what they stand in."""
    done = [
        Verdict(_content_label(view), _CONTENT_REASONS.get(view.block.tag, "a paragraph"))
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


def _only_text(view: View, verdict: Verdict) -> Verdict:
    """On a page without a paragraph, what is no link and says nothing of itself is the text."""
    if verdict.label is not None or view.tokens < _TITLE_MIN or view.block.link_density > LINKED:
        return verdict
    return Verdict(_content_label(view), "the page has no other text")


_CONTENT_REASONS = {"tr": "a row of a table", "pre": "set as code", "blockquote": "set as a quote"}


def _set_apart(view: View) -> bool:
    """Set in a way that menus and boxes hardly ever are."""
    return view.block.tag in ("tr", "pre", "blockquote") and not view.block.link_density


def _content_label(view: View) -> Label:
    """What content is, by the elements around it."""
    tag, path = view.block.tag, view.block.path
    long = view.prose and view.tokens >= LONG_PROSE
    if (view.prose and tag in ("tr", "td")) or (long and tag == "li" and not path):
        return Label.BODY  # a cell that lays out the page; an item that is a dump's paragraph
    if tag == "p" and path:
        for step in reversed(path.rsplit("/", 3)[1:]):
            outer = step.partition(".")[0].partition("#")[0]
            if outer in ("li", "dd", "blockquote", "figcaption"):
                return TAG_LABELS[outer]
    return TAG_LABELS.get(tag, Label.BODY)


def _nearest(
    verdicts: Sequence[Verdict], order: range, passed: frozenset[Label]
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
_BELOW_TITLE = _TEXT - {Label.TITLE}
_HEAD = frozenset({Label.TITLE, Label.BYLINE})
_LISTED = frozenset({Label.RELATED, Label.RANKING, Label.COMMENT, Label.LEGAL, Label.NAV})


def _short_block(view: View, before: Label | None, after: Label | None) -> Verdict:
    """A block that says nothing of itself: what it is depends on what stands around it."""
    tag = view.block.tag
    goes_on = after in _BELOW_TITLE
    if before in _HEAD and after in _TEXT and tag == "p":
        if view.tokens <= PROSE_TOKENS and any(map(str.isdigit, view.folded)):
            return Verdict(Label.BYLINE, "a short line with figures above the text")
        return Verdict(Label.HEADING, "a line between the title and the text")
    if before in _TEXT and goes_on:
        return Verdict(_content_label(view), "between parts of the text")
    if before in _TEXT and not view.block.link_density and (tag == "li" or view.ends):
        return Verdict(_content_label(view), "goes on below the text")
    if goes_on and (tag in HEADINGS or view.tokens >= _TITLE_MIN):
        return Verdict(Label.HEADING, "a heading above the text")
    if after in (Label.RELATED, Label.RANKING) and before not in _TEXT:
        return Verdict(after, f"above blocks of {after.value}")
    if before is not None and before == after and before in _LISTED:
        return Verdict(before, f"between blocks of {before.value}")
    if tag == "li" or view.block.link_density > 0 or view.tokens <= _TITLE_MIN:
        return Verdict(Label.NAV, "a short item outside the text")
    return Verdict(Label.OTHER, "a short line outside the text")
