"""The stage files: their names, their columns, and how they are read and written.

A file of the stage ``clean`` has one row per record; what belongs to its blocks stands in lists.
A file of the stage ``texts`` has the same rows: the text, and the final verdict on each block.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dedup.corpus.io.records import scalar_text
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_whole
from dedup.corpus.templates.fingerprint import Mark
from dedup.model import Block, Label, LabelledBlock, Page

# The number of a part: that of its source, and its own in the source.
Key = tuple[int, int]
LABELS = tuple(Label)
LABEL_NUMBER = {label: number for number, label in enumerate(LABELS)}
_CONTENT, _TEXT, _STRUCTURE, _JOINS = 1, 2, 4, 8
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


def block_fields(page: Page, marks: Sequence[Mark]) -> dict[str, Sequence[Any]]:
    """The blocks of a page and their fingerprints as columns of the file."""
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
