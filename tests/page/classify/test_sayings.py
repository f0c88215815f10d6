"""What blocks say of themselves; that what is left out for speed changes nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.model import Block, Label
from dedup.page.classify import cues, sayings

PHRASES = sorted(
    {p for rows in (cues.SECTIONS, cues.WHOLE, cues.OPENING, cues.ANYWHERE)
     for p in cues.phrases(rows)}
)  # fmt: skip
OTHERS = [
    "扫码关注",
    "12 条评论",
    "图三：",
    "新闻图库",
    "排行榜",
    "文/王",
    "来源:",
    "a",
    "3",
    " ",
    "。",
    "未经本报书面",
]


@pytest.mark.parametrize(("table", "label"), sayings._CUES)
def test_every_cue_has_words_that_its_pattern_needs(table: str, label: Label) -> None:
    words = cues.needed(cues.TABLES[table][label])
    assert words
    assert all(words)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PHRASES, *OTHERS]), min_size=1, max_size=4).map(" ".join))
def test_no_pattern_finds_a_text_that_holds_none_of_the_words_it_needs(text: str) -> None:
    (view,) = sayings.views_of([Block(0, text, 0, len(text))])
    for bit, (table, label) in enumerate(sayings._CUES):
        pattern = cues.pattern(table, label)
        found = pattern.search(view.folded) if table == "anywhere" else pattern.match(view.folded)
        assert not found or view.cues >> bit & 1


def test_characters_of_rare_scripts_are_tokens_of_their_own() -> None:
    (view,) = sayings.views_of([Block(0, "𠮷𠮷𠮷", 0, 3)])
    assert view.tokens == 3


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["新闻", "丨", "|", " ", "ABC", "体育"]), max_size=24).map("".join))
def test_every_row_of_channel_names_begins_with_short_words(text: str) -> None:
    assert not sayings._ROW.match(text) or sayings._SHORT_WORDS.match(text)
