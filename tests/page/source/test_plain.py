from hypothesis import given
from hypothesis import strategies as st

from dedup.page.source.plain import blocks_of_text, join_lines

PROSE = "会议指出，要把各项工作落到实处，让居民看到变化，听到回应，得到实惠。"
LINES = st.lists(st.text(alphabet="会议指出，。ab .•-\u3000 ", max_size=40), max_size=20).map(
    "\n".join
)


@given(LINES)
def test_every_block_is_its_source_in_order(source: str) -> None:
    end = 0
    for index, block in enumerate(blocks_of_text(source).views):
        assert block.index == index
        assert block.start >= end
        end = block.end
        assert "".join(block.text.split()) == "".join(source[block.start : block.end].split())


def test_bullets_and_indents_are_not_text() -> None:
    blocks = blocks_of_text("  • one\n\n\u3000\u3000two\n- three\n-5 degrees").views
    assert [(b.tag, b.text) for b in blocks] == [
        ("li", "one"),
        ("p", "two"),
        ("li", "three"),
        ("p", "-5 degrees"),
    ]


def test_wrapped_lines_are_joined_and_others_are_not() -> None:
    wrapped = (
        "The committee met on Tuesday evening in the old town hall and\n"
        "talked for two hours about the bridge, which has been closed\n"
        "since the flood. It will open again."
    )
    assert len(blocks_of_text(wrapped).views) == 1
    assert blocks_of_text(wrapped).views[0].text == wrapped.replace("\n", " ")
    assert len(blocks_of_text("来源:某报 作者: 发表时间:2020-08-22 21:57\n分享到").views) == 2
    assert len(blocks_of_text("Home\nNews\nSport").views) == 3


def test_a_sentence_cut_by_a_column_joins_the_next_block() -> None:
    source = "\n\n".join([PROSE, PROSE, PROSE, PROSE[:14], PROSE[14:], PROSE])
    assert [b.joins for b in blocks_of_text(source).views] == [
        False,
        False,
        False,
        True,
        False,
        False,
    ]


def test_headings_and_verse_do_not_join() -> None:
    headed = "\n\n".join([PROSE, PROSE, "第二部分 工作安排", PROSE, PROSE, PROSE])
    verse = "\n".join(["风从海上来,吹过老码头", "船在雾里走,灯在雨里留"] * 6)
    assert not any(b.joins for b in blocks_of_text(headed).views + blocks_of_text(verse).views)


def test_lines_join_without_a_space_between_cjk() -> None:
    assert join_lines(["中文", "再来", "and", "words"]) == "中文再来 and words"
