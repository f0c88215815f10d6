"""Decisions that look at the page as a whole."""

import numpy as np
import pytest

from dedup.config import Favor, PageSettings, Settings
from dedup.model import Label, PageType, SourceKind
from dedup.page.classify.decide import judge
from dedup.page.classify.features import Described, features_of
from dedup.page.classify.network import shipped
from dedup.page.classify.page_rules import (
    THRESHOLDS,
    comments_on_article,
    form_fields,
    is_thread,
    kinds_in_article,
    likeliest_run,
    threshold_for,
)
from dedup.page.classify.schema import TYPES
from dedup.page.clean import clean
from dedup.page.source.html import blocks_of_html

TEXT = (
    "The town's new library opened on Monday, after three years of work and one long delay. It"
    " holds 20,000 books, and the mayor said that there is room for twice as many more. Children"
    " from the school next door sang two songs, which nobody had expected at all."
)


def sure_of(wanted: PageType) -> np.ndarray:
    return np.array([kind is wanted for kind in TYPES], np.float32)


def kinds_of(wanted: PageType, described: Described, content: np.ndarray) -> np.ndarray | None:
    model = shipped("dom")
    return kinds_in_article(model, described, content, sure_of(wanted), SourceKind.HTML)


@pytest.mark.parametrize("kind", TYPES)
def test_only_an_article_has_a_threshold_of_its_own(kind: PageType) -> None:
    found = threshold_for(Favor.BALANCED, sure_of(kind), SourceKind.HTML)
    assert (found > THRESHOLDS[Favor.BALANCED]) == (kind is PageType.ARTICLE)


@pytest.mark.parametrize("favor", Favor)
def test_without_a_tree_the_type_moves_no_threshold(favor: Favor) -> None:
    types = sure_of(PageType.ARTICLE)
    assert threshold_for(favor, types, SourceKind.TEXT) == THRESHOLDS[favor]
    assert not is_thread(sure_of(PageType.FORUM), SourceKind.MARKDOWN)


def test_comments_leave_an_article_and_stay_in_a_thread() -> None:
    page = blocks_of_html(
        f"<article><p>{TEXT}</p><p>{TEXT}</p></article>"
        "<div class=comments><p>What a fine day for the whole of our town it was.</p></div>"
    )
    described, content = features_of(page), np.ones(3, bool)
    found = {
        kind: comments_on_article(described, content, kinds_of(kind, described, content))
        for kind in (PageType.ARTICLE, PageType.FORUM)
    }
    assert found[PageType.FORUM] == {}
    assert {block: decision.label for block, decision in found[PageType.ARTICLE].items()} == {
        2: Label.COMMENT
    }


def test_comments_stay_where_hardly_anything_else_is_said() -> None:
    page = blocks_of_html(f"<p>A short note.</p><div class=comments><p>{TEXT}</p></div>")
    described, content = features_of(page), np.ones(2, bool)
    kinds = kinds_of(PageType.ARTICLE, described, content)
    assert not comments_on_article(described, content, kinds)


def test_a_field_of_a_form_is_no_content_beside_other_content() -> None:
    page = blocks_of_html(f"<p>{TEXT}</p><form><textarea>{TEXT}</textarea></form>")
    assert form_fields(page, np.array([True, True]))[1].label is Label.FORM
    assert form_fields(page, np.array([False, True])) == {}


def test_the_likeliest_run_is_kept_where_nothing_is() -> None:
    page = blocks_of_html(f"<p>Menu</p><p>{TEXT}</p><p>{TEXT}</p><p>Imprint</p>")
    described = features_of(page)
    scores = [0.01, 0.3, 0.2, 0.01]
    assert list(likeliest_run(page, described, scores, ())) == [1, 2]
    assert list(likeliest_run(page, described, scores, {1})) == [2]
    assert likeliest_run(page, described, [0.0] * 4, ()) == {}


def test_a_text_that_stands_apart_only_is_not_lost() -> None:
    source = "<title>Rain</title><figure><figcaption>A street in the rain</figcaption></figure>"
    assert clean(source).text == "A street in the rain"
    assert clean(source, settings=Settings(page=PageSettings(favor=Favor.PRECISION))).text == ""


def test_a_page_has_a_type_and_an_empty_one_has_none() -> None:
    page = clean(f"<article><h1>New library</h1><p>{TEXT}</p><p>{TEXT}</p></article>")
    assert page.type is PageType.ARTICLE
    assert 0 < page.type_probability <= 1
    assert (clean("").type, clean("").type_probability) == (PageType.OTHER, 0)


def test_types_of_a_page_are_probabilities() -> None:
    verdicts = judge(blocks_of_html(f"<p>{TEXT}</p>"), PageSettings())
    assert verdicts.said.types.shape == (len(TYPES),)
    assert abs(float(verdicts.said.types.sum()) - 1) < 1e-5
