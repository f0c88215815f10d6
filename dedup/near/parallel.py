"""Work on threads: the kernels hold no lock, and what comes out does not depend on their number."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from dedup.columns import Ints

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 2

# Called with what is counted ("texts" or "pairs"), how many are done, and how many there are.
Progress = Callable[[str, int, int], None]


def silent(unit: str, done: int, total: int) -> None:
    """Report nothing."""


def each(work: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """The result for each item, in their order, on ``jobs`` threads.

    The threads are at most `_AHEAD` items each ahead of the caller, so that few results are held.

    >>> list(each(abs, [-2, 3], jobs=2))
    [2, 3]
    """
    if jobs == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(jobs) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def runs_of(sizes: Ints, most_bytes: int, most_texts: int) -> list[tuple[int, int]]:
    """Texts in runs, first and last: each of at most so many, and of about so many bytes.

    >>> runs_of(np.array([3, 3, 9, 1]), 6, 2)
    [(0, 2), (2, 3), (3, 4)]
    """
    spans, first, texts = [], 0, sizes.size
    ends = np.cumsum(sizes)
    while first < texts:
        before = int(ends[first - 1]) if first else 0
        last = int(np.searchsorted(ends, before + most_bytes)) + 1
        last = min(max(last, first + 1), first + most_texts, texts)
        spans.append((first, last))
        first = last
    return spans
