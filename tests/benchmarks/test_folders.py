"""Samples of our own making in the layouts of public sets, and Parquet files of a user's own."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.folders import UnknownLayoutError, read_folder
from benchmarks.pages import Example

PAGE = b"<html><body><nav>Home</nav><p>The ferry sails at noon.</p></body></html>"
TEXT = "The ferry sails at noon."


def only(folder: Path) -> tuple[str, Example]:
    """The name of the only set, and its only page."""
    found = read_folder(folder)
    ((name, examples),) = found.sets.items()
    (example,) = examples
    return name.partition(" (")[2].rstrip(")"), example


@pytest.mark.parametrize("packed", [True, False])
def test_article_extraction_benchmark(tmp_path: Path, packed: bool) -> None:
    (tmp_path / "html").mkdir()
    if packed:
        (tmp_path / "html" / "0a1b.html.gz").write_bytes(gzip.compress(PAGE))
    else:
        (tmp_path / "html" / "0a1b.html").write_bytes(PAGE)
    truth = {
        "0a1b": {"articleBody": TEXT, "url": "https://www.ferry.example/noon"},
        "lost": {"articleBody": "Its page is not here.", "url": ""},
    }
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth), "utf-8")
    name, example = only(tmp_path)
    assert name == "article-extraction-benchmark"
    assert (example.html, example.golds, example.site) == (PAGE, (TEXT,), "ferry.example")


@pytest.mark.parametrize("below", ["", "dev"])
@pytest.mark.parametrize(
    "kind", [{"page_type": "forum"}, {"_internal": {"page_type": {"primary": "forum"}}}]
)
def test_wcxb(tmp_path: Path, below: str, kind: dict[str, object]) -> None:
    root = tmp_path / below
    (root / "html").mkdir(parents=True)
    (root / "ground-truth").mkdir()
    (root / "html" / "0001.html.gz").write_bytes(gzip.compress(PAGE))
    truth = {"url": "https://ferry.example/1", "ground_truth": {"main_content": TEXT}, **kind}
    (root / "ground-truth" / "0001.json").write_text(json.dumps(truth), "utf-8")
    name, example = only(tmp_path)
    assert (name, example.kind, example.golds) == ("WCXB", "forum", (TEXT,))


def test_l3s_takes_the_innermost_span_and_leaves_comments(tmp_path: Path) -> None:
    pytest.importorskip("selectolax")
    annotated = (
        "<body><span class='x-nc-sel4'>Other ferries</span>"
        "<h1><span class='x-nc-sel1'>Ferry &amp; time</span></h1>"
        "<div><span class='x-nc-sel2 more'>The ferry <b>sails</b>"
        "<span class='x-nc-sel0'>advertisement</span> at noon.</span></div>"
        "<span class='x-nc-sel3'>A photo of it.</span><span class='x-nc-sel5'>Late!</span></body>"
    )
    for folder, markup in (("original", PAGE), ("annotated", annotated.encode())):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "6f.html").write_bytes(markup)
    name, example = only(tmp_path)
    assert name == "L3S-GN1"
    assert example.html == PAGE
    with_photo, without = example.golds
    assert with_photo.split("\n") == [
        "Ferry & time", "The ferry", "sails", "at noon.", "A photo of it.",
    ]  # fmt: skip
    assert "photo" not in without


@pytest.mark.parametrize("gold", ["texts/12.txt", "pages/12.txt", "cleaned/12-cleaned.txt"])
def test_cleaneval(tmp_path: Path, gold: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "12.html").write_bytes(b'<text id="12" encoding="utf-8">' + PAGE + b"</text>\n")
    (tmp_path / gold).parent.mkdir(exist_ok=True)
    (tmp_path / gold).write_text(f"URL: http://ferry.example/\n\n<h>Ferry\n<p>{TEXT}\n", "utf-8")
    name, example = only(tmp_path)
    assert name == "CleanEval"
    assert example.html == PAGE
    assert example.golds == (f"Ferry\n{TEXT}",)


def test_parquet_by_its_columns(tmp_path: Path) -> None:
    row = {"id": "a", "url": "https://www.ferry.example/a", "html": PAGE}
    gold = {**row, "golds": [TEXT], "kind": "article"}
    segments = {**row, "keep": ["noon"], "drop": ["Home"]}
    lines = {**row, "lines": ["Home", TEXT], "labels": ["nav", "body"]}
    for name, columns in {
        "gold": gold, "segments": segments, "lines": lines, "texts": {"text": TEXT},
        "neither": {"number": 1},
    }.items():  # fmt: skip
        pq.write_table(pa.Table.from_pylist([columns]), tmp_path / f"{name}.parquet")
    found = read_folder(tmp_path)
    assert {name: page.golds for name, (page,) in found.sets.items()} == {
        "gold": (TEXT,), "lines": (TEXT,), "segments": (),
    }  # fmt: skip
    assert found.sets["segments"][0].keep == ("noon",)
    assert found.texts == {"texts": (TEXT,)}


def test_unknown_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing of the kind", "utf-8")
    with pytest.raises(UnknownLayoutError, match="none of the layouts"):
        read_folder(tmp_path)
    with pytest.raises(UnknownLayoutError, match="no folder"):
        read_folder(tmp_path / "elsewhere")
