"""The stage ``write``: verdicts and texts to the files that the user asked for."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dedup.config import Mode, Output
from dedup.corpus.io.writers import JsonLines, ParquetRows, json_lines
from dedup.corpus.optional import require
from dedup.corpus.plan import Plan, output_format
from dedup.corpus.runtime.files import new_file, write_bytes
from dedup.corpus.stages.account import account
from dedup.corpus.stages.output import (
    ANNOTATED,
    RECORD_COLUMNS,
    Verdict,
    annotation_of,
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
Writer = Callable[[Part], None]


def write_outputs(
    root: Path, parts: Sequence[Key], plan: Plan, step: Callable[[int], None]
) -> dict[str, Any]:
    """Write the corpus, the annotations or the clusters, what was set aside, and the account.

    Returns:
        The counts for the summary.
    """
    settings = plan.settings.corpus
    documents = Documents(root, parts, plan)
    counts = Counts()
    name, make_writer = _MAIN[settings.mode]
    files = [_REJECTED, ACCOUNT, f"{name}.{_suffix(plan)}"]
    with ExitStack() as stack:
        rejected = stack.enter_context(JsonLines(stack.enter_context(new_file(root, _REJECTED))))
        writers = [make_writer(documents, stack)]
        if settings.removed:
            files.append(f"removed.{output_format(plan)}")
            writers.append(_removed_writer(documents, stack))
        if settings.below:
            name = settings.below_path or f"uncertain.{output_format(plan)}"
            files.append(name)
            writers.append(_uncertain_writer(documents, stack, name))
        for part in documents.parts():
            bad = part.cleaned.filter(part.cleaned["rejected"].is_valid())
            rejected.write(
                rejects(bad.select(["row", "place", "rejected"]).to_pylist(), part.source)
            )
            for write in writers:
                write(part)
            counts.add(part.cleaned, part.texts, part.verdicts, part.paragraphs, part.source)
            step(len(part.verdicts))
    write_bytes(root, ACCOUNT, require("orjson").dumps(account(documents)))
    return {**counts.summary(documents.near_report, settings.level), "files": sorted(files)}


def _suffix(plan: Plan) -> Output:
    """The format of the main file: annotations are JSON lines, clusters Parquet."""
    output = output_format(plan)
    mode = plan.settings.corpus.mode
    if mode is Mode.CLUSTERS:
        return Output.PARQUET
    return Output.JSONL if mode is Mode.ANNOTATE and output is Output.PARQUET else output


def _filter_writer(documents: Documents, stack: ExitStack) -> Writer:
    def kept(verdict: Verdict) -> bool:
        return verdict.fate is Fate.KEPT

    name = f"corpus.{output_format(documents.plan)}"
    return _record_writer(documents, stack, name, kept, False)


def _removed_writer(documents: Documents, stack: ExitStack) -> Writer:
    def removed(verdict: Verdict) -> bool:
        return verdict.fate not in (Fate.KEPT, Fate.REJECTED, Fate.UNCERTAIN)

    name = f"removed.{output_format(documents.plan)}"
    return _record_writer(documents, stack, name, removed, True)


def _uncertain_writer(documents: Documents, stack: ExitStack, name: str) -> Writer:
    def uncertain(verdict: Verdict) -> bool:
        return verdict.fate is Fate.UNCERTAIN

    return _record_writer(documents, stack, name, uncertain, True)


def _record_writer(
    documents: Documents,
    stack: ExitStack,
    name: str,
    chosen: Callable[[Verdict], bool],
    reasons: bool,
) -> Writer:
    """Writes the chosen documents as records, with the reason where asked for."""
    output = Output.of_path(name)
    keys = documents.plan.settings.keys
    file = stack.enter_context(new_file(documents.root, name))

    def rows_of(part: Part) -> list[int]:
        return [row for row, verdict in enumerate(part.verdicts) if chosen(verdict)]

    if output is Output.PARQUET:
        schema = record_schema(documents.extra_types(), keys, reasons)
        table_writer = stack.enter_context(ParquetRows(file, schema))

        def write_table(part: Part) -> None:
            table_writer.write(record_table(part, rows_of(part), schema, keys, reasons))

        return write_table
    writer = stack.enter_context(json_lines(file, output or Output.JSONL))
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


def _annotation_writer(documents: Documents, stack: ExitStack) -> Writer:
    output = _suffix(documents.plan)
    file = stack.enter_context(new_file(documents.root, f"annotations.{output}"))
    writer = stack.enter_context(json_lines(file, output))

    def write(part: Part) -> None:
        rows = part.cleaned.select(list(ANNOTATED)).to_pylist()
        final = part.texts.select(["label", "reason"]).to_pylist()
        writer.write(
            annotation_of({**row, **more}, part.source, verdict, part.paragraphs.get(at, ()))
            for at, (row, more, verdict) in enumerate(zip(rows, final, part.verdicts, strict=True))
        )

    return write


def _cluster_writer(documents: Documents, stack: ExitStack) -> Writer:
    schema = cluster_schema()
    file = stack.enter_context(new_file(documents.root, "clusters.parquet"))
    writer = stack.enter_context(ParquetRows(file, schema))
    pa = require("pyarrow")

    def write(part: Part) -> None:
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
        writer.write(pa.Table.from_pylist(rows, schema=schema))

    return write


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


# The name and the writer of the main file of each mode.
_MAIN: dict[Mode, tuple[str, Callable[[Documents, ExitStack], Writer]]] = {
    Mode.FILTER: ("corpus", _filter_writer),
    Mode.ANNOTATE: ("annotations", _annotation_writer),
    Mode.CLUSTERS: ("clusters", _cluster_writer),
}
