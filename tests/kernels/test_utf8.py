"""What UTF-8 holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.utf8 import code_points, controls, extra_bytes, prose


@given(st.text() | st.text(alphabet="a\x01\x1b\x00\t\n上é"))
def test_characters_are_counted_as_python_counts_them(text: str) -> None:
    data = text.encode()
    assert extra_bytes(data) == len(data) - len(text)
    assert controls(data) == sum(c < " " and c not in "\t\n\f\r\x1b" for c in text)
    ends = np.array([len(data)], np.int64)
    assert code_points(data, ends).tolist() == [len(text)]


@given(
    st.lists(st.tuples(st.text(alphabet="a上é😀", max_size=9), st.integers(0, 9)), max_size=9),
    st.integers(0, 6),
)
def test_prose_is_long_and_mostly_outside_links(texts: list[tuple[str, int]], least: int) -> None:
    data = "".join("\0" + text for text, _ in texts).encode()
    links = np.array([linked for _, linked in texts], np.int32)
    long = [len(text) for text, linked in texts if len(text) >= least and 3 * linked < len(text)]
    assert prose(data, links, least, 1000) == sum(long)
    assert prose(data, links, least, 3) >= min(sum(long), 3)
