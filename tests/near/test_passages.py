from collections import defaultdict
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import Settings, TextSettings, find_passages
from dedup.errors import InputError, SettingsError
from dedup.kernels import passages as kernels
from dedup.kernels import windows
from dedup.near.suffixes import suffix_order
from dedup.text.fold import fold_table
from dedup.text.shingles import shingles
from dedup.text.tokens import token_spans
from tests.strategies import corpora, texts

FOLD = fold_table()
PHRASES = Settings(text=TextSettings(phrases=True))


def folded(text):
    """The tokens of a text, each as the hash of itself."""
    return shingles([text], TextSettings(shingle=1)).of(0).tolist()


def brute_force(corpus, length, reference=None):
    """All passages: the places (text, first token, tokens) of each, by the definition."""
    tokens = [folded(text) for text in corpus + (reference or [])]
    places = defaultdict(list)
    for number, row in enumerate(tokens):
        for first in range(len(row)):
            for last in range(first + length, len(row) + 1):
                places[tuple(row[first:last])].append((number, first))
    found = set()
    for stretch, where in places.items():
        before = {tokens[i][at - 1] if at else (i, at) for i, at in where}
        after = {
            tokens[i][at + len(stretch)] if at + len(stretch) < len(tokens[i]) else (i, at)
            for i, at in where
        }
        numbers = [i for i, _ in where]
        wanted = reference is None or min(numbers) < len(corpus) <= max(numbers)
        if len(where) > 1 and wanted and len(before) > 1 and len(after) > 1:
            found.add(tuple((i, at, len(stretch)) for i, at in sorted(where)))
    return found


def in_tokens(found, corpus):
    """The same of the search's own result; each span is one of whole tokens."""
    spans = [token_spans(text) for text in corpus]
    rows = set()
    for passage in found:
        row = []
        for place in passage:
            number = place.text + found.texts * place.reference
            starts, ends = (bounds.tolist() for bounds in spans[number])
            # Of several tokens of one character, those that make up the length are meant.
            last = len(ends) - 1 - ends[::-1].index(place.end)
            row.append((number, last - passage.tokens + 1, passage.tokens))
            assert starts.index(place.start) <= last
        rows.add(tuple(row))
    assert len(rows) == len(found)
    return rows


@settings(deadline=None)
@given(corpora(), st.integers(1, 9), st.integers(1, 2))
def test_all_are_found_and_none_invented(corpus, length, jobs):
    found = find_passages(corpus, length, jobs=jobs)
    assert in_tokens(found, corpus) == brute_force(corpus, length)


@settings(deadline=None)
@given(corpora(6), corpora(6), st.integers(1, 9))
def test_with_a_reference_only_what_stands_in_both_is_found(corpus, reference, length):
    found = find_passages(corpus, length, reference=reference)
    assert in_tokens(found, corpus + reference) == brute_force(corpus, length, reference)


@settings(deadline=None)
@given(st.lists(texts, max_size=4), st.integers(1, 4))
def test_places_are_in_the_text_as_given(corpus, length):
    corpus += corpus[:2]
    for passage in find_passages(corpus, length):
        cut = {tuple(folded(corpus[p.text][p.start : p.end])) for p in passage}
        assert len(cut) == 1 or any(len(c) > passage.tokens for c in cut)  # an expanded character


@settings(deadline=None)
@given(corpora(), st.integers(1, 9))
def test_shares_and_stretches_are_those_of_the_places(corpus, length):
    found = find_passages(corpus, length)
    covered = [set() for _ in corpus]
    tokens = [set() for _ in corpus]
    for passage in in_tokens(found, corpus):
        for text, first, many in passage:
            tokens[text] |= set(range(first, first + many))
    for passage in found:
        for place in passage:
            covered[place.text] |= set(range(place.start, place.end))
    counts = [len(folded(text)) for text in corpus]
    shares = [len(t) / max(n, 1) for t, n in zip(tokens, counts, strict=True)]
    assert found.shares.tolist() == pytest.approx(shares)
    for number, characters in enumerate(covered):
        spans = found.covered(number)
        together = [at for span in spans for at in range(span.start, span.end)]
        assert characters <= set(together)  # and what lies between two that touch
        assert len(together) == len(set(together))


def test_phrases_of_taiwan_are_folded_and_places_are_in_the_text_as_given():
    corpus = ["我們用軟體和滑鼠，再用網路。", "他：我们用软件和鼠标，再用网络！"]
    (passage,) = find_passages(corpus, 8, settings=PHRASES)
    assert [corpus[p.text][p.start : p.end] for p in passage] == [corpus[0][:-1], corpus[1][2:-1]]
    assert not find_passages(corpus, 8)


def test_ids_name_the_texts_and_positions_the_reference():
    (passage,) = find_passages(["a b c d"], 3, reference=["z", "a b c"], ids=["one"])
    assert [(p.text, p.start, p.end, p.reference) for p in passage] == [
        ("one", 0, 5, False), (1, 0, 5, True),
    ]  # fmt: skip
    assert "3 tokens in 2 places" in repr(passage)
    assert [p.text for p in passage[:1]] == ["one"]


def test_slices_give_passages():
    found = find_passages(["a b c x d e f", "a b c y d e f"], 3)
    assert [passage.tokens for passage in found[:2]] == [3, 3]
    assert found[-1][0].start == 8


@pytest.mark.parametrize("corpus", [[], [""], ["a"], ["a b", "b a"], ["...", "。。。"]])
def test_nothing_repeated(corpus):
    found = find_passages(corpus, 2)
    assert (list(found), found.shares.tolist()) == ([], [0.0] * len(corpus))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: find_passages("one text"), InputError),
        (lambda: find_passages(["a"], reference="b"), InputError),
        (lambda: find_passages(["a"], 0), SettingsError),
        (lambda: find_passages(["a"], 1 << 20), SettingsError),
        (lambda: find_passages(["a"], jobs=0), SettingsError),
        (lambda: find_passages(["a"], ids=[1, 2]), SettingsError),
    ],
)
def test_wrong_usage_is_told(call, error):
    with pytest.raises(error):
        call()


def test_what_one_hash_holds_is_told_apart_token_by_token(monkeypatch):
    monkeypatch.setattr(windows, "window_keys", partial(_of_one_bit, windows.window_keys))
    rng = np.random.default_rng(5)
    corpus = [" ".join(rng.choice(["a", "b", "c"], 60)) for _ in range(4)]
    found = find_passages(corpus, 4)
    assert in_tokens(found, corpus) == brute_force(corpus, 4)
    found = find_passages(corpus[:2], 3, reference=corpus[2:])
    assert in_tokens(found, corpus) == brute_force(corpus[:2], 3, corpus[2:])


def _of_one_bit(keys, *arguments):
    return keys(*arguments) & np.uint64(1 << 63 | ((1 << 32) - 1))


def test_texts_of_one_word_cost_what_others_do():
    found = find_passages(["哈" * 20_000], 50)
    assert len(found) == 20_000 - 50
    assert len(found[0]) == 2
    assert found.shares.tolist() == [1.0]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=12), min_size=1, max_size=6))
def test_suffixes_are_sorted(runs):
    names = np.array([name for run in runs for name in run])
    joined = np.array([at + 1 < len(run) for run in runs for at in range(len(run))])
    ends = [at + 1 for at in np.flatnonzero(~joined).tolist()]
    whole = [names[at : next(e for e in ends if e > at)].tolist() for at in range(names.size)]
    order = suffix_order(names, joined).tolist()
    assert sorted(order) == list(range(names.size))
    assert [whole[at] for at in order] == sorted(whole)


@pytest.mark.parametrize(
    "call",
    [
        lambda u, i: windows.window_keys(u([1, 2]), 0, 8, 0, 1),
        lambda u, i: windows.window_keys(u([1] * 9), 2, 3, 0, 1),
        lambda u, i: windows.group_windows(np.array([9], np.uint64), 8, u([0, 0])),
        lambda u, i: windows.group_windows(np.array([9], np.uint64), 64, u([0, 0])),
        lambda u, i: windows.verify_windows(u([1, 2]), 0, -1, u([0, 0])),
        lambda u, i: windows.verify_windows(u([1, 2]), 1, -1, u([0])),
        lambda u, i: windows.verify_windows(u([1, 2]), 1, -1, u([2, 0])),
        lambda u, i: windows.verify_windows(u([1, 2]), 2, -1, u([1, 1])),
        lambda u, i: kernels.pieces(u([2, 1])),
        lambda u, i: kernels.pieces(u([7, 7])),
        lambda u, i: kernels.passages(i([1, 2]), np.zeros(1, np.uint8), i([0, 1]), -1),
        lambda u, i: kernels.passages(i([1, 2]), np.zeros(2, np.uint8), i([0, 7]), -1),
        lambda u, i: kernels.passages(i([1, 2]), np.zeros(2, np.uint8), i([-1, 0]), -1),
        lambda u, i: kernels.locate(["a b"], FOLD, i([0, 1]), i([0]), i([2])),
        lambda u, i: kernels.locate(["a b"], FOLD, i([0, 1]), i([-1]), i([0])),
        lambda u, i: kernels.locate(["a b"], FOLD, i([0, 2]), i([1, 0]), i([1, 1])),
        lambda u, i: kernels.locate(["a b"], FOLD, i([0, 9]), i([0]), i([0])),
        lambda u, i: windows.Vocabulary().numbers([1], FOLD),
    ],
)
def test_kernels_refuse_what_would_leave_an_array(call):
    with pytest.raises((ValueError, TypeError)):
        call(lambda x: np.array(x, np.uint32), lambda x: np.array(x, np.int64))
