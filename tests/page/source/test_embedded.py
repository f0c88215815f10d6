"""Bodies outside the tree."""

import json
import time

import pytest

from dedup.kernels.markup import read
from dedup.page.source.embedded import JSON_LD, NOSCRIPT, STATE, SUMMARY, Embedded, body_of
from dedup.page.source.head import Notes
from dedup.page.source.html import blocks_of_html

TEXT = "The town's new library opened on Monday, after three years of work. " * 4


def found(source: str) -> Embedded | None:
    data = source.encode()
    notes = Notes(data, read(data, False)[2].tolist())
    return body_of(data, notes, notes.meta.get("description", ""))


def where(source: str) -> str:
    embedded = found(source)
    return embedded.where if embedded is not None else ""


def json_ld(text: str) -> str:
    data = json.dumps({"@graph": [{"@type": "Article", "articleBody": text}]})
    return f'<script type="application/ld+json">{data}</script>'


STATE_SCRIPT = f"<script>window.__STATE__ = {json.dumps({'a': [{'content': TEXT}]})};</script>"


def test_the_longest_place_wins() -> None:
    assert where(STATE_SCRIPT + json_ld(TEXT * 2)) == JSON_LD
    assert where(STATE_SCRIPT) == STATE
    assert where(f"<body><noscript><p>{TEXT}</p></noscript>") == NOSCRIPT


def test_posts_of_a_forum_come_in_order() -> None:
    posts = {"stream": [{"cooked": f"<p>{n} {TEXT}</p>"} for n in "abc"]}
    data = json.dumps({"topic": json.dumps(posts)}).replace('"', "&quot;")
    page = blocks_of_html(f'<div data-preloaded="{data}"></div>')
    assert [text[:2] for text in page.blocks.texts] == ["a ", "b ", "c "]


def test_what_is_found_has_the_range_of_its_place() -> None:
    source = f"<body><p>one</p>{STATE_SCRIPT}<p>two</p>"
    page = blocks_of_html(source)
    *own, last = page.views
    assert [source[b.start : b.end] for b in own] == ["one", "two"]
    assert source[last.start : last.end] == STATE_SCRIPT[8:-9]
    assert last.text == TEXT.strip()


def test_text_that_begins_like_json_is_text() -> None:
    data = json.dumps({"body": "[Update, 5 pm] " + TEXT})
    embedded = found(f"<script>s = {data}</script>")
    assert embedded is not None
    assert b"[Update, 5 pm]" in embedded.html


def test_the_description_is_the_last_resort() -> None:
    assert where('<meta name=description content="A short description of the page.">') == SUMMARY
    assert found("") is None


def test_a_page_with_a_body_is_left_alone() -> None:
    source = f"<body><noscript><p>{TEXT * 3}</p></noscript><p>{TEXT}{TEXT}</p>"
    assert len(blocks_of_html(source).blocks) == 1


@pytest.mark.parametrize("broken", ['{"a": ', "[" * 100_000, "{" * 5000, "nonsense", "7", "null"])
def test_broken_data_is_passed_over(broken: str) -> None:
    source = f"<script type='application/json'>{broken}</script>"
    assert found(source + f"<script type='application/ld+json'>{broken}</script>") is None


def test_unclosed_scripts_cost_no_more_than_their_length() -> None:
    begin = time.process_time()
    found("<script>" * 20_000)
    found("<noscript>" * 20_000)
    assert time.process_time() - begin < 2
