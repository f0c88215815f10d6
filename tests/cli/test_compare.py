import json
from pathlib import Path

from click.testing import CliRunner

from dedup.cli import main

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
SHORT = str(PAGES / "zh_hant_republication" / "source.txt")
LONG = str(PAGES / "zh_council_original" / "source.html")


def run(*arguments: str, stdin: bytes | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["compare", *arguments], input=stdin)
    assert result.exit_code == code, result.output
    return result.output


def test_figures_and_passages() -> None:
    record = json.loads(run("--format", "json", SHORT, LONG))
    assert record["kind"] == "contains"
    assert record["containment_a"] >= 0.85
    assert len(record["passages"]) > 3
    shown = run(SHORT, LONG)
    assert f"containment a {record['containment_a']:.3f}" in shown


def test_raw_compares_the_files_as_they_are() -> None:
    cleaned = json.loads(run("--format", "json", SHORT, LONG))
    raw = json.loads(run("--format", "json", "--raw", SHORT, LONG))
    assert raw["containment_a"] < cleaned["containment_a"]


def test_standard_input_and_errors() -> None:
    same = json.loads(run("--format", "json", "-", LONG, stdin=Path(LONG).read_bytes()))
    assert same["kind"] == "exact"
    assert "only one of A and B" in run("-", "-", code=2)
    assert "no such: No such file" in run("no such", LONG, code=1)
