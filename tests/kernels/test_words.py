"""Plain words, read 64 bytes at a time, against text that is read code point by code point."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels import shingles
from dedup.text.fold import fold_table
from dedup.text.tables import CLASS_SHIFT, Role

FOLD = fold_table()
WORDS = st.text(st.sampled_from("aZ09xyKq") | st.sampled_from(" ,.-\n\t\x7f_é中“"), max_size=400)


def cut(text):
    """Hashes, keys and the number of tokens of one text."""
    data = np.frombuffer(text.encode(), np.uint8)
    bounds = (data, np.array([0]), np.array([data.size]))
    hashes, _, keys, counts = shingles.shingles(bounds, FOLD, 3)
    return hashes.tolist(), keys.tolist(), counts.tolist()


def test_ascii_letters_and_digits_are_words_and_all_else_symbols_or_space():
    roles = FOLD.entries[:128] >> CLASS_SHIFT
    for code, role in enumerate(roles.tolist()):
        expected = {Role.WORD} if chr(code).isalnum() else {Role.SPACE, Role.BREAK}
        assert role in expected
        shown = 0x20 < code < 0x7F and not chr(code).isalnum()
        assert (role == Role.BREAK) == shown


@given(WORDS)
def test_a_text_has_the_same_tokens_as_one_that_is_read_by_code_points(text):
    """A mark that is ignored before each character keeps words from being read as plain."""
    ignored = "\u200b".join(text)
    assert cut(text) == cut(ignored)


@given(st.integers(1, 200), st.integers(0, 70))
def test_words_of_any_length_at_any_place(size, before):
    text = " " * before + "w" * size + " then more words follow it, " * 6
    assert cut(text) == cut("\u200b".join(text))
