"""What the fuzzer calls with each input: a reader, and what must hold of its result."""

import numpy as np

from dedup.page.source.plain import paragraphs_of


def plain(data: bytes) -> None:
    """Plain text: paragraphs are ranges of the source, in order."""
    source = data.decode("utf-8", "surrogateescape")
    found = paragraphs_of(source)
    assert (found.start < found.end).all()
    assert (found.start[1:] >= found.end[:-1]).all()
    assert len(found.end) == 0 or found.end[-1] <= len(source)
    assert np.count_nonzero(found.data == 0) == len(found.start)
