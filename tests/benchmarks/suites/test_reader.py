"""The parsers of the reader suite are there and read a page."""

from importlib.util import find_spec

import pytest

from benchmarks.internals.page import read_decoded, texts_of_blocks
from benchmarks.suites import reader

TEXT = "<title>A</title><p>One<p>Two"


@pytest.mark.parametrize("name", reader.PARSERS)
def test_each_parser_reads_a_page(name: str) -> None:
    module, make = reader.PARSERS[name]
    if not find_spec(module):
        pytest.skip(f"{module} is not installed")
    assert make()(TEXT, TEXT.encode()) is not None


def test_ours_gives_the_blocks() -> None:
    assert list(texts_of_blocks(read_decoded(TEXT, TEXT.encode()))) == ["One", "Two"]
