"""The reader of markup: tag soup to blocks, against what browsers make of it."""

import time
from collections.abc import Callable

import numpy as np
import pytest
import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.markup import LARGEST, read
from dedup.kernels.tags import TAGS
from dedup.kernels.utf8 import code_points
from tests.paths import DATA
from tests.support.html5lib import HIDDEN, cases

HTML5LIB = DATA / "dev" / "html5lib"


def texts(source: str) -> list[str]:
    text = read(source.encode("utf-8", "surrogatepass"), False)[3]
    return text.decode("utf-8", "surrogatepass").split("\0")[1:]


def shown(source: str) -> str:
    return "".join("".join(texts(source)).split())


@pytest.mark.skipif(not HTML5LIB.is_dir(), reason="html5lib's tests are not here")
def test_the_text_is_that_of_the_browsers_tree() -> None:
    moved = 0
    found = list(cases(HTML5LIB))
    for case in found:
        text = shown(case.markup)
        if text != case.text:
            # Text that stands in a table and in no cell: it stays where it is in the source.
            assert "<table" in case.markup, case
            assert sorted(text) == sorted(case.text), case
            moved += 1
    assert len(found) > 400
    assert moved <= 0.015 * len(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<table>loose<tr><td>cell</table>after", ["loose", "cell", "after"]),
        ("<table><tr><td>one</td></tr><div>loose</div></table>x", ["one", "loose", "x"]),
        ("<table><tr><td>a</td>&nbsp;<td>b", ["a\tb"]),
        ("<tr><td>a<table><tr><td></td><td></td><td>b<td>c", ["a", "b\tc"]),
        ("<p>1<b>2<p>3</b>4<p>5", ["12", "34", "5"]),
        ("<a href=1>x<a href=2>y</a>z<p>q</a>w", ["x yz", "qw"]),
        ("<a href=1>x<div>y</a>z</div>w", ["x", "yz", "w"]),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>d", ["a", "b", "c", "d"]),
        ("a</p>b<p>c<div>d</p>e", ["a", "b", "c", "d", "e"]),
        ("<select><option>a<option>b</select>d<select><p>x", ["a\nb", "d", "x"]),
        ("<select><option>a<option>b<div>c</div></select>d", ["a\nb", "c", "d"]),
        ("<select>a<select>b<select>c<input>d", ["a", "b", "c", "d"]),
        ("a&ampb &notit; &copy2 &#128; &#x4e2d; &lt&gt &#0;", ["a&b ¬it; ©2 € 中 <> \ufffd"]),
        ("<p>x<script>a='<!--<script>';b='</script>';</script>--></script>y", ["x-->y"]),
        ("<script><!--<script></script>x</script>--></script>y", ["-->y"]),
        ("<head><noscript><img src=x><p>a</noscript><title>t</title></head>z", ["az"]),
        ("a<svg><title>t</title><p>out</svg>b", ["a", "outb"]),
        ("<p>a<svg><foreignObject><p>in</p></foreignObject></svg>b", ["ab"]),
        ("<p>a<svg><foreignObject><p>in</foreignObject></svg>b", ["a"]),
        ("<pre>\r\na\r\nb\rc</pre>d\re", ["a\nb\nc", "d e"]),
        ("<textarea>\r\n x <b> &amp;</textarea>y", [" x <b> &", "y"]),
        ("<table><form><tr><td>a</form></td></tr></table>b", ["a", "b"]),
        ("<form>a<div>b</form>c</div>d", ["a", "bc", "d"]),
        ("a<!-->b--><!--->c<!--x--!>d<!--y>e", ["ab-->cd"]),
        ("a\x00b<p\x00>c", ["abc"]),
        ("<h1>a<h2>b</h3>c", ["a", "b", "c"]),
        ("<p>a<table><tr><td>b</table>c", ["a", "b", "c"]),
        ("<template><p>x</template><body class=a>y<template><td>z</template>", ["y"]),
        ("<math><mi>x</mi><mtext>y<p>z</mtext></math>w", ["xy", "zw"]),
        ("<p>abc<div class=", ["abc"]),
        ("a<plaintext>b<p>c</plaintext>d", ["a", "b<p>c</plaintext>d"]),
        ("<button>a<button>b</button>c<p>d</button>e", ["a", "b", "c", "de"]),
        ("<b></b><svg><![CDATA[a<b>]]></svg><math><![CDATA[c<d]]></math>", ["c<d"]),
        ("a<br>b<br><br>c<br> <br>d", ["a\nb", "c", "d"]),
        ("<a>Home</a><a>News</a> x", ["Home News x"]),
        ("<div hidden>a</div></html>b<p>c</body>d", ["a", "b", "cd"]),
    ],
)
def test_soup(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


def test_a_long_cell_is_a_block_of_its_own() -> None:
    long = "x" * 200
    assert texts(f"<table><tr><td>a<br>b<td><td>{long}<br>y<td>c") == ["a b", f"{long}\ny", "c"]
    assert texts(f"<table><tr><td>a<br>b<td>c<td>{long}") == ["a b\tc", long]


def test_columns() -> None:
    source = b"<p class='a b' id=x hidden>hi <b>yo</b><img></p><div style='display: none'>z"
    rows, blocks, notes, text, names = read(source, False)
    assert [TAGS[tag] for tag in rows[0]] == ["html", "head", "body", "p", "b", "img", "div"]
    assert rows[1].tolist() == [-1, 0, 0, 2, 3, 3, 2]
    assert [names.split(b"\0")[n] for n in rows[2]] == [b"", b"", b"", b"a b#x", b"", b"", b""]
    assert rows[5].tolist()[3:] == [0, source.find(b"<b>"), source.find(b"<img"), 48]
    assert rows[6].tolist() == [0, 0, 0, 1, 0, 0, 1]
    assert (blocks[0].tolist(), blocks[2].tolist()) == ([3, 6], [1, 0])
    assert (text, len(notes)) == (b"\0hi yo\0z", 0)


def test_a_later_body_tag_gives_the_body_its_class() -> None:
    rows, _, _, _, names = read(b"x<body class=late><html lang=en>", False)
    assert names.split(b"\0")[rows[2][TAGS.index("body") == rows[0]][0]] == b"late"


def test_line_ends_of_names_are_those_of_the_standard() -> None:
    assert read(b"<p class='a\r\nb\rc\0'>", False)[4] == b"\0a\nb\nc"


def test_formatting_moves_as_in_the_standard() -> None:
    rows = read(b"<a><b><div>x</a>y</div>", False)[0]
    tags = [TAGS[tag] for tag in rows[0]]
    assert tags == ["html", "head", "body", "a", "b", "b", "div", "a"]
    assert rows[1].tolist() == [-1, 0, 0, 2, 3, 2, 5, 6]


def test_notes_are_ranges_of_the_source() -> None:
    source = (
        b"<html lang=de><title>A &amp; B</title><meta name=x property='og:y' content=z>"
        b"<link rel=canonical href=/c><script type=application/ld+json>{}</script>"
        b"<noscript>n</noscript><time datetime=2020>t</time><i data-preloaded='{1}'>"
    )
    found = [
        (TAGS[tag], source[a:b], source[c:d]) for tag, a, b, c, d in read(source, False)[2].tolist()
    ]
    assert found == [
        ("html", b"", b"de"),
        ("title", b"", b"A &amp; B"),
        ("meta", b"og:y", b"z"),
        ("link", b"canonical", b"/c"),
        ("script", b"application/ld+json", b"{}"),
        ("noscript", b"", b"n"),
        ("time", b"", b"2020"),
        ("", b"", b"{1}"),
    ]


def test_code_points_before_places() -> None:
    data = "aé中😀z".encode()
    places = np.array([0, 1, 3, 6, 10, 11], np.int64)
    assert code_points(data, places).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_page_of_more_than_a_gibibyte_is_refused() -> None:
    data = np.lib.stride_tricks.as_strided(np.zeros(1, np.uint8), (LARGEST + 1,), (0,))
    with pytest.raises(ValueError, match=r"contiguous|larger"):  # never read
        read(data, False)  # type: ignore[arg-type]


TAGS_OF_SOUP = (
    "a b i font nobr p div span li ul dd dt h1 h2 table tr td th tbody caption form button br img"
    " pre textarea script style title noscript template body html head em object hr address q"
).split()


@st.composite
def soups(draw: st.DrawFn, tags: list[str] = TAGS_OF_SOUP) -> str:
    pieces = st.one_of(
        st.sampled_from(tags).map("<{}>".format),
        st.sampled_from(tags).map("</{}>".format),
        st.sampled_from(
            ["x", "yz", " ", "\n", "中文", "&amp;", "&#65;", "<!-- c -->", "<p class=k>"]
        ),
    )
    return "".join(draw(st.lists(pieces, max_size=30)))


def tree_text(source: str) -> str:
    """The text of turbohtml's tree."""
    found: list[str] = []
    stack: list[object] = [turbohtml.parse("<!doctype html>" + source)]
    while stack:
        node = stack.pop()
        if isinstance(node, turbohtml.Text):
            found.append(node.data)
        elif getattr(node, "tag", "") not in HIDDEN:
            stack += reversed(list(getattr(node, "children", ())))
    return "".join("".join(found).split())


@settings(max_examples=400)
@given(soups())
def test_random_soup_shows_what_the_tree_shows(source: str) -> None:
    assert sorted(shown("<!doctype html>" + source)) == sorted(tree_text(source))


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    rows, blocks, notes, text, _ = read(data, False)
    assert (rows[1] < np.arange(len(rows[1]))).all()
    assert text.count(b"\0") >= len(blocks[0])
    assert (blocks[5] <= blocks[6]).all()
    assert (notes >= -len(TAGS)).all()
    read(data, True)


@pytest.mark.parametrize("data", [b"<p><xmp></xmp>", b"<xmp></xmp class=a>"])
def test_what_the_fuzzer_found(data: bytes) -> None:
    """Inputs that read or wrote outside of an array; only a build with bounds checks can fail."""
    read(data, False)
    read(data, True)


HOSTILE: dict[str, Callable[[int], str]] = {
    piece: lambda n, piece=piece: piece * (n // len(piece))  # type: ignore[misc]
    for piece in (
        *(
            "<p><b><i>",
            "<table>",
            "<table><tr><td>",
            "<a>",
            "</p>",
            "<br>",
            "<td>",
            "<p>x",
            "<b><div>",
        ),
        *(
            "<!--",
            "<a href='",
            "<title>",
            "<script>",
            "<script><!--<script>",
            "</title ",
            "<a><div>",
        ),
        *(
            "<select><option>",
            "<svg><g>",
            "<form><div></form>",
            "&amp",
            "&#",
            "<",
            "<table>x",
            "<pre>\n x",
        ),
        *("<noscript>x", "<template><td>", "<b></p>", "<i><p></i>", "<table><b>", "<svg><![CDATA["),
        *(
            "<em><div><p>x</em>",
            "<div></b><b>",
            "<li>x</li>",
            "<a data-preloaded=x>",
            "<tr><td><td>x",
        ),
    )
}
HOSTILE["classes"] = lambda n: "".join(f"<p class='{k}'>" for k in range(n // 16))
HOSTILE["formats"] = lambda n: "".join(f"<b class='{k}'><p>x" for k in range(n // 20))


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_linear(name: str) -> None:
    def seconds(size: int) -> float:
        data = HOSTILE[name](size).encode()
        begin = time.process_time()
        read(data, False)
        return time.process_time() - begin

    small = min(seconds(100_000) for _ in range(3))
    assert seconds(800_000) < 8 * 4 * max(small, 0.002)
