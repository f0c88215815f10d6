import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import Index, IndexSettings, NearSettings, Settings, compare, find_duplicates
from dedup.model import Relation
from dedup.near.relation import KINDS, relate, relation_of

NEAR = NearSettings()


def pair(size_a, size_b, shared):
    """Two texts of so many distinct shingles, of which they share so many, at the front."""
    common = [f"c{i}" for i in range(shared + 4)]
    return tuple(
        " ".join(common + [f"{name}{i}" for i in range(size - shared)])
        for name, size in (("a", size_a), ("b", size_b))
    )


@pytest.mark.parametrize(
    ("sizes", "kind"),
    [
        ((29, 30, 24), Relation.CONTAINS),  # the text of 30 lies in the other: 24 of 30
        ((29, 30, 23), Relation.NONE),
        ((29, 40, 29), Relation.NONE),  # what lies in the other is too short
        ((30, 40, 24), Relation.CONTAINS),
        ((30, 40, 23), Relation.NONE),
        ((30, 30, 27), Relation.NEAR),
        ((29, 29, 24), Relation.NONE),
    ],
)
def test_everybody_decides_alike_at_the_border(sizes, kind):
    a, b = pair(*sizes)
    assert compare(a, b).kind is kind
    assert compare(b, a).kind is kind
    found = find_duplicates([a, b])
    assert [m.kind for m in [*found.matches, *found.excerpts]] == [kind] * (
        kind is not Relation.NONE
    )
    with Index(":memory:", Settings(index=IndexSettings(content="texts"))) as index:
        index.add("b", b)
        assert [m.kind for m in index.query(a)] == [kind] * (kind is not Relation.NONE)


def test_the_text_that_is_contained_comes_first():
    a, b = pair(29, 30, 24)  # of a the larger share is in b, but a is too short to be an excerpt
    (match,) = find_duplicates([a, b]).excerpts
    assert (match.a, match.b) == (1, 0)


def test_a_text_too_short_to_be_contained_is_new():
    a, b = pair(29, 30, 24)
    with Index(":memory:", Settings(index=IndexSettings(content="texts"))) as index:
        assert index.admit_many([("b", b), ("a", a)]) == [None, None]
    with Index(":memory:", Settings(index=IndexSettings(content="texts"))) as index:
        assert [seen is None for seen in index.admit_many([("a", a), ("b", b)])] == [True, False]


@given(st.integers(0, 60), st.integers(0, 60), st.data())
def test_many_pairs_are_decided_as_each_alone(size_a, size_b, data):
    shared = data.draw(st.integers(0, min(size_a, size_b)))
    one = relation_of(size_a, size_b, shared, NEAR)
    many = relate(*(np.array([n]) for n in (size_a, size_b, shared)), NEAR)
    assert KINDS[many.kind[0]] is one
    other = relate(*(np.array([n]) for n in (size_b, size_a, shared)), NEAR)
    assert KINDS[other.kind[0]] is one
    assert (many.a_inside[0], many.b_inside[0]) == (other.b_inside[0], other.a_inside[0])
