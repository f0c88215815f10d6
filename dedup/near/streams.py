"""Steps of a search over rows that come sorted, a batch at a time, however many there are."""

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints
from dedup.near.bands import bucketed, joined, split

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


class BucketStream:
    """Pairs of buckets of any size out of rows in the order of buckets and of keeping.

    Of a bucket above the cap only its first and its latest text are held.

    >>> stream = BucketStream(cap=2)
    >>> one, two = np.array([5, 5, 5, 5], np.uint64), np.array([5, 9], np.uint64)
    >>> parts = [stream.feed(one, np.array([8, 3, 7, 6])), stream.feed(two, np.array([1, 2]))]
    >>> parts.append(stream.finish())
    >>> sorted({(int(a), int(b)) for part in parts for a, b in zip(*part)})
    [(3, 7), (6, 1), (7, 6), (8, 1), (8, 3), (8, 6), (8, 7)]
    >>> stream.hot, stream.largest
    (1, 5)
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._keys = np.zeros(0, np.uint64)
        self._numbers = np.zeros(0, np.int64)
        self._hot = 0  # texts of the open bucket, where it is above the cap
        self.hot = 0
        self.largest = 0

    def feed(self, keys: Keys, numbers: Ints) -> tuple[Ints, Ints]:
        """More rows; the pairs that are settled by them, the one that would be kept first.

        A pair of a bucket above the cap may come twice.
        """
        held = self._numbers.size
        keys, numbers = np.append(self._keys, keys), np.append(self._numbers, numbers)
        fresh = np.ones(keys.size, np.bool_)
        fresh[1:] = (keys[1:] != keys[:-1]) | (numbers[1:] != numbers[:-1])
        keys, numbers = keys[fresh], numbers[fresh]
        if not keys.size:
            return numbers, numbers
        begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        last = int(begins[-1])
        found = []
        at = 0
        if self._hot:
            at = int(begins[1]) if begins.size > 1 else keys.size
            self._hot += at - held
            found.append(self._pairs(keys[:at], numbers[:at], 1))
            if at < keys.size:
                self._close()
        if at < last:
            found.append(self._pairs(keys[at:last], numbers[at:last], self._cap, report=True))
        if at <= last and keys.size - last > self._cap:
            self._hot = keys.size - last
            found.append(self._pairs(keys[last:], numbers[last:], 1))
        open_ = slice(last, None)
        if self._hot:
            ends = [last if at <= last else 0, keys.size - 1]
            self._keys, self._numbers = keys[ends], numbers[ends]
        else:
            self._keys, self._numbers = keys[open_], numbers[open_]
        return self._together(found)

    def finish(self) -> tuple[Ints, Ints]:
        """The pairs of the last bucket."""
        if self._hot:
            self._close()
            return self._together([])
        return self._pairs(self._keys, self._numbers, self._cap, report=True)

    def _close(self) -> None:
        self.hot += 1
        self.largest = max(self.largest, self._hot)
        self._hot = 0

    def _pairs(
        self, keys: Keys, numbers: Ints, cap: int, report: bool = False
    ) -> tuple[Ints, Ints]:
        bits = np.uint64(max(1, (keys.size - 1).bit_length()))
        fresh = np.ones(keys.size, np.bool_)
        fresh[1:] = keys[1:] != keys[:-1]
        groups = np.cumsum(fresh).astype(np.uint64) << bits
        found = bucketed(groups, np.arange(keys.size, dtype=np.uint64), cap)
        if report:
            self.hot += found.hot
            self.largest = max(self.largest, found.largest)
        a, b = split(found.pairs)
        return numbers[a], numbers[b]

    @staticmethod
    def _together(found: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
        none = np.zeros(0, np.int64)
        return (
            np.concatenate([none, *(a for a, _ in found)]),
            np.concatenate([none, *(b for _, b in found)]),
        )


class Followers:
    """Which texts lead which, out of pairs in order: `dedup.kernels.pairs.follow` on a stream.

    >>> stream = Followers(4)
    >>> stream.feed(np.array([0, 1]), np.array([1, 2])).tolist()
    [True, False]
    >>> stream.feed(np.array([2]), np.array([3])).tolist()
    [True]
    """

    def __init__(self, texts: int) -> None:
        """For so many texts, a byte each."""
        self._taken = np.zeros(texts, np.uint8)

    def feed(self, leaders: Ints, followers: Ints) -> Flags:
        """For each pair whether its second text follows its first from now on."""
        from dedup.kernels.pairs import follow

        return follow(joined(leaders, followers), self._taken)
