"""Tables in, the same kind of table out."""

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


@pytest.mark.parametrize("kind", [pa.Table.from_pylist, pd.DataFrame])
def test_the_rows_that_are_kept(kind) -> None:
    records = documents(12)
    found = dedup.deduplicate_table(kind(records))
    assert type(found) is type(kind(records))
    keep = dedup.find_duplicates([record["text"] for record in records]).keep
    expected = [record["id"] for record, kept in zip(records, keep, strict=True) if kept]
    assert list(found["id"].to_pylist() if isinstance(found, pa.Table) else found["id"]) == expected


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="no column 'text' among a, b"):
        dedup.deduplicate_table(pa.table({"a": [1], "b": [2]}))
    with pytest.raises(InputError, match="exports no Arrow"):
        dedup.clean_table([1, 2])
