from hypothesis import given
from hypothesis import strategies as st

from dedup.config import TextSettings
from dedup.model import Block, Label
from dedup.page.repeats import COUNTED, find_repeats, is_quoted

SPEECH = [
    "老码头的修船铺今年一共接了四十一条船，比去年少了三条，其中十六条是从外县开来的。",
    "县里给每个村配了一台检测仪，井水每周测一次，结果当天贴在村口的黑板上，谁都能看。",
    "合作社把三百亩梯田分成十二块，每块由两户人家照看，收成按工分算，账目每月公布。",
    "小学的操场终于铺好了，孩子们第一节课就跑了十圈，老师站在树下数着，一个也没落下。",
    "防汛物资提前运到了河堤，沙袋有八千个，抽水机二十台，值班的人分成三组，昼夜轮换。",
    "图书室添了一千多册新书，大半是学生自己挑的，借书不要押金，看完放回原处就可以了。",
    "夜班公交从下月起开到零点，司机们说，最后一班车上坐的多半是医院和纺织厂的工人。",
    "养老食堂一顿饭收五块钱，菜单由老人们投票决定，上个月得票最多的是一道红烧豆腐。",
]
SHORT = ["图库", "首页", "2020-08-22", "下一篇", "分享"]


def marks(texts: list[str], label: Label = Label.BODY, tag: str = "p") -> list[int | None]:
    """For each text the place of the one that it repeats."""
    blocks = [Block(i, text, 0, 0, tag=tag) for i, text in enumerate(texts)]
    places = [b.index for b in blocks if label in COUNTED and not is_quoted(b)]
    copies = find_repeats([texts[i] for i in places], places, TextSettings())
    return [copies.get(i) for i in range(len(texts))]


def test_a_speech_set_twice() -> None:
    assert marks([*SPEECH, *SHORT, *SPEECH]) == [None] * 13 + list(range(8))


def test_a_copy_with_gaps_and_edits() -> None:
    first = SPEECH[0] + SPEECH[1] + SPEECH[2]
    edited = [first.replace("一共接了", "接下了"), SPEECH[3], "图注", *SPEECH[4:]]
    assert marks([first, *SPEECH[3:], *SHORT, *edited])[11:] == [0, 1, None, *range(2, 6)]


def test_the_copy_in_the_longer_run_stays() -> None:
    lead = SPEECH[0] + SPEECH[1]
    assert marks(["摘要：" + lead, lead, *SPEECH[2:]])[0] == 1
    assert marks([lead, *SPEECH[2:], "摘要：" + lead])[-1] == 0


def test_the_traditional_copy_is_the_same() -> None:
    assert (
        marks(
            [
                SPEECH[0] * 2,
                "短",
                (SPEECH[0] * 2).replace("码头", "碼頭").replace("修船铺", "修船鋪"),
            ]
        )[2]
        == 0
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
    found = marks(texts)
    for text, original in zip(texts, found, strict=True):
        if original is not None:
            assert found[original] is None
            assert texts[original] == text
    assert {t for t, keep in zip(texts, found, strict=True) if keep is None} == set(texts)
