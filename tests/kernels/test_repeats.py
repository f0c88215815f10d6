"""Which hashes come more than once."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.repeats import shared

# Of a few upper and lower halves, so that slots and fingerprints meet.
_HASHES = st.builds(
    lambda upper, lower: upper << 33 | lower, st.integers(0, 3), st.sampled_from([0, 1, 2**31 - 1])
)


@given(st.lists(st.lists(_HASHES, max_size=8), min_size=1, max_size=6))
def test_hashes_that_come_twice_are_counted(texts: list[list[int]]) -> None:
    flat = [value for text in texts for value in text]
    # What differs in no upper bit but the last is told apart by its place at most.
    times = Counter(value >> 33 or 1 for value in flat)
    out = np.empty(len(texts), np.int64)
    offsets = np.cumsum([0, *map(len, texts)])
    shared(np.array(flat, np.uint64), offsets, out)
    exact = [sum(Counter(flat)[value] > 1 for value in text) for text in texts]
    bound = [sum(times[value >> 33 or 1] > 1 for value in text) for text in texts]
    assert all(e <= got <= b for e, got, b in zip(exact, out.tolist(), bound, strict=True))


def test_many_hashes_are_counted_exactly() -> None:
    values = np.random.default_rng(1).integers(0, 2**63, 50_000).astype(np.uint64)
    values[40_000:] = values[:10_000]
    out = np.empty(2, np.int64)
    shared(values, np.array([0, 40_000, 50_000]), out)
    assert out.tolist() == [10_000, 10_000]


def test_offsets_of_other_hashes_are_refused() -> None:
    with pytest.raises(ValueError, match="offsets"):
        shared(np.zeros(3, np.uint64), np.array([0, 2]), np.empty(1, np.int64))
