"""The kernels of one text against what their predecessors made of the same bytes.

``tests/oracle/text/kernels.npz`` was recorded from the kernels of commit 5644d55 (compiled by
numba), called as below: on texts of generated words with signs between them (0 to 2,600 tokens,
so that some need several batches), of Chinese characters drawn at random with punctuation, of both
mixed with code points that fold oddly (marks, ligatures, halfwidth kana, invisible ones, planes 2,
14 and 16), on 30 such texts with bytes cut out and put in, and on ends of broken UTF-8.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels import shingles, sketch, tokens
from dedup.text.fold import fold_table
from dedup.text.sketch import SAMPLING, borrowing

FOLD = fold_table()


@pytest.fixture(scope="module")
def recorded():
    return np.load(Path(__file__).parents[1] / "oracle" / "text" / "kernels.npz")


def bounds(recorded):
    return recorded["data"], recorded["offsets"][:-1], recorded["offsets"][1:]


def test_shingles_have_the_same_bits_as_recorded(recorded):
    hashes, offsets, keys, counts = shingles.shingles(bounds(recorded), FOLD, 5)
    assert np.array_equal(hashes, recorded["hashes"])
    assert np.array_equal(offsets, recorded["hash_offsets"])
    assert np.array_equal(keys, recorded["keys"])
    assert np.array_equal(counts, recorded["tokens"])


def test_sketches_and_samples_have_the_same_bits_as_recorded(recorded):
    values, samples, offsets, keys, counts, sizes = sketch.sketches(
        bounds(recorded), FOLD, 5, borrowing(256), SAMPLING - 1
    )
    assert np.array_equal(values, recorded["values"])
    assert np.array_equal(samples, recorded["samples"])
    assert np.array_equal(offsets, recorded["sample_offsets"])
    assert np.array_equal(keys, recorded["keys"])
    assert np.array_equal(counts, recorded["tokens"])
    assert np.array_equal(sizes, np.diff(recorded["offsets"]))
    small = sketch.sketches(bounds(recorded), FOLD, 3, borrowing(64), SAMPLING - 1)[0]
    assert np.array_equal(small, recorded["values_64"])


def test_bands_have_the_same_bits_as_recorded(recorded):
    keys = np.zeros((42, len(recorded["values"]) + 3), np.uint64)
    sketch.band_keys(recorded["values"], 6, keys, 2)
    assert np.array_equal(keys[::6, 2:-1], recorded["bands"])
    assert not keys[:, [0, 1, -1]].any()


def test_spans_are_those_recorded_and_as_many_as_counted(recorded):
    data, begins, ends = bounds(recorded)
    found = [tokens.spans(data[a:b], FOLD) for a, b in zip(begins, ends, strict=True)]
    assert np.array_equal(np.concatenate([starts for starts, _ in found]), recorded["starts"])
    assert np.array_equal(np.concatenate([stops for _, stops in found]), recorded["ends"])
    counts = [tokens.count(data[a:b], FOLD) for a, b in zip(begins, ends, strict=True)]
    assert counts == recorded["tokens"].tolist()


@given(st.binary(max_size=60))
def test_any_bytes_are_counted_alike_wherever_they_lie(raw):
    data = np.frombuffer(b"ab " + raw + b" cd", np.uint8)
    alone = np.frombuffer(raw, np.uint8)
    inside = shingles.shingles((data, np.array([3]), np.array([3 + len(raw)])), FOLD, 1)
    assert (
        inside[0].tolist()
        == shingles.shingles((alone, np.array([0]), np.array([alone.size])), FOLD, 1)[0].tolist()
    )
    assert inside[3][0] == tokens.count(alone, FOLD) == tokens.spans(alone, FOLD)[0].size


@pytest.mark.parametrize(("begin", "end"), [(-1, 2), (0, 4), (2, 1)])
def test_texts_outside_of_the_data_are_refused(begin, end):
    data = np.frombuffer(b"abc", np.uint8)
    with pytest.raises(ValueError, match="outside"):
        shingles.shingles((data, np.array([begin]), np.array([end])), FOLD, 5)


def test_a_fold_table_that_points_outside_does_no_harm():
    entries = FOLD.entries.copy()
    entries[ord("é")] = 6 << 28 | 0x1FFFFF  # far past the end of the extra table
    entries[ord("è")] = 6 << 28  # what it expands to, expands to itself
    extra = np.array([3, 6 << 28, 6 << 28, 2 << 28 | ord("e")], np.uint32)
    data = np.frombuffer("é è".encode(), np.uint8)
    assert tokens.count(data, (entries, extra)) == 1
    with pytest.raises(ValueError, match="too short"):
        tokens.count(data, (entries[:100], extra))


@given(st.lists(st.text(st.characters(), max_size=40), max_size=5))
def test_strings_have_the_shingles_of_their_bytes(texts):
    texts.append("é" * 70_000)  # is held as bytes
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([len(data) for data in encoded], dtype=np.int64)
    begins = np.concatenate(([0], ends[:-1]))
    columns = (np.frombuffer(b"".join(encoded), np.uint8), begins, ends)
    for one, two in zip(
        shingles.shingles(texts, FOLD, 1), shingles.shingles(columns, FOLD, 1), strict=True
    ):
        assert np.array_equal(one, two)
    sizes = sketch.sketches(texts, FOLD, 1, borrowing(8), 0)[-1]
    assert sizes.tolist() == [len(data) for data in encoded]


def test_what_is_no_string_is_refused():
    with pytest.raises(TypeError, match="text 1 is no str but bytes"):
        shingles.shingles(["a", b"b"], FOLD, 1)
