"""A saved reference does what the files do that it was made of, and is read no more."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dedup
from dedup.cli import main
from dedup.corpus.stages import reference
from dedup.errors import InputError, RunError, SettingsError
from tests.corpus.conftest import documents, outputs, read_jsonl, settings, write_jsonl
from tests.support.crawl import make_crawl, warc


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    records = documents(60)
    old = write_jsonl(tmp_path / "old.jsonl", [*records[::2], {"text": 3}])
    return old, write_jsonl(tmp_path / "new.jsonl", records[1::2])


def saved(old: Any, folder: Path, **corpus: Any) -> Path:
    dedup.run(old, folder, settings(mode="reference", **corpus))
    return folder


@pytest.mark.parametrize(
    ("level", "keep"),
    [("document", "earliest"), ("block", "cleanest"), ("passage", "longest")],
)
def test_it_does_what_its_files_do(
    files: tuple[Path, Path], tmp_path: Path, level: str, keep: str
) -> None:
    old, new = files
    near = dedup.NearSettings(keep=keep)
    made = dedup.Settings(corpus=settings(mode="reference", part_rows=7).corpus, near=near)
    dedup.run(old, tmp_path / "saved", made)
    folder = tmp_path / "saved"
    config = dedup.Settings(corpus=settings(level=level, mode="annotate").corpus, near=near)
    dedup.run(new, tmp_path / "read", config, against=[old])
    old.unlink()
    dedup.run(new, tmp_path / "again", config, against=[folder])
    (read, again) = (outputs(tmp_path / name) for name in ("read", "again"))
    assert read.keys() == again.keys()
    # A report names the file of a partner, or the directory of a saved one.
    for name in read.keys() - {"run.json", "report.json"}:
        assert again[name] == read[name], name
    assert b'"near"' in read["annotations.jsonl"]


def test_pages_are_cleaned_once_and_rejects_are_told(tmp_path: Path) -> None:
    crawl = tmp_path / "c.warc.gz"
    crawl.write_bytes(warc(make_crawl(2, 10)))
    bad = write_jsonl(tmp_path / "bad.jsonl", [{"text": "fine"}, {"text": 3}])
    folder = saved([crawl, bad], tmp_path / "saved")
    summary = json.loads((folder / "summary.json").read_bytes())
    assert summary["rejected"] == len(read_jsonl(folder / "rejected.jsonl")) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "reference", "reference.json", "rejected.jsonl", "run.json", "summary.json",
    ]  # fmt: skip
    found = dedup.run(crawl, tmp_path / "out", against=[folder])
    assert found["kept"] == 0
    assert found["removed"]["exact"] > 10


def test_killed_while_it_is_saved_or_used_it_ends_with_the_same(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = files
    whole = saved(old, tmp_path / "whole", part_rows=7)
    dedup.run(new, tmp_path / "used", against=[whole])
    real, left = reference._link, [0]

    def stops(*names: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(*names)

    monkeypatch.setattr(reference, "_link", stops)
    for step in range(0, 14, 4):
        left[0] = step
        with pytest.raises(KeyboardInterrupt):
            saved(old, tmp_path / f"cut{step}", part_rows=7)
        left[0] = 100
        config = settings(mode="reference", part_rows=7)
        dedup.run(old, tmp_path / f"cut{step}", config, resume=True)
        assert outputs(tmp_path / f"cut{step}") == outputs(whole)
        left[0] = step
        with pytest.raises(KeyboardInterrupt):
            dedup.run(new, tmp_path / f"use{step}", against=[whole])
        left[0] = 100
        dedup.run(new, tmp_path / f"use{step}", against=[whole], resume=True)
        assert outputs(tmp_path / f"use{step}") == outputs(tmp_path / "used")


def test_where_files_cannot_be_linked_they_are_copied(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*names: Path) -> None:
        raise OSError("no links here")

    old, new = files
    folder = saved(old, tmp_path / "saved")
    one = dedup.run(new, tmp_path / "linked", against=[folder])
    monkeypatch.setattr("os.link", refuses)
    two = dedup.run(new, tmp_path / "copied", against=[folder])
    assert one["removed"] == two["removed"]


def test_what_does_not_compare_or_is_broken_is_told(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = files
    folder = saved(old, tmp_path / "saved")
    for config in (
        dedup.Settings(text=dedup.TextSettings(shingle=4)),
        dedup.Settings(near=dedup.NearSettings(threshold=0.5)),
        dedup.Settings(near=dedup.NearSettings(keep="cleanest")),
    ):
        with pytest.raises(SettingsError, match="was saved with"):
            dedup.run(new, tmp_path / "out", config, against=[folder])
    (folder / "reference" / "prints-000000.npy").unlink()
    with pytest.raises(RunError, match="prints-000000"):
        dedup.run(new, tmp_path / "out", against=[folder])
    (folder / "reference.json").write_text("[]")
    with pytest.raises(InputError, match="save it again"):
        dedup.run(new, tmp_path / "other", against=[folder])


def test_on_the_command_line(files: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = files
    folder = str(tmp_path / "saved")
    result = CliRunner().invoke(main, ["run", str(old), "-o", folder, "--mode", "reference"])
    assert result.exit_code == 1  # one record was set aside
    assert f"31 records saved in {folder}" in result.stderr
    arguments = ["run", str(new), "-o", str(tmp_path / "out"), "--against", folder]
    dry = CliRunner().invoke(main, [*arguments, "--dry-run"])
    assert f"against: {folder} (saved)" in dry.stdout
    assert CliRunner().invoke(main, arguments).exit_code == 0
