"""Verdicts and texts to the files of a run, one of each kind for every source."""

import pickle
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from dedup.corpus.plan import Plan
from dedup.corpus.stages.output import Verdict
from dedup.corpus.stages.parts import Documents, Part
from dedup.corpus.stages.summary import Counts
from dedup.corpus.stages.verdicts import Fate
from dedup.corpus.stages.write import out_files, writer_of
from dedup.spark.rows import batch
from dedup.spark.tasks.records import PART_BITS, ROW_BITS, read, record_numbers

Batches = Iterable[Any]
# What a row holds: the records of a part, its texts, or the verdict on one of its documents.
RECORDS, TEXTS, VERDICT = range(3)


@dataclass
class _Documents:
    """What writers ask for, of the part that is being written."""

    root: Path
    plan: Plan
    source: int
    extra: list[Any]
    leads: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    partner: dict[int, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    urls: dict[int, str | None] = field(default_factory=dict)

    def file(self, name: str) -> str:
        """A folder for each kind of file, a file in it for each source."""
        folder, _, suffix = name.partition(".")
        return f"{folder}/{self.source:05d}.{suffix}"

    def extra_types(self) -> list[Any]:
        """The type of what passes through, of each input."""
        return self.extra

    def text(self, document: int) -> str:
        """The text of a document of the part, or of its partner."""
        return self.texts[document]

    def address(self, document: int) -> dict[str, str | None]:
        """Where the partner of a document of the part is."""
        return {"url": self.urls[document], **self.plan.place_of(document >> ROW_BITS + PART_BITS)}


@dataclass(frozen=True, slots=True)
class WriteSources:
    """Rows of sources, in order, to files below ``root``; gives what became of the records.

    A file is renamed when it is whole, and the same rows make the same bytes, so it does not matter
    if a task is done twice.
    """

    root: str
    plan: Plan
    extra: tuple[bytes, ...]

    SCHEMA = "source int, counts binary"

    def __call__(self, batches: Batches) -> Iterator[Any]:
        rows = (row for one in batches for row in _rows(one))
        for source, ours in groupby(rows, key=lambda row: row["source"]):
            documents = _Documents(Path(self.root), self.plan, source, self._types())
            counts = self._write(documents, self._parts(documents, ours))
            yield batch(source=([source], "int32"), counts=([pickle.dumps(counts)], "binary"))

    def _write(self, documents: _Documents, parts: Iterable[Part]) -> Counts:
        counts = Counts()
        files = out_files(cast("Documents", documents))
        with ExitStack() as stack:
            write = [
                writer_of(documents.root, replace(file, name=documents.file(file.name)), stack)
                for file in files
            ]
            for part in parts:
                for put, file in zip(write, files, strict=True):
                    put(file.content(part))
                counts.add(part.cleaned, part.texts, part.verdicts, part.paragraphs, part.source)
        return counts

    def _types(self) -> list[Any]:
        import pyarrow as pa
        from pyarrow import ipc

        schemas = [ipc.read_schema(pa.py_buffer(data)) for data in self.extra]
        return [schema.field("extra").type for schema in schemas]

    def _parts(self, documents: _Documents, rows: Iterable[Mapping[str, Any]]) -> Iterator[Part]:
        for number, group in groupby(rows, key=lambda row: row["part"]):
            # The records come first, then the texts, then the verdicts.
            records, made, *said = group
            cleaned, texts = read(records["data"]), read(made["data"])
            first = int(record_numbers(documents.source, number, 1)[0])
            causes = cleaned["rejected"].to_pylist()
            verdicts = [Verdict(Fate.KEPT if c is None else Fate.REJECTED, cause=c) for c in causes]
            leads: list[int] = []
            documents.texts, documents.urls = {}, {}
            for row in said:
                at = row["id"] - first
                if row["lead"]:
                    leads.append(row["id"])
                elif causes[at] is None:
                    verdicts[at] = _verdict(row)
                if row["partner_text"] is not None:
                    documents.partner[row["id"]] = row["partner"]
                    documents.texts[row["id"]] = texts["text"][at].as_py()
                    documents.texts[row["partner"]] = row["partner_text"]
                    documents.urls[row["partner"]] = row["partner_url"]
            documents.leads = np.array(leads, np.int64)
            name = self.plan.sources[documents.source].name
            yield Part(name, first, cleaned, texts, verdicts, {})
            documents.partner.clear()


def _verdict(row: Mapping[str, Any]) -> Verdict:
    fate = Fate[row["fate"].upper()]
    if fate is Fate.KEPT:
        return Verdict(fate)
    figures = [float(row[name] or 0) for name in ("jaccard", "containment", "partner_containment")]
    return Verdict(fate, row["name"], figures[0], figures[1], figures[2])


def _rows(one: Any) -> Iterator[dict[str, Any]]:
    """The rows of a record batch as plain values, binary ones as buffers."""
    names = [name for name in one.schema.names if name != "data"]
    plain = one.select(names).to_pylist()
    for row, data in zip(plain, one.column("data"), strict=True):
        yield {**row, "data": data.as_buffer()}
