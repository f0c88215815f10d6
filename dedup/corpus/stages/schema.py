"""The stage files: their names, their columns, and how they are read and written.

A file of the stage ``clean`` has one row per record; what belongs to its blocks stands in lists.
A file of the stage ``texts`` has the same rows: the text, and the final verdict on each block.
"""

from pathlib import Path
from typing import Any

from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_whole
from dedup.corpus.stages.blocks import block_types
from dedup.errors import RunError

# The number of a part: that of its source, and its own in the source.
Key = tuple[int, int]
TEXT_COLUMNS = ["text", "label", "reason"]


def part_name(stage: str, source: int, part: int, suffix: str = "arrow") -> str:
    """The name of a stage file below the directory of the run.

    >>> part_name("clean", 2, 13)
    'stages/clean/00002-000013.arrow'
    """
    return f"stages/{stage}/{source:05d}-{part:06d}.{suffix}"


def template_name(share: int) -> str:
    """The name of the file of one share of the templates."""
    return f"stages/templates/{share:05d}.json.gz"


def schema(annotated: bool, extra: Any = None) -> Any:
    """The columns of a file of the stage ``clean``.

    ``given`` is the text of a record that was not cleaned, else null.

    Args:
        annotated: whether scores, reasons and positions are stored.
        extra: the type of what passes through: binary for a JSON object, or for Parquet a struct
            of the other columns in their own types.
    """
    pa = require("pyarrow")
    columns = {
        "row": pa.int64(),
        "place": pa.string(),
        "id": pa.string(),
        "url": pa.string(),
        "date": pa.string(),
        "priority": pa.float64(),
        "host": pa.string(),
        "origin": pa.string(),
        "title": pa.string(),
        "kind": pa.string(),
        "type": pa.string(),
        "type_probability": pa.float32(),
        "confidence": pa.float32(),
        "titles": pa.int32(),
        "encoding": pa.string(),
        "metadata": pa.string(),
        "given": pa.string(),
        "rejected": pa.string(),
        **{name: pa.list_(kind) for name, kind in block_types(annotated).items()},
        "extra": extra if extra is not None else pa.binary(),
    }
    return pa.schema(list(columns.items()))


def write_table(root: Path, name: str, table: Any, compression: str | None = "lz4") -> Entry:
    """Write a table as an Arrow file, whole or not at all."""
    pa = require("pyarrow")
    ipc = require("pyarrow.ipc", "pyarrow")
    options = ipc.IpcWriteOptions(compression=compression, use_threads=False)

    def write(file: Any) -> None:
        with ipc.new_file(pa.PythonFile(file, "w"), table.schema, options=options) as writer:
            writer.write_table(table)

    return write_whole(root, name, write)


def read_table(path: Path, columns: list[str] | None = None) -> Any:
    """Read an Arrow file, or some columns of it.

    Raises:
        RunError: if it is damaged. Files of a run are read after their checksum was compared, so
            that this one was changed meanwhile, or the disk is failing.
    """
    arrow = require("pyarrow")
    ipc = require("pyarrow.ipc", "pyarrow")
    feather = require("pyarrow.feather", "pyarrow")
    try:
        if columns is not None:
            return feather.read_table(str(path), columns=columns, use_threads=False)
        with ipc.open_file(str(path)) as reader:
            return reader.read_all()
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise RunError(
            f"{path} is damaged ({error}): remove it, then resume with --resume"
        ) from error
