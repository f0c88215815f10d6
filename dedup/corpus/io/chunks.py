"""Cutting a source into chunks: what one worker reads at a time and one stage file holds.

Where a chunk ends depends on the source and the settings alone, so that a resumed run makes the
same files.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dedup.config import CorpusSettings, Format
from dedup.corpus.io.readers import Meter, parquet_rows, read, read_parquet
from dedup.corpus.io.records import Raw, Reject, Skipped, Source
from dedup.corpus.optional import require
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
        read: bytes of the source's files that were read for it, which may be compressed.
        skipped: what was no page, by kind.
    """

    source: int
    part: int
    name: str
    items: tuple[Raw | Reject, ...] = ()
    table: Any = None
    first_row: int = 0
    bytes: int = 0
    read: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


def chunks(number: int, source: Source, settings: CorpusSettings) -> Iterator[Chunk]:
    """The chunks of a source, in order; none is larger than the bounds and its last record."""
    if source.format is Format.PARQUET:
        yield from _table_chunks(number, source, settings)
    else:
        yield from _record_chunks(number, source, settings)


def input_bytes(source: Source) -> int:
    """Bytes of the source's files, as they lie on disk."""
    return sum(Path(path).stat().st_size for path in source.paths if Path(path).is_file())


def _record_chunks(number: int, source: Source, settings: CorpusSettings) -> Iterator[Chunk]:
    items: list[Raw | Reject] = []
    skipped: Counter[str] = Counter()
    meter = Meter()
    size = part = before = 0

    def chunk() -> Chunk:
        taken = meter.bytes - before
        return Chunk(
            number, part, source.name, tuple(items), bytes=size, read=taken, skipped=dict(skipped)
        )

    for item in read(source, settings, meter):
        if isinstance(item, Skipped):
            skipped[item.what] += 1
            continue
        items.append(item)
        size += len(item.data) if isinstance(item, Raw) else 0
        if size >= settings.part_bytes or len(items) >= settings.part_rows:
            yield chunk()
            items, size, part, before = [], 0, part + 1, meter.bytes
            skipped.clear()
    if items or skipped:
        yield chunk()


def _table_chunks(number: int, source: Source, settings: CorpusSettings) -> Iterator[Chunk]:
    arrow = require("pyarrow")
    batches: list[Any] = []
    first = rows = size = part = 0
    all_rows, on_disk = parquet_rows(source), input_bytes(source)

    def chunk(*rejects: Reject) -> Chunk:
        table = arrow.Table.from_batches(batches) if batches else None
        # The share of the file's bytes that its share of the rows is.
        done, before = ((on_disk * row) // (all_rows or 1) for row in (first + rows, first))
        return Chunk(number, part, source.name, rejects, table, first, size, done - before)

    try:
        for batch in read_parquet(source):
            batches.append(batch)
            rows += batch.num_rows
            size += batch.nbytes
            if size >= settings.part_bytes or rows >= settings.part_rows:
                yield chunk()
                batches, first, rows, size, part = [], first + rows, 0, 0, part + 1
    except InputError as error:
        yield chunk(Reject(first + rows, f"after row {first + rows}", str(error)))
    else:
        if batches:
            yield chunk()
