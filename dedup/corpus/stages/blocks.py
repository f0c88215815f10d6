"""The blocks of many pages as Arrow columns, and back: no value is made per block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from dedup.config import CorpusSettings, Mode, PageSettings
from dedup.corpus.io.records import scalar_text
from dedup.corpus.optional import require
from dedup.corpus.templates.fingerprint import Marks, marks_of
from dedup.corpus.templates.learn import LINKED
from dedup.model import Label, LabelledBlock
from dedup.page.labelled import LabelledColumns, columns_of

Array = np.ndarray[Any, Any]

LABELS = tuple(Label)
LABEL_NUMBER = {label: number for number, label in enumerate(LABELS)}
IS_CONTENT = np.array([label.is_content for label in LABELS])
_SIZES = "sizes"  # of the texts, while they are not yet in one column
_CONTENT, _TEXT, _STRUCTURE, _JOINS, _LINKED = 1, 2, 4, 8, 16
KEY_COLUMNS = ("block_key", "block_opening", "block_ending")
MARK_COLUMNS = (*KEY_COLUMNS, "block_parent", "block_size", "block_flags")
# What the text of a page is put together of.
TEXT_OF_BLOCKS = ("block_text", "block_label", "block_duplicate", "block_flags")
# What only annotations hold; other modes do without.
ANNOTATED_BLOCKS = ("block_score", "block_reason", "block_start", "block_end")


def is_annotated(settings: CorpusSettings) -> bool:
    """Whether scores, reasons and positions of blocks are stored."""
    return settings.blocks or settings.mode is Mode.ANNOTATE


def block_types(annotated: bool) -> dict[str, Any]:
    """The columns of the blocks in a file of the stage ``clean``, and the types of their values.

    ``block_text`` is empty where no mode could put the block into the text.
    """
    pa = require("pyarrow")
    types = {
        "block_text": pa.string(),
        "block_label": pa.uint8(),
        "block_duplicate": pa.int32(),
        "block_flags": pa.uint8(),
        "block_size": pa.int32(),
        **dict.fromkeys((*KEY_COLUMNS, "block_parent"), pa.uint64()),
    }
    annotation = (pa.float32(), pa.string(), pa.int32(), pa.int32())
    return types | dict(zip(ANNOTATED_BLOCKS, annotation, strict=True)) if annotated else types


def page_columns(
    blocks: Sequence[LabelledBlock], settings: PageSettings, with_host: bool, annotated: bool
) -> dict[str, Any]:
    """The columns of the blocks of a page: arrays, and lists of texts (bytes) and reasons.

    Args:
        blocks: the blocks of a cleaned page.
        settings: which labels make up the text.
        with_host: whether a template can be learned from them.
        annotated: whether scores, reasons and positions are stored.
    """
    found = columns_of(blocks)
    flags = _JOINS * found.joins.astype(np.uint8) | _LINKED * (found.density > LINKED)
    columns: dict[str, Any] = {
        **_texts(found, _may_be_text(settings.include)),
        "block_label": found.label,
        "block_duplicate": found.copy_of,
        "block_size": (found.ends - found.begins).astype(np.int32),
    }
    if with_host:
        marks = marks_of(found)
        for flag, is_set in (
            (_CONTENT, marks.content), (_TEXT, marks.text), (_STRUCTURE, marks.structure)
        ):  # fmt: skip
            flags |= flag * is_set.astype(np.uint8)
        columns |= {name: marks.keys[:, at] for at, name in enumerate(KEY_COLUMNS)}
        columns["block_parent"] = marks.parent
    else:
        columns |= dict.fromkeys((*KEY_COLUMNS, "block_parent"), np.zeros(len(found), np.uint64))
    columns["block_flags"] = flags.astype(np.uint8)
    if annotated:
        values = list(blocks)
        columns["block_score"] = found.score
        columns["block_reason"] = [block.reason for block in values]
        columns["block_start"] = np.array([block.start for block in values], np.int32)
        columns["block_end"] = np.array([block.end for block in values], np.int32)
    return columns


def _texts(found: LabelledColumns, may_be_text: Array) -> dict[str, Any]:
    """The texts that may be needed, and all sizes; lone surrogates, which UTF-8 lacks, go."""
    wanted = np.flatnonzero(may_be_text[found.label] & (found.copy_of < 0))
    begins, ends = found.begins[wanted], found.ends[wanted]
    spans = zip(begins.tolist(), ends.tolist(), strict=True)
    texts = [found.text[begin:end] for begin, end in spans]
    sizes = np.zeros(len(found), np.int64)
    sizes[wanted] = ends - begins
    if b"\xed" in found.text:  # as all surrogates begin
        texts = [scalar_text(text.decode("utf-8", "surrogatepass")).encode() for text in texts]
        sizes[wanted] = list(map(len, texts))
    return {"block_text": texts, _SIZES: sizes}


@lru_cache(maxsize=8)
def _may_be_text(include: frozenset[Label]) -> Array:
    """Per label whether its blocks may be in the text, templates taken out or not."""
    by_template = include & {Label.NAV, Label.OTHER}
    return np.array(
        [label in include or bool(label.is_content and by_template) for label in LABELS]
    )


class BlockWriter:
    """Takes the blocks of one page after the other, and gives them as list columns.

    Args:
        annotated: whether scores, reasons and positions are stored.
    """

    def __init__(self, annotated: bool) -> None:
        self._types = block_types(annotated)
        self._columns: dict[str, list[Any]] = {name: [] for name in (*self._types, _SIZES)}
        self._counts: list[int] = [0]

    def add(self, page: Mapping[str, Any] | None) -> None:
        """Take the `page_columns` of a page, or None for a record that has no blocks."""
        self._counts.append(0 if page is None else len(page["block_label"]))
        for name, values in (page or {}).items():
            if name in ("block_text", "block_reason"):
                self._columns[name] += values
            else:
                self._columns[name].append(values)

    def arrays(self) -> dict[str, Any]:
        """The list columns, one list per record."""
        pa = require("pyarrow")
        offsets = pa.array(np.cumsum(self._counts), pa.int32())
        found = {}
        for name, kind in self._types.items():
            values = self._columns[name]
            if name == "block_text":
                flat = _strings(b"".join(values), self._columns[_SIZES])
            elif name == "block_reason":
                flat = pa.array(values, kind)
            else:
                joined = np.concatenate([np.zeros(0, kind.to_pandas_dtype()), *values])
                copies = joined < 0 if name == "block_duplicate" else None
                flat = pa.array(joined, kind, mask=copies)
            found[name] = pa.ListArray.from_arrays(offsets, flat)
        return found


def _strings(data: bytes, sizes: Sequence[Array]) -> Any:
    """A string array of UTF-8 and the sizes of the texts in it."""
    pa = require("pyarrow")
    offsets = np.cumsum(np.concatenate([np.zeros(1, np.int64), *sizes])).astype(np.int32)
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


@dataclass(frozen=True, slots=True, eq=False)
class StoredBlocks:
    """The blocks of a file of the stage ``clean``, one row per block.

    Attributes:
        offsets: record ``i`` has the blocks from ``offsets[i]`` up to ``offsets[i + 1]`` (int64).
        columns: the columns by name, as arrays; texts and reasons as Arrow arrays.
    """

    offsets: Array
    columns: dict[str, Any]

    @classmethod
    def of(cls, table: Any) -> "StoredBlocks":
        """Those columns of a table that belong to blocks."""
        pa = require("pyarrow")
        found: dict[str, Any] = {}
        offsets = np.zeros(1, np.int64)
        for name in table.column_names:
            if not name.startswith("block_"):
                continue
            column = table[name].combine_chunks()
            if isinstance(column, pa.ChunkedArray):  # of no chunk
                column = pa.array([], column.type)
            offsets = column.offsets.to_numpy().astype(np.int64)
            values = column.values
            if name == "block_duplicate":
                values = values.fill_null(-1)
            found[name] = values if pa.types.is_string(values.type) else values.to_numpy()
        return cls(offsets, found)

    @property
    def linked(self) -> Array:
        """Whether each block consists of links."""
        return np.asarray(self.columns["block_flags"] & _LINKED > 0)

    @property
    def joins(self) -> Array:
        """Whether the text of each block goes on in the next one."""
        return np.asarray(self.columns["block_flags"] & _JOINS > 0)

    @property
    def texts(self) -> tuple[memoryview, Array]:
        """The UTF-8 of all texts, and where each begins, and the last ends."""
        column = self.columns["block_text"]
        _, offsets, data = column.buffers()
        ends = np.frombuffer(offsets, np.int32) if offsets else np.zeros(1, np.int32)
        return memoryview(data or b""), ends[column.offset : column.offset + len(column) + 1]

    @property
    def marks(self) -> Marks:
        """The fingerprints of all blocks."""
        columns = self.columns
        flags = columns["block_flags"]
        return Marks(
            np.stack([columns[name] for name in KEY_COLUMNS], axis=1),
            columns["block_parent"],
            columns["block_size"],
            *(flags & flag > 0 for flag in (_CONTENT, _TEXT, _STRUCTURE)),
        )
