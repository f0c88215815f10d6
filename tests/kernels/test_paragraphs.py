import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.paragraphs import paragraphs
from tests.support.uncompiled import uncompiled

RANGES = np.array([[0x1100, 0x115F], [0x3041, 0xA4CF], [0x20000, 0x3FFFD]], np.uint32)
PIECES = (
    *("会议指出", "，", "。", "ab", " ", "\n", "\n\n", "• ", "- ", "\u3000", "\r\n", "\0", "𠮷"),
    *("The committee met on Tuesday evening in the old town hall, and", ".", "”", "\ud800"),
)
TEXT = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@given(TEXT)
def test_compiled_and_uncompiled_agree(text: str) -> None:
    compiled = paragraphs(codes(text), RANGES)
    plain = uncompiled("paragraphs").paragraphs(codes(text), RANGES)
    for one, other in zip(compiled, plain, strict=True):
        assert np.array_equal(one, other)


@given(TEXT)
def test_every_line_that_is_not_blank_is_in_one_paragraph(text: str) -> None:
    data, offsets, places, _, firsts = paragraphs(codes(text), RANGES)
    blank = " \t\u3000\xa0\ufeff\x00\u200b\r"
    assert len(places) == sum(1 for line in text.split("\n") if line.strip(blank))
    assert firsts[0] == 0
    assert firsts[-1] == len(places)
    assert (np.diff(firsts) > 0).all()
    assert data.tobytes().count(0) == len(firsts) - 1 == len(offsets) - 1


def test_nothing_gives_nothing() -> None:
    data, offsets, places, flags, firsts = paragraphs(codes(" \n "), RANGES)
    assert (data.size, offsets.tolist(), places.shape, flags.size) == (0, [1], (0, 2), 0)
    assert firsts.tolist() == [0]
