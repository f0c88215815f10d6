"""Tables in, the same kind of table out."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import dedup
from dedup.errors import InputError, SettingsError
from tests.corpus.conftest import documents

PAGES = [
    "<nav>Home</nav><p>The old mill by the river has been turned into a school this spring.</p>",
    b"<p>\xb9\xc5\xc0\xcf\xb5\xc4\xc4\xa5\xb7\xbb</p>",
]


def test_a_frame_comes_back_as_a_frame_with_text_and_title() -> None:
    frame = pd.DataFrame({"html": [PAGES[0]], "n": [1]})
    cleaned = dedup.clean_table(frame)
    assert isinstance(cleaned, pd.DataFrame)
    assert list(cleaned.columns) == ["html", "n", "text", "title"]
    assert cleaned["text"][0] == dedup.clean(PAGES[0]).text


def test_bytes_and_pages_that_cannot_be_read() -> None:
    table = pa.table({"page": pa.array([PAGES[1], bytes(range(256)) * 9, b""], pa.binary())})
    cleaned = dedup.clean_table(table, html="page")
    assert cleaned["text"].to_pylist()[1] is None
    assert cleaned.num_rows == 3


def _rows(table: Any) -> list[dict[str, Any]]:
    if isinstance(table, pd.DataFrame):
        return table.to_dict("records")
    return table.to_pylist() if isinstance(table, pa.Table) else table.to_dicts()


def _polars(records: list[dict[str, Any]]) -> Any:
    return pytest.importorskip("polars").DataFrame(records)


@pytest.mark.parametrize("kind", [pa.Table.from_pylist, pd.DataFrame, _polars])
def test_duplicates_of_a_table_are_columns_of_the_same_kind_of_table(kind: Any) -> None:
    records = documents(12)
    excerpt = {**records[0], "id": "cut", "text": records[0]["text"][:-200]}
    table = kind([*records, excerpt, {**records[0], "text": None}])
    found = dedup.find_duplicates(table)
    assert type(found) is type(table)
    clusters = dedup.find_duplicates([*(record["text"] for record in records), excerpt["text"], ""])
    rows = _rows(found)
    assert [row["keep"] for row in rows] == clusters.keep.tolist()
    assert [row["id"] for row in rows] == [record["id"] for record in _rows(table)]
    for number, row in enumerate(rows):
        if not row["keep"]:
            assert row["relation"] in ("exact", "near")
            assert row["partner"] == clusters.leaders[number]
            assert row["jaccard"] >= 0.8
    assert rows[12]["relation"] in ("near", "contains")
    assert rows[12]["partner"] == 0
    assert rows[12]["containment"] > 0.99


def test_a_frame_keeps_its_index_and_its_types() -> None:
    frame = pd.DataFrame(
        {"text": ["one", "two", "one"], "kind": pd.Categorical(["a", "b", "a"])}, index=[7, 8, 9]
    )
    found = dedup.find_duplicates(frame)
    pd.testing.assert_frame_equal(found[["text", "kind"]], frame)
    assert found[found["keep"]].index.tolist() == [7, 8]


def test_a_column_of_texts_is_no_table() -> None:
    for texts in (pd.Series(["one", "one"]), pa.chunked_array([["one", "one"]])):
        assert dedup.find_duplicates(texts).keep.tolist() == [True, False]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="no column 'text' among a, b"):
        dedup.find_duplicates(pa.table({"a": [1], "b": [2]}))
    with pytest.raises(SettingsError, match="a column 'keep' already"):
        dedup.find_duplicates(pa.table({"text": ["a"], "keep": [2]}))
    with pytest.raises(InputError, match="exports no Arrow"):
        dedup.clean_table([1, 2])
