"""Settings of files and words: what is known, of what type, and what is said of the rest."""

from pathlib import Path

import pytest

from dedup.config import DEFAULTS, Format, Mode, Output, Settings
from dedup.corpus.settings_toml import with_words
from dedup.errors import SettingsError
from dedup.model import Label


def test_every_kind_of_value(tmp_path: Path) -> None:
    path = tmp_path / "dedup.toml"
    path.write_text(
        '[corpus]\nmode = "annotate"\noutput = "jsonl.gz"\ninput = "warc"\nremoved = true\n'
        '[page]\ninclude = ["body", "title"]\nmax_bytes = 1000\n[near]\nthreshold = 1\n'
    )
    settings = Settings.from_toml(path)
    assert settings.corpus.mode is Mode.ANNOTATE
    assert settings.corpus.output is Output.JSONL_GZ
    assert settings.corpus.input is Format.WARC
    assert settings.corpus.removed
    assert settings.page.include == {Label.BODY, Label.TITLE}
    assert settings.page.max_bytes == 1000
    assert settings.near.threshold == 1.0
    assert settings.text == DEFAULTS.text


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("near.treshold=0.9", "no setting near.treshold; near has cap, containment"),
        ("nears.cap=9", "no setting nears; settings has corpus, index"),
        ("near.cap=many", "near.cap is 'many'; it must be of type int"),
        ("near.cap=true", "near.cap is True; it must be of type int"),
        ("corpus.mode=flter", "corpus.mode is 'flter': set it to one of filter, annotate"),
        ("corpus.output=csv", "corpus.output is 'csv': set it to one of jsonl, jsonl.gz"),
        ("page.include=['text']", "set it to labels of title, heading"),
        ("page.rules=['.ad']", "page.rules are no rules of sites"),
        ("templates.frame_long=3", r"templates.frame_long is 3.0: set it above 0, up to 1"),
        ("keys.text=''", "keys.text is '': set it to the name of a field"),
        ("near=3", "'near=3' is not of the form stage.name=value"),
        ("corpus.page_seconds=0", "corpus.page_seconds is 0.0: set it above 0"),
    ],
)
def test_a_wrong_word_is_refused_with_what_is_right(word: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        with_words(DEFAULTS, [word])
    assert message in str(error.value)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("near = [")
    for name in ("a.toml", "none.toml"):
        with pytest.raises(SettingsError, match=name):
            Settings.from_toml(tmp_path / name)
