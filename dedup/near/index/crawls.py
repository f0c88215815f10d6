"""Which documents a crawl has added, so that they can be taken back as long as it is open."""

import json
from array import array

from dedup.errors import InputError, StoreError
from dedup.near.index.store import Store

_OPEN = "crawls"  # the open crawls, each with the number of its pieces
_PIECE = 512  # runs of documents that are written at once
Runs = list[tuple[int, int]]


class Crawls:
    """The open crawls of a store. Whoever calls is inside a transaction.

    Of each crawl the runs of numbers of its documents are kept, in pieces that are written once
    they are full: several crawls may take turns after every document.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self) -> dict[str, int]:
        """The open crawls, and how many pieces each has."""
        pieces: dict[str, int] = json.loads(self._store.get(_OPEN) or b"{}")
        return pieces

    def begin(self, name: str) -> bool:
        """Open a crawl; whether it was open already."""
        pieces = self.open()
        if name in pieces:
            return True
        self._write({**pieces, name: 0})
        return False

    def note(self, name: str, first: int, last: int) -> None:
        """Documents from the first up to the last of these numbers belong to a crawl.

        Raises:
            StoreError: if it has been ended meanwhile.
        """
        pieces = self.open()
        self.check(name, pieces)
        runs = self._runs(name, pieces[name] - 1)
        if runs and runs[-1][1] == first:
            runs[-1] = (runs[-1][0], last)
        elif runs and len(runs) < _PIECE:
            runs.append((first, last))
        else:
            runs = [(first, last)]
            pieces[name] += 1
            self._write(pieces)
        self._put(name, pieces[name] - 1, runs)

    def check(self, name: str, pieces: dict[str, int]) -> None:
        """See that a crawl is open."""
        if name not in pieces:
            there = ", ".join(sorted(pieces)) or "none"
            raise StoreError(f"no crawl {name!r} is open (open: {there}): begin it first")

    def runs(self, name: str) -> Runs:
        """All runs of documents of a crawl."""
        pieces = self.open()
        self.check(name, pieces)
        return [run for at in range(pieces[name]) for run in self._runs(name, at)]

    def last(self, name: str, most: int) -> list[int]:
        """Documents of the last piece of a crawl, the last first; none where it has no more."""
        pieces = self.open()
        self.check(name, pieces)
        runs = self._runs(name, pieces[name] - 1) if pieces[name] else []
        taken: list[int] = []
        for first, last in reversed(runs):
            taken += range(last - 1, max(first, last - (most - len(taken))) - 1, -1)
        return taken

    def remove_last(self, name: str, count: int) -> None:
        """So many documents of the last piece belong to the crawl no more."""
        pieces = self.open()
        runs = self._runs(name, pieces[name] - 1)
        while runs and count:
            first, last = runs.pop()
            gone = min(count, last - first)
            count -= gone
            if first < last - gone:
                runs.append((first, last - gone))
        self._put(name, pieces[name] - 1, runs)
        if not runs:
            self._write({**pieces, name: pieces[name] - 1})

    def end(self, name: str) -> int:
        """Close a crawl; how many documents it has added."""
        runs = self.runs(name)
        pieces = self.open()
        for at in range(pieces.pop(name)):
            self._put(name, at, [])
        self._write(pieces)
        return sum(last - first for first, last in runs)

    def _runs(self, name: str, piece: int) -> Runs:
        numbers = array("q", self._store.get(_key(name, piece)) or b"")
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def _put(self, name: str, piece: int, runs: Runs) -> None:
        numbers = array("q", [number for run in runs for number in run])
        self._store.put(_key(name, piece), numbers.tobytes())

    def _write(self, pieces: dict[str, int]) -> None:
        self._store.put(_OPEN, json.dumps(pieces).encode())


def _key(name: str, piece: int) -> str:
    return f"crawl {piece} of {name}"


def crawl_name(name: str) -> str:
    """The name of a crawl, if it is one.

    Raises:
        InputError: if it is empty, no str, or holds half of a surrogate pair.
    """
    if not isinstance(name, str) or not name or not name.isprintable():
        raise InputError(f"{name!r} names no crawl: give one or more characters that are printed")
    return name
