"""Passages that are in several documents: which copies stay, and which sentences go."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints, Selection, Texts
from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.stages.verdicts import Fate
from dedup.errors import RunError
from dedup.near.parallel import silent
from dedup.near.windows import repeated_windows
from dedup.text.fold import fold_table
from dedup.text.tokens import original_spans

# Bytes that a token takes while passages are looked for, and the hashes that are sorted at once.
_BYTES, _HASHES = 13, 256 << 20
_BATCH = 1 << 10  # documents in which places are looked up at once
# Where a sentence ends: after its mark, quotes and brackets that close, and the white space.
_CLOSING = "[”’」』》）】\"')\\]]*"
_BORDER = re.compile(rf"(?:[。！？!?…]+{_CLOSING}|\.{_CLOSING}(?=\s)|(?=\n))\s*")
_WORD = re.compile(r"\w")


def repeated_passages(
    packed: Texts,
    texts: Callable[[], Iterable[Any]],
    fate: npt.NDArray[np.uint8],
    ranking: Ints,
    reference: int,
    settings: Settings,
    jobs: int = 1,
) -> tuple[Any, Ints]:
    """Find what goes of each document because another, or it itself, says it before.

    A passage of ``settings.corpus.passage_length`` tokens or more stays in the first document in
    ``ranking``; whole sentences of it go from the others, and from that one where it stands again.

    Args:
        packed: the texts of all documents as they are compared.
        texts: gives the texts of all documents, as Arrow columns one after the other.
        fate: the `Fate` of each document.
        ranking: the documents in the order in which they would be kept.
        reference: the first document that is only compared with, and from which nothing goes.
        settings: how long passages are, what must be left, how texts are folded, and the memory.
        jobs: threads.

    Returns:
        A table of what goes: ``document``, ``start`` and ``end`` (characters in its text) and
        ``partner`` (the document that keeps it), by document and start; and the documents that go
        as a whole.

    Raises:
        RunError: if it does not fit ``settings.corpus.memory``.
    """
    from dedup.kernels.cuts import cuts

    corpus = settings.corpus
    kept = np.flatnonzero(fate == Fate.KEPT)
    chosen = Selection(packed, kept)
    _check_memory(int(chosen.sizes.sum()), corpus.memory)
    found = repeated_windows([chosen], corpus.passage_length, jobs, silent)
    places = np.full(fate.size, -1, np.int64)
    places[kept] = np.arange(kept.size)
    order = places[ranking]
    order = order[order >= 0]
    rows, gone = cuts(
        found.classes,
        found.begins,
        order,
        int(np.count_nonzero(kept >= reference)),
        corpus.passage_length,
        corpus.passage_rest,
    )
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    starts, ends = _located(chosen, rows)
    document, partner = kept[rows[:, 0]], kept[rows[:, 3]]
    columns = _whole_sentences(texts(), (document, starts, ends, partner), settings.text.phrases)
    names = ["document", "start", "end", "partner"]
    return require("pyarrow").table(columns, names=names), kept[gone]


def _check_memory(size: int, memory: int) -> None:
    """See that the windows fit; a character of Chinese has three bytes, a word hardly fewer."""
    need = size // 3 * _BYTES + _HASHES
    if need > memory:
        raise RunError(
            f"looking for passages in {size >> 20} MB of text takes up to {need >> 20} MB: raise "
            "corpus.memory, or run on parts, each --against those before"
        )


def _located(texts: Selection, rows: Ints) -> tuple[Ints, Ints]:
    """The first character of each run of tokens, and the one past its last."""
    from dedup.kernels.passages import locate

    fold = fold_table()
    starts, ends = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    chosen, at = np.unique(rows[:, 0], return_index=True)
    offsets = np.append(at, len(rows))
    for first in range(0, chosen.size, _BATCH):
        here = offsets[first : first + _BATCH + 1]
        runs = slice(here[0], here[-1])
        starts[runs], ends[runs] = locate(
            texts.taken(chosen[first : first + _BATCH]),
            fold,
            here - here[0],
            np.ascontiguousarray(rows[runs, 1]),
            np.ascontiguousarray(rows[runs, 2]),
        )
    return starts, ends


def _whole_sentences(
    texts: Iterable[Any], columns: tuple[Ints, Ints, Ints, Ints], phrases: bool
) -> list[Ints]:
    """Spans shortened to whole sentences; those without one are left out."""
    document, start, end, partner = columns
    found: list[tuple[int, int, int, int]] = []
    first = 0
    for column in texts:
        low, high = np.searchsorted(document, (first, first + len(column))).tolist()
        numbers, at = np.unique(document[low:high], return_index=True)
        bounds = np.append(at, high - low) + low
        for number, a, b in zip(numbers.tolist(), bounds[:-1], bounds[1:], strict=True):
            text, starts, ends = column[number - first].as_py(), start[a:b], end[a:b]
            if phrases:
                starts, ends = original_spans(text, starts, ends)
            spans = sentences_in(text, list(zip(starts.tolist(), ends.tolist(), strict=True)))
            for (begin, stop), other in zip(spans, partner[a:b].tolist(), strict=True):
                if begin < stop:
                    found.append((number, begin, stop, other))
        first += len(column)
    return list(np.array(found, np.int64).reshape(-1, 4).T)


def sentences_in(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each span shortened to the whole sentences in it, with what closes the last one.

    Where there are none, the end is not after the start. A line that stays keeps its end.

    >>> text = "他说。我们在河边，在河边。然后？"
    >>> [text[start:end] for start, end in sentences_in(text, [(1, 12), (4, 6)])]
    ['我们在河边，在河边。', '']
    """
    borders = [0, *(match.end() for match in _BORDER.finditer(text)), len(text)]
    found = []
    for start, end in spans:
        at = borders[bisect_right(borders, start) - 1]
        if _WORD.search(text, at, start):  # begins within a sentence
            at = borders[bisect_left(borders, start)]
        last = borders[bisect_left(borders, end)]
        if _WORD.search(text, end, last):
            last = borders[bisect_right(borders, end) - 1]
        found.append(_within_lines(text, at, last) if at < last else (at, at))
    return found


def _within_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span, without the line breaks that the rest of its first line still needs."""
    if start == 0 or text[start - 1] == "\n":
        return start, end
    stop = start + len(text[start:end].rstrip())
    if text[end - 1] not in " \n" and end != len(text):
        stop = end
    if stop < end and "\n" in text[stop:end]:
        end = stop
    if end == len(text) or text[end] == "\n":
        while start > 0 and text[start - 1] == " ":
            start -= 1
    return start, end
