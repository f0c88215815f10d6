from hypothesis import given
from hypothesis import strategies as st

from dedup.page.taming import tame

TAGS = st.lists(
    st.sampled_from(
        ["<div>", "</div>", "<p>", "<br>", "x", "<b>", "</b>", "<script>", "</script>"]
    ),
    max_size=60,
)


@given(TAGS.map("".join))
def test_ordinary_markup_stays_as_it_is(html: str) -> None:
    assert tame(html) is html


@given(TAGS.map("".join))
def test_positions_and_text_stay(html: str) -> None:
    deep = "<div>" * 600 + html
    tamed = tame(deep)
    assert len(tamed) == len(deep)
    assert tamed.count("x") == html.count("x")


def test_nesting_ends_at_the_limit_and_scripts_do_not_count() -> None:
    assert tame("<i>" * 2000 + "a" + "</i>" * 2000).count("<i>") == 512
    script = "<script>" + "'<div>'+" * 900 + "</script><p>"
    assert tame(script) == script
