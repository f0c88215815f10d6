"""The labels suite counts blocks by label."""

import numpy as np
import pytest

from benchmarks.suites import labels
from benchmarks.training.targets import LABELS
from dedup.model import Label


def test_f1_by_label_and_the_mean_over_labels_that_occur() -> None:
    pages = np.zeros((2, len(LABELS) + 1, 3))
    pages[0, LABELS.index(Label.NAV)] = (2, 2, 2)
    pages[1, LABELS.index(Label.AD)] = (1, 2, 2)
    pages[:, -1] = (3, 3, 4)
    found = labels.scores(pages)
    assert found["nav"].value == 1
    assert found["ad"].value == 0.5
    assert found["mean of all"].value == pytest.approx(0.75)
    assert found["mean of ad, ranking and comment"].value == 0.5
    assert found[labels.CONTENT_ROW].value == pytest.approx(6 / 7)
    assert found["ad"].error > 0
    assert "ranking" not in found


def test_golden_pages_quote_labels_that_are_right() -> None:
    right, quoted = labels.golden()
    assert 0 < right <= quoted
