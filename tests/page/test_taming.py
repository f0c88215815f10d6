import pytest
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
    data = html.encode()
    assert tame(data) is data


@given(TAGS.map("".join))
def test_positions_and_text_stay(html: str) -> None:
    deep = "<div>" * 600 + html
    tamed = tame(deep.encode()).decode()
    assert len(tamed) == len(deep)
    assert tamed.count("x") == html.count("x")


def tamed(html: str) -> str:
    return tame(html.encode()).decode()


def test_nesting_ends_at_the_limit_and_scripts_do_not_count() -> None:
    assert tamed("<i>" * 2000 + "a" + "</i>" * 2000).count("<i>") == 512
    script = "<script>" + "'<div>'+" * 900 + "</script><p>"
    assert tamed(script) == script


@pytest.mark.parametrize(
    "shallow",
    [
        "<div><!-- <div> --></div>" * 900,
        "<svg><title>a</title>" + "<path d='>'/>" * 900 + "</svg><div>",
        '<div title="<div>">a</div>' * 900,
        "<br>" * 900 + "<li>" * 900 + "</b>" * 900,
    ],
)
def test_what_does_not_nest_does_not_count(shallow: str) -> None:
    assert tamed(shallow) == shallow


@pytest.mark.parametrize(
    "deep",
    [
        "<div><!-- </div> -->",
        "<div><!-- --!></div><div><div>",
        "<my-element>",
        '<div title="<">',
        "<div title='é>'>",
        "<svg><desc><div/>",
        "<svg><p><path/>",
        "<svg><style><g>",
    ],
)
def test_what_nests_counts_however_it_is_written(deep: str) -> None:
    source = deep * 900
    assert tamed(source) != source
    assert len(tamed(source)) == len(source)
