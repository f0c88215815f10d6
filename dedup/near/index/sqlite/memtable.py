"""The postings of the latest documents, in memory."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


class Memtable:
    """A hash table of postings that grows.

    Of a key that more than the cap have, the first are found, one above the cap.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.keys: Keys = np.empty(1 << 12, np.uint64)
        self.numbers: Ints = np.empty(self.keys.size, np.int64)
        self._links: Ints = np.empty(self.keys.size, np.int64)
        self._heads: Ints = np.zeros(2 * self.keys.size, np.int64)
        self.size = 0

    def add(self, keys: Keys, numbers: Ints) -> None:
        """Enter documents under keys."""
        from dedup.kernels import memtable

        first, last = self.size, self.size + keys.size
        if last > self.keys.size:
            room = 1 << (last - 1).bit_length()
            for name in ("keys", "numbers"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate((old, np.empty(room - old.size, old.dtype))))
            self._links = np.empty(room, np.int64)
            self._heads = np.zeros(2 * room, np.int64)
            first = 0
        self.keys[self.size : last] = keys
        self.numbers[self.size : last] = numbers
        memtable.chain(self._heads, self._links, self.keys, self.numbers, (first, last), self._cap)
        self.size = last

    def drop(self, documents: Ints) -> None:
        """Forget documents: their postings get a number below 0."""
        if documents.size:
            numbers = self.numbers[: self.size]
            numbers[np.isin(numbers, documents)] = -1

    def postings(self) -> tuple[Keys, Ints]:
        """Keys and the documents entered under them, those dropped left out."""
        there = self.numbers[: self.size] >= 0
        return self.keys[: self.size][there], self.numbers[: self.size][there]

    def find(self, keys: Keys) -> tuple[Ints, Ints]:
        """Places of the keys found, once for each document, and the documents' numbers."""
        from dedup.kernels import memtable

        return memtable.follow_chains(self._heads, self._links, self.keys, self.numbers, keys)
