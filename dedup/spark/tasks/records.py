"""Sources to records and texts: the stages of a run, a chunk of records in each row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import Settings, TemplateSettings
from dedup.corpus.io.chunks import chunks
from dedup.corpus.plan import Plan
from dedup.corpus.stages.clean import clean_chunk
from dedup.corpus.stages.templates import pages_of
from dedup.corpus.stages.texts import texts_table
from dedup.corpus.templates.learn import Templates
from dedup.errors import SettingsError
from dedup.model import Keep
from dedup.near.representatives import seconds
from dedup.spark.rows import batch

Batches = Iterable[Any]
# The number of a record, in the order of the input: its source, its part, its row.
ROW_BITS, PART_BITS = 20, 23


def record_numbers(source: int, part: int, rows: int) -> npt.NDArray[np.int64]:
    """The numbers of the records of a part.

    >>> record_numbers(1, 2, 2).tolist() == [(1 << 43) + (2 << 20), (1 << 43) + (2 << 20) + 1]
    True
    """
    if rows > 1 << ROW_BITS or part >> PART_BITS:
        raise SettingsError(
            f"part {part} of source {source} has {rows} records: on Spark a source has up to "
            f"{1 << PART_BITS} parts of {1 << ROW_BITS} records; set corpus.part_rows accordingly"
        )
    return np.arange(rows) + ((source << PART_BITS | part) << ROW_BITS)


def written(table: Any) -> bytes:
    """A table as bytes."""
    import pyarrow as pa
    from pyarrow import ipc

    sink = pa.BufferOutputStream()
    with ipc.new_stream(
        sink, table.schema, options=ipc.IpcWriteOptions(compression="lz4")
    ) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def read(data: Any) -> Any:
    """What `written` wrote."""
    from pyarrow import ipc

    return ipc.open_stream(data).read_all()


def tables(
    batches: Batches, name: str = "data"
) -> Iterator[tuple[int, int, Any, Mapping[str, Any]]]:
    """The rows of record batches: source, part, the table in a column, and the others."""
    for rows in batches:
        for at in range(rows.num_rows):
            row = {column: rows.column(column)[at] for column in rows.schema.names}
            yield row["source"].as_py(), row["part"].as_py(), read(row["data"].as_buffer()), row


@dataclass(frozen=True, slots=True)
class CleanSources:
    """Numbers of sources to rows of cleaned chunks; ``extra`` is the schema of what passes."""

    plan: Plan

    SCHEMA = "source int, part int, rows int, hosts int, data binary, extra binary"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        import pyarrow as pa

        settings = self.plan.settings
        for given in batches:
            for number in given.column("source").to_pylist():
                for chunk in chunks(number, self.plan.sources[number], settings.corpus):
                    table = clean_chunk(chunk, settings, {}, lambda index: None)
                    extra = pa.schema([table.schema.field("extra")]).serialize()
                    yield batch(
                        source=([number], "int32"),
                        part=([chunk.part], "int32"),
                        rows=([table.num_rows], "int32"),
                        hosts=([sum(map(bool, table["host"].unique().to_pylist()))], "int32"),
                        data=([written(table)], "binary"),
                        extra=([extra.to_pybytes()], "binary"),
                    )


@dataclass(frozen=True, slots=True)
class CountBlocks:
    """Cleaned chunks to how many pages of a host each fingerprint is on; under 0 all its pages."""

    settings: Settings

    SCHEMA = "host string, key long, pages long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for _, _, table, _ in tables(batches):
            templates = Templates(_unbounded(self.settings))
            for host, marks in pages_of(table):
                templates.count(host, marks)
            counts = {
                (host, key): pages
                for host, known in templates.hosts().items()
                for key, pages in [
                    (0, known["pages"]),
                    *((int(key), votes[0]) for key, votes in known["blocks"].items()),
                ]
            }
            yield _votes(counts, pages=list(counts.values()))


def _unbounded(settings: Settings) -> TemplateSettings:
    """The settings without a bound on what is held: a task holds one chunk, and its hosts."""
    return replace(settings.templates, entries=1 << 62)


def _votes(keys: Iterable[tuple[str, int]], **columns: list[int]) -> Any:
    """Rows of fingerprints of hosts, the fingerprints signed as Spark has it."""
    found = list(keys)
    signed = np.array([key for _, key in found], np.uint64).view(np.int64)
    more = {name: (values, "int64") for name, values in columns.items()}
    return batch(host=([host for host, _ in found], "string"), key=(signed, "int64"), **more)


@dataclass(frozen=True, slots=True)
class ChunkHosts:
    """Cleaned chunks to the hosts that each has pages of."""

    SCHEMA = "source int, part int, host string"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for source, part, table, _ in tables(batches):
            hosts = [host for host in table["host"].unique().to_pylist() if host]
            yield batch(
                source=([source] * len(hosts), "int32"),
                part=([part] * len(hosts), "int32"),
                host=(hosts, "string"),
            )


@dataclass(frozen=True, slots=True)
class VoteBlocks:
    """Cleaned chunks with what recurs on their hosts to the votes of their pages."""

    settings: Settings

    SCHEMA = "host string, key long, frame long, inside long"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for _, _, table, row in tables(batches):
            templates = _templates(row, self.settings)
            for host, marks in pages_of(table):
                templates.weigh(host, marks)
            found = {
                (host, key): places
                for host, known in templates.hosts().items()
                for key, places in [
                    (0, (known["judged"], 0)),
                    *((int(key), votes[1:]) for key, votes in known["blocks"].items()),
                ]
                if any(places)
            }
            frame, inside = ([places[at] for places in found.values()] for at in range(2))
            yield _votes(found, frame=frame, inside=inside)


def _templates(row: Mapping[str, Any], settings: Settings) -> Templates:
    """What the rows of the templates, joined to a chunk, tell of its hosts."""
    hosts: dict[str, dict[str, Any]] = {}
    for known in row["hosts_known"].as_py() or ():
        fields = hosts[known["host"]] = {"pages": 0, "judged": 0, "blocks": {}}
        for block in known["blocks"]:
            key = block["key"] % (1 << 64)
            if key:
                fields["blocks"][key] = (block["pages"], block["frame"], block["inside"])
            else:
                fields["pages"], fields["judged"] = block["pages"], block["frame"]
    return Templates.of_hosts(hosts, _unbounded(settings))


@dataclass(frozen=True, slots=True)
class MakeTexts:
    """Cleaned chunks, with the templates of their hosts where there are any, to their texts."""

    settings: Settings

    SCHEMA = "source int, part int, data binary"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for source, part, table, row in tables(batches):
            known = Templates(_unbounded(self.settings))
            if "hosts_known" in row:
                known = _templates(row, self.settings)
            texts = texts_table(table, known, self.settings)
            yield batch(
                source=([source], "int32"),
                part=([part], "int32"),
                data=([written(texts)], "binary"),
            )


@dataclass(frozen=True, slots=True)
class Documents:
    """Chunks with their records (``data``) and texts (``texts``) to a row for each document."""

    settings: Settings
    inputs: int

    SCHEMA = "id long, name string, url string, text string, order double, reference boolean"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        for source, part, table, row in tables(batches):
            texts = read(row["texts"].as_buffer())["text"].combine_chunks()
            rows = table.num_rows
            yield batch(
                id=(record_numbers(source, part, rows), "int64"),
                name=(table["id"].combine_chunks(), "string"),
                url=(table["url"].combine_chunks(), "string"),
                text=(texts, "string"),
                order=(self._order(source, part, table), "double"),
                reference=([source >= self.inputs] * rows, "bool"),
            )

    def _order(self, source: int, part: int, table: Any) -> list[float | None]:
        keep = self.settings.near.keep
        if keep is Keep.EARLIEST:
            return [seconds(date) for date in table["date"].to_pylist()]
        if keep is Keep.PRIORITY:
            found: list[float | None] = table["priority"].to_pylist()
            return found
        numbers: list[float | None] = record_numbers(source, part, table.num_rows).tolist()
        return numbers
