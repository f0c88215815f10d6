"""Hostile input is normal input: a `Page` or a `DedupError`, in linear time, always the same."""

import hashlib
import html
import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup.errors import DedupError
from dedup.model import Page
from tests import golden
from tests.paths import ROOT

MB = 1_000_000
PARAGRAPH = "山脚下的磨坊从去年秋天起又转了起来，磨的是荞麦，卖给镇上三家面馆。"


def article(size: int) -> bytes:
    """A page of about so many bytes, made of paragraphs that all differ."""
    row = "<div class='p'><p>{}号 " + PARAGRAPH + "<a href='/n/{}'>第{}页</a></p></div>\n"
    count = size // len(row.encode())
    rows = "".join(row.format(n, n, n) for n in range(count))
    return f"<!DOCTYPE html><title>长页</title><body>{rows}</body>".encode()


def repeating(size: int) -> bytes:
    """A page of about so many bytes whose paragraphs are all the same."""
    row = f"<p>{PARAGRAPH}</p>\n"
    return (row * (size // len(row.encode()))).encode()


def dump(size: int) -> bytes:
    """A text dump of about so many bytes."""
    row = "  • {}号 " + PARAGRAPH + "\n\n"
    return "".join(row.format(n) for n in range(size // len(row.encode()))).encode()


def nested(size: int) -> bytes:
    """A page of about so many bytes whose elements all lie in one another."""
    return b"<div>" * (size // 5) + PARAGRAPH.encode()


NOTHING: dict[str, bytes | str] = {
    "no bytes": b"",
    "no characters": "",
    "white space": b" \r\n\t \xe3\x80\x80\n",
    "NUL bytes only": bytes(1000),
    "a byte order mark": b"\xef\xbb\xbf",
    "tags without text": b"<div><p></p><br></div>" * 1000,
    "a comment": b"<!-- nothing -->",
    "an open comment": b"<html><!-- never closed " * 50,
    "a script": b"<script>var a = 'a text that is no text';</script>",
    "front matter alone": b"---\ntitle: ''\n---\n",
}

ODD: dict[str, bytes | str] = {
    "every byte": bytes(range(256)) * 200,
    "a PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(255, -1, -1)) * 100,
    "a gzip": b"\x1f\x8b\x08\x00" + hashlib.sha512(b"dedup").digest() * 200,
    "NUL bytes in words": PARAGRAPH.encode().replace("，".encode(), b"\0") * 20,
    "lone surrogates": f"<p>{PARAGRAPH}\ud83d 又\udc00一段</p>" * 20,
    "surrogates encoded as UTF-8": b"<p>\xed\xa0\xbd" + PARAGRAPH.encode() + b"\xed\xb0\x80</p>",
    "UTF-8 cut in a character": PARAGRAPH.encode()[:-2],
    "half a UTF-16 character": b"\xff\xfe\x41",
    "an unknown charset": b"<meta charset='klingon-8'><p>" + PARAGRAPH.encode() + b"</p>",
    "a charset that is no text": b"<meta charset='base64'><p>" + PARAGRAPH.encode() + b"</p>",
    "UTF-7 declared": b"<meta charset='utf-7'><p>" + PARAGRAPH.encode() + b"</p>",
    "100,000 nested tags": b"<div>" * 100_000 + PARAGRAPH.encode(),
    "100,000 nested inline tags": b"<b>" * 100_000 + PARAGRAPH.encode(),
    "100,000 nested lists": b"<ul><li>" * 50_000 + PARAGRAPH.encode(),
    "50,000 nested tables": b"<table><tr><td>" * 50_000 + PARAGRAPH.encode(),
    "100,000 closing tags": b"</div></p>" * 50_000 + PARAGRAPH.encode(),
    "1,000,000 tags without text": b"<p></p>" * 500_000,
    "an attribute of 10 MB": b"<p title='" + b"a" * 10 * MB + b"'>" + PARAGRAPH.encode(),
    "a class of 1 MB": b"<p class='" + b"nav " * (MB // 4) + b"'>" + PARAGRAPH.encode(),
    "a line of 2 MB": PARAGRAPH.encode() * (2 * MB // len(PARAGRAPH.encode())),
    "a word of 2 MB": b"a" * 2 * MB,
    "2 MB of spaces": b"<p>a" + b" " * 2 * MB + b"b</p>",
    "500,000 line breaks": b"a\n" * 500_000,
    "500,000 ampersands": b"<p>" + b"&" * 500_000,
    "500,000 angle brackets": b"<" * 500_000,
    "entities": b"<p>" + b"&#x110000;&#0;&#xD800;&nosuch;&amp" * 1000,
    "100,000 list items": b"<ul>" + b"<li>a" * 100_000,
    "front matter never closed": b"---\ntitle: a\n" + b"key: value\n" * 20_000,
    "code fence never closed": b"---\ntitle: a\n---\n\n```\n" + b"code\n" * 20_000,
}


def survives(data: bytes | str) -> Page | None:
    """A page whose blocks are in order, or None where the input is refused with our own error."""
    try:
        page = dedup.clean(data)
    except DedupError:
        return None
    starts = [block.start for block in page.blocks]
    assert starts == sorted(starts)
    return page


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_in_nothing_out(name: str) -> None:
    page = survives(NOTHING[name])
    assert page is None or page.text == ""


@pytest.mark.parametrize("name", ODD)
def test_odd_input_gives_a_page_or_our_own_error(name: str) -> None:
    survives(ODD[name])


@pytest.mark.parametrize(
    "name",
    [
        "lone surrogates",
        "surrogates encoded as UTF-8",
        "an unknown charset",
        "a charset that is no text",
        "UTF-7 declared",
        "100,000 nested tags",
        "an attribute of 10 MB",
        "a class of 1 MB",
    ],
)
def test_the_text_behind_the_oddity_is_read(name: str) -> None:
    page = survives(ODD[name])
    assert page is not None
    assert any(PARAGRAPH in block.text for block in page.blocks)


def text(data: bytes) -> str:
    """The text alone: no block is looked at."""
    return dedup.clean(data).text


def seconds(use: Callable[[bytes], object], data: bytes) -> float:
    """CPU time of one use, the better of two."""

    def once() -> float:
        start = time.process_time()
        use(data)
        return time.process_time() - start

    return min(once(), once())


@pytest.mark.parametrize(
    ("make", "size"), [(article, MB), (repeating, MB), (dump, MB), (nested, MB // 20)]
)
@pytest.mark.parametrize(("use", "share"), [(text, 1), (survives, 5)])
def test_time_grows_with_the_bytes(
    make: Callable[[int], bytes], size: int, use: Callable[[bytes], object], share: int
) -> None:
    # Looking at every block takes longer, and shows with a fifth of the bytes how it grows.
    size //= share
    use(make(10_000))  # tables built
    small, large = seconds(use, make(size)), seconds(use, make(4 * size))
    # 4 times the bytes: 4 times the time, and as much again for a noisy machine; squared is 16.
    assert large <= 8 * small + 0.2


def test_an_unknown_kind_is_our_own_error() -> None:
    with pytest.raises(DedupError, match="give one of html, text, markdown"):
        dedup.clean("text", kind="pdf")


@pytest.mark.parametrize(
    "source", ["# Tea\n\n- cup\n- pot\n\nText.\n", PARAGRAPH + "\n\n" + PARAGRAPH]
)
def test_line_ends_make_no_difference(source: str) -> None:
    texts = [b.text for b in dedup.clean(source).blocks]
    assert len(texts) > 1
    for end in ("\r\n", "\r"):
        page = dedup.clean(source.replace("\n", end))
        assert [b.text for b in page.blocks] == texts


# -- properties ------------------------------------------------------------------------------------

WORDS = st.text(
    st.one_of(
        st.sampled_from("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("體軟質覈裏臺灣かなカナ한글абвgdeäöü،ไทย🙂 \u3000,.，。：:!?&;"),
        st.characters(blacklist_categories=["Cs", "Cc"]),
    ),
    max_size=40,
)
BLOCK_TAGS = [
    "p",
    "div",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "h1",
    "h2",
    "pre",
    "blockquote",
    "section",
]
PAGE_TAGS = ["html", "body", "title", "article", "nav", "footer", "script", "style", "textarea"]
TAGS = st.sampled_from([*BLOCK_TAGS, *PAGE_TAGS, "span", "a", "b", "br", "option"])
ATTRIBUTES = st.sampled_from(
    ["", " class=nav", " class='content main'", " id=footer", " href=/x", ' style="display:none"']
)
PIECES = st.one_of(
    WORDS,
    WORDS,
    st.builds("<{}{}>".format, TAGS, ATTRIBUTES),
    st.builds("</{}>".format, TAGS),
    st.builds("<{0}>{1}</{0}>".format, TAGS, WORDS),
    st.sampled_from(["\n", "\n\n", "  • ", "&amp;", "&#20013;", "&nbsp;", "<!-- 注释 -->", "<br>"]),
)
SOUP = st.lists(PIECES, max_size=30).map("".join)
FRONT_MATTER = st.builds("---\ntitle: {}\n---\n\n{}".format, WORDS, SOUP)
SOURCES = st.one_of(SOUP, SOUP.map("<!DOCTYPE html><body>{}".format), FRONT_MATTER)


@given(SOURCES)
def test_blocks_are_in_source_order(source: str) -> None:
    before = 0
    for number, block in enumerate(dedup.clean(source).blocks):
        assert block.index == number
        assert before <= block.start <= block.end <= len(source)
        assert block.text
        before = block.start


@given(SOURCES)
def test_text_holds_no_character_that_the_source_does_not_hold(source: str) -> None:
    # A parser may put U+FFFD where a reference names no character.
    allowed = set(html.unescape(source)) | set(source) | {"\ufffd"}
    page = dedup.clean(source)
    assert {c for c in page.text if not c.isspace()} <= allowed
    for block in page.blocks:
        assert {c for c in block.text if not c.isspace()} <= allowed


@given(SOURCES)
def test_text_is_made_of_its_blocks(source: str) -> None:
    page = dedup.clean(source)
    kept = [b for b in page.blocks if b.duplicate_of is None and b.label.is_content]
    blocks = golden.squeeze("".join(block.text for block in kept))
    here = 0
    for character in golden.squeeze(page.text):  # a subsequence: nothing added, nothing moved
        here = blocks.find(character, here) + 1
        assert here > 0


@given(SOURCES)
def test_a_copy_points_at_another_block_that_is_no_copy(source: str) -> None:
    blocks = dedup.clean(source).blocks
    for block in blocks:
        if block.duplicate_of is not None:
            assert block.duplicate_of != block.index
            assert blocks[block.duplicate_of].duplicate_of is None


@given(SOURCES, SOURCES)
def test_clean_depends_on_its_input_alone(one: str, other: str) -> None:
    first = dedup.clean(one)
    dedup.clean(other)
    assert dedup.clean(one) == first


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300))
def test_any_bytes_survive(data: bytes) -> None:
    survives(data)
    survives(b"<html><body><p>" + data)
    survives(b"---\ntitle: " + data)


def fingerprint(names: list[str]) -> dict[str, str]:
    """What cleaning the golden pages in this order gives, page by page."""
    return {
        name: hashlib.sha256(repr(golden.load(name).clean()).encode()).hexdigest() for name in names
    }


def test_clean_is_the_same_in_any_order_and_in_any_process() -> None:
    names = golden.names()
    here = fingerprint(names)
    assert fingerprint(names[::-1]) == here
    script = (
        "from tests import golden; from tests.test_hostile import fingerprint; "
        "print(sorted(fingerprint(golden.names()[::-1]).items()))"
    )
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == str(sorted(here.items()))
