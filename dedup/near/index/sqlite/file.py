"""The SQLite file of an index: opened, made, and its errors put into words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.config import IndexSettings
from dedup.errors import StoreError
from dedup.near.index.format import damage_told
from dedup.near.index.sqlite import segment

_SCHEMA = (
    """CREATE TABLE document (
        number INTEGER PRIMARY KEY, name BLOB, head INTEGER, added INTEGER NOT NULL, meta TEXT,
        folded BLOB NOT NULL, size INTEGER NOT NULL, total INTEGER NOT NULL,
        content BLOB NOT NULL)""",
    "CREATE INDEX copy ON document (head) WHERE head IS NOT NULL",
    "CREATE TABLE tail (number INTEGER PRIMARY KEY, need INTEGER NOT NULL, keys BLOB NOT NULL)",
    "CREATE TABLE need (first INTEGER PRIMARY KEY, needs BLOB NOT NULL)",
    "CREATE TABLE removed (turn INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL)",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "INSERT INTO state VALUES ('next', 0), ('generation', 0), ('documents', 0)",
    *segment.SCHEMA,
)
_APPLICATION = 0x64645570  # "ddUp": says in the file's header whose it is
_PAGE_BYTES = 4096
_CACHE_KB = 16_000
_MAPPED_BYTES = 1 << 36  # of the file read without copying pages; blocks lie all over it
_WAL_BYTES = 64 << 20

# What SQLite's error codes mean here, and what to do.
_NOT_STORED = "nothing of this call was stored, all from before is there"
_REASONS = {
    sqlite3.SQLITE_BUSY: "another process kept it locked for {seconds:g} s; try again, or wait "
    "longer (IndexSettings.timeout)",
    sqlite3.SQLITE_FULL: f"the disk is full; {_NOT_STORED}: make room and repeat the call",
    sqlite3.SQLITE_IOERR: f"it could not be read or written ({{error}}); {_NOT_STORED}: see to the "
    "disk and repeat the call",
    sqlite3.SQLITE_READONLY: "it may only be read; nothing was stored: allow writing to the file "
    "and its directory, or use another",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that the directory is there and may be "
    "written to",
    sqlite3.SQLITE_NOTADB: "this is no index of dedup",
    sqlite3.SQLITE_CORRUPT: "the file is damaged ({error}): restore it, or build it anew",
}


def open_file(path: str, settings: IndexSettings, create: bool) -> sqlite3.Connection:
    """Open an index, or make an empty one.

    Raises:
        StoreError: if there is none and none may be made, or the file is something else.
    """
    if not create and path != ":memory:" and not Path(path).exists():
        raise StoreError(f"{path}: there is no such index; add documents to make one")
    with told(path, settings.timeout):
        sql = sqlite3.connect(path, timeout=settings.timeout, isolation_level=None)
        try:
            _make(sql)
            if sql.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
                raise StoreError(f"{path} is an SQLite file, but no index of dedup")
            # A file from elsewhere may hold triggers and views, and cells that leave their page.
            sql.execute("PRAGMA trusted_schema = OFF")
            sql.execute("PRAGMA cell_size_check = ON")
            sql.execute(f"PRAGMA synchronous = {settings.synchronous}")
            sql.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            sql.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
            sql.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        except BaseException:
            sql.close()
            raise
    return sql


def _make(sql: sqlite3.Connection) -> None:
    """Create the tables in a file that has none."""
    if sql.execute("PRAGMA schema_version").fetchone()[0]:
        return
    sql.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    sql.execute("PRAGMA journal_mode = WAL")
    with transaction(sql, "IMMEDIATE"):
        if not sql.execute("PRAGMA schema_version").fetchone()[0]:  # nobody was quicker
            for statement in _SCHEMA:
                sql.execute(statement)
            sql.execute(f"PRAGMA application_id = {_APPLICATION}")


@contextmanager
def transaction(sql: sqlite3.Connection, kind: str) -> Iterator[None]:
    """All that is done inside, or nothing."""
    sql.execute(f"BEGIN {kind}")
    try:
        yield
        sql.execute("COMMIT")
    except BaseException:
        if sql.in_transaction:
            sql.execute("ROLLBACK")
        raise


@contextmanager
def told(path: str, timeout: float) -> Iterator[None]:
    """Say in words what SQLite's errors mean here, and values that make no sense."""
    try:
        with damage_told(path):
            yield
    except sqlite3.ProgrammingError as error:
        raise StoreError(
            f"{path}: {error} Open an Index in each thread, and ask none after it was closed."
        ) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        reason = _REASONS.get(code, "{error}").format(error=error, seconds=timeout)
        raise StoreError(f"{path}: {reason}") from error
