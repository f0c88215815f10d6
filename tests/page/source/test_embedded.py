"""Bodies outside the tree."""

import json
import time

import pytest

from dedup.page.source.html import blocks_of_html
from dedup.page.source.embedded import JSON_LD, NOSCRIPT, STATE, SUMMARY, body_of

TEXT = "The town's new library opened on Monday, after three years of work. " * 4


def test_the_longest_place_wins() -> None:
    schema = json.dumps({"@graph": [{"@type": "Article", "articleBody": TEXT * 2}]})
    state = f"<script>window.__STATE__ = {json.dumps({'a': [{'content': TEXT}]})};</script>"
    assert JSON_LD in body_of(state.encode(), [schema], "")
    assert STATE in body_of(state.encode(), [], "")
    assert NOSCRIPT in body_of(f"<noscript><p>{TEXT}</p></noscript>".encode(), [], "")


def test_posts_of_a_forum_come_in_order() -> None:
    posts = {"stream": [{"cooked": f"<p>{n} {TEXT}</p>"} for n in "abc"]}
    data = json.dumps({"topic": json.dumps(posts)}).replace('"', "&quot;")
    found = body_of(f'<div data-preloaded="{data}"></div>'.encode(), [], "")
    assert [found.find(f"<p>{n} ") for n in "abc"] == sorted(found.find(f"<p>{n} ") for n in "abc")
    assert "<p>a " in found


def test_text_that_begins_like_json_is_text() -> None:
    data = json.dumps({"body": "[Update, 5 pm] " + TEXT})
    assert "[Update, 5 pm]" in body_of(f"<script>s = {data}</script>".encode(), [], "")


def test_the_description_is_the_last_resort() -> None:
    assert SUMMARY in body_of(b"", [], "A short description of the page.")
    assert body_of(b"", [], "") == ""


def test_a_page_with_a_body_is_left_alone() -> None:
    source = f"<body><noscript><p>{TEXT * 3}</p></noscript><p>{TEXT}{TEXT}</p>"
    assert len(blocks_of_html(source).blocks) == 1


@pytest.mark.parametrize("broken", ['{"a": ', "[" * 100_000, "{" * 5000, "nonsense", "7", "null"])
def test_broken_data_is_passed_over(broken: str) -> None:
    source = f"<script type='application/json'>{broken}</script>".encode()
    assert body_of(source, [broken], "") == ""


def test_unclosed_scripts_cost_no_more_than_their_length() -> None:
    begin = time.process_time()
    body_of(b"<script>" * 20_000 + b"<noscript>" * 20_000, [], "")
    assert time.process_time() - begin < 2
