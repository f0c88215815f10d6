"""Targets: a repeat out of place is no content, the text in its order is."""

from benchmarks.training.targets import LABELS, against_gold, align_lines
from dedup.model import Label

GOLD = "The bridge was closed on Monday.\nBoats were mended until the evening, and then sold."


def test_blocks_in_the_order_of_the_gold_are_content() -> None:
    first, second = GOLD.split("\n")
    texts = ["Home and news", first, second, first, "Write to us"]
    target, weight, covered = against_gold(texts, GOLD)
    assert target.tolist() == [0, 1, 1, 0, 0]
    assert weight[3] < weight[1]
    assert covered == 1


def test_without_gold_nothing_is_content() -> None:
    target, _, covered = against_gold(["a b c d"], "")
    assert (target.tolist(), covered) == ([0], 0)


def test_lines_label_the_block_that_holds_most_of_them() -> None:
    kinds = align_lines(["Menu", "A story of a mill"], [("Me nu", "nav"), ("A story of", "body")])
    assert [LABELS[kind] for kind in kinds] == [Label.NAV, Label.BODY]
