"""Folding: what two spellings of the same text have in common.

NFKC (width, ligatures, composed letters), case, Traditional Chinese and its variants to Simplified,
invisible characters away, runs of white space to one space. Only ever used for comparing: what
dedup puts out is the source's own text.
"""

import re
import unicodedata
import zlib
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.text.tables import CLASS_SHIFT, CODE_MASK, FOLD_FILE, Role


class FoldTable(NamedTuple):
    """The fold table as the kernels take it.

    Attributes:
        entries: by code point, ``uint32``: the role in the top four bits, the folded code point
            in the low 21 (for `Role.EXPANDED`: a position in ``extra``).
        extra: at such a position a count, and then that many entries.
        version: the versions of Unicode and OpenCC that it was built from.
    """

    entries: npt.NDArray[np.uint32]
    extra: npt.NDArray[np.uint32]
    version: str


@cache
def fold_table() -> FoldTable:
    """Read the shipped fold table (once a process, about 5 ms)."""
    version, packed = FOLD_FILE.read_bytes().split(b"\n", 1)
    words = np.frombuffer(zlib.decompress(packed), "<u4").astype(np.uint32, copy=False)
    size = int(words[0])
    entries = np.cumsum(words[2 : 2 + size], dtype=np.uint32)
    return FoldTable(entries, words[2 + size :], version.decode())


def fold(text: str, settings: TextSettings | None = None) -> str:
    """Fold a text for comparing.

    >>> fold("ＳＥＯ  之戰畧、Straße")
    'seo 之战略、strasse'
    """
    if settings is not None and settings.phrases:
        text = to_mainland(text)
    table = fold_table()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    known = np.minimum(codes, table.entries.size - 1)
    entries = table.entries[known]
    beyond = codes != known
    if beyond.any():
        entries = np.where(beyond, codes | _beyond(codes) << CLASS_SHIFT, entries)
    roles = (entries >> CLASS_SHIFT).astype(np.uint32)
    if (roles == Role.EXPANDED).any():
        entries, roles = _expand(entries, roles, table.extra)
    kept = (entries & CODE_MASK)[roles != Role.IGNORED].astype("<u4")
    folded = kept.tobytes().decode("utf-32-le", "surrogatepass")
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def _beyond(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Roles behind the table's end: the tags and variation selectors of plane 14 are invisible."""
    return np.where(codes >> 16 == 0xE, Role.IGNORED, Role.BREAK).astype(np.uint32)


def _expand(
    entries: npt.NDArray[np.uint32], roles: npt.NDArray[np.uint32], extra: npt.NDArray[np.uint32]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Put what each expanded entry stands for in its place."""
    at = np.flatnonzero(roles == Role.EXPANDED)
    first = (entries[at] & CODE_MASK).astype(np.int64)
    counts = np.ones(entries.size, np.int64)
    counts[at] = extra[first]
    spread = np.repeat(entries, counts)
    begins = np.cumsum(counts) - counts
    inside = np.repeat(roles == Role.EXPANDED, counts)
    within = np.arange(spread.size) - np.repeat(begins, counts)
    spread[inside] = extra[np.repeat(first, counts[at]) + 1 + within[inside]]
    return spread, (spread >> CLASS_SHIFT).astype(np.uint32)


@cache
def _han_run() -> re.Pattern[str]:
    return re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U00033fff]+")


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("tw2sp")


def to_mainland(text: str) -> str:
    """Turn Taiwan's vocabulary into the mainland's, phrase by phrase (OpenCC tw2sp).

    >>> to_mainland("軟體與網路")
    '软件与网络'
    """
    return "".join(piece for piece, _, _ in mainland_pieces(text))


def mainland_pieces(text: str) -> list[tuple[str, int, int]]:
    """`to_mainland` in pieces: each converted piece with the range of the text that it came from.

    No phrase crosses the end of a run of Han characters, so each run converts by itself. A piece
    is one character where lengths allow it, the changed middle of a run where they do not.
    """
    runs = [match.span() for match in _han_run().finditer(text)]
    if not runs:
        return [(text, 0, len(text))]
    joined = "\n".join(text[start:end] for start, end in runs)
    converted = _converter().convert(joined).split("\n")
    pieces = []
    before = 0
    for (start, end), new in zip(runs, converted, strict=True):
        if before < start:
            pieces.append((text[before:start], before, start))
        pieces += _align(text[start:end], new, start)
        before = end
    if before < len(text):
        pieces.append((text[before:], before, len(text)))
    return pieces


def _align(old: str, new: str, start: int) -> list[tuple[str, int, int]]:
    """Pieces of equal length on both sides where there are any: the ends, or all of it."""
    if len(old) == len(new):
        return [(new, start, start + len(old))]
    folded_old, folded_new = fold(old), fold(new)
    limit = min(len(old), len(new))
    head = next((i for i in range(limit) if folded_old[i] != folded_new[i]), limit)
    rest = limit - head
    tail = next((i for i in range(rest) if folded_old[-1 - i] != folded_new[-1 - i]), rest)
    cuts = ((0, head), (head, -tail or None), (len(new) - tail, None))
    spans = ((0, head), (head, len(old) - tail), (len(old) - tail, len(old)))
    return [
        (new[a:b], start + first, start + last)
        for (a, b), (first, last) in zip(cuts, spans, strict=True)
        if new[a:b]
    ]
