"""Quality on a user's own pages: what is read, what is counted, when it fails."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dedup.cli import main
from dedup.errors import InputError
from dedup.evaluate.pages import gold_pages

TEXT = "The ferry runs again from Monday, said the port, after two years of repairs."
OTHER = "Nobody knows why the old ferry had been painted green, he said on Friday."
HTML = f"<nav>Home</nav><p>{TEXT}</p><footer>© The Port</footer>"


def run(*words: str, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(main, ["evaluate", "--no-peers", *words])
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages" / "news").mkdir(parents=True)
    for name, gold in (("a", TEXT), ("news/b", OTHER)):
        (tmp_path / "pages" / f"{name}.html").write_text(HTML, "utf-8")
        (tmp_path / "pages" / f"{name}.txt").write_text(gold, "utf-8")
    (tmp_path / "pages" / "no gold.html").write_text(HTML, "utf-8")
    return tmp_path / "pages"


def test_every_form_of_pages_is_read_alike(folder: Path, tmp_path: Path) -> None:
    pages = [(page.html, page.golds) for page in gold_pages(folder)]
    assert pages == [(HTML.encode(), (TEXT,)), (HTML.encode(), (OTHER,))]
    rows = [{"html": HTML, "gold": TEXT}, {"html": HTML, "gold": OTHER, "kind": "news"}]
    for name in ("jsonl", "parquet", "packed"):
        (tmp_path / name).mkdir()
    (tmp_path / "jsonl" / "p.jsonl").write_text("\n".join(map(json.dumps, rows)))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "parquet" / "p.parquet")
    (tmp_path / "packed" / "a.html.gz").write_bytes(gzip.compress(HTML.encode()))
    (tmp_path / "packed" / "a.txt").write_text(TEXT)
    for name in ("jsonl", "parquet", "packed"):
        found = list(gold_pages(tmp_path / name))
        assert [(page.html, page.golds) for page in found] == pages[: len(found)]
    assert [page.kind for page in gold_pages(tmp_path / "jsonl")] == ["", "news"]


def test_groups_are_counted_and_the_worst_are_named(folder: Path) -> None:
    scores = json.loads(run(str(folder), "--format", "json")[0])
    assert {group: row["dedup"]["pages"] for group, row in scores.items()} == {"all": 2, "news": 1}
    assert scores["news"]["dedup"]["f1"] == 0
    assert scores["all"]["dedup"]["f1"] == pytest.approx(0.5)
    table = run(str(folder), "--worst", "1")[0].splitlines()
    assert table[-1] == "0.000  news/b.html"


def test_a_floor_that_is_not_reached_is_exit_code_one(folder: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.toml"
    floors.write_text("all = 0.4\nnews = 0\n")
    assert run(str(folder), "--floors", str(floors))[1] == ""
    floors.write_text("all = 0.6\n")
    _, said = run(str(folder), "--floors", str(floors), code=1)
    assert said == "dedup: all: F1 is 0.5000, its floor 0.6000\n"
    for wrong, why in (("blog = 0.5", "there are no pages: all, news"), ("all = 7", "give 0 to 1")):
        floors.write_text(wrong)
        assert why in run(str(folder), "--floors", str(floors), code=2)[1]


def test_rules_and_favor_count(folder: Path, tmp_path: Path) -> None:
    rules, pages = tmp_path / "rules.toml", tmp_path / "more"
    pages.mkdir()
    row = {"html": HTML, "gold": TEXT, "url": "https://example.org/a"}
    (pages / "p.jsonl").write_text(json.dumps(row))
    rules.write_text('["example.org"]\ndrop = ["p"]\n')
    for words, f1 in (((), 1.0), (("--rules", str(rules)), 0.0)):
        scores = json.loads(run(str(pages), "--format", "json", *words)[0])
        assert scores["all"]["dedup"]["f1"] == f1


def test_what_is_no_folder_of_pages_says_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        list(gold_pages(tmp_path / "none"))
    assert "put NAME.txt beside NAME.html" in run(str(tmp_path), code=2)[1]
    (tmp_path / "p.jsonl").write_text('{"html": "<p>"}')
    assert "p.jsonl:1: a record has html, and gold" in run(str(tmp_path), code=2)[1]


def test_a_text_that_is_no_utf8_is_named(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xff\xfe")
    assert "a.txt is no UTF-8" in run(str(folder), code=2)[1]


def test_an_address_that_is_no_text_leaves_the_page_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(json.dumps({"html": HTML, "gold": TEXT, "url": 5}))
    scores = json.loads(run(str(tmp_path), "--format", "json")[0])
    assert scores["all"]["dedup"]["f1"] == 1.0


def test_floors_that_nothing_can_read_are_told(folder: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.toml"
    floors.write_text("all = " + "9" * 5000)
    assert "no TOML that can be read" in run(str(folder), "--floors", str(floors), code=2)[1]
