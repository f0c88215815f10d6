"""What a search hands back: a sequence, a table, a value."""

import pickle

import pytest

import dedup
from dedup import Sketch, Texts, find_duplicates
from dedup.errors import InputError, SettingsError

LONG = " ".join(f"word{number}" for number in range(60))
TEXTS = {"a": LONG, "b": "another text", "c": LONG.upper(), "d": LONG + " and some more", "e": "x"}


def test_a_mapping_names_its_texts() -> None:
    found = find_duplicates(TEXTS)
    assert found == find_duplicates(list(TEXTS.values()), ids=list(TEXTS))
    assert [list(cluster) for cluster in found] == [["d", "a", "c"]]
    with pytest.raises(SettingsError, match="give one of the two"):
        find_duplicates(TEXTS, ids=["a"])
    with pytest.raises(InputError, match="text 0 is no str but list"):
        find_duplicates({"text": ["a", "b"]})  # type: ignore[dict-item]


def test_clusters_are_a_sequence() -> None:
    found = find_duplicates(["one", "two", "ONE", "Two"])
    assert list(found) == [found[0], found[1]] == found[:]
    assert found[-1] == found[1]
    assert found[0] in found
    with pytest.raises(IndexError):
        found[2]


def test_tables_hold_a_row_per_text_and_per_pair() -> None:
    found = find_duplicates(TEXTS)
    frame = found.to_pandas()
    assert frame["text"].tolist() == list(TEXTS)
    assert frame["keep"].tolist() == found.keep.tolist()
    assert frame["cluster"].tolist() == ["d", "b", "d", "d", "e"]
    pairs = found.matches.to_pandas()
    assert [tuple(row) for row in pairs.itertuples(index=False)] == [
        (m.a, m.b, m.jaccard, m.containment_a, m.containment_b, m.kind) for m in found.matches
    ]
    assert find_duplicates(["one"]).matches.to_arrow().num_rows == 0


@pytest.mark.parametrize(
    "value",
    [
        find_duplicates(TEXTS),
        find_duplicates(TEXTS).matches,
        Sketch.of(LONG),
        Texts.from_strings(["a", "b"]),
        dedup.compare(LONG, LONG),
        dedup.Settings(page={"rules": {"a.org": {"drop": ["p"]}}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_equal_after_pickling(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert value != 3


def test_values_of_other_texts_differ() -> None:
    assert find_duplicates(TEXTS) != find_duplicates([*TEXTS.values()])
    assert Sketch.of(LONG) != Sketch.of(LONG[:80])
    assert Texts.from_strings(["ab", "c"]) != Texts.from_strings(["a", "bc"])


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"threshold": "x"}, "near.threshold is 'x'; it must be of type float"),
        ({"threshold": 2}, "near.threshold is 2: set it above 0, up to 1"),
        ({"jobs": "two"}, "jobs is two: give 1 or more threads"),
        ({"settings": {"near": {"cut": 1}}}, "no setting near.cut; near has cap"),
    ],
)
def test_wrong_usage_is_refused_by_name(keywords, says) -> None:
    with pytest.raises(SettingsError, match=says):
        find_duplicates(["a"], **keywords)


def test_a_sketch_takes_a_dict() -> None:
    assert Sketch.of(LONG, {"shingle": 3}) == Sketch.of(LONG, dedup.TextSettings(shingle=3))
    with pytest.raises(SettingsError, match=r"no setting text.shingles; text has phrases"):
        Sketch.of(LONG, {"shingles": 3})
