"""Crawls that are committed or cancelled, and forgetting by age, the same for every store."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dedup import Index
from dedup.errors import InputError, StoreError
from dedup.near.index import crawls, lifetimes
from dedup.near.index.store import Document


def page(number: int) -> str:
    rng = random.Random(number)
    return " ".join(f"w{rng.randrange(10**6)}" for _ in range(40))


def added(index: Index, numbers: Any) -> None:
    assert index.admit_many((str(n), page(n)) for n in numbers) == [None] * len(numbers)


@pytest.fixture(params=[3, 4096])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few documents of one transaction, few runs of one piece; and as they are."""
    monkeypatch.setattr(lifetimes, "_REMOVED", request.param)
    monkeypatch.setattr(crawls, "_PIECE", min(request.param, 512))


def test_what_a_cancelled_crawl_added_is_gone(url: str, small: None) -> None:
    with Index(url) as index:
        added(index, range(10))
        assert not index.begin("june")
        added(index, range(10, 20))
        assert index.admit("20", page(3)) is not None
        index.add("copy", page(3))
        assert index.crawls() == {"june": 11}
        assert index.cancel() == 11
        assert index.crawls() == {}
        assert len(index) == 10
        assert [bool(index.query(page(n))) for n in (9, 10, 19)] == [True, False, False]
        added(index, range(10, 12))  # to no crawl
        assert index.crawls() == {}


def test_a_committed_crawl_stays(url: str, small: None) -> None:
    with Index(url) as index:
        index.begin("june")
        added(index, range(10))
        assert index.commit() == 10
        index.begin("june")
        added(index, range(10, 14))
        assert index.cancel("june") == 4
        assert len(index) == 10


def test_crawls_take_turns_on_one_index(url: str, small: None) -> None:
    if url == ":memory:":
        pytest.skip("one process only")
    with Index(url) as one, Index(url) as two:
        one.begin("a")
        two.begin("b")
        for number in range(0, 24, 2):
            one.add(str(number), page(number))
            two.add(str(number + 1), page(number + 1))
        assert two.admit("x", page(0)) is not None  # seen in the other crawl
        assert one.crawls() == {"a": 12, "b": 12}
    with Index(url) as index:
        assert index.begin("a")
        added(index, [30])
        assert index.cancel("b") == 12
        assert index.commit("a") == 13
        assert sorted(n for n in range(31) if str(n) in index) == [*range(0, 24, 2), 30]


def test_copies_outlive_the_crawl_whose_text_they_repeat(url: str) -> None:
    with Index(url) as index:
        index.begin("a")
        index.add("first", page(1))
        index.begin("b")
        index.add("second", page(1))
        assert index.cancel("a") == 1
        assert [match.b for match in index.query(page(1))] == ["second"]
        assert index.cancel("b") == 1
        assert index.query(page(1)) == []
        assert len(index) == 0


def test_a_merge_belongs_to_the_crawl(url: str) -> None:
    with Index(":memory:") as other, Index(url) as index:
        added(other, range(5))
        added(index, range(3, 8))
        index.begin("merged")
        assert index.merge(other) == 3
        assert index.cancel() == 3
        assert len(index) == 5


def test_cancelling_that_was_cut_short_goes_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "_REMOVED", 3)
    with Index(url) as index:
        added(index, range(4))
        index.begin("a")
        added(index, range(4, 14))
        real, left = index._records.remove, [5]

        def fails(document: Document) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise OSError
            real(document)

        monkeypatch.setattr(index._records, "remove", fails)
        with pytest.raises(OSError):  # noqa: PT011 - that of above
            index.cancel()
        assert index.crawls() == {"a": 7}
        left[0] = 99
        index.cancel("a")
        assert len(index) == 4
        assert index.crawls() == {}
        added(index, range(4, 6))


def test_what_is_old_is_forgotten(url: str, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index(url) as index:
        begun = 1_000_000
        for day in range(10):
            monkeypatch.setattr(
                "dedup.near.index.records.time.time", lambda d=day: begun + d * 86400
            )
            added(index, range(10 * day, 10 * day + 10))
        index.add("copy", page(0))  # of the first day's text, on the last day
        cut = datetime.fromtimestamp(begun, UTC) + timedelta(days=4)
        assert index.forget(cut) == 40
        assert index.forget(cut) == 0
        assert len(index) == 61
        assert not index.query(page(39))
        assert [match.b for match in index.query(page(0))] == ["copy"]
        assert index.query(page(40))
        assert index.forget(cut.replace(tzinfo=None) + timedelta(days=99)) == 61
        assert (len(index), index.query(page(0))) == (0, [])


def test_wrong_usage_is_told(url: str) -> None:
    with Index(url) as index:
        with pytest.raises(StoreError, match="no crawl was begun here"):
            index.commit()
        with pytest.raises(StoreError, match=r"no crawl 'x' is open \(open: none\)"):
            index.cancel("x")
        for name in ("", "a\nb", "\ud800", 3):
            with pytest.raises(InputError, match="names no crawl"):
                index.begin(name)  # type: ignore[arg-type]


def test_a_crawl_that_another_process_ended_takes_no_more(tmp_path: Path) -> None:
    with Index(tmp_path / "i") as one, Index(tmp_path / "i") as two:
        one.begin("a")
        added(one, range(2))
        assert two.cancel("a") == 2
        with pytest.raises(StoreError, match="begin it first"):
            one.add("5", page(5))
        assert len(one) == 0


def test_what_was_stored_with_documents_is_recalled(url: str) -> None:
    with Index(url) as index:
        index.add("a", page(1), {"n": 1})
        index.add("b", page(2))
        assert index.recall(["a", "b", "c"]) == {"a": {"n": 1}, "b": None}


def test_what_is_kept_is_changed_in_one_step(url: str) -> None:
    with Index(url) as index:
        index.change("notes", lambda kept: (kept or b"") + b"x")
        index.change("notes", lambda kept: (kept or b"") + b"y")
        assert index.get("notes") == b"xy"
