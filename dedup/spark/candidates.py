"""Which texts to compare: fingerprints, exact copies, bands and samples as stages of Spark."""

from dataclasses import dataclass
from typing import Any

from dedup.config import Settings
from dedup.errors import InputError
from dedup.model import NearReport
from dedup.near.bands import bands_for
from dedup.near.samples import LONG, empty_filter
from dedup.spark import tasks
from dedup.spark.checkpoints import Checkpoints
from dedup.spark.rows import SCHEMA as PACKED
from dedup.spark.rows import Partitions

# Bytes of packed rows that one task holds at once, and texts that are worth a task.
_TASK_BYTES, _TASK_TEXTS = 64 << 20, 20_000
# Of so many texts the fingerprints of one are stored apart, for a look at which keys very many
# texts have; so many are looked at; and the share of them that makes a key common.
_PEEK, _LOOKED_AT, _COMMON = 64, 20_000, 1 / 200
_LEAST = 16
# 64-bit words of the largest filter of samples: 16 MB, which each task is sent. Where there are
# more short texts than it is made for (some millions), it lets more through, which costs time only.
_FILTER_WORDS = 1 << 21


@dataclass(frozen=True, slots=True)
class Search:
    """What the stages of a search have in common.

    Attributes:
        documents: ``id``, ``text``, ``order`` and ``reference``, a row for each document.
        settings: of all stages, the threshold that was asked for among them.
        checkpoints: where they leave what they made.
    """

    documents: Any
    settings: Settings
    checkpoints: Checkpoints

    @property
    def shingle(self) -> int:
        """Tokens in a shingle."""
        return self.settings.text.shingle

    @property
    def spark(self) -> Any:
        """The session."""
        return self.documents.sparkSession


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is to be compared.

    Attributes:
        prints: a row for each document: see `dedup.spark.tasks.Fingerprint`.
        heads: a row for each folded text: ``k``, ``tokens``, ``own``, ``pref``, the id of the
            document that stands for its copies (``head``) and how many there are (``n``).
        pairs: ``a`` and ``b``, numbers of folded texts, the smaller first, each pair once.
        report: what was searched, and what was passed over.
    """

    prints: Any
    heads: Any
    pairs: Any
    report: NearReport


def find_candidates(search: Search) -> Candidates:
    """Find the pairs to verify."""
    stage = search.checkpoints.stage
    prints = stage("fingerprints", lambda: _fingerprints(search))
    heads = stage("heads", lambda: _heads(prints))
    counts = search.checkpoints.fact("counts", lambda: _counts(heads, search.shingle))
    partitions = _partitions(search, counts["texts"])
    common = search.checkpoints.fact("common", lambda: _common(search, prints, counts["texts"]))
    cap = search.settings.near.cap

    packed = prints.where("prints is not null").select("prints")
    bands = stage("bands", lambda: _bands(search, packed, common["bands"], partitions))
    crowded = stage("crowded", lambda: _crowded(search, packed, bands, heads, common, partitions))
    samples = stage("samples", lambda: _samples(search, packed, counts, common, partitions))
    weighed = stage("weighed", lambda: _weighed(search, heads, bands, crowded, samples, partitions))
    pairs = stage("candidates", lambda: _second(search, heads, samples, weighed, partitions))
    figures = search.checkpoints.fact(
        "report", lambda: _report(pairs, crowded, samples, weighed, common, cap)
    )
    made = bands_for(search.settings.near.threshold, search.settings.text.slots)
    report = NearReport(
        texts=counts["texts"],
        copies=counts["texts"] - counts["heads"],
        short=counts["short"],
        bands=made.bands,
        rows=made.rows,
        found=made.chance(search.settings.near.threshold),
        half=made.half,
        **figures,
    )
    return Candidates(prints, heads, pairs, report)


def _fingerprints(search: Search) -> Any:
    task = tasks.Fingerprint(search.settings, _PEEK)
    kind = search.documents.schema["id"].dataType.simpleString()
    return search.documents.mapInArrow(task, task.SCHEMA.format(id=kind))


def _heads(prints: Any) -> Any:
    from pyspark.sql import functions as F

    first = F.struct("pref", (-F.col("size")).alias("size"), "crc", "id")
    return (
        prints.groupBy("k")
        .agg(
            F.min(first).alias("first"),
            F.min("k1").alias("low"),
            F.max("k1").alias("high"),
            F.first("tokens").alias("tokens"),
            F.first("own").alias("own"),
            F.count("*").alias("n"),
        )
        .select(
            "k", "tokens", "own", "n", "low", "high", "first.pref", F.col("first.id").alias("head")
        )
    )


def _counts(heads: Any, shingle: int) -> dict[str, int]:
    from pyspark.sql import functions as F

    is_short = (F.col("tokens") < LONG) & (F.col("tokens") >= shingle)
    row = heads.agg(
        F.sum("n").alias("texts"),
        F.count("*").alias("heads"),
        F.sum(F.when(F.col("tokens") < shingle, F.col("n")).otherwise(0)).alias("short"),
        F.sum(F.when(is_short, F.col("own")).otherwise(0)).alias("samples"),
        F.sum((F.col("low") != F.col("high")).cast("long")).alias("clashes"),
    ).first()
    found = {name: int(value or 0) for name, value in row.asDict().items()}
    if found["clashes"]:
        raise InputError(
            "two different texts have one number of 64 bits, which is to be expected from some "
            "billions of texts on: search in parts, each against those before it"
        )
    return found


def _partitions(search: Search, texts: int) -> Partitions:
    """As many as keep what a task holds in bounds; fewer than Spark's own where texts are few."""
    bands = bands_for(search.settings.near.threshold, search.settings.text.slots).bands
    shuffles = int(search.spark.conf.get("spark.sql.shuffle.partitions"))
    least = -(-texts * bands * 14 // _TASK_BYTES)
    return Partitions(max(1, least, min(shuffles, texts // _TASK_TEXTS)))


def _shuffled(packed: Any, partitions: Partitions) -> Any:
    return packed.repartition(partitions.count, "part")


def _common(search: Search, prints: Any, texts: int) -> dict[str, list[int]]:
    """Keys that very many texts have, of bands and of samples, from a look at some texts."""
    every = _PEEK * max(1, texts // (_PEEK * _LOOKED_AT))
    least = max(_LEAST, int(_COMMON * texts / every))
    task = tasks.CommonKeys(search.shingle, least, every, Partitions(1))
    peeks = prints.where("peek is not null").select("peek")
    packed = peeks.mapInArrow(task.pack, PACKED).repartition(1)
    rows = packed.mapInArrow(task.count, task.SCHEMA).collect()
    cap = search.settings.near.cap
    # Bands go another way, to the same end; samples are passed over, so it must be certain.
    return {
        "bands": sorted(row["key"] for row in rows if row["band"]),
        "samples": sorted(row["key"] for row in rows if not row["band"] and row["texts"] > cap),
    }


def _bands(search: Search, packed: Any, common: list[int], partitions: Partitions) -> Any:
    pack = tasks.PackBands(search.shingle, tuple(common), partitions)
    pair = tasks.PairBands(search.settings.near.cap, partitions)
    rows = _shuffled(packed.mapInArrow(pack, PACKED), partitions)
    return rows.mapInArrow(pair, pair.SCHEMA)


def _crowded(
    search: Search, packed: Any, bands: Any, heads: Any, common: Any, partitions: Partitions
) -> Any:
    """Pairs of the buckets above the cap, which are streamed in the order of keeping."""
    from pyspark.sql import functions as F

    rows = bands.where("key is not null").select("key", "k")
    if common["bands"]:
        task = tasks.CommonBands(search.shingle, tuple(common["bands"]))
        rows = rows.union(packed.mapInArrow(task, task.SCHEMA))
    # Packing gives up one bit, so that both ways must.
    rows = rows.withColumn("key", F.col("key").bitwiseAND(F.lit(~4)))
    stream = tasks.StreamBuckets(search.settings.near.cap, partitions)
    return (
        rows.join(heads.select("k", "pref", "tokens"), "k")
        .repartition("key")
        .sortWithinPartitions("key", "pref", F.desc("tokens"), "k")
        .select("key", "k")
        .mapInArrow(stream, stream.SCHEMA)
    )


def _samples(search: Search, packed: Any, counts: Any, common: Any, partitions: Partitions) -> Any:
    """What pairs share of the samples, as packed rows; and what was passed over."""
    words = min(empty_filter(counts["samples"]).size, _FILTER_WORDS)
    mark = tasks.MarkShort(search.shingle, words)
    marked = packed.mapInArrow(mark.mark, mark.SCHEMA)
    found = marked.repartition(8, "segment").mapInArrow(mark.merge, mark.SCHEMA).collect()
    segments = tuple((int(row["segment"]), bytes(row["bits"])) for row in found)
    keys = tuple(common["samples"])
    pack = tasks.PackSamples(search.shingle, words, segments, keys, partitions)
    pair = tasks.PairSamples(search.settings.near.cap, partitions)
    rows = _shuffled(packed.mapInArrow(pack, PACKED), partitions)
    made = rows.mapInArrow(pair, pair.SCHEMA)
    if keys:
        from pyspark.sql import functions as F

        hidden = tasks.HiddenSamples(search.shingle, keys, partitions)
        more = packed.mapInArrow(hidden, PACKED)
        made = made.union(more.withColumn("count", F.lit(None).cast("long")))
    return made


def _weighed(
    search: Search, heads: Any, bands: Any, crowded: Any, samples: Any, partitions: Partitions
) -> Any:
    """Pairs put together, and weighed by what their first text needs to share."""
    merge = tasks.MergePairs(partitions)
    weigh = tasks.WeighPairs(_share(search), False, partitions)
    some = [frame.where("data is not null").select("part", "data") for frame in (bands, crowded)]
    pairs = samples.where(_of_kind("PAIRS")).select("part", "data")
    merged = _shuffled(pairs.union(some[0]).union(some[1]), partitions).mapInArrow(merge, PACKED)
    beside = _beside(search, heads, samples, partitions)
    return _shuffled(merged.union(beside), partitions).mapInArrow(weigh, weigh.OPEN)


def _second(search: Search, heads: Any, samples: Any, weighed: Any, partitions: Partitions) -> Any:
    """The pairs that were settled, and those that their second text settles."""
    weigh = tasks.WeighPairs(_share(search), True, partitions)
    open_ = weighed.where("data is not null").select("part", "data")
    beside = _beside(search, heads, samples, partitions)
    return _shuffled(open_.union(beside), partitions).mapInArrow(weigh, weigh.SCHEMA)


def _share(search: Search) -> float:
    return min(search.settings.near.threshold, search.settings.near.containment)


def _of_kind(*kinds: str) -> Any:
    """The packed rows of these kinds, by their first byte."""
    from pyspark.sql import functions as F

    from dedup.spark import rows

    numbers = [f"{getattr(rows, kind):02X}" for kind in kinds]
    return F.hex(F.substring("data", 1, 1)).isin(numbers)


def _beside(search: Search, heads: Any, samples: Any, partitions: Partitions) -> Any:
    """What tells how much each text needs to share, by the partitions of the texts."""
    own = tasks.PackOwn(partitions)
    compared = heads.where(f"tokens >= {search.shingle}").select("k", "own", "tokens")
    hidden = samples.where(_of_kind("HIDDEN", "COMMON")).select("part", "data")
    return compared.mapInArrow(own, PACKED).union(hidden)


def _report(
    pairs: Any, crowded: Any, samples: Any, weighed: Any, common: Any, cap: int
) -> dict[str, int]:
    from pyspark.sql import functions as F

    row = crowded.agg(F.sum("count").alias("hot"), F.max("largest").alias("largest")).first()
    hot = samples.agg(F.sum("count")).first()[0] or 0
    return {
        "candidates": pairs.count(),
        "hot_bands": int(row["hot"] or 0),
        "largest_band": int(row["largest"] or 0),
        "hot_samples": int(hot) + len(common["samples"]),
        "veiled": int(weighed.agg(F.sum("count")).first()[0] or 0),
    }
