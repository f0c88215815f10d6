"""The stage ``write``: verdicts and texts to the files that the user asked for.

What goes into the files is put together part by part, by any process; one process writes it, in the
order of the parts.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.config import Mode, Output
from dedup.corpus.io.writers import ParquetRows, encoded, json_lines
from dedup.corpus.optional import require
from dedup.corpus.plan import Plan, output_format
from dedup.corpus.runtime.files import new_file, write_bytes
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.account import account
from dedup.corpus.stages.output import (
    ANNOTATED,
    NO_PARTNER,
    RECORD_COLUMNS,
    REJECTED_COLUMNS,
    Verdict,
    annotation_of,
    blocks_of,
    cluster_schema,
    record_of,
    rejects,
)
from dedup.corpus.stages.output_table import record_schema, record_table
from dedup.corpus.stages.parts import Documents, Part
from dedup.corpus.stages.schema import Key
from dedup.corpus.stages.summary import Counts
from dedup.corpus.stages.verdicts import Fate
from dedup.near.compare import passages

_CLUSTERED = (Fate.EXACT, Fate.NEAR, Fate.CONTAINS)
_REJECTED = "rejected.jsonl"
ACCOUNT = "report.json"
_SHOWN = 200  # characters of a passage


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file of the outcome.

    Attributes:
        name: its name below the directory of the run.
        content: what a part adds to it: an Arrow table for Parquet, else lines of JSON.
        schema: the columns of Parquet, or None.
    """

    name: str
    content: Callable[[Part], Any]
    schema: Any = None


@dataclass(frozen=True, slots=True)
class Written:
    """What one part adds to each file, and what was counted in it."""

    contents: list[Any]
    counts: Counts
    documents: int


@dataclass(frozen=True, slots=True)
class WriteTask:
    """Puts together what a part adds to the files.

    Attributes:
        root: the directory of the run.
        plan: what is done.
        parts: all parts.
    """

    root: str
    plan: Plan
    parts: tuple[Key, ...]

    def open(self) -> Callable[[int, Skip, Beat], Written]:
        """See `dedup.corpus.runtime.workers.Task`."""
        documents = Documents(Path(self.root), self.parts, self.plan)
        files = out_files(documents)

        def task(at: int, skip: Skip, beat: Beat) -> Written:
            beat(0)
            part = documents.part(at)
            counts = Counts()
            counts.add(part.cleaned, part.texts, part.verdicts, part.paragraphs, part.source)
            return Written([file.content(part) for file in files], counts, len(part.verdicts))

        return task


def write_outputs(
    root: Path,
    parts: Sequence[Key],
    plan: Plan,
    step: Callable[[int], None],
    do: Callable[[WriteTask, Sequence[int]], Iterable[Written]],
) -> dict[str, Any]:
    """Write the corpus, the annotations or the clusters, what was set aside, and the account.

    Args:
        root: the directory of the run.
        parts: all parts.
        plan: what is done.
        step: told how many documents were written.
        do: has a task done for each of some payloads, and gives the answers in their order.

    Returns:
        The counts for the summary.
    """
    documents = Documents(root, parts, plan)
    files = out_files(documents)
    counts = Counts()
    ours = [at for at, (source, _) in enumerate(parts) if source < plan.inputs]
    with ExitStack() as stack:
        write = [writer_of(root, file, stack) for file in files]
        for part in do(WriteTask(str(root), plan, tuple(parts)), ours):
            for put, content in zip(write, part.contents, strict=True):
                put(content)
            counts.merge(part.counts)
            step(part.documents)
    write_bytes(root, ACCOUNT, require("orjson").dumps(account(documents)))
    names = sorted([ACCOUNT, *(file.name for file in files)])
    level = plan.settings.corpus.level
    return {**counts.summary(documents.near_report, level), "files": names}


def writer_of(root: Path, file: OutFile, stack: ExitStack) -> Callable[[Any], None]:
    """Opens a file; what comes back takes the contents of one part after the other."""
    handle = stack.enter_context(new_file(root, file.name))
    if file.schema is not None:
        rows: ParquetRows = stack.enter_context(ParquetRows(handle, file.schema))
        return rows.write
    output = Output.of_path(file.name) or Output.JSONL
    return stack.enter_context(json_lines(handle, output)).write_bytes


def out_files(documents: Documents) -> list[OutFile]:
    """The files that the settings ask for."""
    settings = documents.plan.settings.corpus
    output = output_format(documents.plan)
    files = [OutFile(_REJECTED, _rejects), _MAIN[settings.mode](documents)]
    if settings.removed:
        files.append(_records(documents, f"removed.{output}", _is_removed, True))
    if settings.below:
        name = settings.below_path or f"uncertain.{output}"
        files.append(_records(documents, name, _is_uncertain, True))
    return files


def _suffix(plan: Plan) -> Output:
    """The format of the main file: annotations are JSON lines, clusters Parquet."""
    output = output_format(plan)
    mode = plan.settings.corpus.mode
    if mode is Mode.CLUSTERS:
        return Output.PARQUET
    return Output.JSONL if mode is Mode.ANNOTATE and output is Output.PARQUET else output


def _is_kept(verdict: Verdict) -> bool:
    return verdict.fate is Fate.KEPT


def _is_removed(verdict: Verdict) -> bool:
    return verdict.fate not in (Fate.KEPT, Fate.REJECTED, Fate.UNCERTAIN)


def _is_uncertain(verdict: Verdict) -> bool:
    return verdict.fate is Fate.UNCERTAIN


def _rejects(part: Part) -> bytes:
    bad = part.cleaned.filter(part.cleaned["rejected"].is_valid())
    rows = bad.select(list(REJECTED_COLUMNS)).to_pylist()
    return encoded(rejects(rows, part.source))


def _corpus(documents: Documents) -> OutFile:
    name = f"corpus.{output_format(documents.plan)}"
    return _records(documents, name, _is_kept, False)


def _records(
    documents: Documents, name: str, chosen: Callable[[Verdict], bool], reasons: bool
) -> OutFile:
    """The chosen documents as records, with the reason where asked for."""
    keys, with_blocks = documents.plan.settings.keys, documents.plan.settings.corpus.blocks

    def rows_of(part: Part) -> list[int]:
        return [row for row, verdict in enumerate(part.verdicts) if chosen(verdict)]

    if Output.of_path(name) is Output.PARQUET:
        schema = record_schema(documents.extra_types(), keys, reasons, with_blocks)

        def table(part: Part) -> Any:
            rows = rows_of(part)
            told = [_reason(documents, part, row) for row in rows] if reasons else None
            blocks = _blocks(part, rows) if with_blocks else None
            return record_table(part, rows, schema, keys, told, blocks)

        return OutFile(name, table, schema)
    pa = require("pyarrow")

    def lines(part: Part) -> bytes:
        rows = pa.array(rows_of(part), pa.int64())
        records = part.cleaned.select(list(RECORD_COLUMNS)).take(rows).to_pylist()
        texts = part.texts["text"].take(rows).to_pylist()
        out = []
        for row, record, text in zip(rows.to_pylist(), records, texts, strict=True):
            fields = record_of(record, text, keys)
            if reasons:
                fields["removed"] = _reason(documents, part, row)
            out.append(fields)
        if with_blocks:
            for fields, blocks in zip(out, _blocks(part, rows.to_pylist()), strict=True):
                if blocks is not None:
                    fields["blocks"] = blocks
        return encoded(out)

    return OutFile(name, lines)


def _blocks(part: Part, rows: Sequence[int]) -> list[list[dict[str, Any]] | None]:
    """The blocks of some documents of a part; None for texts, which have none."""
    places = require("pyarrow").array(rows, "int64")
    cleaned = part.cleaned.select(list(ANNOTATED)).take(places).to_pylist()
    final = part.texts.select(["label", "reason"]).take(places).to_pylist()
    return [
        None if more["label"] is None else blocks_of({**row, **more})
        for row, more in zip(cleaned, final, strict=True)
    ]


def _reason(documents: Documents, part: Part, row: int) -> dict[str, Any]:
    """Why a document is left out, where what stands for it is, and what they share."""
    verdict, document = part.verdicts[row], part.first + row
    told = {**verdict.fields(), **NO_PARTNER}
    if verdict.partner is not None:
        partner = int(documents.partner[document])
        where = documents.address(partner)
        told |= {f"partner_{name}": value for name, value in where.items()}
        told["passage"] = _longest(documents, document, verdict)
    return told


def _longest(documents: Documents, document: int, verdict: Verdict) -> str | None:
    """The beginning of the longest passage of a document that its partner holds too."""
    text = documents.text(document)
    if verdict.fate is Fate.EXACT:
        return text.strip()[:_SHOWN]
    spans = _passages(documents, document, verdict)
    span = max(spans, key=lambda span: span["end"] - span["start"], default=None)
    return None if span is None else text[span["start"] : span["end"]][:_SHOWN]


def _annotations(documents: Documents) -> OutFile:
    def lines(part: Part) -> bytes:
        rows = part.cleaned.select(list(ANNOTATED)).to_pylist()
        final = part.texts.select(["label", "reason"]).to_pylist()
        return encoded(
            annotation_of({**row, **more}, part.source, verdict, part.paragraphs.get(at, ()))
            for at, (row, more, verdict) in enumerate(zip(rows, final, part.verdicts, strict=True))
        )

    return OutFile(f"annotations.{_suffix(documents.plan)}", lines)


def _clusters(documents: Documents) -> OutFile:
    schema = cluster_schema()
    pa = require("pyarrow")

    def table(part: Part) -> Any:
        ids = part.cleaned["id"]
        leads = set((documents.leads - part.first).tolist())
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
                        "passages": _passages(documents, part.first + row, verdict),
                        **verdict.fields(),
                    }
                )
        return pa.Table.from_pylist(rows, schema=schema)

    return OutFile("clusters.parquet", table, schema)


def _passages(documents: Documents, document: int, verdict: Verdict) -> list[dict[str, int]]:
    """Where a document agrees with its partner, as characters of both texts."""
    if verdict.fate not in _CLUSTERED:
        return []
    texts = documents.text(document), documents.text(int(documents.partner[document]))
    return [
        {
            "start": passage.a.start,
            "end": passage.a.end,
            "partner_start": passage.b.start,
            "partner_end": passage.b.end,
        }
        for passage in passages(*texts, documents.plan.settings.text)
    ]


# The main file of each mode.
_MAIN: dict[Mode, Callable[[Documents], OutFile]] = {
    Mode.FILTER: _corpus,
    Mode.ANNOTATE: _annotations,
    Mode.CLUSTERS: _clusters,
}
