"""From pairs to verdicts: verified matches, representatives, and what becomes of each document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dedup.config import Contained
from dedup.corpus.stages.verdicts import Fate
from dedup.model import NearReport
from dedup.near.relation import CONTAINS, EXACT, KINDS, NEAR
from dedup.spark import tasks
from dedup.spark.candidates import Candidates, Search

_FIGURES = ("jaccard", "containment", "partner_containment")
_MATCH = ("a", "b", "jaccard", "containment_a", "containment_b", "kind")
# A place from `monotonically_increasing_id`: the partition above, the row in it below.
_ROW_BITS = 33


@dataclass(frozen=True, slots=True)
class Found:
    """What a search on Spark found, as data frames.

    Attributes:
        documents: a row for each document: ``id``; ``leader``, the id of the one that is kept for
            its cluster (its own, if it is kept); ``keep``, whether `dedup.run` would keep it;
            ``fate`` (kept, exact, near, contains or empty); ``partner``, the id of the document
            that stands for it; ``jaccard``, ``containment`` (the share of it that is in the
            partner) and ``partner_containment``.
        matches: every verified pair of near-duplicates (the smaller id first), and each exact copy
            (``a``) with the document that stands for it (``b``): ``a``, ``b``, ``jaccard``,
            ``containment_a``, ``containment_b`` and ``kind``.
        excerpts: directed containments, in the same columns: ``a`` is contained in ``b``.
        report: what was searched, and what was passed over.
    """

    documents: Any
    matches: Any
    excerpts: Any
    report: NearReport


def decide(search: Search, found: Candidates) -> Found:
    """Verify the candidates, and decide what becomes of each document."""
    stage = search.checkpoints.stage
    texts = stage("texts", lambda: _texts(search, found))
    verified = stage("verified", lambda: _verified(search, found, texts))
    led = stage("led", lambda: _led(search, verified))
    heads = found.heads.select("k", "head")
    excerpts = stage("excerpts", lambda: _excerpts(verified, heads))
    changed = stage("changed", lambda: _changed(search, found, led, excerpts))
    documents = stage("documents", lambda: _documents(found.prints, changed))
    return Found(
        documents,
        _matches(verified, heads, documents, found.prints),
        excerpts.select(*_MATCH),
        found.report,
    )


def _functions() -> Any:
    from pyspark.sql import functions

    return functions


def _texts(search: Search, found: Candidates) -> Any:
    """The texts to compare, each once, by their numbers."""
    wanted = found.pairs.selectExpr("a as k").union(found.pairs.selectExpr("b as k")).distinct()
    heads = found.heads.join(wanted, "k", "leftsemi").selectExpr(
        "head as id", "k", "pref", "tokens"
    )
    return search.documents.select("id", "text").join(heads, "id").drop("id")


def _verified(search: Search, found: Candidates, texts: Any) -> Any:
    F = _functions()
    task = tasks.Compare(search.settings)
    sides = [
        texts.select(F.col("k").alias(side), *(F.col(n).alias(f"{n}_{side}")
                     for n in ("text", "pref", "tokens")))
        for side in "ab"
    ]  # fmt: skip
    rows = found.pairs.join(sides[0], "a").join(sides[1], "b")
    return rows.mapInArrow(task, task.SCHEMA)


def _numbered(search: Search, name: str, rows: Any, order: Sequence[Any]) -> tuple[Any, int]:
    """The same rows with ``place``: their places in this order, from 0; and how many there are.

    Rows that are equal in the order need to be equal.
    """
    F = _functions()
    sorted_ = rows.repartitionByRange(*order).sortWithinPartitions(*order)
    numbered = sorted_.withColumn("at", F.monotonically_increasing_id())
    ranged = search.checkpoints.stage(name, lambda: numbered)
    part = F.shiftright("at", _ROW_BITS)
    counts = {
        row["part"]: row["count"] for row in ranged.groupBy(part.alias("part")).count().collect()
    }
    total, begins = 0, []
    for number in sorted(counts):
        begins.append((number, total))
        total += counts[number]
    if not begins:
        return ranged.withColumn("place", F.col("at")).drop("at"), 0
    first = F.create_map(*(F.lit(value) for pair in begins for value in pair))
    row = F.col("at") - F.shiftleft(part, _ROW_BITS)
    return ranged.withColumn("place", (first[part] + row).cast("long")).drop("at"), total


def _led(search: Search, verified: Any) -> Any:
    """Which head follows which, with the figures of the pair: ``k``, ``leader``."""
    F = _functions()
    joined = F.col("kind") == NEAR
    if search.settings.near.join_excerpts:
        joined |= (F.col("kind") == CONTAINS) & F.col("b_inside")
    edges = verified.where(joined)
    sides = [
        edges.selectExpr(f"pref_{s} as pref", f"tokens_{s} as tokens", f"{s} as k") for s in "ab"
    ]
    texts, count = _numbered(
        search, "followers", sides[0].union(sides[1]).distinct(), ["pref", F.desc("tokens"), "k"]
    )
    places = texts.select("k", "place")
    ordered = edges.join(places.toDF("a", "first"), "a").join(places.toDF("b", "second"), "b")
    pairs = ordered.select("first", "second").repartition(1).sortWithinPartitions("first", "second")
    task = tasks.Lead(count)
    leads = pairs.mapInArrow(task, task.SCHEMA)
    return ordered.join(leads, ["first", "second"]).select(
        F.col("b").alias("k"),
        F.col("a").alias("leader"),
        "jaccard",
        F.col("containment_b").alias("containment"),
        F.col("containment_a").alias("partner_containment"),
    )


def _excerpts(verified: Any, heads: Any) -> Any:
    """Containments with the contained text as ``a``, by id; its number and its holder's beside."""
    F = _functions()
    inner, outer = ["b", "a"], ["a", "b"]
    rows = verified.where(F.col("kind") == CONTAINS)

    def pick(name: str, which: Sequence[str]) -> Any:
        one, two = (F.col(f"{name}{side}") for side in which)
        return F.when(F.col("inner_last"), one).otherwise(two)

    turned = rows.select(
        pick("", inner).alias("k_a"),
        pick("", outer).alias("k_b"),
        pick("tokens_", inner).alias("tokens_a"),
        pick("tokens_", outer).alias("tokens_b"),
        pick("pref_", inner).alias("pref_a"),
        "jaccard",
        pick("containment_", inner).alias("containment_a"),
        pick("containment_", outer).alias("containment_b"),
        F.lit(KINDS[CONTAINS].value).alias("kind"),
    )
    return turned.join(heads.toDF("k_a", "a"), "k_a").join(heads.toDF("k_b", "b"), "k_b")


def _contained(search: Search, excerpts: Any, led: Any) -> Any:
    """Which heads go because they lie in one that is kept; the longest are decided first."""
    F = _functions()
    gone = led.select("k").distinct()
    kept = (
        excerpts.where(F.col("pref_a") != float("-inf"))
        .join(gone.toDF("k_a"), "k_a", "leftanti")
        .join(gone.toDF("k_b"), "k_b", "leftanti")
    )
    ends = kept.selectExpr("k_a as k").union(kept.selectExpr("k_b as k")).distinct()
    texts, count = _numbered(search, "contained", ends, ["k"])
    ordered = kept.join(texts.toDF("k_a", "second"), "k_a").join(texts.toDF("k_b", "first"), "k_b")
    order = [F.desc("tokens_a"), F.desc("tokens_b"), F.desc("containment_a"), "a", "b"]
    task = tasks.Lead(count)
    pairs = ordered.select("first", "second", "tokens_a", "tokens_b", "containment_a", "a", "b")
    leads = pairs.repartition(1).sortWithinPartitions(*order).mapInArrow(task, task.SCHEMA)
    return ordered.join(leads, ["first", "second"]).select(
        F.col("k_a").alias("k"),
        F.col("b").alias("holder"),
        "jaccard",
        F.col("containment_a").alias("containment"),
        F.col("containment_b").alias("partner_containment"),
    )


def _changed(search: Search, found: Candidates, led: Any, excerpts: Any) -> Any:
    """A row for each folded text of which some document has another fate than that it is kept.

    ``head`` stands for its copies; ``leader`` for the head, where it has one (else null); or
    ``holder``, in which it lies.
    """
    F = _functions()
    heads = found.heads.select("k", "head", "n", "tokens")
    named = led.join(heads.selectExpr("k as leader", "head as leader_id"), "leader")
    named = named.select("k", "leader_id", *_FIGURES)
    if search.settings.corpus.contained is Contained.REMOVE:
        named = named.unionByName(_contained(search, excerpts, led), allowMissingColumns=True)
    else:
        named = named.withColumn("holder", F.lit(None).cast(heads.schema["head"].dataType))
    copies = heads.where("n > 1 or tokens = 0").select("k")
    wanted = named.select("k").union(copies).distinct()
    return heads.join(wanted, "k", "leftsemi").select("k", "head").join(named, "k", "left")


def _documents(prints: Any, changed: Any) -> Any:
    F = _functions()
    rows = prints.select("id", "k", "tokens", "reference").join(changed, "k", "left")
    empty = F.col("tokens") == 0
    is_head = F.col("head").isNull() | (F.col("id") == F.col("head"))
    leader = F.coalesce("leader_id", "head", "id")
    exact = ~is_head & F.col("leader_id").isNull()
    fate = (
        F.when(F.col("reference"), _word(Fate.KEPT))
        .when(empty, _word(Fate.EMPTY))
        .when(exact, _word(Fate.EXACT))
        .when(F.col("leader_id").isNotNull(), _word(Fate.NEAR))
        .when(F.col("holder").isNotNull(), _word(Fate.CONTAINS))
        .otherwise(_word(Fate.KEPT))
    )
    partner = (
        F.when(empty, None)
        .when(exact, F.col("head"))
        .when(F.col("leader_id").isNotNull(), F.col("leader_id"))
        .otherwise(F.col("holder"))
    )
    figures = [
        F.when(empty, None).when(exact, 1.0).when(partner.isNotNull(), F.col(name)).alias(name)
        for name in _FIGURES
    ]
    return rows.select(
        "id",
        leader.alias("leader"),
        (fate == _word(Fate.KEPT)).alias("keep"),
        fate.alias("fate"),
        partner.alias("partner"),
        *figures,
    )


def _word(fate: Fate) -> Any:
    return _functions().lit(fate.name.lower())


def _matches(verified: Any, heads: Any, documents: Any, prints: Any) -> Any:
    F = _functions()
    copies = prints.select("id", "k").join(heads, "k").where(F.col("id") != F.col("head"))
    one = F.lit(1.0)
    exact = copies.select(
        F.col("id").alias("a"),
        F.col("head").alias("b"),
        one.alias("jaccard"),
        one.alias("containment_a"),
        one.alias("containment_b"),
        F.lit(KINDS[EXACT].value).alias("kind"),
    )
    pairs = verified.where(F.col("kind") == NEAR).select(
        F.col("a").alias("k_a"),
        F.col("b").alias("k_b"),
        "jaccard",
        "containment_a",
        "containment_b",
    )
    named = pairs.join(heads.toDF("k_a", "x"), "k_a").join(heads.toDF("k_b", "y"), "k_b")
    swap = F.col("x") > F.col("y")

    def turned(one: str, two: str) -> Any:
        return F.when(swap, F.col(two)).otherwise(F.col(one))

    near = named.select(
        turned("x", "y").alias("a"),
        turned("y", "x").alias("b"),
        "jaccard",
        turned("containment_a", "containment_b").alias("containment_a"),
        turned("containment_b", "containment_a").alias("containment_b"),
        F.lit(KINDS[NEAR].value).alias("kind"),
    )
    return exact.union(near)
