"""What pages say of themselves, said badly."""

import time

import pytest

import dedup
from dedup import PageSettings, Settings
from dedup.errors import SettingsError
from dedup.page.classify.site_rules import rules_of_toml

LONG = "&#" + "1" * 5000 + ";"


@pytest.mark.parametrize("charset", ["undefined", "unicode_escape", "idna", "no-such"])
def test_a_charset_that_is_none_is_passed_over(charset: str) -> None:
    page = dedup.clean(f'<meta charset="{charset}"><p>hello w\xf6rld, C:\\new'.encode("latin-1"))
    assert page.encoding == "cp1252"
    assert page.blocks[0].text == "hello wörld, C:\\new"


@pytest.mark.parametrize(
    "source",
    [
        f'<div data-preloaded=\'{{"a":"{LONG}"}}\'></div><p>x',
        f'<script type="application/ld+json">{{"@type":"Article","name":"{LONG}"}}</script>x',
        f"# a\n\nx {LONG} **b**\n\n- c",
    ],
)
def test_a_reference_of_many_digits_is_read(source: str) -> None:
    page = dedup.clean(source)
    assert isinstance(dict(page.metadata), dict)
    assert len(page.blocks) >= 1


def test_many_titles_and_headings_cost_their_length() -> None:
    metas = "".join(f'<meta property="og:title" content="Title {i}">' for i in range(2000))
    heads = "".join(f"<h1>Heading {i}</h1>" for i in range(2000))
    begin = time.process_time()
    page = dedup.clean(f"<head>{metas}</head><body>{heads}")
    assert tuple(page.metadata) is not None
    assert time.process_time() - begin < 3


def test_rules_hold_on_pages_with_any_line_ends() -> None:
    rules = rules_of_toml('["example.org"]\ndrop = [".x"]')
    settings = Settings(page=PageSettings(rules=rules))
    text = "A paragraph of the page that is long enough, and ends as sentences do."
    source = f"<html><body>\n\n<div><p>{text}</p></div>\n<div class=x>{text[::-1]}</div>"
    for page in (source, source.replace("\n", "\r\n" * 60), source.replace("\n", "\r")):
        found = dedup.clean(page, url="https://example.org/a", settings=settings)
        dropped = [block.text for block in found.blocks if "rule" in block.reason]
        assert dropped == [text[::-1]]


def test_rules_that_are_no_lists_are_refused() -> None:
    with pytest.raises(SettingsError, match="list of selectors"):
        rules_of_toml('["example.org"]\ndrop = "nav"')
