"""The figures on what is said of pages as a whole."""

import numpy as np
import pytest

from benchmarks.suites.verdicts import correlation, lowest


def test_ranks_that_agree_and_that_do_not() -> None:
    rising = np.linspace(0, 1, 40)
    agreed = correlation(np.stack([rising, rising**3], 1))
    assert (agreed.value, agreed.error, agreed.count) == (pytest.approx(1), pytest.approx(0), 40)
    assert correlation(np.stack([rising, -rising], 1)).value == pytest.approx(-1)


def test_poor_pages_are_looked_for_in_the_lowest_tenth() -> None:
    pairs = np.stack([np.arange(20) / 20, np.ones(20)], 1)
    pairs[[0, 1, 5], 1] = 0.1
    assert lowest(pairs) == (2, 3)
    pairs[:, 1] = 1
    assert lowest(pairs) == (0, 0)
