"""What all stages left, read part by part: the documents, their texts and their verdicts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus.optional import require
from dedup.corpus.plan import Plan
from dedup.corpus.stages.near import PARAGRAPHS, VERDICTS
from dedup.corpus.stages.output import Verdict
from dedup.corpus.stages.paragraphs import without
from dedup.corpus.stages.schema import Key, part_name, read_table
from dedup.corpus.stages.texts import is_uncertain
from dedup.corpus.stages.verdicts import Fate

_KEPT = Verdict(Fate.KEPT)


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


class Documents:
    """The files of all stages, read part by part, and ids by number."""

    def __init__(self, root: Path, parts: Sequence[Key], plan: Plan) -> None:
        self.root, self.plan = root, plan
        self.keys = parts
        table = read_table(root / VERDICTS)
        self.near_report = require("orjson").loads(table.schema.metadata[b"dedup"])
        self.fate: npt.NDArray[np.uint8] = table["fate"].to_numpy()
        self.partner: npt.NDArray[np.int64] = table["partner"].to_numpy()
        self._why = table["why"]
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
        self._ids: dict[int, str] = {}
        self._urls: dict[int, str | None] = {}
        self._read_names(np.unique(wanted))
        self.leads = np.unique(self.partner[np.isin(self.fate, (Fate.EXACT, Fate.NEAR))])
        self.document_text = lru_cache(maxsize=8)(self._texts_of_part)

    def _read_names(self, wanted: npt.NDArray[np.int64]) -> None:
        """Ids of documents, and with ``corpus.removed``, which tells them, addresses."""
        names = ["id", "url"] if self.plan.settings.corpus.removed else ["id"]
        for at, key in enumerate(self.keys):
            low, high = np.searchsorted(wanted, self.starts[at : at + 2])
            if low < high:
                table = read_table(self.root / part_name("clean", *key), names)
                found = table.take(wanted[low:high] - self.starts[at])
                numbers = wanted[low:high].tolist()
                self._ids.update(zip(numbers, found["id"].to_pylist(), strict=True))
                if len(names) > 1:
                    self._urls.update(zip(numbers, found["url"].to_pylist(), strict=True))

    def id(self, document: int) -> str | None:
        """The id of a document that another one refers to."""
        return self._ids[document] if document >= 0 else None

    def address(self, document: int) -> dict[str, str | None]:
        """Where a document that another one refers to is: its URL, its source, and the corpus."""
        source = self.keys[bisect_right(self.starts, document) - 1][0]
        return {"url": self._urls[document], **self.plan.place_of(source)}

    def _texts_of_part(self, at: int) -> Any:
        return read_table(self.root / part_name("texts", *self.keys[at]), ["text"])["text"]

    def text(self, document: int) -> str:
        """The text of any document."""
        at = bisect_right(self.starts, document) - 1
        return str(self.document_text(at)[document - self.starts[at]].as_py())

    def extra_types(self) -> list[Any]:
        """The type of what passes through, of each input."""
        types: dict[int, Any] = {}
        for key in self.keys:
            if key[0] < self.plan.inputs and key[0] not in types:
                path = self.root / part_name("clean", *key)
                types[key[0]] = read_table(path, ["extra"]).schema.field("extra").type
        return list(types.values())

    def part(self, at: int) -> Part:
        """One part, by its place among all."""
        key = self.keys[at]
        cleaned = read_table(self.root / part_name("clean", *key))
        texts = read_table(self.root / part_name("texts", *key))
        first = self.starts[at]
        paragraphs = self._paragraphs(first, self.starts[at + 1])
        if paragraphs:
            texts = _cut(texts, paragraphs)
        causes = cleaned["rejected"].to_pylist()
        verdicts = [self.verdict(first + index, cause) for index, cause in enumerate(causes)]
        self._set_apart(cleaned, verdicts)
        name = self.plan.sources[key[0]].name
        return Part(name, first, cleaned, texts, verdicts, paragraphs)

    def verdict(self, document: int, cause: str | None = None) -> Verdict:
        """What became of a document; ``cause``: why it was set aside, if it was."""
        if cause is not None:
            return Verdict(Fate.REJECTED, cause=cause)
        fate = Fate(int(self.fate[document]))
        if fate is Fate.KEPT:
            return _KEPT
        jaccard, containment, back = (float(column[document]) for column in self._figures)
        partner = self.id(int(self.partner[document]))
        why = self._why[document].as_py()
        return Verdict(fate, partner, jaccard, containment, back, why=why)

    def _set_apart(self, cleaned: Any, verdicts: list[Verdict]) -> None:
        """Give pages that are set apart their verdict."""
        below = self.plan.settings.corpus.below
        if not below:
            return
        apart = np.flatnonzero(is_uncertain(cleaned, self.plan.settings).to_numpy())
        confidence = cleaned["confidence"].take(apart).to_pylist()
        for row, found in zip(apart.tolist(), confidence, strict=True):
            cause = f"confidence {found:.2f}, below {below:g}"
            verdicts[row] = Verdict(Fate.UNCERTAIN, cause=cause)

    def _paragraphs(self, first: int, last: int) -> dict[int, list[dict[str, Any]]]:
        """Dropped paragraphs by row of the part."""
        low, high = np.searchsorted(self._span_documents, (first, last)).tolist()
        found: dict[int, list[dict[str, Any]]] = {}
        for span in self._spans.slice(low, high - low).to_pylist():
            found.setdefault(span["document"] - first, []).append(
                {"start": span["start"], "end": span["end"], "partner": self.id(span["partner"])}
            )
        return found


def _cut(texts: Any, paragraphs: dict[int, list[dict[str, Any]]]) -> Any:
    """The texts without the paragraphs that are dropped."""
    pa = require("pyarrow")
    values = texts["text"].to_pylist()
    for row, spans in paragraphs.items():
        values[row] = without(values[row], [(span["start"], span["end"]) for span in spans])
    at = texts.schema.get_field_index("text")
    return texts.set_column(at, "text", pa.array(values, pa.string()))
