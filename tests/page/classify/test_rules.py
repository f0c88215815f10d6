"""The rules over a whole page."""

from dedup.model import Block, Label
from dedup.page.classify import rules


def test_a_caption_of_a_table_is_part_of_it() -> None:
    text = "The figures of the last three years, by month and by town, as counted in May."
    blocks = [Block(0, text, 0, 9, "table/caption", "caption"), Block(1, "a\t1", 9, 12, "tr", "tr")]
    assert [b.label for b in rules.classify(blocks)] == [Label.TABLE, Label.TABLE]
