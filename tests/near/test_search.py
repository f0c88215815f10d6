import random
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import NearSettings, Settings, find_duplicates
from dedup.errors import InputError, SettingsError
from dedup.model import Keep, Relation
from dedup.near.bands import Bands, band_pairs
from dedup.near.fingerprints import fingerprint
from dedup.near.verify import verify
from dedup.text.shingles import fold_keys, pack, shingles
from tests.strategies import corpora

SMALL = Settings(near=NearSettings(threshold=0.6, containment=0.7, excerpt=4))


def sentence(rng, count):
    return " ".join(f"w{rng.randrange(10**6)}" for _ in range(count))


def brute_force(texts, near):
    """Every near pair and every containment of texts that are no exact copies."""
    found = shingles(texts)
    sets = [set(found.of(i).tolist()) for i in range(len(texts))]
    keys = fold_keys(texts)
    pairs, excerpts = {}, {}
    for a, b in combinations(range(len(texts)), 2):
        shared = len(sets[a] & sets[b])
        if keys[a] == keys[b] or not shared:
            continue
        jaccard = shared / len(sets[a] | sets[b])
        if jaccard >= near.threshold:
            pairs[a, b] = jaccard
            continue
        for one, other in ((a, b), (b, a)):
            inside = shared / len(sets[one])
            if len(sets[one]) >= near.excerpt and inside >= near.containment:
                excerpts[one, other] = inside
    return pairs, excerpts


@settings(deadline=None)
@given(corpora())
def test_every_reported_figure_is_the_brute_force_one(texts):
    found = find_duplicates(texts, settings=SMALL)
    pairs, excerpts = brute_force(texts, SMALL.near)
    near = {(m.a, m.b): m.jaccard for m in found.matches if m.kind is Relation.NEAR}
    assert near.items() <= pairs.items()
    inside = {(m.a, m.b): m.containment_a for m in found.excerpts}
    assert inside.items() <= excerpts.items()


@settings(deadline=None)
@given(corpora())
def test_bands_miss_nothing_of_small_corpora(texts):
    found = find_duplicates(texts, settings=SMALL)
    heads = np.arange(len(texts))
    for match in found.matches:
        if match.kind is Relation.EXACT:
            heads[match.a] = match.b
    linked = {frozenset((m.a, m.b)) for m in found.matches}
    pairs, _ = brute_force(texts, SMALL.near)
    assert all({int(heads[a]), int(heads[b])} in linked for a, b in pairs)


@settings(deadline=None)
@given(corpora())
def test_clusters_are_disjoint_and_each_member_matches_the_kept(texts):
    found = find_duplicates(texts, settings=SMALL)
    clustered = [text for cluster in found for text in cluster]
    assert len(clustered) == len(set(clustered))
    assert set(np.flatnonzero(~found.keep)) <= set(clustered)
    linked = {frozenset((m.a, m.b)) for m in found.matches}
    heads = {m.a: m.b for m in found.matches if m.kind is Relation.EXACT}
    for cluster in found:
        assert found.keep[cluster.keep]
        for member in cluster.members:
            assert not found.keep[member]
            assert {heads.get(member, member), cluster.keep} in [*linked, {cluster.keep}]


@settings(deadline=None)
@given(corpora(), st.randoms(use_true_random=False))
def test_order_and_jobs_change_nothing(texts, rng):
    order = list(range(len(texts)))
    rng.shuffle(order)
    one = find_duplicates(texts, settings=SMALL)
    other = find_duplicates([texts[i] for i in order], jobs=3, settings=SMALL)

    def seen(found, place):
        kept = sorted(texts[place[i]] for i in np.flatnonzero(found.keep))
        groups = sorted(
            (texts[place[c.keep]], *sorted(texts[place[m]] for m in c.members)) for c in found
        )
        return kept, groups

    assert seen(one, list(range(len(texts)))) == seen(other, order)


def test_parts_of_a_corpus_give_the_same_candidates():
    rng = random.Random(5)
    texts = [sentence(rng, 60) for _ in range(30)]
    texts += [text + " more" for text in texts]
    bands, spec = Bands(42, 6), Settings().text
    whole = fingerprint(pack(texts), bands, spec)
    parts = [fingerprint(pack(texts[i : i + 7]), bands, spec) for i in range(0, 60, 7)]
    banded = np.concatenate([part.bands for part in parts], axis=1)
    every = np.arange(60)
    pairs = band_pairs(whole.bands, every, 64).pairs
    assert pairs.tolist() == band_pairs(banded, every, 64).pairs.tolist()
    samples = np.concatenate([part.samples for part in parts])
    assert samples.tolist() == whole.samples.tolist()
    assert sum(int(part.offsets[-1]) for part in parts) == whole.offsets[-1]
    assert verify(pack(texts), every, pairs, 0.8, spec).pairs.size == 30


def test_the_three_relations():
    rng = random.Random(1)
    base = sentence(rng, 200)
    texts = [base, base.upper() + "  ", base + " one word", sentence(rng, 300) + " " + base]
    found = find_duplicates(texts)
    kinds = {(m.a, m.b): m.kind for m in found.matches}
    assert kinds[0, 1] is Relation.EXACT  # of equals the longer one stands for both
    assert Relation.NEAR in kinds.values()
    assert {m.b for m in found.excerpts} == {3}
    assert [sorted(cluster) for cluster in found] == [[0, 1, 2]]
    joined = find_duplicates(texts, settings=Settings(near=NearSettings(join_excerpts=True)))
    assert [(c.keep, sorted(c)) for c in joined] == [(3, [0, 1, 2, 3])]


def test_what_is_kept():
    rng = random.Random(2)
    base = sentence(rng, 100)
    texts = [base, base + " a b", base + " c"]

    def kept(keep, order=None):
        spec = Settings(near=NearSettings(keep=keep))
        return [c.keep for c in find_duplicates(texts, order=order, settings=spec)]

    assert kept(Keep.LONGEST) == [1]
    assert kept(Keep.FIRST) == [0]
    assert kept(Keep.EARLIEST, ["2024-01-02", None, "2023-05-05"]) == [2]
    assert kept(Keep.PRIORITY, [1, 2, 9]) == [2]
    with pytest.raises(SettingsError, match="order="):
        kept(Keep.EARLIEST)
    with pytest.raises(SettingsError, match="ISO 8601"):
        kept(Keep.EARLIEST, ["yesterday", None, None])


def test_results_speak_the_ids_of_the_caller():
    rng = random.Random(3)
    text = sentence(rng, 50)
    found = find_duplicates(pa.array([text, text + " x"]), ids=["left", "right"])
    assert [list(cluster) for cluster in found] == [["right", "left"]]
    assert (found.matches[0].a, found.matches[0].b) == ("left", "right")
    with pytest.raises(SettingsError, match="one id for each"):
        find_duplicates(["a"], ids=[])


def test_wrong_thresholds_are_refused():
    with pytest.raises(SettingsError, match="threshold"):
        find_duplicates(["a"], 0.0)


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\n"], ["a b c"] * 3, ["\ud800 x", "x"]])
def test_nothing_much_is_no_trouble(texts):
    found = find_duplicates(texts)
    keys = fold_keys(texts)
    assert int(found.keep.sum()) == len(set(keys))


def test_many_copies_of_one_text():
    text = sentence(random.Random(4), 100)
    found = find_duplicates([text] * 20_000)
    (cluster,) = found
    assert len(cluster) == 20_000
    assert found.report.candidates == 0


def test_many_texts_of_one_template_are_told_apart_and_the_caps_reported():
    rng = random.Random(6)
    template = sentence(rng, 150)
    texts = [template + " " + sentence(rng, 100) for _ in range(5000)]
    texts += [texts[0] + " again", texts[17] + " again"]
    found = find_duplicates(texts)
    assert sorted(sorted(cluster) for cluster in found) == [[0, 5000], [17, 5001]]
    assert found.report.hot_samples > 0
    assert found.report.candidates < 20 * len(texts)


def test_a_family_of_thousands_is_one_cluster():
    rng = random.Random(7)
    base = sentence(rng, 300)
    found = find_duplicates([base + " " + sentence(rng, 5) for _ in range(3000)])
    assert [len(cluster) for cluster in found] == [3000]
    assert found.report.hot_bands > 0
    assert found.report.largest_band > 64


def test_short_texts_only_match_their_equals():
    rng = random.Random(8)
    texts = [" ".join(rng.choice("abcdef") for _ in range(rng.randint(1, 4))) for _ in range(3000)]
    found = find_duplicates(texts)
    assert int(found.keep.sum()) == len(set(texts))
    assert {m.kind for m in found.matches} == {Relation.EXACT}


def test_a_token_in_front_is_always_found():
    rng = random.Random(9)
    bases = [sentence(rng, 80) for _ in range(500)]
    found = find_duplicates([*bases, *("Update: " + base for base in bases)])
    assert sorted(sorted(cluster) for cluster in found) == [[i, i + 500] for i in range(500)]


def test_one_long_text_among_short_ones():
    rng = random.Random(10)
    parts = [sentence(rng, 60) for _ in range(300)]
    found = find_duplicates([*parts, " ".join(parts * 20)])
    assert {(m.a, m.b) for m in found.excerpts} == {(i, 300) for i in range(300)}


@pytest.mark.parametrize(
    "ids",
    [
        np.array(["left", "right"]),
        pa.array(["left", "right"]),
        (name for name in ["left", "right"]),
    ],
    ids=lambda ids: type(ids).__name__,
)
def test_ids_may_be_a_column_of_any_library(ids):
    text = sentence(random.Random(3), 50)
    (match,) = find_duplicates([text, text + " x"], ids=ids).matches
    assert (match.a, match.b) == ("left", "right")
    assert type(match.a) is str


def test_ids_of_a_pandas_series_are_read_by_position():
    pd = pytest.importorskip("pandas")
    ids = pd.Series(["left", "right"], index=[1, 0])
    assert find_duplicates(["same", "same"], ids=ids).matches[0].a == "right"


def test_ids_that_are_not_all_different_are_refused():
    with pytest.raises(SettingsError, match="'x' is given twice"):
        find_duplicates(["a", "b", "c"], ids=["x", "y", "x"])


def test_jobs_below_one_are_refused():
    with pytest.raises(SettingsError, match="jobs"):
        find_duplicates(["a"], jobs=0)


@pytest.mark.parametrize("keep", ["first", "priority"])
def test_the_rule_for_keeping_may_be_given_as_a_word(keep):
    text = sentence(random.Random(3), 50)
    spec = Settings(near=NearSettings(keep=keep))
    (cluster,) = find_duplicates([text, text + " x"], order=[2, 1], settings=spec)
    assert cluster.keep == 0


@pytest.mark.parametrize("texts", [["fine", None], [b"bytes"], b"bytes", "one text", [["nested"]]])
def test_what_is_no_text_is_named(texts):
    with pytest.raises(InputError, match="str"):
        find_duplicates(texts)


def test_candidates_do_not_depend_on_the_number_of_threads():
    rng = random.Random(11)
    parts = [sentence(rng, rng.randint(20, 250)) for _ in range(300)]
    texts = [*parts, *(rng.choice(parts) + " " + rng.choice(parts) for _ in range(300))]
    one = find_duplicates(texts)
    for jobs in (2, 3, 7):
        other = find_duplicates(texts, jobs=jobs)
        assert other.report == one.report
        assert list(other.matches) == list(one.matches)
        assert list(other.excerpts) == list(one.excerpts)


def test_progress_counts_up_to_all_texts_and_pairs():
    rng = random.Random(12)
    texts = [sentence(rng, 60) for _ in range(1200)]
    texts += [text + " more" for text in texts]
    seen = {}

    def progress(unit, done, total):
        assert seen.get(unit, 0) < done <= total
        seen[unit] = done

    found = find_duplicates(texts, jobs=2, progress=progress)
    assert seen == {"texts": 2400, "pairs": found.report.candidates}
