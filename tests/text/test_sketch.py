import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import TextSettings
from dedup.errors import SettingsError, SketchMismatchError
from dedup.text.shingles import shingles
from dedup.text.sketch import Sketch, borrowing, sketch_many


def words(rng, count):
    return [f"w{rng.randrange(10**9)}" for _ in range(count)]


def pair(rng, size, shared):
    """Two texts that share about this share of their words, at the front."""
    common = words(rng, int(size * shared))
    rest = size - len(common)
    return tuple(" ".join(common + words(rng, rest)) for _ in "ab")


def exact(a, b):
    one, other = (set(shingles([text]).hashes.tolist()) for text in (a, b))
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("size", [8, 30, 100, 300, 3000])
@pytest.mark.parametrize("shared", [0.3, 0.7, 0.9])
def test_estimates_are_unbiased_and_within_the_bound(size, shared):
    rng = random.Random(size)
    errors = []
    for _ in range(60):
        a, b = pair(rng, size, shared)
        errors.append(Sketch.of(a).jaccard(Sketch.of(b)) - exact(a, b))
    # Shrivastava 2017, theorem 2: no worse than one-permutation hashing's of as many shingles.
    bound = 0.5 / np.sqrt(min(256, size - 4))
    assert abs(np.mean(errors)) <= 3 * bound / np.sqrt(60) + 0.005
    assert np.sqrt(np.mean(np.square(errors))) <= 1.3 * bound


def naive(hashes, slots):
    """One-permutation hashing and borrowing, straight from the definition."""
    values = [0xFFFFFFFF] * slots
    bits = slots.bit_length() - 1
    for h in hashes.tolist():
        slot = h >> (64 - bits)
        values[slot] = min(values[slot], h >> (32 - bits) & 0xFFFFFFFF)
    full = [value != 0xFFFFFFFF for value in values]
    orders, _ = borrowing(slots)
    return [values[next(j for j in orders[slot].tolist() if full[j])] for slot in range(slots)]


@settings(deadline=None)
@given(st.integers(5, 700), st.sampled_from([16, 64, 256]))
def test_kernel_agrees_with_the_definition(size, slots):
    text = " ".join(words(random.Random(size), size))
    spec = TextSettings(slots=slots)
    assert sketch_many([text], spec).values[0].tolist() == naive(shingles([text]).hashes, slots)


def test_short_texts_are_like_nothing():
    assert Sketch.of("too short").jaccard(Sketch.of("too short")) == 0.0
    assert (Sketch.of("").values == 0xFFFFFFFF).all()


def test_containment_is_estimated():
    rng = random.Random(1)
    whole = words(rng, 2000)
    a, b = Sketch.of(" ".join(whole[:600])), Sketch.of(" ".join(whole))
    assert abs(a.containment(b) - 1) < 0.15
    assert abs(b.containment(a) - 0.3) < 0.1


def test_other_settings_do_not_compare():
    with pytest.raises(SketchMismatchError, match="same settings"):
        Sketch.of("a", TextSettings(slots=64)).jaccard(Sketch.of("a"))
    with pytest.raises(SettingsError, match="slots"):
        Sketch.of("a", TextSettings(slots=100))


def test_datasketch_gives_the_same_estimates_and_finds_our_sketches():
    from datasketch import MinHash, MinHashLSH

    rng = random.Random(2)
    a, b = pair(rng, 400, 0.95)
    ours, theirs = Sketch.of(a), Sketch.of(b)
    assert ours.to_datasketch().jaccard(theirs.to_datasketch()) == ours.jaccard(theirs)
    index = MinHashLSH(threshold=0.7, num_perm=256)
    index.insert("a", ours.to_datasketch())
    assert index.query(theirs.to_datasketch()) == ["a"]
    back = Sketch.from_datasketch(ours.to_datasketch(), ours.size)
    assert back.jaccard(ours) == 1.0
    assert back.size == ours.size
    with pytest.raises(SketchMismatchError, match="to_datasketch"):
        Sketch.from_datasketch(MinHash(num_perm=256), 1)


def test_estimates_agree_with_datasketch_on_the_same_shingles():
    from datasketch import MinHash

    rng = random.Random(3)
    for shared in (0.4, 0.8):
        a, b = pair(rng, 500, shared)
        minhashes = []
        for text in (a, b):
            minhash = MinHash(num_perm=256)
            minhash.update_batch([h.tobytes() for h in shingles([text]).hashes])
            minhashes.append(minhash)
        assert abs(minhashes[0].jaccard(minhashes[1]) - Sketch.of(a).jaccard(Sketch.of(b))) < 0.15
