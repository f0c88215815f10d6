"""Blocks, filters and tables of postings against plain dictionaries."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import blocks as kernels
from dedup.near.index.format import KEY_BITS, NUMBER_BITS, UNCAPPED
from dedup.near.index.sqlite.memtable import Memtable
from dedup.near.index.sqlite.segment import END, blocks_for, fits

CAP = 3
few_keys = st.integers(0, 40).map(lambda n: n * (END // 41))
keys = few_keys | st.integers(0, END - 1)
postings = st.lists(st.tuples(keys, st.integers(0, 900)), max_size=300, unique=True)


def packed(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(sorted(key << NUMBER_BITS | number for key, number in pairs), np.uint64)


def first_of_each(pairs: list[tuple[int, int]]) -> dict[int, list[int]]:
    """What is kept: of each capped key the first documents, one more than the cap."""
    kept = defaultdict(list)
    for key, number in sorted(pairs):
        if len(kept[key]) <= CAP or key & UNCAPPED:
            kept[key].append(number)
    return kept


@settings(deadline=None)
@given(postings, st.lists(keys, max_size=30), st.sampled_from([256, 257, 1000]))
def test_blocks_hold_what_was_put_in(
    pairs: list[tuple[int, int]], others: list[int], blocks: int
) -> None:
    words = packed(pairs)
    data, offsets, lines = kernels.pack_blocks(words, (0, blocks), blocks, 10, CAP)
    kept = first_of_each(pairs)
    found = kernels.unpack_blocks(data, offsets[:-1].copy(), 0, blocks, 10, 7)
    want = packed([(key, number + 7) for key, numbers in kept.items() for number in numbers])
    assert found.tolist() == want.tolist()

    asked = np.array([*kept, *others], np.uint64)
    places, which = kernels.probe(asked, lines, blocks, 0, END)
    assert set(range(len(kept))) <= set(places.tolist())  # a filter never hides
    hits, numbers = kernels.find(
        data, offsets[:-1].copy(), which, (asked, places, which), (blocks, 10, 100)
    )
    told = sorted(zip(hits.tolist(), numbers.tolist(), strict=True))
    assert told == sorted(
        (at, 100 + number) for at, key in enumerate(asked.tolist()) for number in kept.get(key, ())
    )


@settings(deadline=None)
@given(postings, st.integers(1, 255))
def test_blocks_can_be_packed_in_portions(pairs: list[tuple[int, int]], cut: int) -> None:
    words, blocks = packed(pairs), 256
    whole = kernels.pack_blocks(words, (0, blocks), blocks, 10, CAP)
    border = (cut << KEY_BITS) // blocks << NUMBER_BITS
    low, high = words[words < border].copy(), words[words >= border].copy()
    first = kernels.pack_blocks(low, (0, cut), blocks, 10, CAP)
    second = kernels.pack_blocks(high, (cut, blocks), blocks, 10, CAP)
    assert first[0].tobytes() + second[0].tobytes() == whole[0].tobytes()
    assert np.concatenate((first[2], second[2])).tolist() == whole[2].tolist()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(keys, max_size=2000), st.integers(0, 12)), max_size=6),
    st.lists(keys, max_size=30),
)
def test_tail(documents: list[tuple[list[int], int]], asked: list[int]) -> None:
    tail, kept = Memtable(CAP), defaultdict(list)
    for number, (own, dropped) in enumerate(documents):
        tail.add(np.array(own, np.uint64), np.full(len(own), number))
        for key in own:
            if len(kept[key]) <= CAP or key & UNCAPPED:
                kept[key].append(number)
        tail.drop(np.array([dropped]))
        for key, numbers in kept.items():
            kept[key] = [n for n in numbers if n != dropped]
    asked += [key for own, _ in documents for key in own][:50]
    places, numbers = tail.find(np.array(asked, np.uint64))
    assert sorted(zip(places.tolist(), numbers.tolist(), strict=True)) == sorted(
        (at, number) for at, key in enumerate(asked) for number in kept.get(key, ())
    )


def test_most_keys_that_are_not_there_are_kept_off() -> None:
    rng = np.random.default_rng(4)
    words = np.sort(rng.integers(0, END, 300_000, np.uint64) << np.uint64(NUMBER_BITS))
    blocks = blocks_for(words.size, 3000)
    _, _, lines = kernels.pack_blocks(words, (0, blocks), blocks, 12, CAP)
    asked = rng.integers(0, END, 100_000, np.uint64)
    assert kernels.probe(asked, lines, blocks, 0, END)[0].size < 0.09 * asked.size
    assert kernels.probe(asked, lines[:0], blocks, 0, END)[0].size == asked.size


@pytest.mark.parametrize(
    ("held", "documents", "fit"),
    [(100, 10, True), (10**8, 10**6, True), (10**9, 10**7, False), (100, 1 << 24, False)],
)
def test_what_fits_into_a_segment(held: int, documents: int, fit: bool) -> None:
    assert fits(held, documents) is fit
