"""The stage files: their names, their columns, and how they are read and written.

A file of the stage ``clean`` has one row per record; what belongs to its blocks stands in lists.
A file of the stage ``texts`` has the same rows: the text, and the final verdict on each block.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dedup.config import PageSettings
from dedup.corpus.io.records import scalar_text
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_whole
from dedup.corpus.templates.fingerprint import Mark
from dedup.model import Block, Label, LabelledBlock

# The number of a part: that of its source, and its own in the source.
Key = tuple[int, int]
LABELS = tuple(Label)
LABEL_NUMBER = {label: number for number, label in enumerate(LABELS)}
_CONTENT, _TEXT, _STRUCTURE, _JOINS = 1, 2, 4, 8
KEY_COLUMNS = ("block_key", "block_opening", "block_ending")
MARK_COLUMNS = (*KEY_COLUMNS, "block_parent", "block_size", "block_flags")
# What the text of a page is put together of.
TEXT_OF_BLOCKS = ("block_text", "block_label", "block_duplicate", "block_flags", "block_link")
# What only annotations hold; other modes do without.
ANNOTATED_BLOCKS = ("block_score", "block_reason", "block_start", "block_end")
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
        **{
            name: pa.list_(kind)
            for name, kind in lists.items()
            if annotated or name not in ANNOTATED_BLOCKS
        },
        "extra": extra if extra is not None else pa.binary(),
    }
    return pa.schema(list(columns.items()))


def block_fields(
    blocks: Sequence[LabelledBlock], marks: Sequence[Mark] | None, annotated: bool
) -> dict[str, Sequence[Any]]:
    """The blocks of a page as columns of the file.

    Args:
        blocks: the blocks of a cleaned page; without reasons and positions unless annotated.
        marks: the fingerprints of its blocks; None where no template can be learned from it.
        annotated: whether scores, reasons and positions are stored.
    """
    joins = [_JOINS * block.block.joins for block in blocks]
    columns: dict[str, Sequence[Any]] = {
        "block_text": [scalar_text(block.block.text) for block in blocks],
        "block_label": [LABEL_NUMBER[block.label] for block in blocks],
        "block_duplicate": [block.duplicate_of for block in blocks],
        "block_link": [block.block.link_density for block in blocks],
    }
    if annotated:
        columns["block_score"] = [block.score for block in blocks]
        columns["block_reason"] = [block.reason for block in blocks]
        columns["block_start"] = [block.block.start for block in blocks]
        columns["block_end"] = [block.block.end for block in blocks]
    if marks is None:
        columns["block_flags"] = joins
        return columns | {name: [0] * len(blocks) for name in MARK_COLUMNS[:-1]}
    columns["block_flags"] = [
        _CONTENT * mark.content + _TEXT * mark.text + _STRUCTURE * mark.structure + join
        for mark, join in zip(marks, joins, strict=True)
    ]
    columns["block_key"] = [mark.key for mark in marks]
    columns["block_opening"] = [mark.opening for mark in marks]
    columns["block_ending"] = [mark.ending for mark in marks]
    columns["block_parent"] = [mark.parent for mark in marks]
    columns["block_size"] = [mark.size for mark in marks]
    return columns


def marks_of(row: Mapping[str, Any]) -> tuple[Mark, ...]:
    """The marks in a row of the file."""
    return tuple(
        Mark(*numbers, *(bool(flags & flag) for flag in (_CONTENT, _TEXT, _STRUCTURE)))
        for *numbers, flags in zip(*(row[name] for name in MARK_COLUMNS), strict=True)
    )


def text_of_blocks(row: Mapping[str, Any], labels: Sequence[int], settings: PageSettings) -> str:
    """The text of a page.

    Args:
        row: `TEXT_OF_BLOCKS` of the page.
        labels: the final labels of its blocks.
        settings: which labels are kept.
    """
    from dedup.page.clean import page_text

    texts, flags = row["block_text"], row["block_flags"]
    kept = [
        LabelledBlock(
            Block(at, texts[at], 0, 0, joins=bool(flags[at] & _JOINS)), LABELS[label], 0.0, ""
        )
        for at, (label, copy) in enumerate(zip(labels, row["block_duplicate"], strict=True))
        if copy is None and LABELS[label] in settings.include
    ]
    return page_text(kept, settings)


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
