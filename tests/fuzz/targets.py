"""What the fuzzer calls with each input: a reader, and what must hold of its result."""

import zlib
from contextlib import suppress

import numpy as np

from dedup.errors import InputError
from dedup.kernels.markup import read
from dedup.page.source.decode import decode
from dedup.page.source.plain import paragraphs_of


def decoding(data: bytes) -> None:
    """Bytes of any encoding: UTF-8 (surrogates apart), or refused as no text."""
    with suppress(InputError):
        decode(data).utf8.decode("utf-8", "surrogatepass")


def plain(data: bytes) -> None:
    """Plain text: paragraphs are ranges of the source, in order."""
    source = data.decode("utf-8", "surrogateescape")
    found = paragraphs_of(source)
    assert (found.start < found.end).all()
    assert (found.start[1:] >= found.end[:-1]).all()
    assert len(found.end) == 0 or found.end[-1] <= len(source)
    assert np.count_nonzero(found.data == 0) == len(found.start)


def markup(data: bytes) -> None:
    """HTML: rows refer to rows before them and to blocks that exist; ranges lie in the source.

    Each input is read in one way, as a page or as a fragment, so that more of them are read.
    """
    rows, blocks, notes, text, names = read(data, zlib.crc32(data) & 1 == 1)
    _, parent, name, first, last, *_ = rows
    element, _, _, inner, inner_end, start, end, _ = blocks
    count, made, size = rows.shape[1], blocks.shape[1], len(data)
    above = np.arange(-1, count - 1) - parent
    assert _all_positive(above, name, names.count(b"\0") - name, first, last - first, made - last)
    assert _all_positive(element, count - 1 - element, inner, count - inner_end)
    assert _all_positive(start, end - start - 1, size - end)
    assert text.count(b"\0") == made
    assert not notes.size or notes[:, 3:].max() <= size


def _all_positive(*columns: np.ndarray) -> bool:
    """Whether no number is below 0; fewer calls than a test for each."""
    return int(np.concatenate(columns).min(initial=0)) >= 0
