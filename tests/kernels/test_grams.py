"""What hashed words say of blocks."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.grams import add_words, grams, heads
from dedup.text.fold import fold_table
from tests.strategies import texts

Array = np.ndarray[Any, Any]
OWN, OF_HEADS, KINDS = 64, 32, 3
LONGEST = 240


def joined(blocks: list[str]) -> Array:
    data = "".join("\0" + text.replace("\0", " ") for text in blocks)
    return np.frombuffer(data.encode("utf-8", "surrogatepass"), np.uint8)


def table(seed: int = 0) -> Array:
    rows = np.zeros((OWN + OF_HEADS, 16), np.int8)
    draw = np.random.default_rng(seed)
    rows[:, :KINDS] = draw.integers(-127, 128, (OWN + OF_HEADS, KINDS))
    return rows


SCALE = np.array([0.5, 0.25, 2.0], np.float32)


@given(st.lists(texts, min_size=1, max_size=6), st.randoms())
def test_rows_of_own_grams_and_of_heads_are_added(blocks: list[str], random: Any) -> None:
    count = len(blocks)
    over = np.full((count, 3), -1, np.int32)
    for block in range(count):
        over[block, 0] = random.randrange(-1, count)
    data, rows = joined(blocks), table()
    offsets, ids = grams(data, fold_table(), count)
    out = np.ones((count, KINDS), np.float32)
    add_words(data, fold_table(), rows, OF_HEADS, SCALE, over, out)
    for block in range(count):
        own = ids[offsets[block] : offsets[block + 1]]
        wanted = 1 + rows[own % OWN, :KINDS].sum(0) * SCALE / len(own) ** 0.5
        head = over[block, 0]
        if head >= 0:
            theirs = ids[offsets[head] : offsets[head + 1]]
            said = rows[OWN + theirs % OF_HEADS, :KINDS].sum(0)
            wanted = wanted + said * SCALE / len(theirs) ** 0.5
        assert out[block] == pytest.approx(wanted, rel=1e-4, abs=1e-3)


@given(st.lists(texts, max_size=6))
def test_every_text_has_a_gram_and_only_its_beginning_counts(blocks: list[str]) -> None:
    offsets, ids = grams(joined(blocks), fold_table(), len(blocks))
    assert len(offsets) == len(blocks) + 1
    assert (np.diff(offsets) > 0).all()
    assert len(ids) == offsets[-1]
    long = "a b " * LONGEST
    offsets, ids = grams(joined([long, long + "c"]), fold_table(), 2)
    assert np.array_equal(ids[: offsets[1]], ids[offsets[1] :])


def test_grams_are_words_pairs_the_whole_and_the_length() -> None:
    offsets, ids = grams(joined(["Most read", "most  READ", "read most", "中国"]), fold_table(), 4)
    first, second, third, fourth = (ids[a:b] for a, b in pairwise(offsets))
    assert np.array_equal(first, second)
    assert len(first) == len(fourth) == 5
    assert len(set(first) & set(third)) == 3  # two words and the length


def test_heads_are_short_and_before_the_block() -> None:
    context = np.zeros((4, 10), np.int32)
    context[:, 0] = (0, 0, 0, 3)
    context[:, 2] = (0, 0, 1, 0)
    context[1, 9] = 1  # a heading
    out = np.zeros((4, 3), np.int32)
    heads(np.array([2, 3, 5, 5], np.float32), context, out)
    assert out.tolist() == [[-1, -1, -1], [0, -1, -1], [0, 1, -1], [-1, 0, 1]]
    heads(np.array([2, 30, 5, 5], np.float32), context, out)
    assert out.tolist() == [[-1, -1, -1], [0, -1, -1], [0, -1, -1], [-1, 0, -1]]


def test_what_does_not_fit_is_refused() -> None:
    data, rows, out = joined(["a", "b"]), table(), np.zeros((2, KINDS), np.float32)
    over = np.full((2, 3), -1, np.int32)
    with pytest.raises(ValueError, match="2 are there"):
        grams(data, fold_table(), 3)
    with pytest.raises(ValueError, match="after a NUL byte"):
        grams(data[1:], fold_table(), 1)
    with pytest.raises(ValueError, match="2 are there"):
        add_words(data, fold_table(), rows, OF_HEADS, SCALE, over[:1], out[:1])
    with pytest.raises(ValueError, match="table"):
        add_words(data, fold_table(), rows[:, :8].copy(), OF_HEADS, SCALE, over, out)
    over[1, 1] = 2
    with pytest.raises(ValueError, match="no block"):
        add_words(data, fold_table(), rows, OF_HEADS, SCALE, over, out)
    with pytest.raises(ValueError, match="length"):
        heads(np.zeros(3, np.float32), np.zeros((2, 10), np.int32), np.zeros((3, 3), np.int32))
