"""The index on Redis: its lock, and what a writer that died halfway leaves."""

import time

import pytest

from dedup import Index, IndexSettings, Settings
from dedup.errors import StoreError
from dedup.near.index.redis import RedisStore

redis = pytest.importorskip("redis", reason="needs redis: pip install 'dedup-web[redis]'")
TEXT = "The river rose in the night, and by the morning nobody could cross the old bridge."


@pytest.fixture
def empty(redis_url: str) -> str:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url


def test_waits_for_the_lock_and_says_so(empty: str) -> None:
    with Index(empty, Settings(index=IndexSettings(timeout=0.2))) as index, Index(empty) as other:
        with other._store.writing():
            begun = time.monotonic()
            with pytest.raises(StoreError, match=r"another process kept it locked for 0\.2 s"):
                index.add("a", TEXT)
            assert time.monotonic() - begun < 5
            assert not index.seen("a")
        index.add("a", TEXT)
        assert index.seen("a")


def test_a_writer_whose_lock_was_taken_stores_nothing(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index(empty) as index, redis.Redis.from_url(empty) as client:

        def too_slow() -> int:
            client.delete("dedup:lock")  # as if it had lasted too long
            return 0

        monkeypatch.setattr(index._store, "next_number", too_slow)
        with pytest.raises(StoreError, match="lock"):
            index.add("a", TEXT)
        assert len(index) == 0
        assert not index.seen("a")


def test_what_was_written_by_half_is_passed_over(empty: str) -> None:
    with Index(empty) as index:
        store = index._store
        assert isinstance(store, RedisStore)
        index.add_many([("a", TEXT), ("b", TEXT), ("c", TEXT)])
        store._documents.remove(b"1")  # of the copy "b" only its entries are there
        assert [m.b for m in index.query(TEXT)] == ["a", "c"]
        index.remove("a")
        assert [m.b for m in index.query(TEXT)] == ["c"]
        assert not index.seen("b")
