import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.config import Format, KeySettings
from dedup.corpus.io.formats import PAGE_SUFFIXES
from dedup.corpus.io.readers import read
from dedup.corpus.io.records import Form
from dedup.corpus.io.sources import check_keys, find_sources
from dedup.errors import InputError
from tests.corpus.conftest import write_jsonl
from tests.corpus.io.conftest import SETTINGS


def test_a_key_that_is_nowhere_is_an_error_naming_those_that_are(tmp_path: Path) -> None:
    lines = write_jsonl(tmp_path / "a.jsonl", [{"content": "x", "meta": {"url": "u"}}])
    table = tmp_path / "a.parquet"
    pq.write_table(pa.table({"content": ["x"], "meta": [{"url": "u"}]}), table)
    for path in (lines, table):
        (source,) = find_sources([path], SETTINGS)
        with pytest.raises(InputError, match=r"no 'text' among the keys content, meta, meta\.url"):
            check_keys(source, SETTINGS, KeySettings())
        with pytest.raises(InputError, match="--date-key"):
            check_keys(source, SETTINGS, KeySettings(text="content", date="day"))
        check_keys(source, SETTINGS, KeySettings(text="content", url="meta.url"))


def test_a_named_key_in_the_last_line_only_is_found(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "x"}] * 50 + [{"text": "y", "day": "1"}])
    (source,) = find_sources([path], SETTINGS)
    check_keys(source, SETTINGS, KeySettings(date="day"))


def test_directories_and_globs(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.html").write_text("<p>two")
    (tmp_path / "b" / "1.txt").write_text("one")
    (tmp_path / "b" / "image.png").write_bytes(b"\x89PNG")
    (tmp_path / "b" / "z.jsonl").write_text('{"text": "three"}')
    pages, lines = find_sources([tmp_path], SETTINGS)
    assert (pages.format, lines.format) == (Format.FILES, Format.JSONL)
    found = list(read(pages, SETTINGS))
    assert [(Path(item.id).name, item.form) for item in found] == [
        ("1.txt", Form.PAGE),
        ("2.html", Form.HTML),
    ]
    (globbed,) = find_sources([str(tmp_path / "*" / "*.html")], SETTINGS)
    assert globbed.paths == (str(tmp_path / "b" / "2.html"),)


@pytest.mark.parametrize("name", ["none.jsonl", "nothing/*.html", "file.xyz"])
def test_an_input_that_is_not_there_or_unknown_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.xyz").write_text("?")
    with pytest.raises(InputError):
        find_sources([str(tmp_path / name)], SETTINGS)


@pytest.mark.parametrize("suffix", [*PAGE_SUFFIXES, ".html.gz", ".TXT"])
def test_a_folder_gives_pages_of_every_suffix(tmp_path: Path, suffix: str) -> None:
    data = b"<p>The mill by the river is a school now."
    (tmp_path / f"page{suffix}").write_bytes(gzip.compress(data) if "gz" in suffix else data)
    (source,) = find_sources([tmp_path], SETTINGS)
    (item,) = read(source, SETTINGS)
    assert source.format is Format.FILES
    assert item.data == data
    assert item.form is (Form.HTML if "htm" in suffix else Form.PAGE)
