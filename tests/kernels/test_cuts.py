from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.columns import Strings
from dedup.kernels.cuts import cuts
from dedup.near.parallel import silent
from dedup.near.windows import repeated_windows
from tests.near.test_passages import folded
from tests.strategies import corpora


@settings(deadline=None)
@given(corpora(), st.data())
def test_what_later_copies_say_goes_and_first_copies_stay(corpus, data):
    length = data.draw(st.integers(1, 8))
    least = data.draw(st.integers(0, 2 * length))
    order = np.array(data.draw(st.permutations(range(len(corpus)))), np.int64)
    uncut = data.draw(st.integers(0, len(corpus)))
    found = repeated_windows([Strings(corpus)], length, 1, silent)
    rows, gone = cuts(found.classes, found.begins, order, uncut, length, least)
    tokens = [folded(text) for text in corpus]
    away = [np.zeros(len(row), bool) for row in tokens]
    for text, first, last, partner in rows.tolist():
        assert not away[text][first : last + 1].any()
        away[text][first : last + 1] = True
        begins = range(max(0, first - length + 1), first + 1)
        windows = {tuple(tokens[text][at : at + length]) for at in begins}
        held = tokens[partner]
        assert any(tuple(held[at : at + length]) in windows for at in range(len(held)))
    # By the definition: first copies in order, and later ones.
    windows = [[tuple(row[i : i + length]) for i in range(len(row) - length + 1)] for row in tokens]
    counts = Counter(window for row in windows for window in row)
    holder = {}
    for place, text in enumerate(order.tolist()):
        first, own, others, new = set(), set(), set(), set()
        for at, window in enumerate(windows[text]):
            if counts[window] == 1:
                continue
            kind = others if window in holder else own if window in new else first
            kind.update(range(at, at + length))
            new |= {window} - holder.keys()
        expected = others | (own - first) if place >= uncut else set()
        left = len(tokens[text]) - len(expected)
        assert gone[text] == (bool(expected) and left < least)
        if not gone[text]:
            assert set(np.flatnonzero(away[text]).tolist()) == expected
            holder |= dict.fromkeys(new, text)


@pytest.mark.parametrize(
    ("begins", "order", "length", "least"),
    [
        ([0, 3], [0], 1, 0),
        ([1, 2], [0], 1, 0),
        ([0, 2, 2], [0], 1, 0),
        ([0, 2], [1], 1, 0),
        ([0, 2], [-1], 1, 0),
        ([0, 1, 2], [0, 0], 1, 0),
        ([0, 2], [0], 0, 0),
        ([], [], 1, 0),
    ],
)
def test_what_would_leave_an_array_is_refused(begins, order, length, least):
    classes = np.array([1, 0], np.uint32)
    with pytest.raises(ValueError, match=r"text|windows|array"):
        cuts(classes, np.array(begins, np.int64), np.array(order, np.int64), 0, length, least)
    with pytest.raises(ValueError, match="class"):
        cuts(classes + np.uint32(7), np.array([0, 2]), np.array([0]), 0, 1, 0)
