"""The published metric and its standard error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.outcome import share
from dedup.evaluate.metric import Estimate, Score, f1, mean_of, precision_recall, tokens

PAIRS = st.lists(st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)), min_size=2, max_size=30)


def of_pairs(pairs: list[tuple[float, float]]) -> Score:
    return Score([(precision, recall, 0.0) for precision, recall in pairs])


def test_tokens_are_words_and_single_characters() -> None:
    assert tokens("Ａ red 红色 ｶﾞ") == ["a", "red", "红", "色", "ガ"]


def test_the_best_gold_counts() -> None:
    assert precision_recall("a b c d", ["x y z q", "a b c d"]) == (1.0, 1.0)


def test_empty_against_empty_is_right_and_against_text_is_wrong() -> None:
    assert precision_recall("", [""]) == (1.0, 1.0)
    assert precision_recall("a", [""]) == (0.0, 0.0)


@given(PAIRS)
def test_the_error_is_that_of_leaving_out_each_page(pairs: list[tuple[float, float]]) -> None:
    def whole(rows: list[tuple[float, float]]) -> float:
        precision, recall = np.mean(rows, axis=0)
        return f1(precision, recall)

    score = of_pairs(pairs)
    assert score.f1 == pytest.approx(whole(pairs))
    without = [whole(pairs[:i] + pairs[i + 1 :]) for i in range(len(pairs))]
    spread = np.var(without) * (len(pairs) - 1)
    assert score.error == pytest.approx(spread**0.5, abs=1e-9)


def test_segments_are_counted_over_all_pages() -> None:
    score = Score()
    score.add("keep this and that", (), ("this", "more"), ("that",))
    score.add("all there", (), ("all", "there"), ())
    assert score.f1 == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
    assert score.error > 0


def test_parts_of_a_set_add_up_to_the_whole() -> None:
    one, other = of_pairs([(0.5, 1.0)]), of_pairs([(1.0, 0.5), (0.2, 0.2)])
    one.extend(other)
    assert one.estimate == of_pairs([(0.5, 1.0), (1.0, 0.5), (0.2, 0.2)]).estimate


def test_the_error_of_a_mean_shrinks_with_the_sets() -> None:
    mean = mean_of([Estimate(0.8, 0.02, 10), Estimate(1.0, 0.02, 30)])
    assert mean.value == pytest.approx(0.9)
    assert mean.error == pytest.approx(0.02 / 2**0.5)
    assert mean.count == 40


def test_a_share_of_all_still_has_an_error() -> None:
    assert share(50, 50).value == 1
    assert 0 < share(500, 500).error < share(50, 50).error
    assert share(0, 0).value == 0
