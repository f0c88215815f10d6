"""The counts of a run."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dedup.config import Level
from dedup.corpus.optional import require
from dedup.corpus.stages.blocks import LABELS
from dedup.corpus.stages.origins import OriginCounts, origins_of
from dedup.corpus.stages.output import Verdict
from dedup.corpus.stages.verdicts import REPEATS, Fate

_NUMBER = re.compile(r"\d+")


class Counts:
    """Adds up what became of records, blocks and bytes."""

    def __init__(self) -> None:
        self._fates: Counter[str] = Counter()
        self._causes: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._labels: Counter[str] = Counter()
        self._origins = OriginCounts()
        self._templates = self._repeated = 0
        self._bytes_in = self._bytes_out = 0

    def add(
        self,
        cleaned: Any,
        texts: Any,
        verdicts: Sequence[Verdict],
        paragraphs: Mapping[int, Sequence[Any]],
        source: str,
    ) -> None:
        """Count one part: its table of the stage ``clean``, its texts, verdicts and paragraphs."""
        loads = require("orjson").loads
        facts = loads(cleaned.schema.metadata[b"dedup"])
        self._bytes_in += facts["bytes"]
        self._skipped.update(facts["skipped"])
        self._fates.update(verdict.relation for verdict in verdicts)
        gone = (verdict.fate in REPEATS for verdict in verdicts)
        self._origins.add(origins_of(cleaned, source), gone)
        self._causes.update(
            kind_of(v.cause) for v in verdicts if v.fate is Fate.REJECTED and v.cause is not None
        )
        labels = texts["label"].combine_chunks().flatten().to_numpy()
        for number, count in enumerate(np.bincount(labels, minlength=len(LABELS)).tolist()):
            if count:
                self._labels[LABELS[number].value] += count
        self._templates += loads(texts.schema.metadata[b"dedup"])["template_blocks"]
        self._repeated += sum(map(len, paragraphs.values()))
        kept = [row for row, verdict in enumerate(verdicts) if verdict.fate is Fate.KEPT]
        lengths = require("pyarrow.compute", "pyarrow").binary_length(
            texts["text"].take(require("pyarrow").array(kept, "int64"))
        )
        self._bytes_out += int(np.sum(lengths.to_numpy()))

    def merge(self, other: "Counts") -> None:
        """Add what was counted in another part."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, int):
                setattr(self, name, mine + value)
            elif isinstance(value, Counter):
                mine.update(value)
            else:
                mine.merge(value)

    def summary(self, near: Mapping[str, Any], level: Level) -> dict[str, Any]:
        """All counts, by name.

        Args:
            level: what was dropped as repeated.
            near: the report of the comparison.
        """
        fates = dict(self._fates)
        rejected = fates.pop("rejected", 0)
        kept = fates.pop("kept", 0)
        return {
            "records": kept + rejected + sum(fates.values()),
            "kept": kept,
            "removed": dict(sorted(fates.items())),
            "rejected": rejected,
            "rejected_by_reason": dict(self._causes.most_common()),
            "skipped": dict(sorted(self._skipped.items())),
            "blocks": {
                name.value: self._labels[name.value] for name in LABELS if self._labels[name.value]
            },
            "template_blocks": self._templates,
            "repeated_paragraphs": self._repeated if level is Level.BLOCK else 0,
            "repeated_passages": self._repeated if level is Level.PASSAGE else 0,
            "bytes_in": self._bytes_in,
            "text_bytes_out": self._bytes_out,
            "sources": self._origins.summary(),
            "warnings": self._origins.warnings(),
            "near": dict(near),
        }


def kind_of(cause: str) -> str:
    """What a cause has in common with others of its kind.

    >>> kind_of("bad JSON: unexpected end: line 1"), kind_of("took longer than 60 s")
    ('bad JSON', 'took longer than N s')
    """
    return _NUMBER.sub("N", cause.partition(":")[0])
