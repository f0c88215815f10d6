"""What the worker processes do: one stage file in, one stage file out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dedup.config import Settings
from dedup.corpus.chunks import Chunk
from dedup.corpus.extra import require
from dedup.corpus.pages import blocks_of, clean_chunk, marks_of
from dedup.corpus.store import Entry, write_whole
from dedup.corpus.template import Templates, relabel
from dedup.model import LabelledBlock
from dedup.page.clean import page_text

Skip = Mapping[int, str]
Beat = Callable[[int], None]


def part_name(stage: str, source: int, part: int, suffix: str = "arrow") -> str:
    """The name of a stage file below the directory of the run.

    >>> part_name("clean", 2, 13)
    'stages/clean/00002-000013.arrow'
    """
    return f"stages/{stage}/{source:05d}-{part:06d}.{suffix}"


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
    """Read an Arrow file, or some columns of it."""
    ipc = require("pyarrow.ipc", "pyarrow")
    feather = require("pyarrow.feather", "pyarrow")
    if columns is not None:
        return feather.read_table(str(path), columns=columns, use_threads=False)
    with ipc.open_file(str(path)) as reader:
        return reader.read_all()


def cleaner(root: str, settings: Settings) -> Callable[[Chunk, Skip, Beat], tuple[Entry, int]]:
    """The task of the stage ``clean``: gives the file of a chunk and its number of records."""

    def task(chunk: Chunk, skip: Skip, beat: Beat) -> tuple[Entry, int]:
        table = clean_chunk(chunk, settings, skip, beat)
        facts = {"bytes": chunk.bytes, "skipped": chunk.skipped}
        table = table.replace_schema_metadata({"dedup": require("orjson").dumps(facts)})
        name = part_name("clean", chunk.source, chunk.part)
        return write_table(Path(root), name, table), table.num_rows

    return task


def judged_blocks(
    row: Mapping[str, Any], templates: Templates | None
) -> tuple[LabelledBlock, ...]:
    """The blocks of a row of the stage ``clean``, those of the host's template relabelled."""
    blocks = blocks_of(row)
    if templates is None:
        return blocks
    reasons = templates.judge(row["host"], marks_of(row))
    return tuple(
        block if reason is None else relabel(block, reason)
        for block, reason in zip(blocks, reasons, strict=True)
    )


def text_of(row: Mapping[str, Any], templates: Templates | None, settings: Settings) -> str:
    """The text of a row of the stage ``clean``; empty for a rejected one."""
    given = row["given"]
    if given is not None:
        return str(given)
    return page_text(judged_blocks(row, templates), settings.page)
