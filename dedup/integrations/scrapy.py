"""A Scrapy item pipeline that drops what an index has seen, and remembers the rest.

ITEM_PIPELINES = {"dedup.integrations.scrapy.SeenPipeline": 300}
DEDUP_INDEX = "seen.db"                # or redis://host:port/db
DEDUP_FIELDS = ("url", "text")         # the fields of an item that hold its id and its text

What passes is remembered at once: pipelines that may drop an item come before (a lower number),
those that store it after. An index with other settings than the defaults is made beforehand,
``dedup index add seen.db FILE --content texts``.
"""

from typing import Any, Self

from dedup.errors import InputError, MissingExtraError
from dedup.near.index import Index

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem, NotConfigured
except ModuleNotFoundError as missing:
    raise MissingExtraError("scrapy", "scrapy") from missing


class SeenPipeline:
    """Items whose text is new pass; the others are dropped, with the match as the reason."""

    def __init__(self, path: str, fields: tuple[str, str], crawler: Any = None) -> None:
        self._path = path
        self._id, self._text = fields
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Read the settings named above."""
        path = crawler.settings.get("DEDUP_INDEX")
        if not path:
            raise NotConfigured("DEDUP_INDEX names no index")
        fields = crawler.settings.getlist("DEDUP_FIELDS", ["url", "text"])
        return cls(path, (fields[0], fields[1]), crawler)

    def open_spider(self) -> None:
        """Open the index."""
        self._index = Index(self._path)

    def close_spider(self) -> None:
        """Close it."""
        self._index.close()

    def process_item(self, item: Any) -> Any:
        """Pass an item on, or drop it."""
        fields = ItemAdapter(item)
        for name in (self._id, self._text):
            if not isinstance(fields.get(name), str):
                raise InputError(f"item without text in {name!r}: set DEDUP_FIELDS")
        seen = self._index.admit(fields[self._id], fields[self._text])
        if seen is None:
            return item
        if self._crawler is not None:
            self._crawler.stats.inc_value(f"dedup/{seen.kind}")
        raise DropItem(f"{seen.kind} of {seen.b} (Jaccard {seen.jaccard:.2f}, seen {seen.added})")
