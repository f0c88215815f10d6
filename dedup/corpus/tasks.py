"""What the worker processes do: one stage file in, one stage file out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from dedup.config import Settings
from dedup.corpus.chunks import Chunk
from dedup.corpus.extra import require
from dedup.corpus.marks import hash64
from dedup.corpus.pages import (
    BLOCK_COLUMNS,
    KEY_COLUMNS,
    LABEL_NUMBER,
    MARK_COLUMNS,
    blocks_of,
    clean_chunk,
    has_pages,
    marks_of,
)
from dedup.corpus.store import Entry, write_whole
from dedup.corpus.template import Templates, relabel
from dedup.model import LabelledBlock
from dedup.near.fingerprints import Fingerprints, fingerprint
from dedup.near.lsh import bands_for
from dedup.text.shingles import pack

Skip = Mapping[int, str]
Beat = Callable[[int], None]
TEXT_COLUMNS = ["text", "label", "reason"]


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


def cleaner(root: str, settings: Settings) -> Callable[[Chunk, Skip, Beat], Entry]:
    """The task of the stage ``clean``: the file of a chunk."""
    warm = False

    def task(chunk: Chunk, skip: Skip, beat: Beat) -> Entry:
        nonlocal warm
        if not warm and has_pages(chunk, settings):
            from dedup.page.clean import clean

            # What a first page costs (imports, kernels loaded or compiled) counts for no page.
            clean("<p>A page to warm up with.</p><p>Of two paragraphs.</p>", settings=settings)
            warm = True
        table = clean_chunk(chunk, settings, skip, beat)
        facts = {
            "bytes": chunk.bytes,
            "skipped": chunk.skipped,
            "blocks": len(table["block_key"].combine_chunks().values),
        }
        table = table.replace_schema_metadata({"dedup": require("orjson").dumps(facts)})
        name = part_name("clean", chunk.source, chunk.part)
        return write_table(Path(root), name, table)

    return task


def template_finder(
    root: str, settings: Settings, parts: tuple[str, ...], shares: int
) -> Callable[[int, Skip, Beat], Entry]:
    """The task of the stage ``templates``: learns one share of the hosts from all the parts.

    Shares keep the memory bounded: each holds the fingerprints of its own hosts only.
    """

    def task(share: int, skip: Skip, beat: Beat) -> Entry:
        templates = Templates(settings.templates)
        beat(0)
        for first_pass in (True, False):
            for part in parts:
                for host, row in _host_rows(Path(root) / part, share, shares):
                    if first_pass:
                        keys = {key for name in KEY_COLUMNS for key in row[name]} - {0}
                        templates.count_keys(host, keys)
                    else:
                        templates.weigh(host, marks_of(row))
                beat(0)
            if first_pass:
                templates.drop_rare(settings.templates.pages - 1)
        templates.forget_counts()
        data = templates.to_bytes()
        return write_whole(Path(root), template_name(share), lambda file: _write(file, data))

    return task


def template_name(share: int) -> str:
    """The name of the file of one share of the templates."""
    return f"stages/templates/{share:05d}.json.gz"


def _write(file: Any, data: bytes) -> None:
    file.write(data)


def _host_rows(path: Path, share: int, shares: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of a part that are pages of the hosts of one share."""
    pc = require("pyarrow.compute", "pyarrow")
    pa = require("pyarrow")
    hosts = read_table(path, ["host"])["host"].combine_chunks()
    ours = [host for host in hosts.unique().to_pylist() if host and hash64(host) % shares == share]
    if ours:
        table = read_table(path, ["host", *MARK_COLUMNS])
        chosen = table.filter(pc.is_in(hosts, value_set=pa.array(ours, pa.string())))
        for row in chosen.to_pylist():
            yield row["host"], row


@dataclass(frozen=True, slots=True)
class TextPart:
    """What the stage ``texts`` made of one file of the stage ``clean``.

    Attributes:
        table: the file of texts and final verdicts, row for row.
        packed: the file of the texts as they are compared, UTF-8 one after the other.
        prints: the file of the fingerprints.
    """

    table: Entry
    packed: Entry
    prints: Entry


def texter(
    root: str, settings: Settings, templates: tuple[str, ...]
) -> Callable[[tuple[int, int], Skip, Beat], TextPart]:
    """The task of the stage ``texts``: templates out, texts together, fingerprints taken."""
    known = Templates(settings.templates)
    for name in templates:
        known.merge(Templates.load(Path(root) / name))

    def task(key: tuple[int, int], skip: Skip, beat: Beat) -> TextPart:
        beat(0)
        source, part = key
        table = texts_table(read_table(Path(root) / part_name("clean", *key)), known, settings)
        packed = pack(table["text"], settings.text)
        bands = bands_for(settings.near.threshold, settings.text.slots)
        prints = fingerprint(packed, bands, settings.text)
        return TextPart(
            write_table(Path(root), part_name("texts", source, part), table),
            write_whole(
                Path(root),
                part_name("texts", source, part, "utf8"),
                lambda file: _write(
                    file, packed.data[packed.offsets[0] : packed.offsets[-1]].tobytes()
                ),
            ),
            write_arrays(Path(root), part_name("texts", source, part, "npy"), prints),
        )

    return task


def texts_table(cleaned: Any, templates: Templates, settings: Settings) -> Any:
    """Texts and final verdicts of a table of the stage ``clean``, row for row.

    A rejected row has the empty text.
    """
    pa = require("pyarrow")
    texts: list[str] = []
    labels: list[list[int] | None] = []
    reasons: list[list[str] | None] = []
    given = cleaned["given"]
    if given.null_count == 0:
        empty = pa.nulls(len(given))
        return pa.table(
            [given, empty.cast(pa.list_(pa.uint8())), empty.cast(pa.list_(pa.string()))],
            names=TEXT_COLUMNS,
        )
    from dedup.page.clean import page_text

    for row in cleaned.select(
        ["given", "host", *{**dict.fromkeys(BLOCK_COLUMNS), **dict.fromkeys(MARK_COLUMNS)}]
    ).to_pylist():
        if row["given"] is not None:
            texts.append(row["given"])
            labels.append(None)
            reasons.append(None)
            continue
        blocks = judged_blocks(row, templates)
        texts.append(page_text(blocks, settings.page))
        labels.append([LABEL_NUMBER[block.label] for block in blocks])
        reasons.append([block.reason for block in blocks])
    return pa.table(
        [
            pa.array(texts, pa.string()),
            pa.array(labels, pa.list_(pa.uint8())),
            pa.array(reasons, pa.list_(pa.string())),
        ],
        names=TEXT_COLUMNS,
    )


def judged_blocks(row: Mapping[str, Any], templates: Templates) -> tuple[LabelledBlock, ...]:
    """The blocks of a row of the stage ``clean``, those of the host's template relabelled."""
    blocks = blocks_of(row)
    reasons = templates.judge(row["host"] or "", marks_of(row))
    return tuple(
        block if reason is None else relabel(block, reason)
        for block, reason in zip(blocks, reasons, strict=True)
    )


def write_arrays(root: Path, name: str, prints: Fingerprints) -> Entry:
    """Write fingerprints as numpy arrays, one after the other."""

    def write(file: Any) -> None:
        for field in fields(prints):
            np.lib.format.write_array(file, getattr(prints, field.name), allow_pickle=False)

    return write_whole(root, name, write)


def read_arrays(path: Path) -> Fingerprints:
    """Read what `write_arrays` wrote."""
    with path.open("rb") as file:
        return Fingerprints(
            *(np.lib.format.read_array(file, allow_pickle=False) for _ in fields(Fingerprints))
        )
