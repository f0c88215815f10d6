import itertools

import pytest
from hypothesis import given

from dedup import NearSettings, Relation, Settings, TextSettings, compare
from dedup.text.shingles import fold_key, shingles
from tests.seeds import bodies, needs_seeds
from tests.strategies import corpora, texts


@needs_seeds
def test_seeds_only_the_republished_page_is_related():
    pages = bodies()
    for a, b in itertools.combinations(pages, 2):
        match = compare(pages[a], pages[b])
        most = max(match.containment_a, match.containment_b)
        if (a, b) == ("000", "003"):
            assert match.containment_b >= 0.85
            assert match.kind is Relation.CONTAINS
        else:
            assert most <= 0.25
            assert match.kind is Relation.NONE


@needs_seeds
def test_seeds_agree_still_more_with_regional_vocabulary_folded():
    pages = bodies()
    settings = Settings(text=TextSettings(phrases=True))
    match = compare(pages["000"], pages["003"], settings)
    assert match.containment_b >= 0.9


@given(corpora(most=2), texts)
def test_compare_is_symmetric(pair, extra):
    a, b = [*pair, extra, extra][:2]
    one, other = compare(a, b), compare(b, a)
    assert (one.jaccard, one.kind) == (other.jaccard, other.kind)
    assert (one.containment_a, one.containment_b) == (other.containment_b, other.containment_a)
    swapped = {(p.b, p.a) for p in other.passages}
    assert {(p.a, p.b) for p in one.passages} == swapped


@given(corpora(most=2))
def test_figures_are_those_of_the_sets(pair):
    a, b = [*pair, "", ""][:2]
    one, other = (set(shingles([text]).hashes.tolist()) for text in (a, b))
    match = compare(a, b)
    if fold_key(a) == fold_key(b):
        assert match.kind is Relation.EXACT
        assert match.jaccard == 1
    elif one | other:
        assert match.jaccard == len(one & other) / len(one | other)
        assert match.containment_a == (len(one & other) / len(one) if one else 0)
    else:
        assert match.jaccard == 0


@given(corpora(most=2))
def test_passages_agree_after_folding(pair):
    a, b = [*pair, "", ""][:2]
    settings = TextSettings()
    if min(shingles([a, b]).tokens) < settings.shingle:
        return
    end = 0
    passages = compare(a, b).passages
    for passage in passages if len(a) > len(b) else ():
        assert passage.a.start >= end
        end = passage.a.end
    for passage in passages:
        left, right = a[passage.a.start : passage.a.end], b[passage.b.start : passage.b.end]
        assert shingles([left]).hashes.tolist() == shingles([right]).hashes.tolist() != []


def test_spans_point_into_the_originals():
    a = "前言。" + "2022年長三角地區主要領導座談會" + "在上海舉行"
    b = "长三角 地区,主要领导座谈会!"
    (passage,) = compare(a, b).passages
    assert a[passage.a.start : passage.a.end] == "長三角地區主要領導座談會"
    assert b[passage.b.start : passage.b.end] == "长三角 地区,主要领导座谈会"


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("", "", Relation.EXACT),
        ("中国", "中國", Relation.EXACT),
        ("C++", "C#", Relation.NONE),
        ("one two", "one two three", Relation.NONE),
        ("👍", "👎", Relation.NONE),
    ],
)
def test_short_texts_agree_only_when_equal(a, b, kind):
    assert compare(a, b).kind is kind


def test_short_excerpts_do_not_count_as_contained():
    words = [f"w{i}" for i in range(200)]
    inside = " ".join(words[:20])
    assert compare(inside, " ".join(words)).kind is Relation.NONE
    settings = Settings(near=NearSettings(excerpt=10))
    assert compare(inside, " ".join(words), settings).kind is Relation.CONTAINS


def test_repetitive_texts_are_compared_in_linear_time():
    match = compare("a b " * 20_000, "a b " * 10_000 + "c")
    assert match.containment_a == 1.0
