from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import dedup
from dedup import (
    CorpusSettings,
    IndexSettings,
    KeySettings,
    NearSettings,
    PageSettings,
    Settings,
    TemplateSettings,
    TextSettings,
)
from dedup.config import (
    Clean,
    Contained,
    Content,
    Favor,
    Level,
    Mode,
    Output,
    Synchronous,
    settings_of,
)
from dedup.errors import InputError, SettingsError
from dedup.model import Keep, Label
from dedup.page.classify.site_rules import rules_of_toml


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        (NearSettings, {"threshold": 0}),
        (NearSettings, {"threshold": float("nan")}),
        (NearSettings, {"containment": 1.5}),
        (NearSettings, {"excerpt": 0}),
        (NearSettings, {"cap": 1}),
        (NearSettings, {"keep": "best"}),
        (TextSettings, {"shingle": 0}),
        (TextSettings, {"shingle": 1000}),
        (TextSettings, {"slots": 100}),
        (PageSettings, {"favor": "speed"}),
        (PageSettings, {"include": {"text"}}),
        (PageSettings, {"include": 3}),
        (PageSettings, {"rules": ("x.org",)}),
        (PageSettings, {"max_bytes": 0}),
        (IndexSettings, {"content": "text"}),
        (IndexSettings, {"synchronous": "off"}),
        (IndexSettings, {"timeout": -1}),
        (TemplateSettings, {"pages": 0}),
        (TemplateSettings, {"inside_long": 1.1}),
        (TemplateSettings, {"entries": 0}),
        (KeySettings, {"html": ""}),
        (KeySettings, {"id": None}),
        (CorpusSettings, {"mode": "filtre"}),
        (CorpusSettings, {"clean": True}),
        (CorpusSettings, {"level": "line"}),
        (CorpusSettings, {"contained": "drop"}),
        (CorpusSettings, {"output": "csv"}),
        (CorpusSettings, {"input": ""}),
        (CorpusSettings, {"part_rows": 0}),
        (CorpusSettings, {"page_seconds": 0}),
        (CorpusSettings, {"memory": "3 GB"}),
    ],
)
def test_settings_out_of_range_are_refused_by_name(settings, values):
    with pytest.raises(SettingsError, match=next(iter(values))):
        settings(**values)


def test_plain_strings_become_enums():
    corpus = CorpusSettings(
        mode="annotate", clean="never", level="block", contained="keep", output="parquet"
    )
    chosen = (corpus.mode, corpus.clean, corpus.level, corpus.contained, corpus.output)
    assert chosen == (Mode.ANNOTATE, Clean.NEVER, Level.BLOCK, Contained.KEEP, Output.PARQUET)
    assert corpus == CorpusSettings(
        mode=Mode.ANNOTATE,
        clean=Clean.NEVER,
        level=Level.BLOCK,
        contained=Contained.KEEP,
        output=Output.PARQUET,
    )
    assert NearSettings(keep="first").keep is Keep.FIRST
    assert PageSettings(favor="recall", include={"body"}).favor is Favor.RECALL
    assert PageSettings(include={"body"}).include == frozenset({Label.BODY})
    index = IndexSettings(content="texts", synchronous="full")
    assert (index.content, index.synchronous) == (Content.TEXTS, Synchronous.FULL)


@pytest.mark.parametrize("data", ["<p>a page", b"<p>a page", bytearray(b"<p>a page")])
def test_a_page_over_the_bound_is_refused_by_the_name_of_the_setting(data):
    bound = dedup.Settings(page=PageSettings(max_bytes=8))
    with pytest.raises(InputError, match=r"over 8 bytes \(page\.max_bytes\): it has 9"):
        dedup.clean(data, settings=bound)
    exact = dedup.Settings(page=PageSettings(max_bytes=9))
    assert dedup.clean(data, settings=exact) == dedup.clean(data)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: dedup.Settings(pages={}), "no setting pages; did you mean templates.pages"),
        (lambda: dedup.Settings(lang="zh"), "no setting lang; settings has corpus, index"),
        (lambda: dedup.Settings(page=3), r"page is 3: give PageSettings\(\.\.\.\)"),
        (lambda: dedup.Settings(page=NearSettings()), "page is NearSettings"),
        (lambda: dedup.Settings({"page": {}}), "takes settings by name: corpus"),
        (lambda: NearSettings(treshold=0.3), "no setting near.treshold; near has cap"),
        (lambda: NearSettings(join_excerpts="no"), "near.join_excerpts is 'no'; it must be of"),
        (lambda: TextSettings(shingle=True), "text.shingle is True; it must be of type int"),
        (lambda: PageSettings(max_bytes="1 MB"), "max_bytes is '1 MB'; it must be of type int or"),
    ],
)
def test_wrong_settings_are_refused_with_the_right_ones(make, says):
    with pytest.raises(SettingsError, match=says):
        make()


def test_stages_may_be_dicts():
    settings = dedup.Settings(page={"favor": "recall", "rules": {"a.org": {"keep": ["p"]}}})
    assert settings.page == PageSettings(favor="recall", rules={"www.a.org": {"keep": ("p",)}})
    assert dedup.Settings(near={"threshold": 1}) == dedup.Settings(near=NearSettings(threshold=1.0))


def test_the_bound_holds_for_parsed_pages_too():
    soup = BeautifulSoup("<p>a page</p>", "html.parser")
    with pytest.raises(InputError, match=r"over 8 bytes \(page\.max_bytes\): it has 13"):
        dedup.clean(soup, settings=dedup.Settings(page=PageSettings(max_bytes=8)))


def test_an_address_that_is_no_string_is_refused():
    with pytest.raises(InputError, match="url is 5: give the page's address as a string"):
        dedup.clean("<p>a page", url=5)


@pytest.mark.parametrize(
    "text",
    ["near.threshold = 1" + "0" * 400, "a = " + "[" * 5000, "a = " + "9" * 5000, "a = ", "\ud800"],
)
def test_toml_that_cannot_be_read_is_our_own_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        Settings.from_toml(path)
    with pytest.raises(SettingsError, match="rules"):
        rules_of_toml(text.replace("\ud800", "?"))


@pytest.mark.parametrize(
    "given",
    [{1: 2}, {"page": {1: 2}}, {"page": {"rules": {5: {"drop": ["p"]}}}}],
)
def test_names_that_are_no_text_are_refused(given):
    with pytest.raises(SettingsError):
        settings_of(given)
