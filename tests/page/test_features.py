"""Features: what is counted, and that every page gets finite numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.page.automaton import build, find_groups
from dedup.page.count import STATS, measure
from dedup.page.features import features_of
from dedup.page.lines import columns_of_lines
from dedup.page.names import FEATURES
from dedup.page.source.html import blocks_of_html


def counted(title: str, *texts: str) -> list[dict[str, float]]:
    data = "\0".join((title, *texts)).encode(errors="surrogatepass")
    stats = np.zeros((len(texts) + 1, len(STATS)), np.float32)
    measure(np.frombuffer(data, np.uint8), stats, np.zeros(len(texts) + 1, np.uint64))
    return [dict(zip(STATS, map(float, row), strict=True)) for row in stats[1:]]


def test_counts_of_latin_text() -> None:
    (row,) = counted("New library", "The new Library opened in 2014, at last. Why? Fine.")
    assert row["tokens"] == 10
    assert row["ends"] == 3
    assert row["year"] == 1
    assert row["title_hits"] == 2
    assert (row["commas"], row["asks"], row["ends_sentence"]) == (1, 1, 1)


def test_counts_of_chinese_text() -> None:
    (row,) = counted("上海", "会议在上海举行，很好。")
    assert (row["tokens"], row["cjk"], row["ends"], row["commas"]) == (9, 9, 1, 1)
    assert row["title_hits"] == 1  # 海 behind 上: characters are told apart by the one before


def test_dates_clocks_and_numbers() -> None:
    rows = counted("", "2012-01-17 10:22", "3/6/26", "2020年7月", "version 1.2", "at 3: no")
    assert [row["dated"] for row in rows] == [1, 1, 1, 0, 0]
    assert [row["clock"] for row in rows] == [1, 0, 0, 0, 0]
    assert [row["numbers"] for row in rows] == [5, 3, 2, 2, 1]


def test_an_ellipsis_ends_no_sentence() -> None:
    rows = counted("", "How to avoid... ", "如何避免…", "So ... he left.", "等等……好。")
    assert [row["cuts"] for row in rows] == [1, 1, 1, 2]
    assert [row["ends_cut"] for row in rows] == [1, 1, 0, 0]
    assert [row["ends_sentence"] for row in rows] == [0, 0, 1, 1]
    assert [row["ends"] for row in rows] == [0, 0, 1, 1]


def test_gaps_part_characters_that_need_none() -> None:
    rows = counted("", "北京 上海 天津", "北京 and 上海", "北京，上海")
    assert [row["gaps"] for row in rows] == [2, 0, 0]


def groups(text: str, *words: tuple[str, int, bool, bool]) -> list[int]:
    automaton = build(list(words))
    masks = np.zeros(text.count("\0") + 1, np.uint64)
    find_groups(
        np.frombuffer(text.encode(), np.uint8), automaton.classes, automaton.moves,
        automaton.outputs, automaton.others, automaton.words, masks,
    )  # fmt: skip
    return masks.tolist()


def test_words_are_found_at_their_edges() -> None:
    words = (("ad", 0, True, True), ("nav", 1, False, False), ("广告", 2, False, False))
    assert groups("ad-box\0header\0TopNav\0leftAd\0本站广告位\0", *words) == [1, 0, 2, 1, 4, 0]


def test_a_word_inside_another_and_a_shared_end_are_both_found() -> None:
    assert groups("comments", ("comment", 0, False, False), ("men", 1, False, False)) == [3]
    assert groups("abc", ("abc", 0, False, False), ("bc", 1, False, False)) == [3]


@given(
    st.lists(st.sampled_from(["he", "she", "hers", "his", "说", "他说"]), min_size=1, unique=True),
    st.text(alphabet="hesir他说x", max_size=60),
)
def test_the_automaton_finds_what_a_search_finds(words: list[str], text: str) -> None:
    found = groups(text, *((word, bit, False, False) for bit, word in enumerate(words)))
    assert found == [sum((word in text) << bit for bit, word in enumerate(words))]


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="<>/abpliv \n.&;\"'=上海。\ud800", max_size=200))
def test_every_page_has_finite_features(source: str) -> None:
    page = blocks_of_html(source)
    described = features_of(page)
    assert described.matrix.shape == (len(page.blocks.texts), len(FEATURES))
    assert np.isfinite(described.matrix).all()


def test_features_do_not_depend_on_what_came_before() -> None:
    page = blocks_of_html("<div class=content><p>One. Two.</p></div><div class=nav><a>x</a></div>")
    first = features_of(page).matrix.copy()
    features_of(blocks_of_html("<p>another page</p>" * 50))
    assert np.array_equal(first, features_of(page).matrix)


def test_named_features_say_what_they_say() -> None:
    page = blocks_of_html(
        "<title>Opening</title><body class=home><div class=comment-list><p>a</p><p>b c</p></div>"
        "<p>Opening</p><p>one two three four five</p>"
    )
    rows = features_of(page).matrix
    column = {name: rows[:, k].tolist() for k, name in enumerate(FEATURES)}
    assert column["around:comment"] == [1, 1, 0, 0]
    assert column["own:<p>"] == [1, 1, 1, 1]
    assert column["title_recall"] == [0, 0, 1, 0]


def test_lines_have_features_too() -> None:
    rows = features_of(columns_of_lines(["a", "b", "c"], [False, True, True])).matrix
    assert rows[:, FEATURES.index("own:<li>")].tolist() == [0, 1, 1]


def test_nul_in_a_line_is_a_blank() -> None:
    with_nul = features_of(columns_of_lines(["a\0b", "c"], [False, False])).matrix
    assert np.array_equal(with_nul, features_of(columns_of_lines(["a b", "c"], [False] * 2)).matrix)


def test_elements_of_other_tags_are_not_alike_whatever_their_names() -> None:
    # The third name on a paragraph and none on an item: their numbers differ by their last bits.
    page = features_of(blocks_of_html("<b class=a></b><b class=b></b><p class=c>one<li>two"))
    alike = page.matrix[:, FEATURES.index("alike")]
    assert alike.tolist() == [np.float32(np.log1p(1))] * 2
