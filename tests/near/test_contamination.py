import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import find_contamination, find_passages
from dedup.errors import InputError, SettingsError
from dedup.near import contamination
from tests.strategies import corpora


@settings(deadline=None)
@given(corpora(5), corpora(6), st.integers(1, 9), st.sampled_from([1, 30, 1 << 20]))
def test_it_is_what_passages_cover_however_the_reference_is_cut(tests, reference, length, batch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contamination, "_BATCH", batch)
        found = find_contamination(tests, reference, length)
    whole = find_passages(tests, length, reference=reference)
    assert [item.share for item in found] == pytest.approx(whole.shares[: len(tests)].tolist())
    for number, item in enumerate(found):
        assert tuple((o.start, o.end) for o in item.overlaps) == tuple(
            (span.start, span.end) for span in whole.covered(number)
        )
        lengths = {p.tokens for p in whole for q in p if (q.text, q.reference) == (number, False)}
        for overlap in item.overlaps:
            place = overlap.place
            words = find_passages([reference[place.text][place.start : place.end]], 1).tokens[0]
            assert place.reference
            assert words in lengths or words > min(lengths)


def test_ids_and_positions_of_the_reference():
    tests = ["a b c d e", "x"]
    (first, second) = find_contamination(tests, ["q", "z a b c d"], 4)
    assert (first.share, second.share) == (0.8, 0.0)
    assert (first.overlaps[0].place.text, first.overlaps[0].place.start) == (1, 2)
    (first, _) = find_contamination(tests, [("one", "q"), ("two", "z a b c d")], 4)
    assert first.overlaps[0].place.text == "two"
    assert find_contamination(tests, [], 4)[0].overlaps == ()
    assert find_contamination([], ["a b c d"], 4) == []


def test_progress_counts_the_reference(monkeypatch):
    monkeypatch.setattr(contamination, "_BATCH", 5)
    told = []
    find_contamination(["a"], ["abcde", "a"], progress=lambda *told_of: told.append(told_of))
    assert told == [("reference texts", 1, 1), ("reference texts", 2, 2)]


def test_wrong_usage_is_told():
    with pytest.raises(SettingsError):
        find_contamination(["a"], [], 0)
    with pytest.raises(InputError):
        find_contamination(["a"], [3])
