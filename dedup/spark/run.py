"""`dedup.run` on Spark: the same files, a part of each for every source."""

import os
import pickle
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dedup.config import DEFAULTS, Given, Level, Mode, Settings, settings_of
from dedup.corpus.optional import require
from dedup.corpus.plan import check_out, make_plan, register
from dedup.corpus.run import with_bound
from dedup.corpus.runtime.files import write_bytes
from dedup.corpus.runtime.lock import locked
from dedup.corpus.runtime.progress import Report, Watch, silent
from dedup.corpus.stages.summary import Counts
from dedup.errors import MissingExtraError, SettingsError
from dedup.model import Keep
from dedup.spark import stages
from dedup.spark.candidates import Search, find_candidates
from dedup.spark.checkpoints import Checkpoints
from dedup.spark.verdicts import decide

_SUMMARY, _CHECKPOINTS = "summary.json", "stages/spark"


def session(master: str | None = None) -> Any:
    """The session that there is, or a new one.

    Args:
        master: the address of the cluster (``spark://host:7077``, ``local[8]``, ``yarn``), or of a
            Spark Connect server (``sc://host:15002``); None for what ``spark-submit`` says.

    Raises:
        MissingExtraError: pyspark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise MissingExtraError("pyspark", "spark") from error
    builder = SparkSession.builder.appName("dedup")
    if master and master.startswith("sc://"):
        return builder.remote(master).getOrCreate()
    if master:
        builder = builder.master(master)
    return builder.getOrCreate()


def run(
    inputs: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    settings: Given = DEFAULTS,
    *,
    against: Sequence[str | os.PathLike[str]] = (),
    master: str | None = None,
    resume: bool = False,
    report: Report = silent,
) -> dict[str, Any]:
    """`dedup.run` on a cluster: the same records, in files by source.

    Where `dedup.run` writes ``corpus.jsonl``, this writes ``corpus/00000.jsonl`` for the first
    source, and so on; one after the other they are the same bytes. A source is read, and its files
    are written, by one task. Inputs and ``out`` must be where every executor finds them under the
    same path; `dedup.spark.deduplicate` reads and writes what Spark does.

    Args:
        inputs: see `dedup.run`; standard input cannot be read.
        out: see `dedup.run`.
        settings: see `dedup.run`; what is not done on Spark is refused. ``page_seconds`` does not
            hold: a page that hangs is for Spark's speculation and time limits.
        against: see `dedup.run`.
        master: see `session`.
        resume: see `dedup.run`.
        report: called when a stage has ended.

    Returns:
        The summary: what ``summary.json`` holds.

    Raises:
        InputError, SettingsError, RunError: see `dedup.run`.
        MissingExtraError: pyspark is not installed.
    """
    chosen = with_bound(settings_of(settings))
    _check(chosen)
    if "-" in [os.fspath(name) for name in inputs]:
        raise SettingsError("the tasks of a cluster cannot read standard input: name files")
    root = Path(out)
    check_out(root)
    plan = make_plan(inputs, against, chosen, root)
    if plan.saved:
        raise SettingsError("saved references are for one machine: name the corpus itself")
    spark = session(master)
    with locked(root, shared=False):
        if register(plan, root, resume) and (root / _SUMMARY).exists():
            found: dict[str, Any] = require("orjson").loads((root / _SUMMARY).read_bytes())
            return found
        watch = Watch(report, lambda: 0.0)
        checkpoints = Checkpoints(spark, str((root / _CHECKPOINTS).resolve()), {})
        summary = _stages(stages.Run(spark, plan, root, checkpoints), watch)
        write_bytes(root, _SUMMARY, require("orjson").dumps(summary, option=2))
        shutil.rmtree(root / _CHECKPOINTS)
    return summary


def _check(settings: Settings) -> None:
    """Refuse what the stages on Spark do not do."""
    said = "on one machine, and on Spark to"
    for given, name, value in (
        (settings.corpus.level is not Level.DOCUMENT, "corpus.level", Level.DOCUMENT.value),
        (settings.corpus.mode is Mode.REFERENCE, "corpus.mode", Mode.FILTER.value),
        (settings.corpus.below > 0, "corpus.below", 0),
        (settings.near.source_floor > 0, "near.source_floor", 0),
        (settings.near.keep is Keep.CLEANEST, "near.keep", Keep.LONGEST.value),
    ):
        if given:
            raise SettingsError(f"set {name} as it is {said} {value!r}: nothing else is done there")


def _stages(job: stages.Run, watch: Watch) -> dict[str, Any]:
    with watch.stage("clean", "sources"):
        cleaned = job.checkpoints.stage("cleaned", lambda: stages.clean(job))
        watch.step(len(job.plan.sources))
    with watch.stage("templates", "hosts"):
        known = stages.templates(job, cleaned)
    with watch.stage("texts", "parts"):
        texts = job.checkpoints.stage("run_texts", lambda: stages.texts(job, cleaned, known))
        documents = job.checkpoints.stage(
            "run_documents", lambda: stages.documents(job, cleaned, texts)
        )
    with watch.stage("near", "documents"):
        settings = job.plan.settings
        columns = documents.select("id", "text", "order", "reference")
        search = Search(columns, settings, job.checkpoints)
        found = decide(search, find_candidates(search))
        watch.step(found.report.texts)
    with watch.stage("write", "documents"):
        rows = stages.write(job, cleaned, texts, documents, found.documents)
        counts = Counts()
        for row in sorted(rows, key=lambda row: row["source"]):
            counts.merge(pickle.loads(row["counts"]))
        watch.step(found.report.texts)
    times = watch.times()
    seconds = sum(stage["seconds"] for stage in times.values())
    made = counts.summary(asdict(found.report), job.plan.settings.corpus.level)
    folders = [path.name for path in job.root.iterdir() if path.is_dir() and path.name != "stages"]
    files = sorted(f"{name}/*" for name in folders)
    rate = round(made["records"] / seconds, 1)
    return {**made, "files": files, "time": times, "records_per_second": rate}
