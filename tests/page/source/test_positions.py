"""Where blocks stand: ``source[start:end]`` without its tags is the block's text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.page.clean import clean
from dedup.page.source.decode import decode
from dedup.page.source.html import blocks_of_html
from tests.kernels.test_markup import TAGS_OF_SOUP, soups
from tests.paths import DATA
from tests.support.positions import misplaced

PAGES = sorted((DATA / "dev" / "extraction").glob("*.parquet"))
# Of the development pages every fifth is looked at here; all 775,457 blocks of all 3,754 hold.
STRIDE = 5

# `shown` takes tags out by an expression, which does not know elements whose content is text.
PLAIN_TAGS = [
    tag for tag in TAGS_OF_SOUP if tag not in ("textarea", "title", "script", "style", "template")
]


@pytest.mark.skipif(not PAGES, reason="the development pages are not here")
@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_blocks_of_real_pages_stand_where_they_say(path: Path) -> None:
    import pyarrow.parquet

    blocks = 0
    for data in pyarrow.parquet.read_table(path, columns=["html"])["html"].to_pylist()[::STRIDE]:
        page = blocks_of_html("", utf8=decode(data).utf8)
        assert misplaced(page) == []
        blocks += len(page.blocks)
    assert blocks > 100


@settings(max_examples=300)
@given(soups([tag for tag in PLAIN_TAGS if tag != "noscript"]))
def test_blocks_of_random_soup_stand_where_they_say(source: str) -> None:
    page = blocks_of_html(source)
    assert misplaced(page) == []
    starts = page.spans[:, 0].tolist()
    assert starts == sorted(starts)


@given(st.text(st.sampled_from("<>/abp é\n&;!-'\"上海😀\ud800"), max_size=80))
def test_any_text_stands_where_it_says(source: str) -> None:
    page = blocks_of_html(source)
    assert misplaced(page) == []
    assert all(0 <= start < end <= len(source) for start, end in page.spans.tolist())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "<p>one &amp; <b>two</b> </p><!-- x --> three\r\n  four ",
            ["one &amp; <b>two", "three\r\n  four"],
        ),
        ("é<table>上<tr><td>a<td>海&nbsp;", ["é", "上", "a<td>海"]),
        ("<pre>\n  a\n </pre>", ["a"]),
        (f"<table><tr><td>a<td>{'é' * 200}<td>b", ["a", "é" * 200, "b"]),
        ("<p>a<br>b<br><br>c", ["a<br>b", "c"]),
        ("<p>a<script>x</script>b", ["a<script>x</script>b"]),
        ("<p>a<textarea>\n <i>&amp;</textarea>b", ["a", "<i>&amp;", "b"]),
    ],
)
def test_ranges(source: str, expected: list[str]) -> None:
    page = blocks_of_html(source)
    assert [source[start:end] for start, end in page.spans.tolist()] == expected


def test_positions_of_bytes_are_those_of_the_decoded_source() -> None:
    source = "<meta charset=gbk><p>市图书馆的新馆今天向读者开放，欢迎参观。<p>第二段也在这里。"
    page = clean(source.encode("gbk"))
    assert [source[b.start : b.end] for b in page.blocks] == [b.text for b in page.blocks]
