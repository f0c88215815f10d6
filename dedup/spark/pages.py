"""`dedup.clean_table` on Spark: a column of pages to their texts, where they lie."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dedup.config import DEFAULTS, Given, Settings, settings_of
from dedup.errors import SettingsError


def clean(df: Any, html: str = "html", url: str | None = "url", settings: Given = DEFAULTS) -> Any:
    """Clean a column of pages of a Spark data frame.

    Args:
        df: a data frame of Spark 4, classic or Connect.
        html: the column of the pages, strings or binary.
        url: the column of their addresses; passed over where it is not there.
        settings: see `dedup.config`.

    Returns:
        The frame with two columns more, as of `dedup.clean_table`: the text under
        ``settings.keys.text``, in place of one that was there, and ``title``. A page that cannot be
        read has a null text. Nothing is shuffled.

    Raises:
        SettingsError: if the column of pages is not there.
    """
    from pyspark.sql.types import StringType, StructField, StructType

    if html not in df.columns:
        raise SettingsError(f"no column {html!r} among {', '.join(df.columns)}: name another")
    settings = settings_of(settings)
    made = [settings.keys.text, "title"]
    schema = StructType(
        [field for field in df.schema if field.name not in made]
        + [StructField(name, StringType()) for name in made]
    )
    return df.mapInArrow(_Clean(html, url, settings, tuple(schema.names)), schema)


@dataclass(frozen=True, slots=True)
class _Clean:
    html: str
    url: str | None
    settings: Settings
    columns: tuple[str, ...]

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        from dedup.corpus.tables import clean_table

        for batch in batches:
            table = pa.Table.from_batches([batch])
            url = self.url if self.url in batch.schema.names else None
            cleaned = clean_table(table, html=self.html, url=url, settings=self.settings)
            yield from cleaned.select(list(self.columns)).combine_chunks().to_batches()
