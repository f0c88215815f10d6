from hypothesis import given
from hypothesis import strategies as st

from dedup.config import TextSettings
from dedup.model import Block, Label, LabelledBlock
from dedup.page.repeats import mark_repeats

SPEECH = [
    f"第{n}点，我们要把{what}的事情办好，一件一件抓落实，一年一年见成效，让居民真正放心满意。"
    for n, what in enumerate(["供水", "修路", "办学", "看病", "养老", "防洪", "植树", "照明"])
]
SHORT = ["图库", "首页", "2020-08-22", "下一篇", "分享"]


def page(texts: list[str], label: Label = Label.BODY, tag: str = "p") -> list[LabelledBlock]:
    return [
        LabelledBlock(Block(i, text, 0, 0, tag=tag), label, 1.0, "") for i, text in enumerate(texts)
    ]


def marks(texts: list[str], label: Label = Label.BODY, tag: str = "p") -> list[int | None]:
    return [b.duplicate_of for b in mark_repeats(page(texts, label, tag), TextSettings())]


def test_a_speech_set_twice() -> None:
    assert marks([*SPEECH, *SHORT, *SPEECH]) == [None] * 13 + list(range(8))


def test_a_copy_with_gaps_and_edits() -> None:
    edited = [SPEECH[0].replace("一年一年", "年年"), SPEECH[1], "图注", *SPEECH[2:]]
    assert marks([*SPEECH, *SHORT, *edited])[13:] == [0, 1, None, *range(2, 8)]


def test_the_copy_in_the_longer_run_stays() -> None:
    lead = SPEECH[0] + SPEECH[1]
    assert marks(["摘要：" + lead, lead, *SPEECH[2:]])[0] == 1
    assert marks([lead, *SPEECH[2:], "摘要：" + lead])[-1] == 0


def test_the_traditional_copy_is_the_same() -> None:
    assert (
        marks([SPEECH[0] * 2, "短", SPEECH[0].replace("们", "們").replace("实", "實") * 2])[2] == 0
    )


def test_what_repeats_by_nature_is_not_marked() -> None:
    chorus = ["啦啦啦，风儿吹", "啦啦啦，花儿开", "我们一起唱起来", "一起唱起来"]
    assert not any(marks([*chorus, SPEECH[0], *chorus, SPEECH[1], *chorus]))
    assert not any(marks(["一起唱\n" * 9, SPEECH[0], "一起唱\n" * 9]))
    assert not any(marks(["每小时一班"] * 40, Label.TABLE, "tr"))
    assert not any(marks(["更多", "详情"] * 20, Label.LIST, "li"))
    assert not any(
        marks([SPEECH[0], "他说：“没有一个人应当被落下。”", SPEECH[1], "“没有一个人应当被落下。”"])
    )
    assert not any(marks([SPEECH[0] * 2, SPEECH[1], SPEECH[0] * 2], tag="blockquote"))


@given(st.lists(st.sampled_from([*SPEECH, *SHORT]), max_size=40))
def test_no_text_is_lost_and_no_mark_leads_to_a_mark(texts: list[str]) -> None:
    blocks = mark_repeats(page(texts), TextSettings())
    for block in blocks:
        if block.duplicate_of is not None:
            original = blocks[block.duplicate_of]
            assert original.duplicate_of is None
            assert original.text == block.text
    assert {b.text for b in blocks if b.duplicate_of is None} == set(texts)
