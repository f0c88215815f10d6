"""The stage ``texts``: templates out of the pages, texts together, fingerprints taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.config import Mode, Settings
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_bytes, write_whole
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.schema import (
    LABEL_NUMBER,
    LABELS,
    MARK_COLUMNS,
    TEXT_COLUMNS,
    TEXT_OF_BLOCKS,
    Key,
    marks_of,
    part_name,
    read_table,
    text_of_blocks,
    write_table,
)
from dedup.corpus.templates.learn import Templates, template_label
from dedup.model import Label
from dedup.near.bands import bands_for
from dedup.near.batches import read_fingerprints, write_fingerprints
from dedup.near.fingerprints import Fingerprints, fingerprint
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
    """Texts and final labels of a table of the stage ``clean``, row for row.

    A rejected row has the empty text. Reasons are there where the mode writes them. The metadata
    hold the number of blocks that belong to templates.
    """
    pa = require("pyarrow")
    annotated = settings.corpus.mode is Mode.ANNOTATE
    texts: list[str] = []
    labels: list[list[int] | None] = []
    reasons: list[list[str] | None] = []
    found = 0
    if cleaned["given"].null_count:
        for row in cleaned.select(_columns(cleaned, templates, annotated)).to_pylist():
            if row["given"] is not None:
                texts.append(row["given"])
                labels.append(None)
                reasons.append(None)
                continue
            final, why = row["block_label"], template_labels(row, templates)
            for at, (label, reason) in why.items():
                final[at] = LABEL_NUMBER[label]
                if annotated:
                    row["block_reason"][at] = reason
            found += len(why)
            texts.append(text_of_blocks(row, final, settings.page))
            labels.append(final)
            reasons.append(row.get("block_reason"))
    else:
        texts = cleaned["given"]
        labels, reasons = [None] * len(texts), [None] * len(texts)
    table = pa.table(
        [
            texts if isinstance(texts, pa.ChunkedArray) else pa.array(texts, pa.string()),
            pa.array(labels, pa.list_(pa.uint8())),
            pa.array(reasons, pa.list_(pa.string())),
        ],
        names=TEXT_COLUMNS,
    )
    facts = require("orjson").dumps({"template_blocks": found})
    return table.replace_schema_metadata({"dedup": facts})


def _columns(cleaned: Any, templates: Templates, annotated: bool) -> list[str]:
    """The columns that texts are put together of; fingerprints where a host has templates."""
    names = ["given", "host", *TEXT_OF_BLOCKS]
    if annotated:
        names.append("block_reason")
    if any(map(templates.judges, cleaned["host"].unique().to_pylist())):
        names += [name for name in MARK_COLUMNS if name not in names]
    return names


def template_labels(row: Mapping[str, Any], templates: Templates) -> dict[int, tuple[Label, str]]:
    """The blocks of a page that belong to the host's template: their labels and reasons."""
    host = row["host"]
    if not templates.judges(host):
        return {}
    found = {}
    for at, reason in enumerate(templates.judge(host, marks_of(row))):
        label = LABELS[row["block_label"][at]]
        if reason is not None and label.is_content:
            found[at] = template_label(row["block_link"][at]), reason
    return found


def write_arrays(root: Path, name: str, prints: Fingerprints) -> Entry:
    """Write fingerprints as a file."""
    return write_whole(root, name, lambda file: write_fingerprints(file, prints))


def read_arrays(path: Path) -> Fingerprints:
    """Read what `write_arrays` wrote."""
    with path.open("rb") as file:
        return read_fingerprints(file)
