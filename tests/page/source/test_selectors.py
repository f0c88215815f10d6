"""CSS selectors find rows of elements."""

import pytest

from dedup.page.source.html import blocks_of_html
from dedup.page.source.selectors import is_selector

SOURCE = "<p>é<div class=a>x<table>q<tr><td><i class=a>y</table><b>1<p class=b>2</b>3"


@pytest.mark.parametrize(
    ("selector", "tags"),
    [
        (".a", ["div", "i"]),
        ("div.a i", ["i"]),
        ("td > i", ["i"]),
        ("body", ["body"]),
        ("p.b", ["p"]),
        (".none", []),
    ],
)
def test_rows_found(selector: str, tags: list[str]) -> None:
    page = blocks_of_html(SOURCE, [selector])
    rows = page.elements
    assert [rows.tags[rows.tag[row]] for row in sorted(page.marks or {})] == tags


def test_the_last_selector_wins() -> None:
    page = blocks_of_html(SOURCE, [".a", "i"])
    assert sorted((page.marks or {}).values()) == [0, 1]


def test_nested_marks_by_offset_in_code_points() -> None:
    source = "<p>上海</p>" * 5 + "<p id=x>京</p>"
    page = blocks_of_html(source, ["#x"])
    (row,) = page.marks or {}
    assert page.elements.names[page.elements.name[row]] == "#x"


def test_bad_selectors() -> None:
    assert not is_selector("p[")
    assert not is_selector(None)
