"""What the fuzzers call with each input: a reader, and what must hold of its result.

`TARGETS` names them all. Those of `COMPILED` read with kernels, and are fed by libFuzzer under
AddressSanitizer, which sees the branches of the kernels (``make fuzz``). The others run Python,
or libraries without coverage counters: libFuzzer would be blind there, so `tests.fuzz.mutate` feeds
them at several times the speed.
"""

import zlib
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from dedup.errors import InputError
from dedup.kernels.markup import read
from dedup.model import Block
from dedup.page.source.decode import decode
from dedup.page.source.markdown import blocks_of_markdown
from dedup.page.source.plain import paragraphs_of
from tests.fuzz.files import index, jsonl, parquet, stage, templates, warc
from tests.fuzz.words import arguments, rules, settings


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


def markdown(data: bytes) -> None:
    """Markdown: blocks with text, in order, in ranges of the source; fragments of HTML in theirs.

    What reads the fragments is `markup`; here each of them becomes one block.
    """
    source = data.decode("utf-8", "surrogateescape")

    def whole(text: str, offset: int, index: int) -> tuple[Block, ...]:
        assert source[offset : offset + len(text)] == text
        return (Block(index, text, offset, offset + len(text), "body/p"),) if text else ()

    before = 0
    for number, block in enumerate(blocks_of_markdown(source, whole).blocks):
        assert block.index == number
        assert block.text
        assert before <= block.start <= block.end <= len(source)
        before = block.start


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


Target = Callable[[bytes], None]
COMPILED: dict[str, Target] = {
    one.__name__: one for one in (markup, decoding, plain, markdown, index)
}
TARGETS: dict[str, Target] = COMPILED | {
    one.__name__: one
    for one in (jsonl, warc, parquet, stage, templates, settings, rules, arguments)
}
