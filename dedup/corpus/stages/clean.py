"""The stage ``clean``: the records of a chunk to one stage file of pages and texts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.config import Clean, Settings
from dedup.corpus.io.chunks import Chunk
from dedup.corpus.io.pages import page_fields, page_of
from dedup.corpus.io.records import (
    Form,
    Raw,
    Record,
    Reject,
    as_number,
    as_text,
    lookup,
    made_id,
    parse,
    scalar_text,
)
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.blocks import BlockWriter, is_annotated, page_columns
from dedup.corpus.stages.cleanest import titles_of
from dedup.corpus.stages.given import given_columns, given_table
from dedup.corpus.stages.schema import part_name, schema, write_table
from dedup.corpus.stages.specimens import PAGES, Specimens
from dedup.corpus.templates.fingerprint import host_of
from dedup.errors import InputError
from dedup.model import Keep


@dataclass(frozen=True, slots=True)
class CleanTask:
    """Writes the file of a chunk.

    Attributes:
        root: the directory of the run.
        settings: how to clean.
    """

    root: str
    settings: Settings

    def open(self) -> Callable[[Chunk, Skip, Beat], Entry]:
        """See `dedup.corpus.runtime.workers.Task`."""
        warm = False

        def task(chunk: Chunk, skip: Skip, beat: Beat) -> Entry:
            nonlocal warm
            if not warm and has_pages(chunk, self.settings):
                from dedup.page.clean import clean

                # What a first page costs (imports, the model) counts for no page.
                clean("<p>A page to warm up with.</p><p>Of two paragraphs.</p>")
                warm = True
            return self._write(chunk, clean_chunk(chunk, self.settings, skip, beat))

        return task

    def _write(self, chunk: Chunk, table: Any) -> Entry:
        return write_table(Path(self.root), part_name("clean", chunk.source, chunk.part), table)


class _Rows:
    """Columns that grow row by row."""

    def __init__(self, kind: Any, annotated: bool) -> None:
        self._schema = kind
        self._values: dict[str, list[Any]] = {
            name: [] for name in kind.names if not name.startswith("block_")
        }
        self._blocks = BlockWriter(annotated)
        self.extra: Any = None

    def add(self, row: Mapping[str, Any], blocks: Mapping[str, Any] | None = None) -> None:
        """Add a record, and the columns of the blocks of its page."""
        for name, values in self._values.items():
            values.append(row.get(name))
        self._blocks.add(blocks)

    def table(self) -> Any:
        pa = require("pyarrow")
        blocks = self._blocks.arrays()
        arrays = []
        for field in self._schema:
            if field.name in blocks:
                arrays.append(blocks[field.name])
            elif field.name == "extra" and self.extra is not None:
                arrays.append(self.extra)
            else:
                arrays.append(pa.array(self._values[field.name], field.type))
        return pa.Table.from_arrays(arrays, schema=self._schema)


def clean_chunk(chunk: Chunk, settings: Settings, skip: Skip, beat: Beat) -> Any:
    """Clean the records of a chunk.

    Args:
        chunk: the records.
        settings: how to clean them.
        skip: items to set aside, with the reason.
        beat: called with each item's number before it is begun.

    Returns:
        A table of `schema`; rejected records are rows of place, reason, id and URL. Its metadata
        hold the bytes of the records, what was no page and the number of blocks; and some pages
        with all their blocks: see `Specimens`.
    """
    annotated = is_annotated(settings.corpus)
    kind = schema(annotated, _extra_type(chunk.table))
    if not skip and (texts := given_columns(chunk, settings)) is not None:
        beat(0)
        extra = _extra_column(chunk.table, chunk.table.num_rows, settings)
        return _with_facts(given_table(texts, kind, annotated, extra), chunk, [])
    rows = _Rows(kind, annotated)
    specimens = Specimens(chunk.source, chunk.part)
    index = -1
    for index, item in enumerate(_records(chunk, settings)):
        beat(index)
        if index in skip:
            rows.add(_rejected(item, skip[index]))
        elif isinstance(item, Reject):
            rows.add(_rejected(item, item.reason))
        else:
            rows.add(*_clean_item(item, chunk.name, settings, specimens))
    if chunk.table is not None:
        rows.extra = _extra_column(chunk.table, index + 1, settings)
    return _with_facts(rows.table(), chunk, specimens.records())


def _with_facts(table: Any, chunk: Chunk, pages: list[Any]) -> Any:
    """The table of a chunk with what the summary and the report need to know of it."""
    facts = {
        "bytes": chunk.bytes,
        "skipped": chunk.skipped,
        "blocks": len(table["block_label"].combine_chunks().values),
    }
    dumps = require("orjson").dumps
    return table.replace_schema_metadata({b"dedup": dumps(facts), PAGES: dumps(pages)})


def has_pages(chunk: Chunk, settings: Settings) -> bool:
    """Whether there seems to be something to clean in a chunk; for JSON lines its first tells."""
    if settings.corpus.clean is not Clean.AUTO:
        return settings.corpus.clean is Clean.ALWAYS
    if chunk.table is not None:
        return settings.keys.html in chunk.table.column_names
    first = next((item for item in chunk.items if isinstance(item, Raw)), None)
    if first is None or first.form is not None:
        return first is not None and first.form is not Form.GIVEN
    return settings.keys.html.encode() in first.data


def _records(chunk: Chunk, settings: Settings) -> Iterator[Raw | Record | Reject]:
    if chunk.table is not None:
        yield from _table_records(chunk, settings)
    yield from chunk.items


def _clean_item(
    item: Raw | Record, source: str, settings: Settings, specimens: Specimens
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The row of one record, and its blocks. Whatever goes wrong with it stays in its row."""
    record: Raw | Record = item
    try:
        parsed = parse(item, source, settings.keys) if isinstance(item, Raw) else item
        record = parsed
        return _clean_record(parsed, settings, specimens)
    except InputError as error:
        reason = str(error)
    except Exception as error:  # one bad page must not end the run
        reason = f"{type(error).__name__}: {error}"
    return _rejected(record, reason), None


def _rejected(item: Raw | Record | Reject, reason: str) -> dict[str, Any]:
    """The row of a record that is set aside, with its id and address as far as they are known."""
    return {
        "row": item.row,
        "place": item.place,
        "id": getattr(item, "id", "") or None,
        "url": getattr(item, "url", None),
        "rejected": reason,
    }


def _clean_record(
    record: Record, settings: Settings, specimens: Specimens
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    row: dict[str, Any] = {
        "row": record.row,
        "place": record.place,
        "id": record.id,
        "url": record.url,
        "date": record.date,
        "priority": record.priority,
        "origin": record.source or host_of(record.url) or None,
        "extra": record.extra,
    }
    which = settings.corpus.clean
    if which is Clean.NEVER or (which is Clean.AUTO and record.form is Form.GIVEN):
        data = record.data
        text = data if isinstance(data, str) else data.decode("utf-8")
        return {**row, "given": scalar_text(text)}, None
    page = page_of(record, settings)
    specimens.offer(record.row, page)
    row["host"] = host_of(record.url)
    if settings.near.keep is Keep.CLEANEST:
        row["titles"] = titles_of(page.blocks)
    annotated = is_annotated(settings.corpus)
    blocks = page_columns(page.blocks, settings.page, bool(row["host"]), annotated)
    return {**row, **page_fields(page)}, blocks


def _extra_type(table: Any) -> Any:
    return None if table is None else require("pyarrow").struct(list(table.schema))


def _extra_column(table: Any, rows: int, settings: Settings) -> Any:
    """The columns as one struct column; text and markup are emptied, rejected rows are null."""
    pa = require("pyarrow")
    for key in (settings.keys.text, settings.keys.html):
        at = table.schema.get_field_index(key)
        if at >= 0:
            field = table.schema.field(at)
            table = table.set_column(at, field, pa.nulls(table.num_rows, field.type))
    column = table.to_struct_array().combine_chunks()
    broken = _broken_rows(table)
    if broken:
        sound = pa.array([row not in broken for row in range(len(column))])
        column = require("pyarrow.compute", "pyarrow").if_else(sound, column, None)
    missing = rows - len(column)
    return pa.concat_arrays([column, pa.nulls(missing, column.type)]) if missing else column


def _broken_rows(table: Any) -> frozenset[int]:
    """The rows that hold strings which are not UTF-8: who reads Parquet does not look."""
    arrow = require("pyarrow")

    def is_sound(part: Any) -> bool:
        try:
            part.validate(full=True)
        except arrow.ArrowException:
            return False
        return True

    if is_sound(table):
        return frozenset()
    return frozenset(row for row in range(table.num_rows) if not is_sound(table.slice(row, 1)))


def _table_records(chunk: Chunk, settings: Settings) -> Iterator[Record | Reject]:
    """The rows of a Parquet chunk."""
    keys = settings.keys
    used = (
        keys.text, keys.html, keys.id, keys.url, keys.date, keys.priority, keys.source or keys.id
    )  # fmt: skip
    wanted = {*used, *(key.partition(".")[0] for key in used)}
    table = chunk.table.select([name for name in chunk.table.column_names if name in wanted])
    broken = _broken_rows(chunk.table)
    for offset in range(table.num_rows):
        row = chunk.first_row + offset
        place = f"row {row + 1}"
        if offset in broken:
            yield Reject(row, place, "bad UTF-8")
            continue
        fields = table.slice(offset, 1).to_pylist()[0]
        data, form = lookup(fields, keys.html), Form.HTML
        if not isinstance(data, str | bytes):
            data, form = lookup(fields, keys.text), Form.GIVEN
        if not isinstance(data, str | bytes):
            yield Reject(row, place, f"no string under {keys.html!r} or {keys.text!r}")
            continue
        record_id = as_text(lookup(fields, keys.id))
        yield Record(
            row=row,
            place=place,
            id=made_id(chunk.name, row) if record_id is None else record_id,
            data=data,
            form=form,
            url=as_text(lookup(fields, keys.url)),
            date=as_text(lookup(fields, keys.date)),
            priority=as_number(lookup(fields, keys.priority)),
            source=as_text(lookup(fields, keys.source)) if keys.source else None,
        )
