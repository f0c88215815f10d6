"""The learned classifier: labels, reasons, what a caller may ask for."""

import pickle
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Favor, PageSettings, Settings
from dedup.errors import SettingsError
from dedup.model import CONTENT, Label, SourceKind
from dedup.page.classify.decide import judge
from dedup.page.classify.features import Described
from dedup.page.classify.network import Model, shipped
from dedup.page.classify.schema import KINDS
from dedup.page.classify.site_rules import rules_of_toml
from dedup.page.clean import clean
from dedup.page.source.html import blocks_of_html
from dedup.page.source.plain import columns_of_lines

PARAGRAPHS = [
    "The town's new library opened on Monday, after three years of work and one long delay.",
    "It holds 20,000 books, and the mayor said that there is room for twice as many more.",
    "Children from the school next door sang two songs, which nobody had expected at all.",
]
PAGE = (
    "<title>New library</title><nav><a href=/>Home</a> <a href=/a>About</a></nav>"
    "<article><h1>New library</h1>"
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    + "</article>"
    "<div class=related><h3>Related articles</h3><ul><li><a href=/1>Old library closes</a></li>"
    "<li><a href=/2>Mayor speaks again</a></li></ul></div><footer>© The Town</footer>"
)


def test_an_article_is_kept_and_its_frame_is_not() -> None:
    page = clean(PAGE)
    assert page.text.split("\n\n") == PARAGRAPHS
    assert all(block.reason for block in page.blocks)


def test_favor_moves_the_threshold() -> None:
    # Three paragraphs among links and short lines: some score between the thresholds.
    lines = "".join(f"<p>Item {k} of the list</p><p><a href=/>more</a></p>" for k in range(30))
    page = blocks_of_html(PAGE.replace("</article>", lines + "</article>"))
    kept = {favor: int(judge(page, PageSettings(favor=favor)).content.sum()) for favor in Favor}
    assert kept[Favor.PRECISION] < kept[Favor.RECALL]
    assert kept[Favor.PRECISION] <= kept[Favor.BALANCED] <= kept[Favor.RECALL]


@pytest.mark.parametrize("kind", list(SourceKind))
def test_an_unknown_favor_is_refused_for_every_kind_of_source(kind: SourceKind) -> None:
    with pytest.raises(SettingsError, match="favor"):
        clean("a", kind=kind, settings=Settings(page=PageSettings(favor="speed")))  # type: ignore[arg-type]


def test_a_body_that_is_only_in_json_ld_is_found() -> None:
    body = " ".join(PARAGRAPHS)
    source = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "'
        f'{body}"}}</script><div id=app></div>'
    )
    page = clean(source)
    assert page.text == body
    assert page.blocks[0].reason.startswith("found in the page's JSON-LD: ")


def test_a_description_does_not_join_the_body_that_the_tree_holds() -> None:
    summary = "昨日新馆开放，读者排起长队，馆长致辞并介绍藏书情况。"
    news = (
        "市图书馆的新馆昨天向读者开放，三年的建设终于完成。新馆藏书两万册，馆长说，还有一倍的空间。"
    )
    page = f"<meta name=description content='{summary}'><div class=article><p>{news}</p></div>"
    assert clean(page).text == news
    assert clean(page.replace(news, "")).text == summary


def test_text_hidden_by_a_style_counts() -> None:
    hidden = PAGE.replace("<article>", "<article id=js_content style='visibility:hidden'>")
    assert clean(hidden).text == clean(PAGE).text


def test_rules_of_a_site_win() -> None:
    rules = rules_of_toml(
        '["town.org"]\nkeep = [".related li"]\ndrop = ["article p:first-of-type"]\n'
        'label = { footer = "share" }'
    )
    page = clean(
        PAGE, url="https://www.town.org/1", settings=Settings(page=PageSettings(rules=rules))
    )
    assert PARAGRAPHS[0] not in page.text
    assert "Mayor speaks again" in page.text
    assert page.blocks[-1].label is Label.SHARE
    assert page.blocks[-1].reason == "the site's rule footer"
    elsewhere = clean(
        PAGE, url="https://city.org", settings=Settings(page=PageSettings(rules=rules))
    )
    assert PARAGRAPHS[0] in elsewhere.text


@pytest.mark.parametrize("text", ["x", '["a.org"]\nkeeps = []', '["a.org"]\nlabel = { a = "no" }',
                                  '["a.org"]\nkeep = ["p["]'])  # fmt: skip
def test_bad_rules_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        rules_of_toml(text)


def test_blocks_are_lazy_but_equal_to_a_tuple() -> None:
    page = clean(PAGE)
    assert pickle.loads(pickle.dumps(page)) == page
    assert page.blocks == tuple(page.blocks)
    assert page.blocks[0].index == 0


def test_scores_are_the_same_in_any_order() -> None:
    one, other = blocks_of_html(PAGE), blocks_of_html("<p>x" * 30)
    first = judge(one, PageSettings()).scores
    judge(other, PageSettings())
    assert np.array_equal(first, judge(one, PageSettings()).scores)


def test_lines_are_judged_without_a_tree() -> None:
    lines = ["Home", "About", *PARAGRAPHS, "© The Town 2024. All rights reserved"]
    verdicts = judge(columns_of_lines(lines, [False] * len(lines)), PageSettings())
    assert [label in CONTENT for label in verdicts.labels][2:5] == [True] * 3
    assert verdicts.labels[-1] not in CONTENT


def test_what_announces_itself_as_an_advertisement_is_one_wherever_it_stands() -> None:
    verdicts = judge(
        blocks_of_html(PAGE.replace("</p><p>", "</p><p>Advertisement</p><p>")), PageSettings()
    )
    at = verdicts.page.blocks.texts.index("Advertisement")
    assert verdicts.labels[at] is Label.AD
    assert verdicts.reasons[at] == 'says "advertisement" and nothing else'
    assert verdicts.labels[at - 1] is verdicts.labels[at + 1] is Label.BODY


@dataclass(frozen=True)
class _SureOfBylines(Model):
    def kinds_within(self, page: Described, which: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        kinds = np.zeros((len(which), len(KINDS)), np.float32)
        kinds[:, KINDS.index(Label.BYLINE)] = 1
        return kinds


def test_a_long_paragraph_is_no_byline_however_sure_the_kinds_are() -> None:
    signed = "By Ada Moss, 3 May 2024. "
    page = blocks_of_html(
        PAGE.replace("<footer>", f"<p>{signed}<p>{signed * 20}<footer>")
        + "<p><a href=/>x</a></p>" * 40  # no small page: there the rules decide
    )
    shipped_model = shipped("dom")
    verdicts = judge(
        page,
        PageSettings(favor="recall"),
        _SureOfBylines(*(getattr(shipped_model, field.name) for field in fields(Model))),
    )
    kept = dict(zip(page.blocks.texts, verdicts.kept, strict=True))
    assert Label.BYLINE in kept.values()
    assert kept[(signed * 20).strip()] is Label.BODY


def test_the_labels_of_the_content_need_no_others() -> None:
    verdicts = judge(blocks_of_html(PAGE), PageSettings())
    for kept, label in zip(verdicts.kept, verdicts.labels, strict=True):
        assert kept is None or kept is label


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="<>/abpliv \n.&;\"'=上海。\ud800\0", max_size=200))
def test_any_text_is_judged(source: str) -> None:
    verdicts = judge(blocks_of_html(source), PageSettings())
    assert len(verdicts.labels) == len(verdicts.scores) == len(verdicts.reasons)
    assert ((verdicts.scores >= 0) & (verdicts.scores <= 1)).all()
