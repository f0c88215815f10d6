"""The stages of a run on Spark around the search: records, templates, texts, and files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dedup.config import Mode
from dedup.corpus.plan import Plan
from dedup.spark.checkpoints import Checkpoints
from dedup.spark.rows import placed
from dedup.spark.tasks import outputs, records

_FIGURES = ("jaccard", "containment", "partner_containment")
_PART = ["source", "part"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        spark: the session.
        plan: what is done.
        root: the directory of the run.
        checkpoints: where stages leave what they made.
    """

    spark: Any
    plan: Plan
    root: Path
    checkpoints: Checkpoints


def clean(job: Run) -> Any:
    """The records of every source, a row for each chunk; one task for each source."""
    count = len(job.plan.sources)
    labels = placed(np.arange(count), count).tolist()
    rows = list(zip(range(count), labels, strict=True))
    sources = job.spark.createDataFrame(rows, "source int, label int").repartition(count, "label")
    task = records.CleanSources(job.plan)
    return sources.select("source").mapInArrow(task, task.SCHEMA)


def templates(job: Run, cleaned: Any) -> Any:
    """What is known of the hosts of each chunk, ``hosts_known``; None where no page has a host."""
    from pyspark.sql import functions as F

    pages = cleaned.where("hosts > 0")
    if not pages.limit(1).count():
        return None
    settings = job.plan.settings
    chunks = pages.select("source", "part", "data")
    stage = job.checkpoints.stage
    count, vote = records.CountBlocks(settings), records.VoteBlocks(settings)
    of_chunks = records.ChunkHosts()
    hosts = stage("hosts", lambda: chunks.mapInArrow(of_chunks, of_chunks.SCHEMA))
    recurring = stage(
        "recurring",
        lambda: (
            chunks.mapInArrow(count, count.SCHEMA)
            .groupBy("host", "key")
            .agg(F.sum("pages").alias("pages"))
            .where(f"key = 0 or pages >= {settings.templates.pages}")
        ),
    )
    none = recurring.withColumn("frame", F.lit(0)).withColumn("inside", F.lit(0))
    voted = stage(
        "voted",
        lambda: (
            chunks.join(_known(none, hosts), _PART)
            .mapInArrow(vote, vote.SCHEMA)
            .groupBy("host", "key")
            .agg(F.sum("frame").alias("frame"), F.sum("inside").alias("inside"))
            .join(recurring, ["host", "key"])
        ),
    )
    return _known(voted, hosts)


def _known(blocks: Any, hosts: Any) -> Any:
    """What is known of each host, brought to the chunks that have pages of it."""
    from pyspark.sql import functions as F

    block = F.struct("key", "pages", "frame", "inside")
    by_host = blocks.groupBy("host").agg(F.collect_list(block).alias("blocks"))
    host = F.struct("host", "blocks")
    return (
        hosts.join(by_host, "host").groupBy(*_PART).agg(F.collect_list(host).alias("hosts_known"))
    )


def texts(job: Run, cleaned: Any, known: Any) -> Any:
    """The texts of each chunk, without the templates of their hosts."""
    task = records.MakeTexts(job.plan.settings)
    chunks = cleaned.select("source", "part", "data")
    if known is not None:
        chunks = chunks.join(known, _PART, "left")
    return chunks.mapInArrow(task, task.SCHEMA)


def documents(job: Run, cleaned: Any, made: Any) -> Any:
    """A row for each record: its number, id, text, and what it is kept by."""
    task = records.Documents(job.plan.settings, job.plan.inputs)
    chunks = cleaned.select("source", "part", "data")
    both = chunks.join(made.select("source", "part", made["data"].alias("texts")), _PART)
    return both.mapInArrow(task, task.SCHEMA)


def write(job: Run, cleaned: Any, made: Any, found: Any, verdicts: Any) -> list[Any]:
    """Write the files of every source; what became of its records."""
    from pyspark.sql import functions as F

    inputs = job.plan.inputs
    count = records.ROW_BITS + records.PART_BITS
    said = verdicts.where("not keep or partner is not null")
    names = found.selectExpr("id as partner", "name", "url as partner_url", "text as partner_text")
    corpus = job.plan.settings.corpus
    if corpus.mode is not Mode.CLUSTERS and not corpus.removed:
        names = names.drop("partner_text").withColumn("partner_text", F.lit(None).cast("string"))
    rows = said.join(names, "partner", "left").select(
        "id", "fate", "partner", *_FIGURES, "name", "partner_url", "partner_text",
        F.lit(False).alias("lead"),
    )  # fmt: skip
    led = verdicts.where("fate in ('exact', 'near')").selectExpr("partner as id").distinct()
    leads = led.join(verdicts.select("id", "fate", "partner"), "id").select(
        "id", F.lit(True).alias("lead")
    )
    rows = rows.unionByName(leads, allowMissingColumns=True)
    rows = rows.withColumn("source", F.shiftright("id", count).cast("int"))
    part = F.shiftright("id", records.ROW_BITS).bitwiseAND((1 << records.PART_BITS) - 1)
    rows = rows.withColumn("part", part.cast("int"))
    tables = [
        frame.select("source", "part", "data", F.lit(kind).alias("kind"))
        for frame, kind in ((cleaned, outputs.RECORDS), (made, outputs.TEXTS))
    ]
    every = (
        tables[0]
        .union(tables[1])
        .unionByName(rows.withColumn("kind", F.lit(outputs.VERDICT)), allowMissingColumns=True)
        .where(F.col("source") < inputs)
    )
    labels = placed(np.arange(inputs), inputs).tolist()
    label = F.element_at(F.array(*map(F.lit, labels)), F.col("source") + 1)
    extra = job.checkpoints.fact("extra", lambda: _extra(cleaned, inputs))
    task = outputs.WriteSources(str(job.root.resolve()), job.plan, tuple(map(bytes.fromhex, extra)))
    ordered = every.withColumn("label", label).repartition(inputs, "label")
    ordered = ordered.sortWithinPartitions("source", "part", "kind", "id").drop("label", "kind")
    found_rows: list[Any] = ordered.mapInArrow(task, task.SCHEMA).collect()
    return found_rows


def _extra(cleaned: Any, inputs: int) -> list[str]:
    """The schema of what passes through, of each input that has records."""
    from pyspark.sql import functions as F

    first = cleaned.where(F.col("source") < inputs).groupBy("source").agg(F.min_by("extra", "part"))
    return [bytes(row[1]).hex() for row in sorted(first.collect(), key=lambda row: row[0])]
