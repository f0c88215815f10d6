"""Work on threads: the kernels hold no lock, and what comes out does not depend on their number."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Called with what is counted ("texts" or "pairs"), how many are done, and how many there are.
Progress = Callable[[str, int, int], None]


def silent(unit: str, done: int, total: int) -> None:
    """Report nothing."""


def each(work: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """The result for each item, in their order, on ``jobs`` threads.

    >>> list(each(abs, [-2, 3], jobs=2))
    [2, 3]
    """
    if jobs == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(work, items)
