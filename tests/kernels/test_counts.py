"""What is counted in a text."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.kernels import tokens
from dedup.kernels.counts import COUNTS, measure
from dedup.text.fold import fold_table
from tests.strategies import texts


def counted(title: str, *texts: str) -> list[dict[str, float]]:
    data = "\0".join((title, *texts)).encode(errors="surrogatepass")
    counts = np.zeros((len(texts) + 1, len(COUNTS)), np.float32)
    measure(
        np.frombuffer(data, np.uint8), fold_table(), counts, np.zeros(len(texts) + 1, np.uint64)
    )
    return [dict(zip(COUNTS, map(float, row), strict=True)) for row in counts[1:]]


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


@given(st.one_of(texts, st.text(st.characters(), max_size=40)))
@example("ﬁne ㈱ １２ e\u0301\u200b한국어 don't ½ ﷺ \u0903 ไทย")
def test_a_token_is_what_the_fold_table_says(text: str) -> None:
    text = text.replace("\0", " ")
    (row,) = counted("", text)
    data = np.frombuffer(text.encode(errors="surrogatepass"), np.uint8)
    assert row["tokens"] == tokens.count(data, fold_table())
    assert row["chars"] == len(text)


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


def test_arrays_of_another_size_are_refused() -> None:
    text = np.frombuffer(b"a\0b", np.uint8)
    with pytest.raises(ValueError, match="2 texts"):
        measure(text, fold_table(), np.zeros((1, len(COUNTS)), np.float32), np.zeros(1, np.uint64))
    with pytest.raises(ValueError, match="2 texts"):
        measure(text, fold_table(), np.zeros((2, 3), np.float32), np.zeros(2, np.uint64))
    short = (np.zeros(9, np.uint32), np.zeros(9, np.uint32))
    with pytest.raises(ValueError, match="fold table"):
        measure(text, short, np.zeros((2, len(COUNTS)), np.float32), np.zeros(2, np.uint64))


def test_the_last_character_may_be_cut_off() -> None:
    data = np.frombuffer("中".encode()[:2], np.uint8)
    counts = np.zeros((1, len(COUNTS)), np.float32)
    measure(data, fold_table(), counts, np.zeros(1, np.uint64))
    assert counts[0, COUNTS["chars"]] == 1


@pytest.mark.parametrize(
    "text",
    [b"\xc0\x80" * 50, b"\x80\x80", b"a\xc0", b"\xe4\0\0b", b"\xf0\0", b"\xc0\x80\0\xe4\xb8"],
)
def test_only_a_nul_byte_ends_a_text(text: bytes) -> None:
    rows = text.count(b"\0") + 1
    counts = np.full((rows + 1, len(COUNTS)), -1, np.float32)
    hashes = np.zeros(rows + 1, np.uint64)
    measure(np.frombuffer(text, np.uint8), fold_table(), counts[:rows], hashes[:rows])
    assert (counts[:rows] >= 0).all()
    assert (counts[rows] == -1).all()


def test_nothing_folds_to_the_code_that_ends_a_text() -> None:
    """`measure` writes a row at each code 0: only the NUL bytes that it has counted are these."""
    entries, extra = (np.asarray(part) for part in fold_table()[:2])
    codes, roles = entries & 0x1FFFFF, entries >> 28
    assert set(roles[codes == 0].tolist()) <= {4, 5, 6}  # marks, ignored, and expanded
    at = 0
    while at < extra.size:
        last = at + 1 + int(extra[at])
        assert (extra[at + 1 : last] & 0x1FFFFF).all()
        at = last
