"""What the blocks around one say of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.context import settle

LEVELS = 4


def settled(
    logs: list[list[float]], content: list[bool], groups: list[int], container: tuple[int, int]
) -> np.ndarray:
    context = np.zeros((len(logs), 2 * LEVELS + 2), np.int32)
    context[:, 0 : 2 * LEVELS : 2], context[:, 1 : 2 * LEVELS : 2] = container
    context[:, 2 * LEVELS] = groups
    rows = np.array(logs, np.float32)
    out = np.empty_like(rows)
    settle(rows, np.array(content, np.uint8), context, out)
    return out


def test_a_stray_block_is_called_what_its_neighbours_are() -> None:
    logs = [[-0.1, -2.4], [-0.1, -2.4], [-1.0, -0.5], [-0.1, -2.4]]
    out = settled(logs, [False] * 4, [3, 3, 3, 3], (0, 4))
    assert out.argmax(1).tolist() == [0, 0, 0, 0]


def test_content_has_no_say() -> None:
    logs = [[-0.1, -2.4], [-0.1, -2.4], [-1.0, -0.5], [-0.1, -2.4]]
    out = settled(logs, [True, True, False, True], [3, 3, 3, 3], (0, 4))
    assert np.allclose(out, logs)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_groups_and_containers_settle(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 8))
    log = st.floats(-9, 0, width=32)
    logs = data.draw(
        st.lists(st.lists(log, min_size=3, max_size=3), min_size=count, max_size=count)
    )
    content = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    groups = data.draw(st.lists(st.integers(0, count - 1), min_size=count, max_size=count))
    first = data.draw(st.integers(0, count))
    out = settled(logs, content, groups, (first, data.draw(st.integers(first, count))))
    # An average never leaves the range of what it is taken over.
    rows = np.array(logs, np.float32)
    assert (out >= rows.min(0) - 1e-4).all()
    assert (out <= rows.max(0) + 1e-4).all()


def test_a_group_that_is_none_of_the_page_is_refused() -> None:
    for group in (-1, 2):
        with pytest.raises(ValueError, match="no group"):
            settled([[0.0], [0.0]], [False, False], [0, group], (0, 2))
