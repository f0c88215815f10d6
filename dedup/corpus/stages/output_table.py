"""Records out as Arrow tables, the columns of Parquet inputs in their own types."""

from collections.abc import Mapping, Sequence
from typing import Any

from dedup.config import KeySettings
from dedup.corpus.optional import require
from dedup.corpus.stages.output import NO_PARTNER, OF_PAGES, Verdict
from dedup.corpus.stages.parts import Part
from dedup.corpus.stages.verdicts import Fate
from dedup.errors import SettingsError

_FIGURES = ("type_probability", "confidence")
_REASONS = (*Verdict(Fate.KEPT).fields(), *NO_PARTNER)
_SHARES = ("jaccard", "containment", "partner_containment")


def record_schema(
    extras: Sequence[Any], keys: KeySettings, reasons: bool, blocks: bool = False
) -> Any:
    """The columns of the corpus.

    Args:
        extras: the type of what passes through, of each source: a struct of columns, or binary for
            JSON objects, which travel as one string column.
        keys: what the columns are called.
        reasons: whether verdicts are columns too.
        blocks: whether the blocks of pages are a column too.

    Raises:
        SettingsError: if two Parquet sources have columns of one name and unlike types.
    """
    pa = require("pyarrow")
    structs = [pa.schema(list(extra)) for extra in extras if pa.types.is_struct(extra)]
    try:
        schema = (
            pa.unify_schemas(structs, promote_options="permissive") if structs else pa.schema([])
        )
    except pa.ArrowException as error:
        raise SettingsError(
            f"the Parquet inputs do not fit one table ({error}): write jsonl, or run them apart"
        ) from error
    if keys.html in schema.names:
        schema = schema.remove(schema.get_field_index(keys.html))
    for name in (keys.id, keys.url, keys.date, *OF_PAGES, keys.metadata):
        if name not in schema.names and "." not in name:
            kind = pa.float32() if name in _FIGURES else pa.string()
            schema = schema.append(pa.field(name, kind))
    if keys.text in schema.names:
        schema = schema.set(schema.get_field_index(keys.text), pa.field(keys.text, pa.string()))
    else:
        schema = schema.append(pa.field(keys.text, pa.string()))
    if len(structs) < len(extras):
        schema = schema.append(pa.field("extra", pa.string()))
    if blocks:
        if "blocks" in schema.names:
            schema = schema.remove(schema.get_field_index("blocks"))
        schema = schema.append(pa.field("blocks", _block_type()))
    if reasons:
        for name in _REASONS:
            kind = pa.float64() if name in _SHARES else pa.string()
            schema = schema.append(pa.field(f"removed_{name}", kind))
    return schema


def record_table(
    part: Part,
    rows: Sequence[int],
    schema: Any,
    keys: KeySettings,
    reasons: Sequence[Mapping[str, Any]] | None,
    blocks: Sequence[Sequence[Mapping[str, Any]] | None] | None = None,
) -> Any:
    """Some documents of a part as a table of the schema.

    Args:
        part: these and others.
        rows: which.
        schema: that of the table.
        keys: what the columns are called.
        reasons: the reason for each, where they are columns.
        blocks: the blocks of each, where they are a column; None for texts.
    """
    pa = require("pyarrow")
    cleaned = part.cleaned.take(pa.array(rows, pa.int64())).combine_chunks()
    extra = cleaned["extra"]
    columns: dict[str, Any] = {}
    if pa.types.is_struct(extra.type):
        flat = (
            pa.Table.from_batches(pa.RecordBatch.from_struct_array(chunk) for chunk in extra.chunks)
            if extra.num_chunks
            else None
        )
        if flat is not None:
            columns = {name: flat[name] for name in flat.column_names}
    else:
        columns["extra"] = extra.cast(pa.string())
    own = {keys.id: "id", keys.url: "url", keys.date: "date", keys.metadata: "metadata"}
    for name, column in {**own, **{name: name for name in OF_PAGES}}.items():
        if name in columns and name in schema.names:
            columns[name] = _filled(columns[name], cleaned[column])
        else:
            columns.setdefault(name, cleaned[column])
    columns[keys.text] = part.texts["text"].take(pa.array(rows, pa.int64()))
    if reasons is not None:
        for name in _REASONS:
            columns[f"removed_{name}"] = pa.array([entry[name] for entry in reasons])
    if blocks is not None:
        columns["blocks"] = pa.array(blocks, _block_type())
    arrays = [
        columns[field.name].cast(field.type)
        if field.name in columns
        else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _block_type() -> Any:
    pa = require("pyarrow")
    places = [(name, pa.int64()) for name in ("start", "end", "duplicate_of")]
    words = [(name, pa.string()) for name in ("label", "reason")]
    return pa.list_(
        pa.struct([*places[:2], words[0], ("score", pa.float64()), words[1], places[2]])
    )


def _filled(column: Any, ours: Any) -> Any:
    """A column with what is missing in it taken from ours, where the types allow it."""
    pa = require("pyarrow")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return require("pyarrow.compute", "pyarrow").coalesce(column, ours.cast(column.type))
    return column
