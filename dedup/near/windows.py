"""Which windows of tokens stand more than once: all texts in one array of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints, Readable
from dedup.errors import InputError
from dedup.near.parallel import Progress, each, runs_of
from dedup.text.fold import fold_table

Numbers = npt.NDArray[np.uint32]
# Texts are numbered in batches that stay in the second-level cache.
_BATCH_BYTES = 1 << 20
_BATCH_TEXTS = 1 << 12
# Windows whose hashes are sorted at once (8 bytes each).
_SLICE = 32 << 20
_MOST = 0xFFFFFFFE


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The repeated windows of many texts.

    Attributes:
        classes: ``uint32``, by place: the place of the first window that equals the one beginning
            here, plus 1; 0 where it stands only once, or fewer tokens follow than a window has.
            The last place of each text is past its tokens, and 0.
        begins: the first place of each text, and the one past the last text.
        columns: for each column of texts the first of them.
        length: tokens in a window.
    """

    classes: Numbers
    begins: Ints
    columns: Ints
    length: int


def repeated_windows(
    columns: Sequence[Readable], length: int, jobs: int, progress: Progress
) -> Windows:
    """Find all windows that stand more than once; of two columns, those that stand in both.

    About 9 bytes of memory per token, and 256 MB per thread.
    """
    from dedup.kernels import windows

    numbers, counts = _numbered(columns, progress)
    begins = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts + 1, out=begins[1:])
    firsts = np.cumsum([0, *map(len, columns)])
    border = int(begins[firsts[1]]) if len(columns) > 1 else -1
    classes = np.zeros(numbers.size, np.uint32)
    place_bits = max(1, numbers.size.bit_length())
    many = int(np.maximum(counts - length + 1, 0).sum())
    parts = -(-many // _SLICE)
    parts = max(parts, jobs) if many > 1 else 0

    def slice_of(part: int) -> None:
        keys = windows.window_keys(numbers, length, place_bits, part, parts)
        keys.sort()
        windows.group_windows(keys, place_bits, classes)

    for _ in each(slice_of, range(parts), jobs):
        pass
    odd = windows.verify_windows(numbers, length, border, classes)
    _regroup(odd, numbers, length, border, classes)
    return Windows(classes, begins, firsts, length)


def _regroup(odd: Ints, numbers: Numbers, length: int, border: int, classes: Numbers) -> None:
    """Group the few windows that share their hash with different ones."""
    groups: dict[bytes, list[int]] = {}
    for place in odd.tolist():
        groups.setdefault(numbers[place : place + length].tobytes(), []).append(place)
    for places in groups.values():
        if len(places) > 1 and (border < 0 or places[0] < border <= places[-1]):
            classes[places] = places[0] + 1


def _numbered(columns: Sequence[Readable], progress: Progress) -> tuple[Numbers, Ints]:
    """The tokens of all texts as numbers, a 0 after each text; and how many each text has."""
    from dedup.kernels.windows import Vocabulary

    vocabulary, fold = Vocabulary(), fold_table()
    total = sum(map(len, columns))
    numbers, end = np.empty(0, np.uint32), 0
    counts, done = np.empty(total, np.int64), 0
    for column in columns:
        for first, last in runs_of(column.sizes, _BATCH_BYTES, _BATCH_TEXTS):
            found, many = vocabulary.numbers(column.between(first, last), fold)
            if end + found.size > _MOST:
                raise InputError("over 4 billion tokens: look for passages in parts of the texts")
            if end + found.size > numbers.size:  # grown in place, so that they are held once
                numbers.resize(end + found.size + end // 8, refcheck=False)
            numbers[end : end + found.size] = found
            end += found.size
            counts[done : done + many.size] = many
            done += many.size
            progress("texts", done, total)
    numbers.resize(end, refcheck=False)
    return numbers, counts
