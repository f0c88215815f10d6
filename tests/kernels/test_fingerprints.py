"""Fingerprints of blocks: hashes that can be continued, and arrays that are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.fingerprints import fingerprints, parents, polynomial
from dedup.text.fold import fold_table

INTS, HASHES = np.int32, np.uint64


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_a_polynomial_is_continued_by_its_factor(one: bytes, other: bytes) -> None:
    (a, _), (b, factor) = polynomial(one), polynomial(other)
    assert polynomial(one + other)[0] == (a * factor + b) % 2**64


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.data())
def test_what_is_around_a_block_is_the_polynomial_of_its_steps(
    tags: list[int], data: st.DataObject
) -> None:
    up = [-1] + [data.draw(st.integers(max(0, n - 3), n)) for n in range(len(tags) - 1)]
    steps = [b"/a", b"/div", b"/p", b"/ul"]
    names = [b"", b"#x", b".y.z"]
    name = [n % 3 for n in range(len(tags))]
    found = parents(
        np.arange(len(tags), dtype=INTS),
        np.array(up, INTS),
        np.array(tags, INTS),
        np.array(name, INTS),
        np.array([polynomial(step) for step in steps], HASHES),
        np.array([polynomial(rest) for rest in names], HASHES),
    )
    for row, value in enumerate(found.tolist()):
        path, at = [], up[row]
        while at > 0:
            path.append(steps[tags[at]] + names[name[at]])
            at = up[at]
        assert value == polynomial(b"".join(reversed(path[:23])))[0]


@pytest.mark.parametrize(
    ("element", "parent", "tag", "name"),
    [([1], [-1], [0], [0]), ([0], [0], [0], [0]), ([0], [-1], [2], [0]), ([0], [-1], [0], [-1]),
     ([0], [-1], [0, 0], [0]), ([-1], [-1], [0], [0]), ([0], [-2], [0], [0])],
)  # fmt: skip
def test_elements_of_another_page_are_refused(
    element: list[int], parent: list[int], tag: list[int], name: list[int]
) -> None:
    columns = [np.array(column, INTS) for column in (element, parent, tag, name)]
    table = np.ones((2, 2), HASHES)
    with pytest.raises(ValueError, match=r"parent|tag|element|length"):
        parents(*columns, table, table)


@pytest.mark.parametrize(("begin", "end"), [([0], [5]), ([-1], [2]), ([3], [2]), ([0, 1], [2])])
def test_texts_of_other_data_are_refused(begin: list[int], end: list[int]) -> None:
    columns = np.array(begin), np.array(end), np.zeros(len(begin), HASHES)
    with pytest.raises(ValueError, match=r"text|length"):
        fingerprints(np.zeros(4, np.uint8), *columns, fold_table())


@given(st.binary(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_bytes_that_are_no_utf_8_are_borne(data: bytes, first: int, last: int) -> None:
    begin, end = sorted((min(first, len(data)), min(last, len(data))))
    given_ = np.frombuffer(data, np.uint8), np.array([begin]), np.array([end])
    assert fingerprints(*given_, np.zeros(1, HASHES), fold_table())[0, 0] > 0
