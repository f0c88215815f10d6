"""Frozen values: equal, hashed and shown by their fields; settings shown by what differs."""

import inspect
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest

import dedup
from dedup import Match, PageSettings, Relation, Seen, Settings, TextSettings
from dedup.config import Favor
from dedup.model import Passage, Span


def test_values_are_equal_by_class_and_fields() -> None:
    assert Span(1, 2) == Span(1, 2)
    assert Span(1, 2) != Span(1, 3)
    assert Span(1, 2) != Passage(Span(1, 2), Span(1, 2))
    assert len({Span(1, 2), Span(1, 2), Span(2, 1)}) == 2


def test_a_subclass_with_the_same_fields_differs() -> None:
    match = Match(1, 2, 1.0, 1.0, 1.0, Relation.EXACT)
    assert Seen(1, 2, 1.0, 1.0, 1.0, Relation.EXACT) != match


def test_a_field_outside_the_hash_may_be_unhashable() -> None:
    seen = Seen(1, 2, 1.0, 1.0, 1.0, Relation.EXACT, meta={"a": []})
    assert hash(seen) == hash(replace(seen, meta=None))
    assert seen != replace(seen, meta=None)


def test_values_are_frozen_and_survive_pickle() -> None:
    span = Span(1, 2)
    with pytest.raises(FrozenInstanceError):
        span.start = 3  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(span)) == span


def test_a_field_may_be_left_out_of_what_is_shown() -> None:
    match = Match("a", "b", 0.5, 0.5, 0.5, Relation.NONE, (Passage(Span(0, 1), Span(0, 1)),))
    assert repr(match).startswith("Match(a='a', b='b', jaccard=0.5")
    assert "passages" not in repr(match)


def test_settings_show_what_differs_from_the_defaults() -> None:
    assert repr(Settings()) == "Settings()"
    settings = Settings(page=PageSettings(favor=Favor.RECALL), text=TextSettings(slots=64))
    shown = "Settings(text=TextSettings(slots=64), page=PageSettings(favor='recall'))"
    assert repr(settings) == shown


@pytest.mark.parametrize("kind", [type(getattr(Settings(), f.name)) for f in fields(Settings)])
def test_every_stage_shows_nothing_for_its_defaults(kind: type) -> None:
    assert repr(kind()) == f"{kind.__name__}()"


def test_the_signature_of_clean_can_be_read() -> None:
    assert len(str(inspect.signature(dedup.clean))) < 700
    assert list(inspect.signature(PageSettings).parameters) == [
        f.name for f in fields(PageSettings)
    ]
