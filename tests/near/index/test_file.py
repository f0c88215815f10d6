"""The index file: sudden ends, several processes, full disks, files that are something else."""

import gzip
import json
import os
import pwd
import random
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest

from dedup import Index, IndexSettings, Settings
from dedup.errors import StoreError
from dedup.near.index.sqlite.backend import SqliteStore
from tests.support.durability import check, race, write_and_kill

TEXT = "The river rose in the night, and by the morning nobody could cross the old bridge."


def test_killed_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(11)
    for turn in range(10):
        acknowledged = write_and_kill(tmp_path / "seen.db", turn, rng.uniform(0.05, 0.6))
        latest = {f"t{turn}": acknowledged[f"t{turn}"]}
        check(tmp_path / "seen.db", latest, complete=False)
    check(tmp_path / "seen.db", acknowledged)


def test_several_processes(tmp_path: Path) -> None:
    told = race(tmp_path / "seen.db", writers=2, readers=2, seconds=3.0)
    assert told["errors"] == []
    assert told["lost"] == 0
    assert told["wrong"] == 0
    assert told["added"] > 0
    assert told["asked"] > 0


def test_waits_for_the_lock_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    with Index(path, Settings(index=IndexSettings(timeout=0.2))) as index:
        index.add("a", TEXT)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        with pytest.raises(StoreError, match=r"another process kept it locked for 0\.2 s"):
            index.add("b", TEXT)
        assert time.monotonic() - begun < 5
        assert index.seen("a")
        other.execute("ROLLBACK")
        other.close()
        index.add("b", TEXT)
        assert index.seen("b")


def test_full_disk(tmp_path: Path) -> None:
    rng = random.Random(1)
    records = [(str(i), " ".join(str(rng.random()) for _ in range(50))) for i in range(3000)]
    with Index(tmp_path / "seen.db") as index:
        index.add_many(records[:500])
        store = index._store
        assert isinstance(store, SqliteStore)
        pages = store._sql.execute("PRAGMA page_count").fetchone()[0]
        store._sql.execute(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.raises(StoreError, match="the disk is full; nothing of this call was stored"):
            index.add_many(records[500:])
        assert len(index) == 500
        assert index.query(records[499][1])[0].b == "499"
        assert index.query(records[2999][1]) == []
        store._sql.execute("PRAGMA max_page_count = 1000000")
        assert index.add_many(records) == 2500
        assert index.query(records[2999][1])[0].b == "2999"


def test_file_that_may_only_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seen.db")
        with Index(path) as index:
            index.add("a", TEXT)
        path.chmod(0o444)
        Path(folder).chmod(0o777)
        root = os.geteuid() == 0
        if root:  # who may write to everything
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
        try:
            with Index(path) as index:
                assert [m.b for m in index.query(TEXT)] == ["a"]
                with pytest.raises(StoreError, match="it may only be read; nothing was stored"):
                    index.add("b", "x")
                assert [m.b for m in index.query(TEXT)] == ["a"]
        finally:
            if root:
                os.seteuid(0)


def test_files_that_are_no_index(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is no database at all" * 100)
    with pytest.raises(StoreError, match="no index of dedup"):
        Index(text)
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (x)")
    other.close()
    with pytest.raises(StoreError, match="is an SQLite file, but no index of dedup"):
        Index(tmp_path / "other.db")
    with pytest.raises(StoreError, match="there is no such index"):
        Index(tmp_path / "none.db", create=False)
    with pytest.raises(StoreError, match="cannot be opened"):
        Index(tmp_path / "no" / "folder.db")


def test_another_process_sees_what_was_added(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    with Index(path) as one, Index(path) as two:
        for i in range(5):
            one.add(f"one {i}", f"{TEXT} {i}")
            two.add(f"two {i}", f"{TEXT} {i}")
            assert {m.b for m in one.query(f"{TEXT} {i}")} >= {f"one {i}", f"two {i}"}
            assert {m.b for m in two.query(f"{TEXT} {i}")} >= {f"one {i}", f"two {i}"}
        one.remove("one 0")
        assert not two.seen("one 0")


def test_an_index_of_before_is_read(tmp_path: Path) -> None:
    """The file was written by commit 5644d55, as were the answers: see ``tests/oracle/near``.

    300 texts of generated words, some copied, cut or added to; 280 of them in one segment.
    """
    folder = Path(__file__).parents[2] / "oracle" / "near"
    path = tmp_path / "seen.db"
    path.write_bytes(gzip.decompress((folder / "index.db.gz").read_bytes()))
    told = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    with Index(path, create=False) as index:
        for found, before in zip(index.query_many(told["texts"]), told["answers"], strict=True):
            now = [
                [m.b, m.kind.value, round(m.jaccard, 6), round(m.containment_a, 6)] for m in found
            ]
            assert now == before
