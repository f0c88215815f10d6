"""Paragraphs that are in several documents: which stay, which go."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.stages.verdicts import Fate
from dedup.text.shingles import pack, shingles

Ints = npt.NDArray[np.int64]
_LINE = re.compile(r"[^\n]+")
_BYTES = 40  # of one paragraph in memory, while they are compared
_MIX = np.uint64(0x9E3779B97F4A7C15)


def repeated_paragraphs(
    texts: Callable[[], Iterable[Any]],
    fate: npt.NDArray[np.uint8],
    places: Ints,
    reference: int,
    settings: Settings,
) -> tuple[Any, Ints]:
    """Find the paragraphs that an earlier document holds as well, after folding.

    A paragraph is a line of at least ``settings.corpus.block_length`` characters. Among the
    documents that are kept, the one first in ``places`` keeps it.

    Args:
        texts: gives the texts of all documents, as Arrow columns one after the other; called once
            for each slice of the paragraphs that fits the memory.
        fate: the `Fate` of each document.
        places: the place of each document in the order in which they would be kept.
        reference: the first document that is only compared with.
        settings: what a paragraph is, how texts are folded, and the memory.

    Returns:
        A table of the paragraphs to drop: ``document``, ``start`` and ``end`` (characters in its
        text), ``partner`` (the document that keeps it), by document and start; and the documents
        that lose all their text.
    """
    pa = require("pyarrow")
    size = sum(column.nbytes for column in texts())
    expected = size // max(1, settings.corpus.block_length) * _BYTES
    slices = 1 + expected // max(1, settings.corpus.memory // 2)
    found = [_repeats(texts(), fate, places, settings, part, slices) for part in range(slices)]
    document, start, end, partner = (
        np.concatenate(columns) for columns in zip(*found, strict=True)
    )
    ours = document < reference
    order = np.lexsort((start[ours], document[ours]))
    columns = [column[ours][order] for column in (document, start, end, partner)]
    table = pa.table(columns, names=["document", "start", "end", "partner"])
    return table, _emptied(texts(), *columns[:3])


def _repeats(
    texts: Iterable[Any],
    fate: npt.NDArray[np.uint8],
    places: Ints,
    settings: Settings,
    part: int,
    slices: int,
) -> tuple[Ints, Ints, Ints, Ints]:
    """The repeated paragraphs of one slice of all hashes."""
    columns: list[tuple[npt.NDArray[np.uint64], Ints, Ints, Ints]] = []
    first = 0
    for column in texts:
        kept = np.flatnonzero(fate[first : first + len(column)] == Fate.KEPT)
        keys, document, start, end = _keys(column, kept, settings)
        mine = keys % np.uint64(slices) == part
        columns.append((keys[mine], document[mine] + first, start[mine], end[mine]))
        first += len(column)
    keys = np.concatenate([np.zeros(0, np.uint64), *(c[0] for c in columns)])
    none = np.zeros(0, np.int64)
    document, start, end = (np.concatenate([none, *(c[i] for c in columns)]) for i in (1, 2, 3))
    order = np.lexsort((start, places[document], keys))
    keys, document, start, end = keys[order], document[order], start[order], end[order]
    fresh = np.ones(keys.size, np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    holder = document[fresh][np.cumsum(fresh) - 1] if keys.size else none
    gone = holder != document  # a repeat within the document itself stays
    return document[gone], start[gone], end[gone], holder[gone]


def _keys(
    column: Any, chosen: Sequence[int] | Ints, settings: Settings
) -> tuple[npt.NDArray[np.uint64], Ints, Ints, Ints]:
    """Hash, document, start and end of the paragraphs of the chosen documents."""
    lines: list[str] = []
    where: list[tuple[int, int, int]] = []
    for index in np.asarray(chosen).tolist():
        for start, end, line in paragraphs(column[index].as_py(), settings.corpus.block_length):
            lines.append(line)
            where.append((index, start, end))
    keys = shingles(pack(lines, settings.text), settings.text).keys
    document, start_, end_ = np.array(where, np.int64).reshape(-1, 3).T
    return (keys[:, 0] * _MIX) ^ keys[:, 1], document, start_, end_


def paragraphs(text: str, shortest: int) -> Iterator[tuple[int, int, str]]:
    r"""The lines of a text that are long enough to compare: start, end and the line itself.

    >>> list(paragraphs("short\na longer line\n", 6))
    [(6, 19, 'a longer line')]
    """
    for match in _LINE.finditer(text):
        if match.end() - match.start() >= shortest:
            yield match.start(), match.end(), match.group()


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    r"""A text without some of its paragraphs or sentences, and without the blank lines they leave.

    >>> without("one\n\ntwo\n\nthree", [(5, 8)]), without("One. Two.\nThree.", [(4, 9)])
    ('one\n\nthree', 'One.\nThree.')
    """
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(text[at:start])
        at = end
        whole = start == 0 or text[start - 1] == "\n"  # lines, not the rest of one
        while whole and at < len(text) and text[at] == "\n":
            at += 1
    pieces.append(text[at:])
    return "".join(pieces).strip("\n") if at else text


def _emptied(texts: Iterable[Any], document: Ints, start: Ints, end: Ints) -> Ints:
    """The documents of which nothing is left."""
    empty: list[int] = []
    first = 0
    for column in texts:
        low, high = np.searchsorted(document, (first, first + len(column)))
        for index in np.unique(document[low:high]).tolist():
            a, b = np.searchsorted(document, (index, index + 1))
            spans = zip(start[a:b].tolist(), end[a:b].tolist(), strict=True)
            if not without(column[index - first].as_py(), spans).strip():
                empty.append(index)
        first += len(column)
    return np.array(empty, np.int64)
