"""The stage file of cleaned pages: one row a record, blocks and marks as lists."""

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dedup.config import Settings
from dedup.corpus.chunks import Chunk
from dedup.corpus.extra import require
from dedup.corpus.marks import Mark, host_of, mark
from dedup.corpus.records import (
    Form,
    Raw,
    Record,
    Reject,
    as_number,
    as_text,
    lookup,
    made_id,
    parse,
)
from dedup.errors import InputError
from dedup.model import Block, Label, LabelledBlock, Page, SourceKind

LABELS = tuple(Label)
LABEL_NUMBER = {label: number for number, label in enumerate(LABELS)}
_CONTENT, _TEXT, _STRUCTURE, _JOINS = 1, 2, 4, 8


def schema(extra: Any = None) -> Any:
    """The columns of the file.

    ``given`` is the text of a record that was not cleaned, else null. ``extra`` holds what passes
    through: a JSON object, or for Parquet the other columns as a struct of their own types.
    """
    pa = require("pyarrow")
    lists = {
        "block_text": pa.string(),
        "block_label": pa.uint8(),
        "block_score": pa.float32(),
        "block_reason": pa.string(),
        "block_duplicate": pa.int32(),
        "block_start": pa.int32(),
        "block_end": pa.int32(),
        "block_link": pa.float32(),
        "block_flags": pa.uint8(),
        "block_size": pa.int32(),
        "block_key": pa.uint64(),
        "block_opening": pa.uint64(),
        "block_ending": pa.uint64(),
        "block_parent": pa.uint64(),
    }
    columns = {
        "row": pa.int64(),
        "place": pa.string(),
        "id": pa.string(),
        "url": pa.string(),
        "date": pa.string(),
        "priority": pa.float64(),
        "host": pa.string(),
        "title": pa.string(),
        "kind": pa.string(),
        "encoding": pa.string(),
        "metadata": pa.string(),
        "given": pa.string(),
        "rejected": pa.string(),
        **{name: pa.list_(kind) for name, kind in lists.items()},
        "extra": extra if extra is not None else pa.binary(),
    }
    return pa.schema(list(columns.items()))


class _Rows:
    """Columns that grow row by row; lists are kept flat."""

    def __init__(self, kind: Any) -> None:
        self._pa = require("pyarrow")
        self._schema = kind
        self._values: dict[str, list[Any]] = {field.name: [] for field in kind}
        self._scalars = [
            (name, values) for name, values in self._values.items() if not name.startswith("block_")
        ]
        self._offsets: list[int] = [0]
        self.extra: Any = None

    def add(
        self, row: Mapping[str, Any], blocks: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        for name, values in self._scalars:
            values.append(row.get(name))
        for name, more in (blocks or {}).items():
            self._values[name].extend(more)
        self._offsets.append(len(self._values["block_label"]))

    def table(self) -> Any:
        pa = self._pa
        offsets = pa.array(self._offsets, pa.int32())
        arrays = []
        for field in self._schema:
            if pa.types.is_list(field.type):
                flat = pa.array(self._values[field.name], field.type.value_type)
                arrays.append(pa.ListArray.from_arrays(offsets, flat))
            elif field.name == "extra" and self.extra is not None:
                arrays.append(self.extra)
            else:
                arrays.append(pa.array(self._values[field.name], field.type))
        return pa.Table.from_arrays(arrays, schema=self._schema)


def clean_chunk(
    chunk: Chunk, settings: Settings, skip: Mapping[int, str], beat: Callable[[int], None]
) -> Any:
    """Clean the records of a chunk.

    Args:
        chunk: the records.
        settings: how to clean them.
        skip: items to set aside, with the reason.
        beat: called with each item's number before it is begun.

    Returns:
        A table of `schema`; rejected records are rows that hold nothing but place and reason.
    """
    rows = _Rows(schema(_extra_type(chunk.table)))
    index = -1
    for index, item in enumerate(_records(chunk, settings)):
        beat(index)
        if index in skip:
            rows.add({"row": item.row, "place": item.place, "rejected": skip[index]})
        elif isinstance(item, Reject):
            rows.add({"row": item.row, "place": item.place, "rejected": item.reason})
        else:
            rows.add(*_clean_item(item, chunk.name, settings))
    if chunk.table is not None:
        rows.extra = _extra_column(chunk.table, index + 1, settings)
    return rows.table()


def has_pages(chunk: Chunk, settings: Settings) -> bool:
    """Whether there seems to be something to clean in a chunk; for JSON lines its first tells."""
    if settings.corpus.clean != "auto":
        return settings.corpus.clean == "always"
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
    item: Raw | Record, source: str, settings: Settings
) -> tuple[dict[str, Any], dict[str, Sequence[Any]] | None]:
    """The row of one record. Whatever goes wrong with it stays in its row."""
    try:
        record = parse(item, source, settings.keys) if isinstance(item, Raw) else item
        return _clean_record(record, settings)
    except InputError as error:
        reason = str(error)
    except Exception as error:  # one bad page must not end the run
        reason = f"{type(error).__name__}: {error}"
    return {"row": item.row, "place": item.place, "rejected": reason}, None


def _clean_record(
    record: Record, settings: Settings
) -> tuple[dict[str, Any], dict[str, Sequence[Any]] | None]:
    row: dict[str, Any] = {
        "row": record.row,
        "place": record.place,
        "id": record.id,
        "url": record.url,
        "date": record.date,
        "priority": record.priority,
        "extra": record.extra,
    }
    which = settings.corpus.clean
    if which == "never" or (which == "auto" and record.form is Form.GIVEN):
        data = record.data
        text = data if isinstance(data, str) else data.decode("utf-8")
        return {**row, "given": scalar_text(text)}, None
    from dedup.page.clean import clean  # the model: half a second that texts need not wait for

    page = clean(
        record.data,
        url=record.url,
        kind=SourceKind.HTML if record.form is Form.HTML else None,
        encoding=_known(record.encoding) if isinstance(record.data, bytes) else None,
        settings=settings,
    )
    row["host"] = host_of(record.url)
    return {**row, **_page_fields(page)}, _block_fields(page, mark(page.blocks))


def _known(encoding: str | None) -> str | None:
    """An encoding of which there is a codec; servers declare others too, and those say nothing.

    >>> _known("gbk"), _known("utf8mb4"), _known(None)
    ('gbk', None, None)
    """
    try:
        return codecs.lookup(encoding).name if encoding else None
    except LookupError:
        return None


def scalar_text(text: str) -> str:
    """The text in a form that UTF-8 can hold: lone surrogates become U+FFFD.

    >>> scalar_text("a" + chr(0xD800))
    'a\ufffd'
    """
    return (
        text
        if text.isascii()
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def _page_fields(page: Page) -> dict[str, Any]:
    metadata = require("orjson").dumps(dict(page.metadata)).decode() if page.metadata else None
    return {
        "title": scalar_text(page.title),
        "kind": page.kind.value,
        "encoding": page.encoding,
        "metadata": metadata,
    }


def _block_fields(page: Page, marks: Sequence[Mark]) -> dict[str, Sequence[Any]]:
    blocks = page.blocks
    return {
        "block_text": [scalar_text(block.text) for block in blocks],
        "block_label": [LABEL_NUMBER[block.label] for block in blocks],
        "block_score": [block.score for block in blocks],
        "block_reason": [block.reason for block in blocks],
        "block_duplicate": [block.duplicate_of for block in blocks],
        "block_start": [block.start for block in blocks],
        "block_end": [block.end for block in blocks],
        "block_link": [block.block.link_density for block in blocks],
        "block_flags": [
            _CONTENT * one.content
            + _TEXT * one.text
            + _STRUCTURE * one.structure
            + _JOINS * block.block.joins
            for one, block in zip(marks, blocks, strict=True)
        ],
        "block_size": [one.size for one in marks],
        "block_key": [one.key for one in marks],
        "block_opening": [one.opening for one in marks],
        "block_ending": [one.ending for one in marks],
        "block_parent": [one.parent for one in marks],
    }


KEY_COLUMNS = ("block_key", "block_opening", "block_ending")
MARK_COLUMNS = (*KEY_COLUMNS, "block_parent", "block_size", "block_flags")
BLOCK_COLUMNS = (
    "block_text",
    "block_label",
    "block_score",
    "block_reason",
    "block_duplicate",
    "block_start",
    "block_end",
    "block_link",
    "block_flags",
)


def marks_of(row: Mapping[str, Any]) -> tuple[Mark, ...]:
    """The marks in a row of the file."""
    return tuple(
        Mark(*numbers, *(bool(flags & flag) for flag in (_CONTENT, _TEXT, _STRUCTURE)))
        for *numbers, flags in zip(*(row[name] for name in MARK_COLUMNS), strict=True)
    )


def blocks_of(row: Mapping[str, Any]) -> tuple[LabelledBlock, ...]:
    """The blocks in a row of the file (without path and tag)."""
    return tuple(
        LabelledBlock(
            Block(index, text, start, end, link_density=link, joins=bool(flags & _JOINS)),
            LABELS[label],
            score,
            reason,
            duplicate,
        )
        for index, (text, label, score, reason, duplicate, start, end, link, flags) in enumerate(
            zip(*(row[name] for name in BLOCK_COLUMNS), strict=True)
        )
    )


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
    missing = rows - len(column)
    return pa.concat_arrays([column, pa.nulls(missing, column.type)]) if missing else column


def _table_records(chunk: Chunk, settings: Settings) -> Iterator[Record | Reject]:
    """The rows of a Parquet chunk."""
    keys = settings.keys
    used = (keys.text, keys.html, keys.id, keys.url, keys.date, keys.priority)
    wanted = {*used, *(key.partition(".")[0] for key in used)}
    table = chunk.table.select([name for name in chunk.table.column_names if name in wanted])
    for offset, fields in enumerate(table.to_pylist()):
        row = chunk.first_row + offset
        place = f"row {row + 1}"
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
        )
