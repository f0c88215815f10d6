"""Features: what is counted, and that every page gets finite numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.page.classify.features import features_of
from dedup.page.classify.schema import FEATURES
from dedup.page.source.html import blocks_of_html
from dedup.page.source.plain import columns_of_lines


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="<>/abpliv \n.&;\"'=上海。\ud800", max_size=200))
def test_every_page_has_finite_features(source: str) -> None:
    page = blocks_of_html(source)
    described = features_of(page)
    assert described.matrix.shape == (len(page.blocks), len(FEATURES))
    assert np.isfinite(described.matrix).all()


def test_features_do_not_depend_on_what_came_before() -> None:
    page = blocks_of_html("<div class=content><p>One. Two.</p></div><div class=nav><a>x</a></div>")
    first = features_of(page).matrix.copy()
    features_of(blocks_of_html("<p>another page</p>" * 50))
    assert np.array_equal(first, features_of(page).matrix)


def test_named_features_say_what_they_say() -> None:
    page = blocks_of_html(
        "<title>Opening</title><body class=home><div class=comment-list><p>a</p><p>b c</p></div>"
        "<p>Opening</p><p>one two three four five</p>"
    )
    rows = features_of(page).matrix
    column = {name: rows[:, k].tolist() for k, name in enumerate(FEATURES)}
    assert column["around:comment"] == [1, 1, 0, 0]
    assert column["own:<p>"] == [1, 1, 1, 1]
    assert column["title_recall"] == [0, 0, 1, 0]


def test_lines_have_features_too() -> None:
    rows = features_of(columns_of_lines(["a", "b", "c"], [False, True, True])).matrix
    assert rows[:, FEATURES.index("own:<li>")].tolist() == [0, 1, 1]


def test_nul_in_a_line_is_a_blank() -> None:
    with_nul = features_of(columns_of_lines(["a\0b", "c"], [False, False])).matrix
    assert np.array_equal(with_nul, features_of(columns_of_lines(["a b", "c"], [False] * 2)).matrix)


def test_elements_of_other_tags_are_not_alike_whatever_their_names() -> None:
    # The third name on a paragraph and none on an item: their numbers differ by their last bits.
    page = features_of(blocks_of_html("<b class=a></b><b class=b></b><p class=c>one<li>two"))
    alike = page.matrix[:, FEATURES.index("alike")]
    assert alike.tolist() == [np.float32(np.log1p(1))] * 2
