"""Files that earlier versions wrote are read, or refused with a message that names the remedy.

`tests/compatibility` has a folder for each version. Those of a new one are made with
``python -m tests.test_compatibility`` when it is released; the old ones stay as they are.
"""

import json
import lzma
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

import dedup
from dedup import Index, IndexSettings, Settings
from dedup.errors import SettingsError, StoreError
from tests.paths import ROOT

FOLDER = ROOT / "tests" / "compatibility"
VERSIONS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
CONTENTS = ("sketch", "shingles", "texts")
_SENTENCE = (
    "The river rose in the night, and by the morning nobody could cross the {} bridge at all."
)
TEXTS = {
    "one": _SENTENCE.format("old") + " The mill stood still until the water fell.",
    "copy": _SENTENCE.format("old") + "  The mill stood still until the water fell!",
    "other": "Tea is made of leaves that grow on bushes, of water, and of the time it is given.",
    "中文": "山脚下的磨坊从去年秋天起又转了起来，磨的是荞麦，卖给镇上三家面馆，也卖给过路的人。",
}


WORDS = ("rain", "snow", "wind", "fog", "hail", "frost", "heat", "dew", "ice", "thunder")


def page(number: int) -> str:
    """A page of a site: a paragraph of its own, and the site's."""
    word = WORDS[number]
    return (
        f"<html><body><div class='text'><h1>{word}</h1><p>The report on {word} tells how long "
        f"{word} stays in the valley, and what farmers make of {word} in one year.</p></div>"
        "<div class='box'><p>The weather office of the valley has been kept by its readers since "
        "it was founded, and everybody who lives here is welcome to take part in it.</p></div>"
        "</body></html>"
    )


def templates_of_pages() -> dedup.Templates:
    """What is learned of six pages."""
    learned = dedup.Templates()
    for number in range(6):
        learned.add(dedup.clean(page(number), url=f"https://example.org/{number}"))
    return learned


def _index(version: str, content: str, folder: Path) -> Path:
    path = folder / "seen.db"
    path.write_bytes(lzma.decompress((FOLDER / version / f"index-{content}.db.xz").read_bytes()))
    return path


def test_there_are_files_of_a_version() -> None:
    assert VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("content", CONTENTS)
def test_an_index_is_read_and_written(version: str, content: str, tmp_path: Path) -> None:
    with Index(_index(version, content, tmp_path)) as index:
        assert len(index) == len(TEXTS)
        assert not index.seen("gone")
        for name, text in TEXTS.items():
            found = {match.b: match for match in index.query(text)}
            assert found[name].kind == "exact"
            assert found[name].meta == {"of": version}
        near = index.query(TEXTS["one"] + " Again.")
        assert {match.b for match in near} == {"one", "copy"}
        index.add("new", TEXTS["other"] + " And of the cup.")
        assert index.seen("new")
        index.compact()
        assert len(index) == len(TEXTS) + 1


@pytest.mark.parametrize("version", VERSIONS)
def test_templates_are_read(version: str) -> None:
    learned = dedup.Templates.load(FOLDER / version / "templates.json.gz")
    cleaned = learned.apply(dedup.clean(page(9), url="https://example.org/9"))
    assert "weather office" not in cleaned.text
    assert "report on thunder" in cleaned.text


def test_an_index_of_a_format_to_come_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = _index(VERSIONS[-1], "sketch", tmp_path)
    with closing(sqlite3.connect(path)) as sql, sql:
        (header,) = sql.execute("SELECT value FROM state WHERE name = 'data:header'").fetchone()
        changed = json.dumps({**json.loads(header), "format": 99}).encode()
        sql.execute("UPDATE state SET value = ? WHERE name = 'data:header'", (changed,))
    with pytest.raises(StoreError, match="read it with the version of dedup that wrote it"):
        Index(path)


def test_a_run_of_another_version_is_not_resumed(tmp_path: Path) -> None:
    # Its stage files may have other columns: they are never read by another version.
    source = tmp_path / "a.jsonl"
    source.write_text('{"text": "a text of some length, which is kept"}\n')
    out = tmp_path / "out"
    dedup.run([source], out, jobs=1)
    started = json.loads((out / "run.json").read_bytes())
    (out / "run.json").write_text(json.dumps({**started, "version": "0.0.9"}))
    with pytest.raises(SettingsError, match=r"version was 0\.0\.9 and is"):
        dedup.run([source], out, jobs=1, resume=True)


def write_files() -> None:
    """The files of this version."""
    folder = FOLDER / dedup.__version__
    folder.mkdir(parents=True, exist_ok=True)
    for content in CONTENTS:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch, "seen.db")
            with Index(path, Settings(index=IndexSettings(content=content))) as index:
                told = {"of": dedup.__version__}
                index.add_many([(name, text, told) for name, text in TEXTS.items()])
                index.add("gone", "a text that is removed again, and of some length")
                index.remove("gone")
            packed = lzma.compress(path.read_bytes(), preset=9)
        (folder / f"index-{content}.db.xz").write_bytes(packed)
    (folder / "templates.json.gz").write_bytes(templates_of_pages().to_bytes())


if __name__ == "__main__":
    write_files()
