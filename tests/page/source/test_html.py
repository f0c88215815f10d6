"""HTML to blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.page.source.html import blocks_of_html


def texts(source: str) -> list[tuple[str, str]]:
    return [(block.tag, block.text) for block in blocks_of_html(source).views]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>发展<a>动力源</a>、再</p>", [("p", "发展动力源、再")]),
        ("<p>a<br>b<br><br>c</p>", [("p", "a\nb"), ("p", "c")]),
        ("<pre>\n  a\n   b</pre>", [("pre", "  a\n   b")]),
        ("<ul><li><a>Home</a><a>News</a><li>b</ul>", [("li", "Home News"), ("li", "b")]),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>", [("tr", "a\tb"), ("td", "c")]),
        (
            f"<table><tr><td>menu<td>{'x' * 200}<td>y</table>",
            [("tr", "menu"), ("td", "x" * 200), ("td", "y")],
        ),
        ("<select><option>a<option>b</select>", [("select", "a\nb")]),
        ("a<script>b</script><style>c</style><!-- d --><template>e</template>f", [("body", "af")]),
        ("<div style='display: none'>hidden</div>", [("div", "hidden")]),
        ("<p>a</html></html>b", [("p", "ab")]),
        ("<p>a\0b", [("p", "ab")]),
        ("<p>a&amp;nbsp;&nbsp; &lt;b", [("p", "a&nbsp; <b")]),
        ("", []),
        ("<p> &nbsp; </p>", []),
        ("<p>x\ud800y", [("p", "x\ud800y")]),
    ],
)
def test_what_a_block_is(source: str, expected: list[tuple[str, str]]) -> None:
    assert texts(source) == expected


def test_path_names_classes_and_id() -> None:
    (block,) = blocks_of_html("<div id=main class='a  b'><p>x</div>").views
    assert block.path == "body/div#main.a.b/p"


def test_depth_is_no_recursion_and_paths_are_capped() -> None:
    (block,) = blocks_of_html("<i>" * 100_000 + "x").views
    assert block.text == "x"
    assert block.path.count("/") < 24


def test_positions_point_into_the_source() -> None:
    source = "<script>one</script><p>one &amp; <b>two</b></p><!-- <p>three --><p>three\r\n  four"
    blocks = blocks_of_html(source).views
    assert [source[b.start : b.end] for b in blocks] == [
        "one &amp; <b>two",
        "three\r\n  four",
    ]


def test_title_leaves_the_site_out() -> None:
    head = "<title>How it works | Site</title>"
    assert blocks_of_html(head).title == "How it works"
    assert blocks_of_html(head + "<h1>It works</h1>").title == "It works"
    assert blocks_of_html("<title>长三角座谈会_新闻频道_某某网</title>").title == "长三角座谈会"


def test_hints_come_from_the_head() -> None:
    page = blocks_of_html(
        "<html lang=zh><meta name=author content=' 李 '><link rel=canonical href=/x>"
        "<meta property=article:published_time content=2024-01-02>"
    )
    assert page.hints == "og= by= has=author has=date has=language has=url url=/x"


def test_what_browsers_never_show_is_no_text() -> None:
    page = blocks_of_html("<p>a<noembed><b>b</b></noembed><noframes>c</noframes><p>d")
    assert page.blocks.texts == ("a", "d")


@given(st.text(alphabet="<>/abp\n &;!-'\"上海。\ud800\0", max_size=200))
def test_any_text_is_read_in_order_and_within_the_source(source: str) -> None:
    blocks = blocks_of_html(source).views
    assert [block.index for block in blocks] == list(range(len(blocks)))
    assert all(
        block.text.strip() and 0 <= block.start <= block.end <= len(source) for block in blocks
    )
