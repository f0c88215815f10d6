"""The registry of peers: each that is installed does its task."""

import pytest

from benchmarks.peers import FINDERS, finders
from benchmarks.texts import made_up
from dedup.evaluate.peers import CLEANERS, cleaners, quietly

STORY = (
    "<p>The ferry that sails at noon is the one that we have seen in the harbour, and nobody of"
    " those who were there at the time has said when it will be back from the other side of the"
    " bay, or what it is that they had on board when it was seen for the last time.</p>"
) * 4
PAGE = f"<html><head><title>Ferry</title></head><body><article>{STORY}</article></body></html>"


@pytest.mark.parametrize("name", CLEANERS)
def test_cleaners_find_an_article(name: str) -> None:
    for extract in cleaners([name]).values():
        assert "sails at noon" in extract(PAGE.encode())


@pytest.mark.parametrize("name", FINDERS)
def test_finders_pair_two_copies_and_nothing_else(name: str) -> None:
    texts = made_up(True, 3)
    for find in finders([name]).values():
        assert find([*texts, texts[1]], True) == {(1, 3)}


def test_a_cleaner_that_fails_gives_no_text() -> None:
    def fail(html: bytes) -> str:
        raise ValueError(html)

    assert quietly(fail, b"") == ""
