"""Fingerprints of blocks: what is folded away, and what is not."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus.templates.fingerprint import fold


def slowly(text: str) -> str:
    """The definition of `fold`, without its short cut for ASCII."""
    folded = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    masked, runs = re.subn(r"\d+", "0", folded)
    letters = len(masked) - runs
    return masked if letters > len(folded) - letters else folded


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_ascii_is_folded_as_any_text(text: str) -> None:
    assert fold(text) == slowly(text)


@given(st.text(max_size=60))
def test_other_texts_too(text: str) -> None:
    assert fold(text) == slowly(text)


def test_every_ascii_character_alone() -> None:
    assert [fold(f"a{chr(code)}b") for code in range(128)] == [
        slowly(f"a{chr(code)}b") for code in range(128)
    ]
