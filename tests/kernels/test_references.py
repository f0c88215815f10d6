"""Character references, against Python's own reading of them."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.references import unescape


@pytest.mark.parametrize("name", sorted(html.entities.html5)[::7])
def test_every_name(name: str) -> None:
    assert unescape(f"x&{name}".encode(), False).decode() == "x" + html.entities.html5[name]


@given(st.text(st.sampled_from("&#x;1aAfF89ltgmpcopynotin =É"), max_size=30))
def test_text_is_read_as_python_reads_it(text: str) -> None:
    # Python drops numbers of control characters and noncharacters; the standard keeps them.
    found = unescape(text.encode(), False).decode()
    expected = html.unescape(text)
    if all(ord(c) >= 32 and c.isprintable() for c in found):
        assert found == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("?a=1&copy=2", "?a=1&copy=2"),
        ("?a=1&copy;=2", "?a=1©=2"),
        ("&ampx &amp", "&ampx &"),
        ("&#x110000;&#xd800;&#128;&#0;", "\ufffd\ufffd€\ufffd"),
    ],
)
def test_values_of_attributes(value: str, expected: str) -> None:
    assert unescape(value.encode(), True).decode() == expected
