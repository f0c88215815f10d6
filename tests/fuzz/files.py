"""Fuzzing of files: records, templates, stage files, and an index with some of it changed."""

import io
import sqlite3
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import pyarrow as pa

from dedup.config import Format, IndexSettings, KeySettings, Settings
from dedup.corpus.io.chunks import Chunk
from dedup.corpus.io.readers import read_lines, read_parquet
from dedup.corpus.io.records import Form, Raw, Reject, Skipped, Source, parse
from dedup.corpus.io.warc import read_warc
from dedup.corpus.stages.clean import clean_chunk
from dedup.corpus.stages.schema import read_table
from dedup.corpus.templates.learn import Templates
from dedup.errors import DedupError, InputError
from dedup.near.index import Index
from tests.fuzz.words import folder

_LIMIT = 1 << 16
_KEYS = KeySettings()


def jsonl(data: bytes) -> None:
    """JSON lines, compressed or not: records, or rejects with a reason."""
    problems: list[str] = []
    for item in read_lines(io.BytesIO(data), problems, _LIMIT):
        if isinstance(item, Raw):
            _parsed(item)
        else:
            assert item.reason


def warc(data: bytes) -> None:
    """A WARC file, compressed or not: pages, rejects with a reason, or what is no page."""
    problems: list[str] = []
    for item in read_warc(io.BytesIO(data), problems, _LIMIT):
        if isinstance(item, Raw):
            assert item.form in (Form.HTML, Form.PAGE)
            assert len(item.data) <= 8 * _LIMIT
            _parsed(item)
        else:
            assert isinstance(item, Skipped) or (isinstance(item, Reject) and item.reason)


def _parsed(raw: Raw) -> None:
    with suppress(InputError):
        record = parse(raw, "source", _KEYS)
        assert isinstance(record.id, str)
        for text in (record.id, record.url or "", record.date or ""):
            text.encode()


def parquet(data: bytes) -> None:
    """A Parquet file: batches of rows, or our own error."""
    path = folder() / "records.parquet"
    path.write_bytes(data)
    with suppress(InputError):
        for batch in read_parquet(Source("records", Format.PARQUET, (str(path),))):
            chunk = Chunk(0, 0, "records", table=pa.Table.from_batches([batch]))
            clean_chunk(chunk, Settings(), {}, lambda index: None).validate(full=True)


def stage(data: bytes) -> None:
    """A stage file that is not what was listed: its rows, or our own error."""
    path = folder() / "stage.arrow"
    path.write_bytes(data)
    with suppress(DedupError):
        read_table(path)


def templates(data: bytes) -> None:
    """A file of templates: templates, or our own error."""
    with suppress(InputError):
        Templates.from_bytes(data).to_bytes()


# -- the index -------------------------------------------------------------------------------------

_CONTENTS = ("sketch", "shingles", "texts")
_TEXT = "the fox {0} jumped over dog number {0} and the hen {1} saw it from her house {0}"
# What a number in a row of the file is replaced by.
_NUMBERS = (-1, 0, 1, 2, 255, 1 << 16, 1 << 20, 1 << 24, 1 << 31, 1 << 40, 1 << 62, -(1 << 62))
_ROWS = (
    *(("segment", column) for column in ("base", "documents", "postings", "blocks", "low", "high")),
    *(("segment", column) for column in ("written", "inputs", "id")),
    *(("document", column) for column in ("number", "name", "head", "added", "meta", "folded")),
    *(("document", column) for column in ("size", "total", "content")),
    *(("tail", column) for column in ("number", "need", "keys")),
    *(("need", column) for column in ("first", "needs")),
    *(("removed", column) for column in ("turn", "number")),
    ("state", "value"),
    *(("block", column) for column in ("id", "data")),
    *(("filter", column) for column in ("segment", "first", "lines")),
)


def index(data: bytes) -> None:
    """An index with some of its bytes or rows changed, or its end cut off: answers, or our error.

    The first byte says what is changed: 0 to 2 bytes of the file (three for the place, one for the
    value), 3 to 5 rows (table and column, row, value), 6 the length; which of three contents the
    index has, follows from it too.
    """
    if not data:
        return
    how, patches = data[0] % 7, data[1:]
    original = _index_file(_CONTENTS[how % 3])
    path = folder() / "index.db"
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if how < 3:
        path.write_bytes(_with_bytes(original, patches))
    elif how < 6:
        path.write_bytes(original)
        _change_rows(path, patches)
    else:
        path.write_bytes(original[: int.from_bytes(patches[:3]) % len(original)])
    with suppress(DedupError):
        _use(path, sum(patches) % 8 == 0)


def _use(path: Path, everything: bool) -> None:
    """What is done with an index; compacting takes long, and is left out of most inputs."""
    with Index(path) as found:
        for number in (3, 70, 138):
            found.query(_TEXT.format(number, number * 7))
        assert found.seen("id 1") in (True, False)
        len(found)
        found.add("new", "a new text of some length that nobody has ever seen before")
        found.remove("id 2")
        found.stats()
        if everything:
            found.compact()


def _with_bytes(original: bytes, patches: bytes) -> bytes:
    changed = bytearray(original)
    for at in range(0, len(patches) - 3, 4):
        changed[int.from_bytes(patches[at : at + 3]) % len(changed)] = patches[at + 3]
    return bytes(changed)


def _change_rows(path: Path, patches: bytes) -> None:
    with closing(sqlite3.connect(path)) as sql, suppress(sqlite3.Error), sql:
        for at in range(0, len(patches) - 2, 3):
            which, row, value = patches[at : at + 3]
            table, column = _ROWS[which % len(_ROWS)]
            if value < 128:
                new: object = _NUMBERS[value % len(_NUMBERS)]
            else:
                new = patches[at + 3 : at + 3 + value - 128]
            sql.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = (SELECT {column} FROM {table}"
                " LIMIT 1 OFFSET ?)",
                (new, row % (sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0] or 1)),
            )


@cache
def _index_file(content: str) -> bytes:
    """An index with segments, a memtable, copies and something removed."""
    from dedup.near.index.sqlite import merge_tree

    path = folder() / f"{content}.db"
    path.unlink(missing_ok=True)
    flush, merge_tree.FLUSH = merge_tree.FLUSH, 64
    try:
        with Index(path, Settings(index=IndexSettings(content=content))) as made:
            for first in range(0, 150, 50):
                made.add_many(
                    [
                        (f"id {i}", _TEXT.format(i, i * 7), {"n": i})
                        for i in range(first, first + 50)
                    ]
                )
            made.add("copy", _TEXT.format(3, 21))
            made.remove("id 20")
    finally:
        merge_tree.FLUSH = flush
    return path.read_bytes()
