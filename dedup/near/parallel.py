"""Work on threads: the kernels hold no lock, and what comes out does not depend on their number."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

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
