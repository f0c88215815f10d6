"""The stage ``texts``: templates out of the pages, texts together, fingerprints taken."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_bytes, write_whole
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.blocks import (
    IS_CONTENT,
    LABEL_NUMBER,
    LABELS,
    MARK_COLUMNS,
    TEXT_OF_BLOCKS,
    StoredBlocks,
    is_annotated,
)
from dedup.corpus.stages.cleanest import quality_columns
from dedup.corpus.stages.schema import TEXT_COLUMNS, Key, part_name, read_table, write_table
from dedup.corpus.stages.specimens import PAGES
from dedup.corpus.templates.learn import Templates
from dedup.model import Keep, Label
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
        inputs: sources from this number on are only compared with.
    """

    root: str
    settings: Settings
    templates: tuple[str, ...]
    inputs: int

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
        cleaned = read_table(root / part_name("clean", *key))
        table = texts_table(cleaned, templates, settings)
        texts = table["text"]
        if key[0] < self.inputs and settings.corpus.below:
            # What is set apart is compared with nothing.
            pc = require("pyarrow.compute", "pyarrow")
            texts = pc.if_else(is_uncertain(cleaned, settings), "", texts)
        packed = pack(texts, settings.text)
        bands = bands_for(settings.near.lowest, settings.text.slots)
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
    hold what was found of templates: see `_told`.
    """
    pa = require("pyarrow")
    given = cleaned["given"].combine_chunks()
    facts: dict[str, Any] = {"template_blocks": 0}
    kept = sizes = np.zeros(len(given), np.int64)
    if given.null_count:
        annotated = is_annotated(settings.corpus)
        names = _columns(cleaned, templates, annotated)
        blocks = StoredBlocks.of(cleaned.select(names))
        label = blocks.columns["block_label"].copy()
        why = _template_blocks(blocks, cleaned["host"].to_pylist(), templates)
        facts = _told(blocks, cleaned, why)
        for at in why:
            label[at] = _OF_LINKS if blocks.linked[at] else _OTHER
        texts = _texts(blocks, label, given, settings)
        if settings.near.keep is Keep.CLEANEST:
            kept, sizes = _sizes(blocks, label, settings)
        offsets = pa.array(blocks.offsets, pa.int32(), mask=_beside(given))
        labels = pa.ListArray.from_arrays(offsets, pa.array(label))
        reasons = pa.nulls(len(given), pa.list_(pa.string()))
        if annotated:
            words = blocks.columns["block_reason"].to_pylist()
            for at, reason in why.items():
                words[at] = reason
            reasons = pa.ListArray.from_arrays(offsets, pa.array(words, pa.string()))
    else:
        texts = given
        labels, reasons = (pa.nulls(len(given), pa.list_(t)) for t in (pa.uint8(), pa.string()))
    table = pa.table([texts, labels, reasons], names=TEXT_COLUMNS)
    if settings.near.keep is Keep.CLEANEST:
        for name, column in quality_columns(table["text"], kept, sizes).items():
            table = table.append_column(name, column)
    return table.replace_schema_metadata({"dedup": require("orjson").dumps(facts)})


EXAMPLE = 120  # characters of a block of a template that are told
_OF_LINKS, _OTHER = LABEL_NUMBER[Label.NAV], LABEL_NUMBER[Label.OTHER]


def is_uncertain(cleaned: Any, settings: Settings) -> Any:
    """Which pages of a table of the stage ``clean`` are set apart, as an Arrow array."""
    pc = require("pyarrow.compute", "pyarrow")
    return pc.fill_null(pc.less(cleaned["confidence"], settings.corpus.below), False)


def _beside(given: Any) -> Any:
    """Where lists of blocks are null: beside a given text."""
    return np.append(given.is_valid().to_numpy(zero_copy_only=False), False)


def _columns(cleaned: Any, templates: Templates, annotated: bool) -> list[str]:
    """The columns that texts are put together of; fingerprints where a host has templates."""
    names = [*TEXT_OF_BLOCKS, "block_size"]
    if annotated:
        names.append("block_reason")
    if any(map(templates.judges, cleaned["host"].unique().to_pylist())):
        names += [name for name in MARK_COLUMNS if name not in names]
    return names


def _template_blocks(
    blocks: StoredBlocks, hosts: list[str | None], templates: Templates
) -> dict[int, str]:
    """The blocks of content that belong to the templates of their hosts, with the reasons."""
    judged = [page for page, host in enumerate(hosts) if templates.judges(host)]
    if not judged:
        return {}
    marks, offsets = blocks.marks, blocks.offsets.tolist()
    is_content = IS_CONTENT[blocks.columns["block_label"]].tolist()
    found = {}
    for page in judged:
        first = offsets[page]
        reasons = templates.judge(hosts[page] or "", marks.of(first, offsets[page + 1]))
        for at, reason in reasons.items():
            if is_content[first + at]:
                found[first + at] = reason
    return found


def _in_text(blocks: StoredBlocks, label: Any, settings: Settings) -> Any:
    """Which blocks make up the texts."""
    included = np.array([name in settings.page.include for name in LABELS])
    return included[label] & (blocks.columns["block_duplicate"] < 0)


def _sizes(blocks: StoredBlocks, label: Any, settings: Settings) -> tuple[Any, Any]:
    """Bytes of the blocks of each record, those in its text and all."""
    size = blocks.columns["block_size"].astype(np.int64)
    sums = (np.append(0, np.cumsum(s)) for s in (size * _in_text(blocks, label, settings), size))
    kept, whole = (np.diff(total[blocks.offsets]) for total in sums)
    return kept, whole


def _told(blocks: StoredBlocks, cleaned: Any, why: Mapping[int, str]) -> dict[str, Any]:
    """What is told of the blocks of templates.

    Returns:
        ``template_blocks``: how many there are; ``templates``: of each host how many, and the
        longest with its reason; ``reasons``: of the pages that a report may show, by row and number
        of the block.
    """
    orjson = require("orjson")
    shown = {page["row"] for page in orjson.loads((cleaned.schema.metadata or {}).get(PAGES, "[]"))}
    hosts, rows = cleaned["host"].to_pylist(), cleaned["row"].to_pylist()
    data, places = blocks.texts
    pages = np.searchsorted(blocks.offsets, list(why), "right") - 1
    counts: Counter[str] = Counter()
    longest: dict[str, tuple[int, int]] = {}
    reasons: dict[str, dict[str, str]] = {}
    for (at, reason), page in zip(why.items(), pages.tolist(), strict=True):
        host, size = hosts[page], int(places[at + 1] - places[at])
        counts[host] += 1
        longest[host] = max(longest.get(host, (-1, 0)), (size, -at))
        if rows[page] in shown:
            block = at - int(blocks.offsets[page])
            reasons.setdefault(str(rows[page]), {})[str(block)] = reason
    templates = {}
    for host, (_, behind) in longest.items():
        text = bytes(data[places[-behind] : places[1 - behind]]).decode()
        templates[host] = (counts[host], text[:EXAMPLE], why[-behind])
    return {"template_blocks": len(why), "templates": templates, "reasons": reasons}


def _texts(blocks: StoredBlocks, label: Any, given: Any, settings: Settings) -> Any:
    """The text of each record: the given one, or that of its blocks."""
    pa = require("pyarrow")
    from dedup.page.clean import put_together

    data, places = blocks.texts
    chosen = np.flatnonzero(_in_text(blocks, label, settings))
    begins, ends = places[chosen].tolist(), places[chosen + 1].tolist()
    pieces = [bytes(data[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    bounds = np.searchsorted(chosen, blocks.offsets).tolist()
    joins = blocks.joins[chosen]
    joining = set((np.searchsorted(bounds, np.flatnonzero(joins), "right") - 1).tolist())
    texts: list[bytes | str] = []
    for row, text in enumerate(given.to_pylist()):
        first, last = bounds[row], bounds[row + 1]
        if text is not None:
            texts.append(text)
        elif row in joining:
            rows = zip(chosen[first:last].tolist(), pieces[first:last], joins[first:last].tolist(),
                       strict=True)  # fmt: skip
            texts.append(put_together((at, piece.decode(), goes_on) for at, piece, goes_on in rows))
        else:
            texts.append(b"\n\n".join(pieces[first:last]))
    return pa.array(texts, pa.string())


def write_arrays(root: Path, name: str, prints: Fingerprints) -> Entry:
    """Write fingerprints as a file."""
    return write_whole(root, name, lambda file: write_fingerprints(file, prints))


def read_arrays(path: Path) -> Fingerprints:
    """Read what `write_arrays` wrote."""
    with path.open("rb") as file:
        return read_fingerprints(file)
