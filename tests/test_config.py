import pytest

import dedup
from dedup import (
    CorpusSettings,
    IndexSettings,
    KeySettings,
    NearSettings,
    PageSettings,
    TemplateSettings,
    TextSettings,
)
from dedup.config import Clean, Contained, Content, Favor, Level, Mode, Output, Synchronous
from dedup.errors import InputError, SettingsError
from dedup.model import Keep, Label


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
