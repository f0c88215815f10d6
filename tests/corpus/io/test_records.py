import json
import sys
from pathlib import Path

import pytest

from dedup.config import KeySettings
from dedup.corpus.io.records import Raw, load_object, parse
from dedup.errors import InputError
from tests.corpus.conftest import documents, write_jsonl
from tests.corpus.io.conftest import items


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


def test_dotted_keys_and_other_names() -> None:
    keys = KeySettings(text="doc.body", url="meta.url", id="n")
    line = b'{"doc": {"body": "t", "x": 1}, "meta": {"url": "http://a.b/"}, "n": 7}'
    record = parse(Raw(0, "line 1", line), "s", keys)
    assert (record.id, record.data, record.url) == ("7", "t", "http://a.b/")
    assert json.loads(record.extra)["doc"] == {"body": None, "x": 1}


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (b'{"text": "\\ud83d\\ude00 \\ud83d"}', {"text": "\U0001f600 \ufffd"}),
        (b'{"n": [18446744073709551615, 18446744073709551616]}', {"n": [2**64 - 1, 2.0**64]}),
        (b'{"x": 1, "x": 2}', {"x": 2}),
    ],
)
def test_lines_that_python_reads_are_read(line: bytes, fields: dict[str, object]) -> None:
    assert load_object(line) == fields


def test_with_and_without_orjson_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        b'{"text": "a \\ud800 b", "n": [1, 2.5, null]}',
        '{"text": "山谷", "deep": {"a": {"b": [true]}}}'.encode(),
        b'{"text": "\xff"}',
        b'{"text": ',
        b'{"n": [18446744073709551616, -9223372036854775808, -9223372036854775809]}',
        b'{"text": "\\ud800", "n": [18446744073709551616, -9223372036854775809]}',
        b"[1]",
        b"[" * 200_000,
    ]

    def outcome(line: bytes) -> object:
        try:
            return load_object(line)
        except InputError as error:
            return str(error)

    with_orjson = [outcome(line) for line in lines]
    monkeypatch.setitem(sys.modules, "orjson", None)
    assert [outcome(line) for line in lines] == with_orjson
