"""The steps of a search on parts of the texts, put together by hand, against the whole search."""

from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import DEFAULTS
from dedup.near.bands import band_pairs, bands_for, split
from dedup.near.batches import (
    Entries,
    band_entries,
    compare_pairs,
    is_coarse,
    mark_short,
    numbers_of,
    pair_buckets,
    pair_samples,
    read_fingerprints,
    sample_entries,
    text_fingerprints,
    write_fingerprints,
)
from dedup.near.samples import LONG, empty_filter, sample_pairs, telling_samples
from dedup.near.search import find_duplicates
from dedup.near.streams import BucketStream, Followers
from tests.strategies import corpora

SHINGLE = DEFAULTS.text.shingle


def column(texts):
    return pa.array(texts, pa.string())


def paired(a, b):
    """Pairs of texts, whichever comes first."""
    return {tuple(sorted(pair)) for pair in zip(a.tolist(), b.tolist(), strict=True)}


def together(parts):
    """Entries of several batches as one reducer gets them."""
    return Entries(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Entries.__slots__)
    )


def reducers(parts, count):
    found = together(parts)
    for number in range(count):
        yield found.where(found.keys % np.uint64(count) == number)


def heads(prints):
    """One text of each number, and its place in a run over these alone."""
    numbers = numbers_of(prints.keys)
    _, first = np.unique(numbers, return_index=True)
    return first[prints.tokens[first] >= SHINGLE], numbers


@settings(max_examples=25, deadline=None)
@given(corpora(40), st.integers(1, 3), st.sampled_from([2, 3, 64]))
def test_buckets_and_samples_of_batches_are_those_of_the_whole(texts, batches, cap):
    whole, _, _ = text_fingerprints(column(texts), DEFAULTS)
    parts = [text_fingerprints(column(texts[i::batches]), DEFAULTS)[0] for i in range(batches)]
    chosen, numbers = heads(whole)
    names = numbers[chosen]
    banded = band_pairs(whole.bands, chosen, cap)
    expected = paired(*(names[text] for text in split(banded.pairs)))
    found, hot = set(), 0
    for entries in reducers([band_entries(part, SHINGLE) for part in parts], 3):
        bucketed = pair_buckets(entries, cap)
        found |= paired(bucketed.a, bucketed.b)
        crowded = bucketed.crowded
        order = np.lexsort((np.searchsorted(names, crowded.numbers), crowded.keys))
        stream = BucketStream(cap)
        for cut in np.array_split(order, 4):
            found |= paired(*stream.feed(crowded.keys[cut], crowded.numbers[cut]))
        found |= paired(*stream.finish())
        hot += stream.hot
    assert found == expected
    assert hot == banded.hot

    seen = empty_filter(1_000)
    for part in parts:
        mark_short(part, SHINGLE, seen)
    is_long = whole.tokens[chosen] >= LONG
    samples = telling_samples(whole.samples, whole.offsets, chosen, is_long)
    sampled = sample_pairs(samples, cap, 0.8)
    hot = 0
    pairs = set()
    for entries in reducers([sample_entries(part, SHINGLE, seen) for part in parts], 3):
        shared = pair_samples(entries, cap)
        pairs |= paired(shared.a, shared.b)
        hot += shared.hot
    assert hot == sampled.hot
    assert paired(*(names[text] for text in split(sampled.pairs))) <= pairs


@settings(max_examples=25, deadline=None)
@given(corpora(20), st.booleans())
def test_pairs_are_compared_as_the_search_does(texts, swap):
    found = find_duplicates(texts)
    expected = {(m.a, m.b): m for m in (*found.matches, *found.excerpts) if m.kind != "exact"}
    pairs = sorted((b, a) if swap else (a, b) for a, b in expected)
    if not pairs:
        return
    a, b = np.array(pairs).T
    columns = pa.array([texts[i] for i in a]), pa.array([texts[i] for i in b])
    compared = compare_pairs((a, b), columns, DEFAULTS.near, DEFAULTS.text)
    assert sorted(compared.at.tolist()) == list(range(len(pairs)))
    for row, at in enumerate(compared.at.tolist()):
        first, last = pairs[at]
        match = expected[(last, first) if swap else (first, last)]
        ours = compared.containment_a[row], compared.containment_b[row]
        theirs = match.containment_a, match.containment_b
        assert ours == (theirs[::-1] if swap else theirs)
        assert compared.jaccard[row] == match.jaccard


def test_crowded_buckets_stream_whatever_their_batches():
    rng = np.random.default_rng(5)
    keys = np.sort(
        rng.choice(np.array([3, 5, 8, 13, 21], np.uint64), 60, p=[0.6, 0.1, 0.1, 0.1, 0.1])
    )
    numbers = np.arange(60)
    expected = None
    for batches in (1, 2, 7, 60):
        stream = BucketStream(4)
        found = set()
        for cut in np.array_split(np.arange(60), batches):
            found |= paired(*stream.feed(keys[cut], numbers[cut]))
        found |= paired(*stream.finish())
        result = found, stream.hot, stream.largest
        expected = expected or result
        assert result == expected
    many = int((keys == 3).sum())
    assert result[2] == many
    assert {(0, other) for other in range(1, many)} <= found


def test_fingerprints_are_read_as_they_were_written():
    prints, own, checks = text_fingerprints(pa.array(["a b c d e f g h", "", "x" * 9]), DEFAULTS)
    file = BytesIO()
    write_fingerprints(file, prints)
    file.seek(0)
    again = read_fingerprints(file)
    for name in type(prints).__slots__:
        assert np.array_equal(getattr(prints, name), getattr(again, name))
    assert own.size == checks.size == 3
    assert prints.bands.shape[0] == bands_for(0.8, 256).bands


def test_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not there"):
        Followers(2).feed(np.array([0]), np.array([2]))
    assert is_coarse(np.array([4, 5], np.uint64)).tolist() == [True, False]
