"""How long documents stay: crawls that are committed or cancelled, and forgetting by age."""

import math
from datetime import datetime

from dedup.errors import StoreError
from dedup.near.index.crawls import crawl_name
from dedup.near.index.records import Records
from dedup.near.index.store import Store
from dedup.near.representatives import seconds

_REMOVED = 4096  # documents of one transaction


class Lifetimes:
    """What `dedup.Index` does to many documents at once, after they were added."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._records = Records(store)

    def begin(self, crawl: str) -> bool:
        """Let all that is added from now on belong to a crawl, until it is committed or cancelled.

        It counts as seen at once, for other crawls on the same index too. A crawl stays open when
        the index is closed: begin it again to continue it, or `cancel` it. Several processes may
        add to one crawl.

        Returns:
            Whether it was open already.

        >>> from dedup import Index
        >>> index = Index(":memory:")
        >>> index.begin("june"), index.admit("a", "one page"), len(index)
        (False, None, 1)
        >>> index.cancel(), len(index)
        (1, 0)
        """
        name = crawl_name(crawl)
        with self._store.writing():
            was_open = self._records.crawls.begin(name)
        self._records.crawl = name
        return was_open

    def commit(self, crawl: str | None = None) -> int:
        """Keep what a crawl has added, and close it; how many documents it has added.

        Args:
            crawl: its name; that of `begin` by default.

        Raises:
            StoreError: if no such crawl is open.
        """
        name = self._crawl(crawl)
        with self._store.writing():
            return self._records.crawls.end(name)

    def cancel(self, crawl: str | None = None) -> int:
        """Remove what a crawl has added, and close it; how many documents were removed.

        A document that the crawl has replaced, under the same id, does not come back. If the
        process ends before all is removed, the crawl is still open: cancel it again.

        Args:
            crawl: its name; that of `begin` by default.

        Raises:
            StoreError: if no such crawl is open.
        """
        name = self._crawl(crawl)
        removed, left = 0, True
        while left:
            with self._store.writing():
                numbers = self._records.crawls.last(name, _REMOVED)
                removed += self._records.remove_all(numbers)
                left = bool(numbers)
                if left:  # once they are gone: some stores do not undo what was cut short
                    self._records.crawls.remove_last(name, len(numbers))
                else:
                    self._records.crawls.end(name)
        return removed

    def _crawl(self, crawl: str | None) -> str:
        """The name of the crawl that is to be ended, in which nothing is added any more."""
        name = self._records.crawl if crawl is None else crawl_name(crawl)
        if name is None:
            raise StoreError("no crawl was begun here: name the one that is meant")
        if name == self._records.crawl:
            self._records.crawl = None
        return name

    def crawls(self) -> dict[str, int]:
        """The open crawls, and how many documents each has added."""
        with self._store.reading():
            names = self._records.crawls.open()
            runs = {name: self._records.crawls.runs(name) for name in names}
        return {name: sum(last - first for first, last in found) for name, found in runs.items()}

    def forget(self, before: datetime) -> int:
        """Remove the documents that were added before a time; their number.

        Args:
            before: the time; without a zone it is UTC.
        """
        when = math.ceil(seconds(before) or 0.0)
        removed, after, left = 0, -1, True
        while left:
            with self._store.writing():
                numbers = self._store.older(when, after, _REMOVED)
                removed += self._records.remove_all(numbers)
            left, after = bool(numbers), max(numbers, default=after)
        return removed
