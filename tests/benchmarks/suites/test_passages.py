"""The suite of passages: what is planted is found, and what it makes is what it says."""

import pytest

from benchmarks.suites.passages import found_of_planted, made
from benchmarks.texts import NO_TEXTS, there
from dedup import find_passages

needs_texts = pytest.mark.skipif(not there(), reason=NO_TEXTS)


@needs_texts
@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_planted_passages_are_found(language: str) -> None:
    hits, planted = found_of_planted(language, 40)
    assert hits == planted > 20


@needs_texts
def test_about_a_tenth_of_what_is_made_holds_a_copy() -> None:
    texts = list(made("zh", 1))
    found = find_passages(texts)
    assert 0.05 < sum(share > 0 for share in found.shares) / len(texts) < 0.35
