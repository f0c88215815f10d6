import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.columns import Strings, Texts
from dedup.errors import InputError
from dedup.text.shingles import pack

any_texts = st.lists(st.text(st.characters(), max_size=8), max_size=20)


@given(any_texts, st.data())
def test_strings_give_the_bytes_that_columns_hold(texts, data):
    columns, strings = Texts.from_strings(texts), Strings(texts)
    assert len(columns) == len(strings) == len(texts)
    assert list(columns) == texts
    first = data.draw(st.integers(0, len(texts)))
    last = data.draw(st.integers(first, len(texts)))
    places = np.array(data.draw(st.permutations(range(len(texts)))), np.int64)
    for expected, raw in (
        (texts[first:last], strings.between(first, last)),
        (texts[first:last], _strings(columns.between(first, last))),
        ([texts[i] for i in places], strings.taken(places)),
        ([texts[i] for i in places], _strings(columns.taken(places))),
    ):
        assert raw == expected
    for i, text in enumerate(texts):
        encoded = text.encode("utf-8", "surrogatepass")
        assert bytes(strings.encoded(i)) == bytes(columns.encoded(i)) == encoded


def _strings(raw):
    data, begins, ends = raw
    return [
        data[a:b].tobytes().decode("utf-8", "surrogatepass")
        for a, b in zip(begins, ends, strict=True)
    ]


@given(st.lists(st.text(max_size=8), max_size=20), st.data())
def test_arrow_and_back(texts, data):
    column = Texts.from_strings(texts).to_arrow()
    assert column.to_pylist() == texts
    first = data.draw(st.integers(0, len(texts)))
    assert list(Texts.from_arrow(column[first:])) == texts[first:]


def test_neither_way_copies_the_data():
    array = pa.array(["some text", "more"], pa.large_string())
    texts = Texts.from_arrow(array)
    assert texts.data.ctypes.data == array.buffers()[2].address
    assert texts.to_arrow().buffers()[2].address == array.buffers()[2].address


@pytest.mark.parametrize("make", [Texts.from_strings, Strings])
@pytest.mark.parametrize("texts", ["one", ["a", b"b"], [None]])
def test_what_is_no_list_of_texts_is_refused(make, texts):
    with pytest.raises(InputError, match=r"give (a list|each)"):
        make(texts)


def test_arrow_data_is_not_copied():
    array = pa.array(["some text", "more"])
    assert pack(array).data.ctypes.data == array.buffers()[2].address


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
