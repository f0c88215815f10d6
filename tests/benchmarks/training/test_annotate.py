"""Labels of our own: what is noted beside a sheet comes back for the blocks."""

import json
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from benchmarks.internals.page import read, texts_of_blocks
from benchmarks.pages import Example
from benchmarks.training import annotate
from benchmarks.training.labels import LABELS_FILE, UNKNOWN
from benchmarks.training.targets import LABELS, align_runs
from dedup.model import Label

PAGE = "<nav>Home About</nav><h1>New library</h1><p>It opened on Monday.</p><footer>© Town</footer>"


def test_labels_survive_other_block_borders() -> None:
    runs = annotate.runs_of(["Home", "About", "It opened."], ["nav", "nav", "body"])
    found = align_runs(["Home About", "It", "opened."], runs)
    assert [LABELS[index] for index in found] == [Label.NAV, Label.BODY, Label.BODY]


@pytest.mark.parametrize("text", ["0 nav\n2 body", "0-1 nav", "0-2 menu", "0-2 nav\n2 body"])
def test_notes_with_gaps_or_unknown_labels_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|labelled|not a valid"):
        annotate.noted(text, 3)


def test_sheets_are_written_and_notes_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = Example("wcxb:1", "a.org", PAGE.encode())
    monkeypatch.setattr(annotate, "load", lambda name: iter([example]))
    annotate.write(tmp_path, ["wcxb:1"])
    sheet = (tmp_path / "000.txt").read_text("utf-8").splitlines()
    assert [line.split("|")[0] for line in sheet] == ["0", "1", "2", "3"]
    (tmp_path / "000.lab").write_text("0 nav\n1 title\n2 body\n3 ?\n")
    assert annotate.read(tmp_path, tmp_path / "labels.jsonl") == 1
    row = json.loads((tmp_path / "labels.jsonl").read_text("utf-8"))
    kinds = align_runs(texts_of_blocks(read(PAGE.encode())), row["runs"])
    assert [LABELS[k].value if k >= 0 else "" for k in kinds] == ["nav", "title", "body", ""]


def test_the_file_holds_labels_and_sizes_only() -> None:
    known = {label.value for label in Label} | {UNKNOWN}
    for line in LABELS_FILE.read_text("utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == {"page", "runs"}
        assert all(label in known and size >= 0 for label, size in row["runs"])
