"""Words looked for at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.patterns import Words, shapes


def groups(text: str, *words: tuple[str, int, bool, bool]) -> list[int]:
    keys = "".join(word + "\0" for word, *_ in words).encode()
    bits = np.array([group for _, group, *_ in words], np.uint8)
    needs = np.array([begins + 2 * ends for *_, begins, ends in words], np.uint8)
    masks = np.zeros(text.count("\0") + 1, np.uint64)
    Words(np.frombuffer(keys, np.uint8), bits, needs).find(
        np.frombuffer(text.encode(), np.uint8), masks
    )
    return [int(mask) for mask in masks]


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
def test_the_trie_finds_what_a_search_finds(words: list[str], text: str) -> None:
    found = groups(text, *((word, bit, False, False) for bit, word in enumerate(words)))
    assert found == [sum((word in text) << bit for bit, word in enumerate(words))]


def test_a_word_that_begins_with_a_letter_and_is_not_latin_is_found_inside_words() -> None:
    assert groups("Tomás leído", ("más leído", 0, False, False)) == [1]
    assert groups("xpré", ("pré", 3, True, True)) == [0]


def test_words_that_do_not_belong_together_are_refused() -> None:
    one = np.zeros(1, np.uint8)
    with pytest.raises(ValueError, match="NUL"):
        Words(np.frombuffer(b"ab", np.uint8), one, one)
    with pytest.raises(ValueError, match="64"):
        Words(np.frombuffer(b"ab\0", np.uint8), one + 64, one)


def test_the_shape_of_a_name_has_no_digits_and_no_id() -> None:
    out = np.zeros(4, np.uint64)
    shapes(np.frombuffer(b"item12\0item3#x\0item\0items", np.uint8), out)
    assert len(set(out.tolist())) == 2
    assert out[0] == out[1] == out[2]
