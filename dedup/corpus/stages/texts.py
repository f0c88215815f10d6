"""The stage ``texts``: templates out of the pages, texts together, fingerprints taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_bytes, write_whole
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.schema import (
    BLOCK_COLUMNS,
    LABEL_NUMBER,
    MARK_COLUMNS,
    TEXT_COLUMNS,
    Key,
    blocks_of,
    marks_of,
    part_name,
    read_table,
    write_table,
)
from dedup.corpus.templates.learn import Templates, relabel
from dedup.model import LabelledBlock
from dedup.near.fingerprints import Fingerprints, fingerprint
from dedup.near.lsh import bands_for
from dedup.text.shingles import pack


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


@dataclass(frozen=True, slots=True)
class TextsTask:
    """Makes the files of a part out of its file of the stage ``clean``.

    Attributes:
        root: the directory of the run.
        settings: how texts are put together and fingerprinted.
        templates: the names of the files of the stage ``templates``.
    """

    root: str
    settings: Settings
    templates: tuple[str, ...]

    def open(self) -> Callable[[Key, Skip, Beat], TextPart]:
        """See `dedup.corpus.runtime.workers.Task`."""
        known = Templates(self.settings.templates)
        for name in self.templates:
            known.merge(Templates.load(Path(self.root) / name))

        def task(key: Key, skip: Skip, beat: Beat) -> TextPart:
            beat(0)
            return self._part(key, known)

        return task

    def _part(self, key: Key, templates: Templates) -> TextPart:
        root, settings = Path(self.root), self.settings
        table = texts_table(read_table(root / part_name("clean", *key)), templates, settings)
        packed = pack(table["text"], settings.text)
        bands = bands_for(settings.near.threshold, settings.text.slots)
        prints = fingerprint(packed, bands, settings.text)
        data = packed.data[packed.offsets[0] : packed.offsets[-1]].tobytes()
        return TextPart(
            write_table(root, part_name("texts", *key), table),
            write_bytes(root, part_name("texts", *key, "utf8"), data),
            write_arrays(root, part_name("texts", *key, "npy"), prints),
        )


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
