"""Regular expressions that are compiled at their first use."""

import re

import pytest

from dedup.expressions import expression


def test_it_does_what_re_does() -> None:
    lazy, eager = expression(r"(a+)b", re.IGNORECASE), re.compile(r"(a+)b", re.IGNORECASE)
    text = "xAAb ab aa"
    for _ in range(2):
        assert lazy.findall(text) == eager.findall(text)
        assert lazy.sub("-", text) == eager.sub("-", text)
        assert lazy.split(text) == eager.split(text)
        assert lazy.pattern == eager.pattern
    found = lazy.search(text)
    assert found is not None
    assert found.span() == (1, 4)


def test_bytes_have_expressions_too() -> None:
    assert expression(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_an_error_comes_at_the_first_use() -> None:
    broken = expression("(")
    with pytest.raises(re.error):
        broken.match("")
