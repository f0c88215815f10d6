"""Blocks of plain text to labels: the rules name the kinds, the text model decides what belongs.

A text dump has no tree, so that the rules see bullets, dates and phrases only. The model was
trained on pages rendered to lines (DOM pages as WET files hold them) and is the better judge of
what is content; the rules are the better judge of what things are called.
"""

from collections.abc import Sequence

from dedup.config import PageSettings
from dedup.model import Block, Label, LabelledBlock
from dedup.page.classify.decide import THRESHOLDS, judge
from dedup.page.classify.rules import classify, closing_date
from dedup.page.lines import columns_of_lines

# How far from the border a score must lie for the model to overrule a rule: measured on the
# development pages rendered to lines (.10 to .20 are within .01 of each other there); on short
# texts the model has little to go by, and what a bullet says it hardly sees.
_SURE, _SURE_ITEM, _SURE_SHORT = 0.15, 0.35, 0.4
_SHORT = 40  # blocks

_APART = frozenset({Label.TITLE, Label.BYLINE, Label.CAPTION})


def judge_dump(blocks: Sequence[Block], settings: PageSettings) -> tuple[LabelledBlock, ...]:
    """Label the blocks of a plain text.

    >>> blocks = [Block(0, "首页", 0, 2), Block(1, "今天，市图书馆的新馆向读者开放。", 3, 19)]
    >>> [(b.label.value, b.reason) for b in judge_dump(blocks, PageSettings())]
    [('nav', 'says "首页" and nothing else'), ('body', 'a paragraph')]
    """
    page = columns_of_lines([block.text for block in blocks], [b.tag == "li" for b in blocks])
    verdicts = judge(page, settings)
    border = THRESHOLDS[settings.favor]
    judged = []
    for rule, label, score, reason in zip(
        classify(blocks), verdicts.labels, verdicts.scores.tolist(), verdicts.reasons, strict=True
    ):
        margin = _SURE_ITEM if rule.block.tag == "li" else _SURE
        margin = _SURE_SHORT if len(blocks) <= _SHORT else margin
        # A dated item is a link to an article, however much its list looks like text.
        item = rule.block.tag == "li" and rule.label is Label.RELATED
        dated = item and closing_date(rule.block.text)
        agree = _in_text(rule.label) == (score >= border)
        if agree or dated or rule.label in _APART or abs(score - border) <= margin:
            score = score if agree else rule.score
            judged.append(LabelledBlock(rule.block, rule.label, score, rule.reason))
        else:
            judged.append(LabelledBlock(rule.block, label, score, reason))
    return tuple(judged)


def _in_text(label: Label) -> bool:
    return label.is_content and label not in _APART
