import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import TextSettings
from dedup.errors import InputError, SettingsError
from dedup.text.fold import fold
from dedup.text.shingles import fold_key, pack, shingle_hashes, shingles, token_spans
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


def test_tokens_are_words_or_characters():
    counts = shingles(["don't stop", "中国人", "한국어 말", "ภาษาไทย", "かな漢字", "!? 。"]).tokens
    assert counts.tolist() == [3, 3, 2, 7, 4, 0]


def test_order_of_marks_does_not_matter():
    assert hashes("ệ", shingle=1) == hashes("e\u0302\u0323", shingle=1)
    assert hashes("e\u0302", shingle=1) != hashes("e\u0323", shingle=1)


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


def test_arrow_data_is_not_copied():
    array = pa.array(["some text", "more"])
    assert pack(array).data.ctypes.data == array.buffers()[2].address


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


def test_packing_goes_on_from_block_to_block():
    many = [f"text {i} é\ud800" for i in range(2 * 4096 + 1)]
    packed = pack(iter(many))
    raw = packed.data.tobytes()
    begins, ends = packed.offsets[:-1].tolist(), packed.offsets[1:].tolist()
    pieces = [raw[a:b].decode("utf-8", "surrogatepass") for a, b in zip(begins, ends, strict=True)]
    assert pieces == many


def test_the_place_of_what_is_no_text_is_told():
    with pytest.raises(InputError, match="text 5000 is no str but NoneType"):
        pack(["a"] * 5000 + [None])


@pytest.mark.parametrize(
    "column", [pa.array(["中", None, "a"]), pa.array(["中", None, "a"], pa.large_string())]
)
def test_arrow_columns_of_every_layout(column):
    expected = [0, 3, 3, 4]
    for same in (
        column,
        pa.chunked_array([column.slice(0, 1), column.slice(1)]),
        column.dictionary_encode(),
        pa.concat_arrays([column, column]).slice(0, 3),
    ):
        assert pack(same).offsets.tolist() == expected


@pytest.mark.parametrize("column", [pa.array([1, 2]), pa.array([b"a"]), pa.table({"a": ["b"]})])
def test_arrow_columns_of_something_else_are_refused(column):
    with pytest.raises(InputError, match="strings"):
        pack(column)
