"""The suite of near-duplicates counts what is there."""

import pytest

from benchmarks.internals.near import bands_for
from benchmarks.suites import near
from benchmarks.texts import made_up
from benchmarks.truth import near_pairs, shingle_sets
from dedup import find_duplicates
from tests.support.planting import Corpus, plant


def test_the_bands_do_what_the_formula_says() -> None:
    bands = bands_for(near.THRESHOLD, 256)
    for similarity in (0.3, 0.5, 0.8):
        counted = near.collisions(similarity, bands, 300)
        # Of 300 pairs: three standard errors, and a little for similarity that is not exact.
        assert counted == pytest.approx(bands.chance(similarity), abs=0.12)


def test_planted_copies_are_counted_by_their_pairs() -> None:
    corpus = plant(made_up(True, 20), True, 1.0)
    kind = corpus.planted[0][2]
    judge = near.Judge(corpus, shingle_sets(corpus.texts), set())
    pairs = {(min(a, b), max(a, b)) for a, b, this in corpus.planted if this == kind}
    assert judge.kind_among(kind, pairs).value == 1
    assert judge.kind_among(kind, set()).value == 0


def test_recall_precision_and_kinds_of_a_corpus_known_by_heart() -> None:
    base, other = made_up(True, 2)
    texts = [base, base, base + " one more word", other]
    corpus = Corpus(texts, [(1, 0, "exact"), (2, 0, "near"), (3, 0, "unlike")])
    sets = shingle_sets(texts)
    judge = near.Judge(corpus, sets, set(near_pairs(sets, 0.8)))
    assert judge.truth == {(0, 1), (0, 2), (1, 2)}
    found = find_duplicates(texts)
    recall, precision = judge.pairs(found)
    assert (recall.value, recall.count) == (1.0, 3)
    assert (precision.value, precision.count) == (1.0, 1)
    kinds = {kind: estimate.value for kind, estimate in judge.kinds(found).items()}
    assert kinds == {"exact": 1.0, "near": 1.0, "unlike": 0.0}
    recall, _ = judge.pairs(find_duplicates([base, "a", "b", other]))
    assert recall.value == 0
