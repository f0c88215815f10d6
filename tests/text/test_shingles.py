import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import TextSettings
from dedup.errors import SettingsError
from dedup.text.fold import fold
from dedup.text.shingles import fold_key, pack, shingle_hashes, shingles
from tests.strategies import texts


def hashes(text, **settings):
    return shingle_hashes([text], TextSettings(**settings))[0].tolist()


@given(texts)
def test_shingles_of_the_folded_text_are_the_same(text):
    assert hashes(text, shingle=2) == hashes(fold(text), shingle=2)
    assert fold_key(text) == fold_key(fold(text))


@given(texts, st.text("abcXYZ019é ", max_size=30))
def test_where_a_text_stands_does_not_matter(text, words):
    one = words + " " + text
    alone = shingles([one], TextSettings(shingle=1))
    padded = shingles(["x", one + " " * 20, "y"], TextSettings(shingle=1))
    assert alone.of(0).tolist() == padded.of(1).tolist()
    assert alone.keys[0].tolist() == padded.keys[1].tolist()


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 24, 100])
def test_words_of_any_length_fold_alike(length):
    word = ("aZ09" * 30)[:length]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in word)
    seen = {tuple(hashes(form, shingle=1)) for form in (word, word.lower() + "  " * 9, wide)}
    assert len(seen) == 1
    others = {tuple(hashes(word[:i] + "q" + word[i + 1 :], shingle=1)) for i in range(length)}
    assert len(others | seen) == length + 1


def test_order_of_marks_does_not_matter():
    assert hashes("ệ", shingle=1) == hashes("e\u0302\u0323", shingle=1)
    assert hashes("e\u0302", shingle=1) != hashes("e\u0323", shingle=1)


def test_arrow_arrays_of_every_kind_are_read():
    words = ["eins zwei", None, "", "中国"]
    plain = ["eins zwei", "", "", "中国"]
    expected = shingles(plain, TextSettings(shingle=1))
    for array in (
        pa.array(words),
        pa.array(words, pa.large_string()),
        pa.array(["cut", *words])[1:],
        pa.chunked_array([words[:2], words[2:]]),
        pa.array(words).dictionary_encode(),
    ):
        assert shingles(array, TextSettings(shingle=1)).hashes.tolist() == expected.hashes.tolist()
    assert len(pack(pa.array([], pa.string()))) == 0


@given(st.lists(st.binary(max_size=12), max_size=4))
def test_bytes_that_are_no_text_do_no_harm(parts):
    array = pa.Array.from_buffers(
        pa.string(),
        len(parts),
        [
            None,
            pa.py_buffer(np.cumsum([0, *map(len, parts)], dtype=np.int32).tobytes()),
            pa.py_buffer(b"".join(parts)),
        ],
    )
    assert shingles(array).tokens.size == len(parts)


def test_shingle_of_no_token_is_refused():
    with pytest.raises(SettingsError, match="shingle"):
        shingles(["a"], TextSettings(shingle=0))
