import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.config import CorpusSettings, KeySettings
from dedup.corpus.chunks import chunks
from dedup.corpus.readers import check_keys, find_sources, read
from dedup.corpus.records import Form, Format, Raw, Reject, Skipped, parse
from dedup.errors import InputError
from tests.corpus.conftest import documents, write_jsonl
from tests.support.crawl import make_crawl, warc

SETTINGS = CorpusSettings()


def items(path: Path, settings: CorpusSettings = SETTINGS) -> list[Raw | Reject | Skipped]:
    (source,) = find_sources([path], settings)
    return list(read(source, settings))


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst", "ndjson", "JSONL"])
def test_json_lines_in_all_their_packings(tmp_path: Path, suffix: str) -> None:
    records = documents(3)
    path = write_jsonl(tmp_path / f"a.{suffix}", records)
    found = [parse(item, "a", KeySettings()) for item in items(path)]
    assert [record.id for record in found] == ["d0", "d1", "d2"]
    assert [record.data for record in found] == [record["text"] for record in records]
    assert json.loads(found[0].extra)["tags"] == [0, 7]


def test_ids_that_are_missing_come_from_source_and_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n\n{"text": "b"}\n')
    found = [parse(item, "a.jsonl", KeySettings()) for item in items(path)]
    assert [record.id for record in found] == ["a.jsonl#0", "a.jsonl#2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a"', "bad JSON"),
        (b'{"text": "\xff"}', "bad UTF-8"),
        (b"[1]", "a JSON list"),
        (b'{"text": 1}', "no string under"),
        (b"\x00\x01", "bad JSON"),
    ],
)
def test_a_bad_line_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse(Raw(0, "line 1", line), "a", KeySettings())


def test_a_line_over_the_limit_is_set_aside_and_the_next_is_read(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "x" * 5000}, {"text": "short"}])
    first, second = items(path, CorpusSettings(record_bytes=1000))
    assert isinstance(first, Reject)
    assert "record_bytes" in first.reason
    assert isinstance(second, Raw)


def test_dotted_keys_and_other_names() -> None:
    keys = KeySettings(text="doc.body", url="meta.url", id="n")
    line = b'{"doc": {"body": "t", "x": 1}, "meta": {"url": "http://a.b/"}, "n": 7}'
    record = parse(Raw(0, "line 1", line), "s", keys)
    assert (record.id, record.data, record.url) == ("7", "t", "http://a.b/")
    assert json.loads(record.extra)["doc"] == {"body": None, "x": 1}


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


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>x")
    path.chmod(0)
    (item,) = items(path)
    assert "unreadable" in item.reason


CRAWL = make_crawl(2, 4)
PAGES = len(CRAWL)


def test_every_page_of_a_warc_and_where_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc(CRAWL))
    found = items(path)
    assert [item.url for item in found] == [page.url for page in CRAWL]
    assert found[0].data == CRAWL[0].html.encode()
    assert found[0].encoding == "utf-8"
    plain = tmp_path / "a.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert items(plain) == found


def wet(text: str, kind: str = "conversion") -> bytes:
    body = text.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.example/\r\n"
        "WARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def test_wet_records_are_pages_and_the_rest_is_skipped_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.wet"
    path.write_bytes(wet("warcinfo", "warcinfo") + wet("标题\n正文") + wet("x", "request"))
    skipped, page, other = items(path)
    assert isinstance(skipped, Skipped)
    assert isinstance(other, Skipped)
    assert (page.data.decode(), page.form) == ("标题\n正文", Form.PAGE)


@pytest.mark.parametrize("packed", [False, True])
def test_broken_warc_records_are_stepped_over(tmp_path: Path, packed: bool) -> None:
    whole = warc(CRAWL)
    members = [gzip.compress(part) for part in _records(gzip.decompress(whole))]
    plain = _records(gzip.decompress(whole))
    if packed:
        bad = bytearray(members[2])
        bad[40:48] = bytes(8)
        data = b"".join([*members[:2], bytes(bad), *members[3:]])
    else:
        data = b"".join([*plain[:2], plain[2].replace(b"WARC/1.0", b"XXXXXXXX", 1), *plain[3:]])
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    found = items(path)
    urls = [item.url for item in found if isinstance(item, Raw)]
    assert urls == [page.url for page in (*CRAWL[:2], *CRAWL[3:])]
    assert sum(isinstance(item, Reject) for item in found) == 1


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_warc_gives_its_whole_records_and_a_reject(
    tmp_path: Path, keep: float, packed: bool
) -> None:
    data = warc(CRAWL) if packed else gzip.decompress(warc(CRAWL))
    path = tmp_path / "a.warc"
    path.write_bytes(data[: int(len(data) * keep)])
    found = items(path)
    whole = [item for item in found if isinstance(item, Raw)]
    assert [item.data for item in whole] == [page.html.encode() for page in CRAWL[: len(whole)]]
    assert PAGES * keep - 2 <= len(whole) <= PAGES * keep + 1
    assert any(isinstance(item, Reject) for item in found)


def _records(data: bytes) -> list[bytes]:
    return [b"WARC/1.0" + part for part in data.split(b"WARC/1.0")[1:]]


def test_chunks_do_not_depend_on_anything_but_the_source(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(20))
    (source,) = find_sources([path], SETTINGS)
    small = CorpusSettings(part_rows=7)
    cut = list(chunks(0, source, small))
    assert [len(chunk.items) for chunk in cut] == [7, 7, 6]
    assert cut == list(chunks(0, source, small))
    by_bytes = list(chunks(0, source, CorpusSettings(part_bytes=3000)))
    assert sum(len(chunk.items) for chunk in by_bytes) == 20
    assert all(chunk.bytes >= 3000 for chunk in by_bytes[:-1])


def test_parquet_comes_in_chunks_of_its_rows_and_breaks_with_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(documents(200)), path, row_group_size=64)
    (source,) = find_sources([path], SETTINGS)
    cut = list(chunks(0, source, CorpusSettings(part_rows=100)))
    assert [chunk.first_row for chunk in cut] == [0, 128]
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    path.write_bytes(data)
    broken = list(chunks(0, source, CorpusSettings(part_rows=100)))
    assert "broken Parquet" in broken[-1].items[0].reason
