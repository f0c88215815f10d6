"""The stage ``write``: verdicts and texts to the files that the user asked for."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus.extra import require
from dedup.corpus.near_stage import PARAGRAPHS, VERDICTS
from dedup.corpus.outgoing import (
    RECORD_COLUMNS,
    Verdict,
    annotation_of,
    cluster_schema,
    record_of,
    rejects,
)
from dedup.corpus.outgoing_table import record_schema, record_table
from dedup.corpus.paragraphs import without
from dedup.corpus.plan import Plan, output_format
from dedup.corpus.store import new_file
from dedup.corpus.summary import Counts
from dedup.corpus.tasks import part_name, read_table
from dedup.corpus.verdicts import Fate
from dedup.corpus.writers import JsonLines, ParquetRows, json_lines
from dedup.near.compare import passages

Key = tuple[int, int]
_CLUSTERED = (Fate.EXACT, Fate.NEAR, Fate.CONTAINS)
_ANNOTATED = (
    "row",
    "id",
    "block_start",
    "block_end",
    "block_score",
    "block_duplicate",
)


@dataclass(frozen=True, slots=True)
class Part:
    """The documents of one part, everything about them side by side.

    Attributes:
        source: the name of their source.
        first: the number of the first of them.
        cleaned: the table of the stage ``clean``.
        texts: the table of the stage ``texts``, its texts without the repeated paragraphs.
        verdicts: their verdicts.
        paragraphs: for each the paragraphs dropped, where there are any.
    """

    source: str
    first: int
    cleaned: Any
    texts: Any
    verdicts: Sequence[Verdict]
    paragraphs: dict[int, list[dict[str, Any]]]


def write_outputs(
    root: Path, parts: Sequence[Key], plan: Plan, step: Callable[[int], None]
) -> dict[str, Any]:
    """Write the corpus, the annotations or the clusters, and what was set aside.

    Returns:
        The counts for the summary.
    """
    settings = plan.settings.corpus
    corpus = _Corpus(root, parts, plan)
    counts = Counts()
    files = ["rejected.jsonl", f"{_NAMES[settings.mode]}.{_suffix(plan)}"]
    if settings.removed:
        files.append(f"removed.{output_format(plan)}")
    with ExitStack() as stack:
        rejected = stack.enter_context(
            JsonLines(stack.enter_context(new_file(root, "rejected.jsonl")))
        )
        writers: list[Callable[[Part], None]] = [
            {"filter": _filter_writer, "annotate": _annotation_writer, "clusters": _cluster_writer}[
                settings.mode
            ](corpus, stack)
        ]
        if settings.removed:
            writers.append(_removed_writer(corpus, stack))
        for part in corpus.parts():
            bad = part.cleaned.filter(part.cleaned["rejected"].is_valid())
            rejected.write(
                rejects(bad.select(["row", "place", "rejected"]).to_pylist(), part.source)
            )
            for write in writers:
                write(part)
            counts.add(part.cleaned, part.texts, part.verdicts, part.paragraphs)
            step(len(part.verdicts))
    return {**counts.summary(corpus.near_report), "files": sorted(files)}


_NAMES = {"filter": "corpus", "annotate": "annotations", "clusters": "clusters"}


def _suffix(plan: Plan) -> str:
    """The format of the main file: annotations are JSON lines, clusters Parquet."""
    output = output_format(plan)
    mode = plan.settings.corpus.mode
    if mode == "clusters":
        return "parquet"
    return "jsonl" if mode == "annotate" and output == "parquet" else output


class _Corpus:
    """The files of all stages, read part by part, and ids by number."""

    def __init__(self, root: Path, parts: Sequence[Key], plan: Plan) -> None:
        self.root, self.plan = root, plan
        self.keys = parts
        table = read_table(root / VERDICTS)
        self.near_report = require("orjson").loads(table.schema.metadata[b"dedup"])
        self.fate: npt.NDArray[np.uint8] = table["fate"].to_numpy()
        self.partner: npt.NDArray[np.int64] = table["partner"].to_numpy()
        self._figures = [
            table[name].to_numpy() for name in ("jaccard", "containment", "partner_containment")
        ]
        spans = read_table(root / PARAGRAPHS)
        self._spans = spans
        self._span_documents: npt.NDArray[np.int64] = spans["document"].to_numpy()
        self.starts = [0]
        for key in parts:
            rows = read_table(root / part_name("clean", *key), ["row"]).num_rows
            self.starts.append(self.starts[-1] + rows)
        wanted = np.concatenate((self.partner[self.partner >= 0], spans["partner"].to_numpy()))
        self._ids = self._read_ids(np.unique(wanted))
        self.leads = np.unique(self.partner[np.isin(self.fate, (Fate.EXACT, Fate.NEAR))])
        self.document_text = lru_cache(maxsize=8)(self._texts_of_part)

    def _read_ids(self, wanted: npt.NDArray[np.int64]) -> dict[int, str]:
        ids: dict[int, str] = {}
        for at, key in enumerate(self.keys):
            low, high = np.searchsorted(wanted, self.starts[at : at + 2])
            if low < high:
                column = read_table(self.root / part_name("clean", *key), ["id"])["id"]
                rows = wanted[low:high] - self.starts[at]
                ids.update(
                    zip(wanted[low:high].tolist(), column.take(rows).to_pylist(), strict=True)
                )
        return ids

    def id(self, document: int) -> str | None:
        """The id of a document that another one refers to."""
        return self._ids[document] if document >= 0 else None

    def _texts_of_part(self, at: int) -> Any:
        return read_table(self.root / part_name("texts", *self.keys[at]), ["text"])["text"]

    def text(self, document: int) -> str:
        """The text of any document."""
        at = bisect_right(self.starts, document) - 1
        return str(self.document_text(at)[document - self.starts[at]].as_py())

    def parts(self) -> Iterator[Part]:
        """The inputs part by part (not what they were compared against)."""
        for at, key in enumerate(self.keys):
            if key[0] < self.plan.inputs:
                yield self._part(at, key)

    def _part(self, at: int, key: Key) -> Part:
        cleaned = read_table(self.root / part_name("clean", *key))
        texts = read_table(self.root / part_name("texts", *key))
        first = self.starts[at]
        paragraphs = self._paragraphs(first, self.starts[at + 1])
        if paragraphs:
            texts = _cut(texts, paragraphs)
        causes = cleaned["rejected"].to_pylist()
        verdicts = [self._verdict(first + index, cause) for index, cause in enumerate(causes)]
        name = self.plan.sources[key[0]].name
        return Part(name, first, cleaned, texts, verdicts, paragraphs)

    def _verdict(self, document: int, cause: str | None) -> Verdict:
        if cause is not None:
            return Verdict(Fate.REJECTED, cause=cause)
        fate = Fate(int(self.fate[document]))
        if fate is Fate.KEPT:
            return _KEPT
        jaccard, containment, back = (float(column[document]) for column in self._figures)
        partner = self.id(int(self.partner[document]))
        return Verdict(fate, partner, jaccard, containment, back)

    def _paragraphs(self, first: int, last: int) -> dict[int, list[dict[str, Any]]]:
        """Dropped paragraphs by row of the part."""
        low, high = np.searchsorted(self._span_documents, (first, last)).tolist()
        found: dict[int, list[dict[str, Any]]] = {}
        for span in self._spans.slice(low, high - low).to_pylist():
            found.setdefault(span["document"] - first, []).append(
                {"start": span["start"], "end": span["end"], "partner": self.id(span["partner"])}
            )
        return found


_KEPT = Verdict(Fate.KEPT)


def _cut(texts: Any, paragraphs: dict[int, list[dict[str, Any]]]) -> Any:
    """The texts without the paragraphs that are dropped."""
    pa = require("pyarrow")
    values = texts["text"].to_pylist()
    for row, spans in paragraphs.items():
        values[row] = without(values[row], [(span["start"], span["end"]) for span in spans])
    at = texts.schema.get_field_index("text")
    return texts.set_column(at, "text", pa.array(values, pa.string()))


def _filter_writer(corpus: _Corpus, stack: ExitStack) -> Callable[[Part], None]:
    return _record_writer(corpus, stack, "corpus", lambda verdict: verdict.fate is Fate.KEPT, False)


def _removed_writer(corpus: _Corpus, stack: ExitStack) -> Callable[[Part], None]:
    def removed(verdict: Verdict) -> bool:
        return verdict.fate not in (Fate.KEPT, Fate.REJECTED)

    return _record_writer(corpus, stack, "removed", removed, True)


def _record_writer(
    corpus: _Corpus,
    stack: ExitStack,
    name: str,
    chosen: Callable[[Verdict], bool],
    reasons: bool,
) -> Callable[[Part], None]:
    """Writes the chosen documents as records, with the reason where asked for."""
    output = output_format(corpus.plan)
    keys = corpus.plan.settings.keys
    file = stack.enter_context(new_file(corpus.root, f"{name}.{output}"))

    def rows_of(part: Part) -> list[int]:
        return [row for row, verdict in enumerate(part.verdicts) if chosen(verdict)]

    if output == "parquet":
        schema = record_schema(_extra_types(corpus), keys, reasons)
        table_writer = stack.enter_context(ParquetRows(file, schema))

        def write_table(part: Part) -> None:
            table_writer.write(record_table(part, rows_of(part), schema, keys, reasons))

        return write_table
    writer = stack.enter_context(json_lines(file, output))
    pa = require("pyarrow")

    def write(part: Part) -> None:
        rows = pa.array(rows_of(part), pa.int64())
        records = part.cleaned.select(list(RECORD_COLUMNS)).take(rows).to_pylist()
        texts = part.texts["text"].take(rows).to_pylist()
        out = []
        for row, record, text in zip(rows.to_pylist(), records, texts, strict=True):
            fields = record_of(record, text, keys)
            if reasons:
                fields["removed"] = part.verdicts[row].fields()
            out.append(fields)
        writer.write(out)

    return write


def _extra_types(corpus: _Corpus) -> list[Any]:
    """The type of what passes through, of each source."""
    types: dict[int, Any] = {}
    for key in corpus.keys:
        if key[0] < corpus.plan.inputs and key[0] not in types:
            path = corpus.root / part_name("clean", *key)
            types[key[0]] = read_table(path, ["extra"]).schema.field("extra").type
    return list(types.values())


def _annotation_writer(corpus: _Corpus, stack: ExitStack) -> Callable[[Part], None]:
    output = _suffix(corpus.plan)
    file = stack.enter_context(new_file(corpus.root, f"annotations.{output}"))
    writer = stack.enter_context(json_lines(file, output))

    def write(part: Part) -> None:
        rows = part.cleaned.select(list(_ANNOTATED)).to_pylist()
        final = part.texts.select(["label", "reason"]).to_pylist()
        writer.write(
            annotation_of({**row, **more}, part.source, verdict, part.paragraphs.get(at, ()))
            for at, (row, more, verdict) in enumerate(zip(rows, final, part.verdicts, strict=True))
        )

    return write


def _cluster_writer(corpus: _Corpus, stack: ExitStack) -> Callable[[Part], None]:
    schema = cluster_schema()
    file = stack.enter_context(new_file(corpus.root, "clusters.parquet"))
    writer = stack.enter_context(ParquetRows(file, schema))
    pa = require("pyarrow")

    def write(part: Part) -> None:
        ids = part.cleaned["id"]
        leads = set((corpus.leads - part.first).tolist())
        rows = []
        for row, verdict in enumerate(part.verdicts):
            if verdict.fate in _CLUSTERED or row in leads:
                own = ids[row].as_py()
                cluster = verdict.partner if verdict.fate in (Fate.EXACT, Fate.NEAR) else own
                rows.append(
                    {
                        "id": own,
                        "cluster": cluster,
                        "keep": verdict.fate is Fate.KEPT,
                        "passages": _passages(corpus, part.first + row, verdict),
                        **verdict.fields(),
                    }
                )
        writer.write(pa.Table.from_pylist(rows, schema=schema))

    return write


def _passages(corpus: _Corpus, document: int, verdict: Verdict) -> list[dict[str, int]]:
    """Where a document agrees with its partner, as characters of both texts."""
    if verdict.fate not in _CLUSTERED:
        return []
    texts = corpus.text(document), corpus.text(int(corpus.partner[document]))
    return [
        {
            "start": passage.a.start,
            "end": passage.a.end,
            "partner_start": passage.b.start,
            "partner_end": passage.b.end,
        }
        for passage in passages(*texts, corpus.plan.settings.text)
    ]
