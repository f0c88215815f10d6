"""Texts in columns: the same table as record by record."""

from typing import Any

import pyarrow as pa
import pytest

import dedup
from dedup.corpus.io.chunks import Chunk
from dedup.corpus.stages.clean import clean_chunk
from dedup.corpus.stages.given import given_columns

TEXTS = ["one", None, "", "four 中文"]


def table(**columns: Any) -> pa.Table:
    return pa.table({"text": pa.array(TEXTS), "n": [1, 2, 3, 4], **columns})


def both(given: pa.Table, **keys: str) -> tuple[pa.Table, pa.Table]:
    """A chunk's table as columns, and record by record (as where one of them broke a worker)."""
    settings = dedup.Settings(keys=dedup.KeySettings(**keys))
    chunk = Chunk(0, 2, "a.parquet", table=given, first_row=7)
    assert given_columns(chunk, settings) is not None
    return tuple(clean_chunk(chunk, settings, skip, lambda i: None) for skip in ({}, {99: "x"}))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"id": pa.array(["a", None, "c", "d"])},
        {"id": pa.array([1, 2, None, -4], pa.int32())},
        {"url": pa.array(["http://www.x.org/1", None, "no url", "http://[bad"])},
        {"date": pa.array(["2024", None, "x", "2023-01-01"], pa.large_string())},
        {"priority": pa.array([1, None, 3, 4])},
        {"priority": pa.array([1.5, None, 3.0, 4.0])},
        {"feed": pa.array(["a", "b", None, ""]), "url": pa.array(["http://x.org/"] * 4)},
    ],
)
def test_columns_and_records_make_the_same_table(columns: dict[str, Any]) -> None:
    keys = {"source": "feed"} if "feed" in columns else {}
    one, other = both(table(**columns), **keys)
    assert one.schema == other.schema
    for name in one.column_names:
        assert one[name].to_pylist() == other[name].to_pylist(), name


@pytest.mark.parametrize(
    "columns",
    [
        {"html": pa.array(["<p>a</p>"] * 4)},
        {"id": pa.array([1.5, 2, 3, 4])},
        {"date": pa.array([0, 1, 2, 3], pa.timestamp("s"))},
        {"priority": pa.array(["1", "2", "high", "4"])},
        {"url": pa.array([b"a", b"b", b"c", b"d"])},
        {"text": pa.array([b"a", b"b", b"c", b"d"])},
    ],
)
def test_other_types_are_read_record_by_record(columns: dict[str, Any]) -> None:
    chunk = Chunk(0, 2, "a.parquet", table=pa.table({"text": TEXTS, **columns}))
    assert given_columns(chunk, dedup.Settings()) is None
