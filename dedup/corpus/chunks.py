"""Cutting a source into chunks: what one worker reads at a time and one stage file holds.

Where a chunk ends depends on the source and the settings alone, so that a resumed run makes the
same files.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dedup.config import CorpusSettings
from dedup.corpus.extra import require
from dedup.corpus.readers import read, read_parquet
from dedup.corpus.records import Format, Raw, Reject, Skipped, Source
from dedup.errors import InputError


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of one source, one after another.

    Attributes:
        source: the source's number.
        part: the chunk's number in the source.
        name: the source's name.
        items: what the reader handed out; empty for Parquet but for its rejects.
        table: the rows of Parquet, or None.
        first_row: the number of the table's first row.
        bytes: size of the records.
        skipped: what was no page, by kind.
    """

    source: int
    part: int
    name: str
    items: tuple[Raw | Reject, ...] = ()
    table: Any = None
    first_row: int = 0
    bytes: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


def chunks(number: int, source: Source, settings: CorpusSettings) -> Iterator[Chunk]:
    """The chunks of a source, in order; none is larger than the bounds and its last record."""
    if source.format is Format.PARQUET:
        yield from _table_chunks(number, source, settings)
    else:
        yield from _record_chunks(number, source, settings)


def _record_chunks(number: int, source: Source, settings: CorpusSettings) -> Iterator[Chunk]:
    items: list[Raw | Reject] = []
    skipped: Counter[str] = Counter()
    size = part = 0
    for item in read(source, settings):
        if isinstance(item, Skipped):
            skipped[item.what] += 1
            continue
        items.append(item)
        size += len(item.data) if isinstance(item, Raw) else 0
        if size >= settings.part_bytes or len(items) >= settings.part_rows:
            yield Chunk(number, part, source.name, tuple(items), bytes=size, skipped=dict(skipped))
            items, size, part = [], 0, part + 1
            skipped.clear()
    if items or skipped:
        yield Chunk(number, part, source.name, tuple(items), bytes=size, skipped=dict(skipped))


def _table_chunks(number: int, source: Source, settings: CorpusSettings) -> Iterator[Chunk]:
    arrow = require("pyarrow")
    batches: list[Any] = []
    rejects: tuple[Reject, ...] = ()
    first = rows = size = part = 0
    try:
        for batch in read_parquet(source):
            batches.append(batch)
            rows += batch.num_rows
            size += batch.nbytes
            if size >= settings.part_bytes or rows >= settings.part_rows:
                table = arrow.Table.from_batches(batches)
                yield Chunk(number, part, source.name, table=table, first_row=first, bytes=size)
                batches, first, rows, size, part = [], first + rows, 0, 0, part + 1
    except InputError as error:
        rejects = (Reject(first + rows, f"behind row {first + rows}", str(error)),)
    if batches or rejects:
        table = arrow.Table.from_batches(batches) if batches else None
        yield Chunk(number, part, source.name, rejects, table, first, size)
