"""What is written of a document: its record with the text in it, its annotation, its reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dedup.config import KeySettings
from dedup.corpus.io.records import lookup, put
from dedup.corpus.optional import require
from dedup.corpus.stages.blocks import LABELS
from dedup.corpus.stages.verdicts import Fate


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one document, its partner by id.

    Attributes:
        fate: a `Fate`.
        partner: id of the document that stands for it, or None.
        jaccard: Jaccard similarity of the two.
        containment: the share of it that is in the partner.
        partner_containment: the share of the partner that is in it.
        cause: why a record was set aside or apart, or None.
        why: why the partner is kept and not this one, where the keep rule tells.
    """

    fate: Fate
    partner: str | None = None
    jaccard: float = 0.0
    containment: float = 0.0
    partner_containment: float = 0.0
    cause: str | None = None
    why: str = ""

    @property
    def relation(self) -> str:
        """The word for it: kept, exact, near, contains, empty, repeated ..."""
        return self.fate.name.lower()

    @property
    def reason(self) -> str:
        """It in words.

        >>> Verdict(Fate.NEAR, "b", 0.91, 0.95, 0.94).reason
        'near-duplicate of b (Jaccard 0.91)'
        """
        words = {
            Fate.KEPT: "",
            Fate.EXACT: f"the same text as {self.partner}",
            Fate.NEAR: f"near-duplicate of {self.partner} (Jaccard {self.jaccard:.2f})",
            Fate.CONTAINS: f"{self.containment:.0%} of it lies in {self.partner}",
            Fate.EMPTY: "no text left",
            Fate.REPEATED: "what it says is in other documents",
            Fate.REJECTED: self.cause or "",
            Fate.UNCERTAIN: self.cause or "",
        }
        return f"{words[self.fate]}; kept: {self.why}" if self.why else words[self.fate]

    def fields(self) -> dict[str, Any]:
        """It as the fields of a record."""
        figures = (self.jaccard, self.containment, self.partner_containment)
        known = self.partner is not None
        return {
            "relation": self.relation,
            "partner": self.partner,
            "jaccard": figures[0] if known else None,
            "containment": figures[1] if known else None,
            "partner_containment": figures[2] if known else None,
            "reason": self.reason,
        }


# What is told of the partner of a removed document, where it has one.
NO_PARTNER: Mapping[str, str | None] = dict.fromkeys(
    ("partner_url", "partner_source", "partner_corpus", "passage")
)
# What a record gets from its page where it has no field of the name.
OF_PAGES = ("title", "type", "type_probability", "confidence")
# The row of the stage ``clean`` without its blocks.
RECORD_COLUMNS = (
    "row", "place", "id", "url", "date", *OF_PAGES, "kind", "encoding", "metadata", "given",
    "extra",
)  # fmt: skip
REJECTED_COLUMNS = ("row", "place", "id", "url", "rejected")
# What an annotation takes from the stage ``clean``.
ANNOTATED = ("row", "id", "block_start", "block_end", "block_score", "block_duplicate")


def record_of(row: Mapping[str, Any], text: str, keys: KeySettings) -> dict[str, Any]:
    """The record of a document: its own fields, the text in place of text and markup.

    Args:
        row: `RECORD_COLUMNS` of the document.
        text: what is left of it.
        keys: what the fields are called.
    """
    extra = row["extra"]
    fields: dict[str, Any] = require("orjson").loads(extra) if isinstance(extra, bytes) else extra
    fields = dict(fields or {})
    if row["given"] is None:
        fields.pop(keys.html, None)
    for key, value in ((keys.id, row["id"]), (keys.url, row["url"]), (keys.date, row["date"])):
        if value is not None and lookup(fields, key) is None:
            put(fields, key, value)
    for key in OF_PAGES:
        if row[key] not in (None, "") and key not in fields:
            fields[key] = round(row[key], 4) if isinstance(row[key], float) else row[key]
    if row["metadata"] and lookup(fields, keys.metadata) is None:
        put(fields, keys.metadata, require("orjson").loads(row["metadata"]))
    put(fields, keys.text, text)
    return fields


def annotation_of(
    row: Mapping[str, Any], source: str, verdict: Verdict, paragraphs: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What stands beside a document: its verdict, and the verdict on each of its blocks.

    Args:
        row: ``row``, ``place``, ``id``, the spans of its blocks, final labels and reasons.
        source: the name of its source.
        verdict: what became of it.
        paragraphs: those that other documents hold as well.
    """
    return {
        "id": row["id"],
        "source": source,
        "row": row["row"],
        "keep": verdict.fate is Fate.KEPT,
        **verdict.fields(),
        "blocks": blocks_of(row),
        "repeated": list(paragraphs),
    }


def blocks_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocks of a page: spans in its source, final labels, and why they have them."""
    return [
        {
            "start": start,
            "end": end,
            "label": LABELS[label].value,
            "score": round(score, 4),
            "reason": reason,
            "duplicate_of": duplicate,
        }
        for start, end, label, score, reason, duplicate in zip(
            row["block_start"],
            row["block_end"],
            row["label"] or (),
            row["block_score"],
            row["reason"] or (),
            row["block_duplicate"],
            strict=False,
        )
    ]


def cluster_schema() -> Any:
    """The columns of ``clusters.parquet``."""
    pa = require("pyarrow")
    passage = pa.struct(
        [(name, pa.int32()) for name in ("start", "end", "partner_start", "partner_end")]
    )
    return pa.schema(
        [
            ("id", pa.string()),
            ("cluster", pa.string()),
            ("keep", pa.bool_()),
            ("partner", pa.string()),
            ("relation", pa.string()),
            ("jaccard", pa.float64()),
            ("containment", pa.float64()),
            ("partner_containment", pa.float64()),
            ("passages", pa.list_(passage)),
            ("reason", pa.string()),
        ]
    )


def rejects(rows: Sequence[Mapping[str, Any]], source: str) -> Iterator[dict[str, Any]]:
    """The lines of ``rejected.jsonl``."""
    for row in rows:
        yield {
            "source": source,
            "row": row["row"],
            "place": row["place"],
            "id": row["id"],
            "url": row["url"],
            "reason": row["rejected"],
        }
