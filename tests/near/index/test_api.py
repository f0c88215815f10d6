"""The index against `find_duplicates`, the same tests for every store."""

import pickle
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup import Index, IndexSettings, NearSettings, Seen, Settings, TextSettings, find_duplicates
from dedup.errors import InputError, SettingsError, SketchMismatchError, StoreError
from dedup.near.index import format
from dedup.near.index.sqlite import merge_tree, segment
from tests.strategies import corpora, texts
from tests.support.planting import plant
from tests.support.prose import paragraph

EXACT = [Settings(index=IndexSettings(content=content)) for content in ("texts", "shingles")]
TEXT = "The river rose in the night, and by the morning nobody could cross the old bridge. "
Pairs = dict[tuple[int, int], tuple[str, float, float, float]]


def planted(bases: int, copies: float = 3.0, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    made: list[str] = []
    for language in ("en", "zh"):
        pages = [
            "\n".join(paragraph(language, rng) for _ in range(rng.randint(2, 8)))
            for _ in range(bases)
        ]
        made += plant(pages, language == "en", copies, seed).texts
    return [*made, "", "", "one", "One!", "too short 太短", "太 短"]


def expected(texts: Sequence[str], settings: Settings) -> Pairs:
    """What `find_duplicates` says, for each text and each other one, copies with all of theirs."""
    found = find_duplicates(texts, settings=settings)
    head = list(range(len(texts)))
    for match in found.matches:
        if match.kind == "exact":
            head[int(match.a)] = int(match.b)
    pairs: Pairs = {}
    for match in (*found.matches, *found.excerpts):
        if match.kind != "exact":
            a, b = head[int(match.a)], head[int(match.b)]
            figures = (match.jaccard, match.containment_a, match.containment_b)
            pairs[a, b] = (match.kind, *figures)
            pairs[b, a] = (match.kind, figures[0], figures[2], figures[1])
    groups: dict[int, list[int]] = {}
    for i, h in enumerate(head):
        groups.setdefault(h, []).append(i)
    spread = {
        (i, j): figures for (a, b), figures in pairs.items() for i in groups[a] for j in groups[b]
    }
    for group in groups.values():
        spread |= {(i, j): ("exact", 1.0, 1.0, 1.0) for i in group for j in group}
    return spread


def answers(index: Index, texts: Sequence[str]) -> Pairs:
    return {
        (i, int(m.b)): (m.kind, m.jaccard, m.containment_a, m.containment_b)
        for i, matches in enumerate(index.query_many(texts, limit=1_000_000))
        for m in matches
    }


def fill(index: Index, texts: Sequence[str], order: Sequence[int], batch: int) -> None:
    for at in range(0, len(order), batch):
        index.add_many((str(i), texts[i]) for i in order[at : at + batch])


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments and merges from a few documents on."""
    monkeypatch.setattr(merge_tree, "FLUSH", 16)
    monkeypatch.setattr(merge_tree, "_RATIO", 2)
    monkeypatch.setattr(merge_tree, "_STEP", 1 << 12)
    monkeypatch.setattr(segment, "_SCAN", 50)
    monkeypatch.setattr(segment, "_PATIENCE", 1)
    monkeypatch.setattr(segment, "_SMALL", 32)


@pytest.mark.parametrize("chosen", EXACT, ids=lambda s: s.index.content)
def test_same_as_find_duplicates(url: str, chosen: Settings) -> None:
    texts = planted(60)
    with Index(url, chosen) as index:
        order = random.Random(5).sample(range(len(texts)), len(texts))
        fill(index, texts, order, 100)
        assert answers(index, texts) == expected(texts, chosen)
        assert len(index) == len(texts)


@pytest.mark.usefixtures("small_segments")
@pytest.mark.parametrize("batch", [1, 7, 50])
def test_same_through_merges(tmp_path: Any, batch: int) -> None:
    texts = planted(40)
    want = expected(texts, EXACT[0])
    with Index(tmp_path / "seen.db", EXACT[0]) as index:
        order = random.Random(batch).sample(range(len(texts)), len(texts))
        fill(index, texts, order, batch)
        assert index.stats().parts > 1
        assert answers(index, texts) == want
        index.compact()
        assert index.stats().parts <= 2
        assert answers(index, texts) == want
    with Index(tmp_path / "seen.db") as index:
        assert answers(index, texts) == want


@pytest.mark.usefixtures("small_segments")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(corpora(most=24), st.randoms(use_true_random=False), st.integers(1, 9))
def test_any_order(texts: list[str], rng: random.Random, batch: int) -> None:
    with Index(":memory:", EXACT[0]) as index:
        fill(index, texts, rng.sample(range(len(texts)), len(texts)), batch)
        assert answers(index, texts) == expected(texts, EXACT[0])


def test_one_by_one_means_with_those_before() -> None:
    texts = planted(30)
    want = expected(texts, EXACT[0])
    with Index(":memory:", EXACT[0]) as one, Index(":memory:", EXACT[0]) as many:
        single = [one.admit(str(i), text) for i, text in enumerate(texts)]
        together = many.admit_many((str(i), text) for i, text in enumerate(texts))
        assert [_bare(seen) for seen in single] == [_bare(seen) for seen in together]
        kept = {i for i, seen in enumerate(single) if seen is None}
        for i, seen in enumerate(single):
            before = {j for j in kept if j < i and (i, j) in want}
            standing = {j for j in before if want[i, j][0] != "contains" or want[i, j][2] >= 0.8}
            assert (seen is None) == (not standing)
            assert seen is None or int(seen.b) in standing
        assert len(one) == len(many) == len(kept)


def _bare(seen: Seen | None) -> Seen | None:
    return seen and replace(seen, a=0, added="")


def test_estimates_say_so_and_come_near() -> None:
    texts = planted(100)
    want = expected(texts, Settings())
    with Index(":memory:") as index:
        fill(index, texts, range(len(texts)), 500)
        found = answers(index, texts)
        assert all(m.verified == (m.kind == "exact") for m in index.query(texts[0]))
    exact = {pair for pair, figures in want.items() if figures[0] == "exact"}
    assert exact == {pair for pair, figures in found.items() if figures[0] == "exact"}
    both = want.keys() & found.keys()
    assert len(both) >= 0.98 * max(len(want), len(found))
    assert sum(want[pair][0] == found[pair][0] for pair in both) >= 0.98 * len(both)
    off = [abs(found[pair][1] - want[pair][1]) for pair in both]
    assert sum(off) / len(off) < 0.03  # of 256 slots: at most 0.025, where Jaccard is 0.5


def test_sizes_count_distinct_shingles() -> None:
    rng = random.Random(2)
    words = [str(rng.randrange(10**6)) for _ in range(200)]
    with Index(":memory:") as index:
        sizes = index._prints([" ".join(words), " ".join(words[:120] * 8), "too short"]).sizes
    assert sizes[0] == 196
    assert 100 <= sizes[1] <= 140  # 120, of 956
    assert sizes[2] == 0


def test_best_first_with_dates_and_meta(url: str) -> None:
    with Index(url, EXACT[0]) as index:
        index.add_many(
            [
                (
                    "longer",
                    TEXT * 2 + "And more was still to come, as the old man told us at noon.",
                ),
                ("near", TEXT + "So it was."),
                ("same", TEXT, {"host": "example.org", "n": [1, "中"]}),
            ]
        )
        found = index.query(TEXT.upper())
        assert [m.b for m in found][:2] == ["same", "near"]
        assert found[0].meta == {"host": "example.org", "n": [1, "中"]}
        assert found[0].added.endswith("+00:00")
        assert [m.b for m in index.query(TEXT, limit=1)] == ["same"]


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(max_size=20) | texts, texts, max_size=8))
def test_any_ids_and_texts(records: dict[str, str]) -> None:
    with Index(":memory:") as index:
        assert index.add_many(records.items()) == len(records)
        for name, text in records.items():
            assert index.seen(name)
            assert name in {m.b for m in index.query(text) if m.kind == "exact"}
        for at, name in enumerate(records):
            assert index.remove(name)
            assert not index.remove(name)
            assert len(index) == len(records) - at - 1
        assert not any(index.query_many(list(records.values())))


@pytest.mark.parametrize("name", ["", "\x00", "\ud800", "a\nb", "é" * 5000, "中"])
def test_odd_ids(url: str, name: str) -> None:
    with Index(url) as index:
        index.add(name, TEXT)
        assert index.seen(name)
        assert [m.b for m in index.query(TEXT)] == [name]


def test_short_texts_match_equal_ones_only(url: str) -> None:
    with Index(url) as index:
        index.add_many(
            [("empty", ""), ("space", " \n"), ("two", "one two"), ("three", "one two three")]
        )
        assert {m.b for m in index.query("")} == {"empty", "space"}
        assert {m.b for m in index.query("ONE  two")} == {"two"}
        assert index.query("one") == []


def test_large_text(tmp_path: Any) -> None:
    rng = random.Random(3)
    text = " ".join(rng.choices("abcdefghijklmnop", k=5_000_000))
    part = text[4_000_000:4_002_000]
    with Index(tmp_path / "seen.db") as index:
        index.add("large", text)
        index.add("part", part)
        assert next((m.b, m.kind) for m in index.query(text)) == ("large", "exact")
        assert {m.b for m in index.query(part)} >= {"part"}


def test_replaced_removed_and_copies(url: str) -> None:
    other = "A wholly different story about bees, honey, and a keeper who lived beyond the hills."
    with Index(url) as index:
        index.add_many([("a", TEXT), ("b", TEXT.upper()), ("c", TEXT + "!")])
        assert index.add_many([("a", TEXT, "again")]) == 0
        assert index.stats().copies == 1
        index.add("a", other)  # b still has the old text
        assert [m.b for m in index.query(TEXT)] == ["b", "c"]
        assert [m.b for m in index.query(other)] == ["a"]
        assert index.remove("b")
        assert [m.b for m in index.query(TEXT)] == ["c"]
        assert index.remove("c")
        assert index.query(TEXT) == []
        assert [index.seen(name) for name in "abc"] == [True, False, False]
        index.add_many([("a", TEXT), ("a", other), ("a", TEXT)])  # the last one counts
        assert [m.b for m in index.query(TEXT)] == ["a"]
        assert len(index) == 1


def tokens(seed: int) -> str:
    rng = random.Random(seed)
    return " ".join(str(rng.randrange(10**6)) for _ in range(60))


def test_what_was_removed_crowds_nothing_out(url: str) -> None:
    times = Settings().near.cap + 10
    text, page = tokens(1), tokens(2)
    with Index(url) as index:
        for i in range(times):
            index.add("page", f"{page} {i}")  # a page that changes: the id stays
            index.add("gone", text)
            index.remove("gone")
        index.add("back", text)
        assert index.seen("page")
        assert len(index) == 2
        assert [(m.b, m.kind) for m in index.query(text)] == [("back", "exact")]
        assert [m.b for m in index.query(text + " and a word")] == ["back"]
        assert [m.b for m in index.query(page)] == ["page"]


def test_an_id_whose_texts_all_stay_under_other_ids(url: str) -> None:
    times = Settings().near.cap + 10
    with Index(url) as index:
        for i in range(times):
            index.add_many([("page", tokens(i)), (f"page at {i}", tokens(i))])
        assert len(index) == times + 1
        assert [m.b for m in index.query(tokens(times - 1))] == ["page", f"page at {times - 1}"]
        assert [m.b for m in index.query(tokens(0))] == ["page at 0"]
        index.compact()
        assert index.seen("page")


@pytest.mark.usefixtures("small_segments")
def test_removed_and_added_at_random_by_two(tmp_path: Any) -> None:
    rng = random.Random(8)
    path = tmp_path / "seen.db"
    texts = [f"{tokens(i // 3)} {i}" for i in range(60)]
    there: dict[str, str] = {}
    with Index(path, EXACT[0]) as one, Index(path) as two:
        for step in range(400):
            index, name = rng.choice((one, two)), str(rng.randrange(40))
            if rng.random() < 0.4:
                assert index.remove(name) == (there.pop(name, None) is not None)
            else:
                there[name] = rng.choice(texts)
                index.add(name, there[name])
            if step % 97 == 96:
                index.compact()
            text = rng.choice(texts)
            for other in (one, two):
                found = {m.b: m.kind for m in other.query(text)}
                same = {name for name, held in there.items() if held == text}
                near = {name for name, held in there.items() if held[:50] == text[:50]}
                assert {name for name, kind in found.items() if kind == "exact"} == same
                assert found.keys() == near
    with Index(path) as fresh:
        assert len(fresh) == len(there)
        assert all(fresh.seen(name) for name in there)
        for name in there:
            fresh.remove(name)
        fresh.compact()
        assert not any(fresh.query_many(texts))
        assert fresh.stats().postings == 0


@pytest.mark.usefixtures("small_segments")
def test_removed_leave_no_trace(tmp_path: Any) -> None:
    texts = planted(30)
    with Index(tmp_path / "seen.db", EXACT[0]) as index:
        fill(index, texts, range(len(texts)), 20)
        gone = [i for i in range(len(texts)) if i % 3]
        for i in gone:
            assert index.remove(str(i))
        left = {i: text for i, text in enumerate(texts) if i % 3 == 0}
        want = expected(list(left.values()), EXACT[0])
        names = list(left)
        want = {(i, names[j]): figures for (i, j), figures in want.items()}
        assert answers(index, list(left.values())) == want
        before = index.stats()
        index.compact()
        assert answers(index, list(left.values())) == want
        assert index.stats().postings < 0.6 * before.postings
        assert index.stats().bytes < before.bytes


@pytest.mark.usefixtures("small_segments")
def test_merge(url: str, tmp_path: Any) -> None:
    texts = planted(30)
    with (
        Index(url, EXACT[0]) as one,
        Index(tmp_path / "other.db", EXACT[0]) as other,
        Index(tmp_path / "third.db", EXACT[0]) as third,
    ):
        fill(one, texts, [i for i in range(len(texts)) if i % 2], 25)
        fill(other, texts, [i for i in range(len(texts)) if i % 2 == 0 or i % 5 == 0], 25)
        other.remove("0")
        both = sum(i % 2 == 1 and i % 5 == 0 for i in range(len(texts)))
        assert one.merge(other) == len(other) - both
        one.add("0", texts[0])
        assert answers(one, texts) == expected(texts, EXACT[0])
        assert one.merge(other) == 0
        assert third.merge(one) == len(texts)
        assert answers(third, texts) == expected(texts, EXACT[0])


def test_too_common_is_cut_and_told() -> None:
    template = " ".join(f"word{i}" for i in range(120))
    texts = [f"{template} {' '.join(f'n{i}x{j}' for j in range(20))}" for i in range(500)]
    with Index(":memory:") as index:
        index.add_many((str(i), text) for i, text in enumerate(texts))
        found = index.query(template, limit=1000)
        assert found
        assert {m.b for m in index.query(texts[-1], limit=1000)} >= {"499"}
        report = index.stats()
        assert report.hot_bands > 0
        assert report.hot_samples > 0
    with Index(":memory:") as index:
        seen = index.admit_many((str(i), f"{template} {i}") for i in range(500))
        assert [one is None for one in seen] == [True] + [False] * 499


def test_keeps_bytes(url: str) -> None:
    from dedup import Templates

    with Index(url) as index:
        assert index.get("templates") is None
        index.put("templates", Templates().to_bytes())
        assert Templates.from_bytes(index.get("templates") or b"").settings


def test_other_settings_are_refused_by_name(url: str, tmp_path: Any) -> None:
    if url == ":memory:":
        url = str(tmp_path / "again.db")
    Index(url).close()
    with pytest.raises(SketchMismatchError, match=r"text.shingle 5 \(here 7\)"):
        Index(url, Settings(text=TextSettings(shingle=7)))
    with pytest.raises(SketchMismatchError, match=r"near.threshold 0.8 \(here 0.5\)"):
        Index(url, Settings(near=NearSettings(threshold=0.5)))
    with pytest.raises(SketchMismatchError, match=r"content 'sketch' \(here 'texts'\)"):
        Index(url, EXACT[0])
    with (
        Index(url) as index,
        Index(":memory:", EXACT[0]) as other,
        pytest.raises(SketchMismatchError, match="content"),
    ):
        index.merge(other)


def test_other_fold_or_format_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seen.db"
    Index(path).close()
    sql = sqlite3.connect(path)
    sql.execute("DROP TABLE removed")  # another format may lack anything but the header
    sql.close()
    monkeypatch.setattr(format, "FORMAT", 99)
    with pytest.raises(StoreError, match=r"has format 1, this version reads 99: .*build it anew"):
        Index(path)
    monkeypatch.undo()
    monkeypatch.setattr(format, "fold_table", lambda: type("Table", (), {"version": "new"}))
    with pytest.raises(SketchMismatchError, match=r"fold 'unicode .*' \(here 'new'\)"):
        Index(path)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ((1, TEXT), r"a record is \(int, str\): give \(id, text\)"),
        (("a", None), r"a record is \(str, NoneType\)"),
        (("a",), r"a record is \(\('a',\)\)"),
        ("ab", r"a record is \('ab'\)"),
        (("a", TEXT, {1, 2}), "meta does not go into JSON"),
    ],
)
def test_wrong_records_are_named(record: Any, message: str) -> None:
    with Index(":memory:") as index:
        for call in (index.add_many, index.admit_many):
            with pytest.raises(InputError, match=message):
                call([("before", "some text"), record])
        assert len(index) == 0


def test_wrong_arguments_are_named() -> None:
    with Index(":memory:") as index:
        with pytest.raises(InputError, match="an id is no str but int"):
            index.seen(1)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="an id is no str but int"):
            index.remove(1)  # type: ignore[arg-type]
        with pytest.raises(InputError, match=r"open it, Index\(path\)"):
            index.merge("other.db")  # type: ignore[arg-type]
        with pytest.raises(InputError, match="give bytes"):
            index.put("name", "text")  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="ask none after it was closed"):
        index.query(TEXT)


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(SettingsError, match="timeout is -1: set it to 0 or more"):
        IndexSettings(timeout=-1)
    for wrong in ({"content": "all"}, {"synchronous": "off"}):
        with pytest.raises(SettingsError, match="set it to one of"):
            IndexSettings(**wrong)  # type: ignore[arg-type]


def test_a_pickled_index_opens_its_file_again(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Index("seen.db") as index:
        index.begin("june")
        index.add("a", TEXT)
        pickled = pickle.dumps(index)
    monkeypatch.chdir("/")
    with pickle.loads(pickled) as copy:
        assert [match.b for match in copy.query(TEXT)] == ["a"]
        copy.add("b", TEXT * 2)
        assert copy.cancel() == 2  # both were added by the crawl that was begun
    (tmp_path / "seen.db").unlink()
    with pytest.raises(StoreError, match="no such index"):
        pickle.loads(pickled)
    with Index(":memory:") as index, pytest.raises(StoreError, match="give it a file"):
        pickle.dumps(index)
