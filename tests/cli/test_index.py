"""``dedup index``: what is read, and what is told of it."""

import gzip
import json
from pathlib import Path

from click.testing import CliRunner, Result

from dedup.cli import main

STORY = "The river rose in the night, and by the morning nobody could cross the old bridge at all. "
MILL = "山脚下的磨坊从去年秋天起又转了起来，磨的是荞麦，卖给镇上三家面馆和一家点心铺。"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["index", *map(str, arguments)])


def test_a_file_that_cannot_be_decoded_is_not_there_already(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(PNG)
    result = run("add", tmp_path / "seen.db", tmp_path / "picture.txt")
    assert result.exit_code == 1
    assert "0 added, 0 there already" in result.stderr
    assert "picture.txt: this is a PNG" in result.stderr


def test_text_files_are_decoded_as_pages_are(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(MILL.encode("gb18030"))
    (tmp_path / "b.txt").write_text(MILL, "utf-8")
    assert run("add", tmp_path / "seen.db", tmp_path / "a.txt").exit_code == 0
    (line,) = run("query", tmp_path / "seen.db", tmp_path / "b.txt").stdout.splitlines()
    assert json.loads(line)["kind"] == "exact"


def test_json_lines_of_every_name_and_packing(tmp_path: Path) -> None:
    line = json.dumps({"doc": {"body": STORY}}).encode() + b"\n"
    for name in ("a.jsonl", "a.ndjson", "a.json", "a.jsonl.gz"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(line) if name.endswith("gz") else line)
        result = run("add", tmp_path / f"{name}.db", path, "--text-key", "doc.body")
        assert "1 added, 0 there already" in result.stderr, name


def test_the_same_text_without_an_id_is_there_already_wherever_it_stands(tmp_path: Path) -> None:
    for name, count in (("a.jsonl", 1), ("b.jsonl", 2)):
        (tmp_path / name).write_text((json.dumps({"text": STORY}) + "\n") * count)
    assert "1 added" in run("add", tmp_path / "seen.db", tmp_path / "a.jsonl").stderr
    second = run("add", tmp_path / "seen.db", tmp_path / "b.jsonl").stderr
    assert "0 added, 2 there already" in second


def test_files_of_other_formats_are_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    result = run("add", tmp_path / "seen.db", tmp_path / "a.parquet")
    assert result.exit_code == 1
    assert "parquet is read by `dedup run`" in result.stderr


def test_a_damaged_file_gives_what_is_there_and_is_named(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"text": f"{n} {STORY}"}).encode() + b"\n" for n in range(50))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines)[:-40])
    result = run("add", tmp_path / "seen.db", tmp_path / "a.jsonl.gz")
    assert result.exit_code == 1
    assert "a.jsonl.gz: truncated gzip" in result.stderr
