import numpy as np
from hypothesis import given

from dedup import TextSettings
from dedup.text.shingles import shingles
from dedup.text.tokens import count_tokens, token_spans
from tests.strategies import texts


def test_tokens_are_words_or_characters():
    counts = shingles(["don't stop", "中国人", "한국어 말", "ภาษาไทย", "かな漢字", "!? 。"]).tokens
    assert counts.tolist() == [3, 3, 2, 7, 4, 0]


@given(texts)
def test_spans_point_at_the_tokens_of_the_original(text):
    starts, ends = token_spans(text)
    assert starts.size == shingles([text]).tokens[0]
    assert (starts < ends).all()
    assert ends.max(initial=0) <= len(text)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        assert shingles([text[start:end]]).tokens[0] >= 1


def test_spans_survive_phrases_of_other_lengths():
    text = "前面 AB 滑鼠與計程車,程式設計師 後面"
    starts, ends = token_spans(text, TextSettings(phrases=True))
    assert (np.diff(starts) >= 0).all()
    assert text[starts[-2] : ends[-1]] == "後面"


def test_characters_outside_the_first_plane_are_tokens_of_their_own():
    assert count_tokens("𠮷𠮷𠮷") == 3


@given(texts)
def test_tokens_are_counted_as_they_are_cut(text):
    assert count_tokens(text) == shingles([text]).tokens[0]
