"""An index file that somebody, or a failing disk, has changed: our own error, in bounded memory."""

import sqlite3
import tracemalloc
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from dedup import Index, IndexSettings, Settings
from dedup.errors import StoreError
from dedup.near.index import evidence

_TEXT = "The river rose in the night, and by morning nobody could cross bridge number {}."


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("dedup.near.index.sqlite.merge_tree.FLUSH", 8)
    path = tmp_path / "seen.db"
    with Index(path, Settings(index=IndexSettings(content="texts"))) as index:
        index.add_many([(str(i), _TEXT.format(i)) for i in range(8)])
        index.add("last", _TEXT.format("last"))
    return path


def _ask(path: Path) -> None:
    with Index(path) as index:
        for number in (3, "last"):
            index.query(_TEXT.format(number) + " Or so.")
            index.query(_TEXT.format(number))


def _change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as sql, sql:
        assert sql.execute(statement, values).rowcount > 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE state SET value = 1 << 40 WHERE name = 'data:header'",
        "UPDATE state SET value = CAST('[]' AS BLOB) WHERE name = 'data:header'",
        "UPDATE state SET value = CAST('{' AS BLOB) WHERE name = 'data:header'",
        "DELETE FROM state WHERE name = 'generation'",
        "UPDATE segment SET base = -5",
        "UPDATE segment SET base = 1 << 40",
        "UPDATE segment SET documents = 1 << 23",
        "UPDATE segment SET blocks = 1 << 40",
        "UPDATE segment SET blocks = 3",
        "UPDATE segment SET inputs = '7'",
        "UPDATE segment SET inputs = 'x'",
        "UPDATE need SET first = 1 << 50",
        "UPDATE tail SET number = 1 << 50",
        "UPDATE tail SET keys = x'01'",
        "UPDATE document SET name = 7",
        "UPDATE document SET added = 1 << 60",
        "UPDATE document SET size = -3",
        "UPDATE document SET content = x'78'",
        "UPDATE document SET meta = '{'",
    ],
)
def test_a_row_that_makes_no_sense(path: Path, statement: str) -> None:
    _change(path, statement)
    tracemalloc.start()
    try:
        with pytest.raises(StoreError):
            _ask(path)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_a_stored_text_that_is_a_bomb(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_TEXT_BYTES", 10_000)
    _change(path, "UPDATE document SET content = ?", zlib.compress(bytes(1_000_000)))
    with Index(path) as index, pytest.raises(StoreError, match="over 10000 bytes"):
        index.query(_TEXT.format(3) + " Or so.")


def test_a_trigger_in_the_file_may_not_call_functions_of_extensions(path: Path) -> None:
    _change(path, "UPDATE state SET value = value WHERE name = 'next'")
    with Index(path) as index:
        sql = index._store._sql  # type: ignore[attr-defined]
        assert sql.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert sql.execute("PRAGMA cell_size_check").fetchone() == (1,)
