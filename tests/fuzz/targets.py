"""What the fuzzer calls with each input: a reader, and what must hold of its result."""

import numpy as np

from dedup.kernels.markup import read
from dedup.page.source.plain import paragraphs_of


def plain(data: bytes) -> None:
    """Plain text: paragraphs are ranges of the source, in order."""
    source = data.decode("utf-8", "surrogateescape")
    found = paragraphs_of(source)
    assert (found.start < found.end).all()
    assert (found.start[1:] >= found.end[:-1]).all()
    assert len(found.end) == 0 or found.end[-1] <= len(source)
    assert np.count_nonzero(found.data == 0) == len(found.start)


def markup(data: bytes) -> None:
    """HTML: rows refer to rows before them and to blocks that exist; ranges lie in the source."""
    for fragment in (False, True):
        rows, blocks, notes, text, names = read(data, fragment)
        count, made = rows.shape[1], blocks.shape[1]
        assert (rows[1] < np.arange(count)).all()
        assert (rows[2] >= 0).all()
        assert (rows[2] <= names.count(b"\0")).all()
        assert (rows[3] <= rows[4]).all()
        assert (rows[4] <= made).all()
        assert ((blocks[0] >= 0) & (blocks[0] < count)).all()
        assert ((blocks[3] >= 0) & (blocks[4] <= count)).all()
        assert ((blocks[5] >= 0) & (blocks[5] < blocks[6]) & (blocks[6] <= len(data))).all()
        assert text.count(b"\0") == made
        assert (notes[:, 3] <= len(data)).all()
        assert (notes[:, 4] <= len(data)).all()
