"""The one table of elements."""

from dedup.kernels.tags import (
    BIT,
    BOILERPLATE_LABEL,
    CONTENT_LABEL,
    FLAGS,
    NUMBER,
    ROLES,
    SLOTS,
    TAGS,
    flags_of,
    keys,
    name_hash,
    roles_of,
    values,
)
from dedup.model import Label


def test_every_tag_is_found_by_its_hash() -> None:
    for tag in TAGS[1:]:
        slot = name_hash(tag) % SLOTS
        while keys[slot] != name_hash(tag):
            assert keys[slot]
            slot = (slot + 1) % SLOTS
        assert values[slot] == NUMBER[tag]


def test_hashes_are_fnv_1a() -> None:
    assert name_hash("") == 0xCBF29CE484222325
    assert name_hash("a") == 0xAF63DC4C8601EC8C


def test_labels_are_labels() -> None:
    assert all(Label(label).is_content for label in CONTENT_LABEL.values())
    assert not any(Label(label).is_content for label in BOILERPLATE_LABEL.values())
    assert CONTENT_LABEL["h2"] == "heading"
    assert BOILERPLATE_LABEL["nav"] == "nav"


def test_what_is_known_of_some_tags() -> None:
    def known(tag: str) -> tuple[str, set[str]]:
        bits = int(flags_of[NUMBER[tag]])
        return ROLES[roles_of[NUMBER[tag]]], {flag for flag in FLAGS if bits & BIT[flag]}

    assert known("br") == ("break", {"void", "special", "breaks-out"})
    assert known("td") == ("cell", {"special", "scope", "table", "flat"})
    assert known("title") == ("meta", {"escapable", "special", "head", "integration", "noted"})
    assert known("em") == ("inline", {"formatting", "breaks-out"})


def test_a_number_beyond_the_tags_is_an_unknown_tag() -> None:
    assert len(TAGS) < len(flags_of) == len(roles_of) == 256
    assert not flags_of[0]
    assert not flags_of[len(TAGS) :].any()
