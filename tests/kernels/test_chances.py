"""Probabilities, and what the blocks of a page say of its type."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dedup.kernels import chances

_LOGS = arrays(np.float32, (5, 3), elements=st.floats(-50, 50, width=32))


@given(_LOGS)
def test_probabilities_are_those_of_numpy(raw: np.ndarray) -> None:
    found = np.empty(5, np.float32)
    chances.sigmoid(raw, found)
    logs = np.clip(raw[:, 0].astype(np.float64), -30, 30)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logs)), rtol=1e-6)
    rows = raw.copy()
    chances.softmax(rows)
    powers = np.exp(raw.astype(np.float64) - raw.max(1, keepdims=True))
    np.testing.assert_allclose(rows, powers / powers.sum(1, keepdims=True), rtol=1e-5, atol=1e-12)


@given(
    arrays(np.float32, 4, elements=st.integers(0, 900).map(float)),
    arrays(np.float32, 4, elements=st.floats(0, 1, width=32)),
    arrays(np.float32, (4, 6), elements=st.floats(-4, 4, width=32)),
)
def test_what_speaks_for_a_type_is_a_mean_over_the_blocks(
    tokens: np.ndarray, first: np.ndarray, evidence: np.ndarray
) -> None:
    shares, numbers = np.empty((2, 4), np.float32), np.empty(5, np.float32)
    chances.weigh(tokens, first, shares, numbers)
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-5)
    kept = np.count_nonzero(first > np.float32(0.45))
    assert numbers[4] == kept / 4
    assert numbers[0] == np.float32(np.log1p(kept))
    mass = float((tokens.astype(np.float64) * first).sum())
    np.testing.assert_allclose(numbers[1:3], [np.log1p(mass), mass / max(tokens.sum(), 1)], 1e-5)
    out = np.ones(3, np.float32)
    chances.add_evidence(shares, evidence, out)
    wanted = 1 + shares[0] @ evidence[:, :3] + shares[1] @ evidence[:, 3:]
    np.testing.assert_allclose(out, wanted, rtol=1e-4, atol=1e-5)


def test_columns_of_other_lengths_are_refused() -> None:
    two, three = np.zeros(2, np.float32), np.zeros(3, np.float32)
    rows = np.zeros((2, 2), np.float32)
    with pytest.raises(ValueError, match="length"):
        chances.sigmoid(rows, three)
    with pytest.raises(ValueError, match="length"):
        chances.weigh(two, three, rows, np.zeros(5, np.float32))
    with pytest.raises(ValueError, match="five numbers"):
        chances.weigh(two, two, rows, three)
    with pytest.raises(ValueError, match="shapes"):
        chances.add_evidence(rows, rows, two)


def test_no_rows_give_nothing() -> None:
    chances.softmax(np.zeros((0, 3), np.float32))
    chances.softmax(np.zeros((3, 0), np.float32))
    numbers = np.ones(5, np.float32)
    chances.weigh(*np.zeros((2, 0), np.float32), np.zeros((2, 0), np.float32), numbers)
    assert not numbers.any()
