"""Texts in the columns of a table, taken over as columns: no Python object is made per record."""

from typing import Any

import numpy as np

from dedup.config import Clean, Settings
from dedup.corpus.io.chunks import Chunk
from dedup.corpus.optional import require
from dedup.corpus.stages.blocks import BlockWriter
from dedup.corpus.templates.fingerprint import host_of


def given_columns(chunk: Chunk, settings: Settings) -> dict[str, Any] | None:
    """The columns of the stage ``clean`` for the texts of a Parquet chunk, by name.

    None where some record is a page, or a field is of a type that has to be read one by one.
    Columns that are not there are null.
    """
    pa = require("pyarrow")
    pc = require("pyarrow.compute", "pyarrow")
    if chunk.table is None or chunk.items or settings.corpus.clean is Clean.ALWAYS:
        return None
    found = _fields(chunk.table, settings)
    if found is None:
        return None
    text = found["text"]
    rows = pa.array(np.arange(chunk.first_row, chunk.first_row + len(text)), pa.int64())
    there = text.is_valid()
    made = pc.binary_join_element_wise(chunk.name, rows.cast(pa.string()), "#")
    columns = {
        "id": pc.coalesce(found["id"], made),
        "url": found["url"],
        "date": found["date"],
        "priority": found["priority"],
        "origin": _origins(found["source"], found["url"]),
        "given": text,
    }
    null = pa.scalar(None, pa.string())
    bad = f"no string under {settings.keys.html!r} or {settings.keys.text!r}"
    places = pc.add(rows, 1).cast(pa.string())
    return {
        "row": rows,
        "place": pc.binary_join_element_wise("row", places, " "),
        "rejected": pc.if_else(there, null, bad),
        **{name: pc.if_else(there, c, pa.scalar(None, c.type)) for name, c in columns.items()},
    }


def _fields(table: Any, settings: Settings) -> dict[str, Any] | None:
    """The fields of the records as arrays of the types wanted, or None where one is of another."""
    pa = require("pyarrow")
    keys = settings.keys
    names = {
        "text": keys.text, "id": keys.id, "url": keys.url, "date": keys.date,
        "priority": keys.priority, "source": keys.source,
    }  # fmt: skip
    if keys.html in table.column_names or any("." in (name or "") for name in names.values()):
        return None
    if keys.text not in table.column_names:
        return None
    found = {}
    for field, name in names.items():
        wanted = pa.float64() if field == "priority" else pa.string()
        if name is None or name not in table.column_names:
            found[field] = pa.nulls(table.num_rows, wanted)
            continue
        column = table[name].combine_chunks()
        if not _may_cast(column.type, field):
            return None
        try:
            column.validate(full=True)  # bytes that are no UTF-8
            found[field] = column.cast(wanted)
        except pa.ArrowInvalid:
            return None
    return found


def _may_cast(kind: Any, field: str) -> bool:
    """Whether Arrow makes of a type what is made of its values one by one."""
    types = require("pyarrow").types
    is_text = types.is_string(kind) or types.is_large_string(kind)
    if field == "priority":
        return bool(types.is_integer(kind) or types.is_float64(kind))
    return bool(is_text or (types.is_integer(kind) and field != "text"))


def _origins(sources: Any, urls: Any) -> Any:
    """What each record says of its source, else its host."""
    pa = require("pyarrow")
    pc = require("pyarrow.compute", "pyarrow")
    sources = pc.if_else(pc.equal(sources, ""), pa.scalar(None, pa.string()), sources)
    if urls.null_count < len(urls):
        hosts = pa.array([host_of(url) or None for url in urls.to_pylist()], pa.string())
        sources = pc.coalesce(sources, hosts)
    return sources


def given_table(columns: dict[str, Any], schema: Any, annotated: bool, extra: Any) -> Any:
    """A table of the stage ``clean`` of `given_columns`.

    Args:
        columns: these.
        schema: that of the table.
        annotated: whether scores, reasons and positions are stored.
        extra: what passes through.
    """
    pa = require("pyarrow")
    rows = len(columns["given"])
    blocks = BlockWriter(annotated)
    for _ in range(rows):
        blocks.add(None)
    known = {**columns, **blocks.arrays(), "extra": extra}
    arrays = [
        known[field.name] if field.name in known else pa.nulls(rows, field.type) for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
