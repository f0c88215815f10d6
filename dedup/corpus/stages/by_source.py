"""What became of the documents of each source and file, and which of them lost nearly all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus.stages.origins import origins_of
from dedup.corpus.stages.parts import Documents
from dedup.corpus.stages.schema import part_name, read_table
from dedup.corpus.stages.texts import is_uncertain
from dedup.corpus.stages.verdicts import Fate

# A source of so many documents, of which a smaller share than this is kept, is alarming.
_ALARM_DOCUMENTS, _ALARM_KEPT = 10, 0.05
# Sources that are told, the largest ones, and those that alarm on top of them.
ROWS, ALARMS = 150, 75
_CLUSTERED = (Fate.EXACT, Fate.NEAR, Fate.CONTAINS)
_KEYS = ("source", "file")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """Where every document is from, those that are only compared with last.

    Attributes:
        sources: the names of sources (`origins_of`: hosts, unless a key says something else).
        source: of each document the place of its source in ``sources``.
        files: the names of the inputs, and of those that they are compared with.
        file: of each document the place of its file in ``files``.
        fate: what became of each, a `Fate`, of records that were set aside too.
        confidence: how good its text is, 0 to 1; not a number where it was not cleaned.
        inputs: the number of documents that are inputs.
    """

    sources: Sequence[str]
    source: npt.NDArray[np.int32]
    files: Sequence[str]
    file: npt.NDArray[np.int32]
    fate: npt.NDArray[np.uint8]
    confidence: npt.NDArray[np.float32]
    inputs: int


def origins(documents: Documents) -> Origins:
    """Find out where the documents are from; a few bytes are held per document."""
    numbers: dict[str, int] = {}
    total = documents.starts[-1]
    source, file = np.zeros(total, np.int32), np.zeros(total, np.int32)
    fate, confidence = documents.fate.copy(), np.full(total, np.nan, np.float32)
    inputs = 0
    files = file_names(documents)
    for at, key in enumerate(documents.keys):
        rows = slice(documents.starts[at], documents.starts[at + 1])
        file[rows] = key[0]
        is_input = key[0] < documents.plan.inputs
        names = ["origin", "rejected", "confidence"] if is_input else ["origin"]
        table = read_table(documents.root / part_name("clean", *key), names)
        source[rows] = _numbers(origins_of(table, files[key[0]]), numbers)
        if is_input:
            inputs = rows.stop
            fate[rows][table["rejected"].is_valid().to_numpy()] = Fate.REJECTED
            confidence[rows] = table["confidence"].to_numpy()
            if documents.plan.settings.corpus.below:
                apart = is_uncertain(table, documents.plan.settings).to_numpy()
                fate[rows][apart] = Fate.UNCERTAIN
    return Origins(list(numbers), source, files, file, fate, confidence, inputs)


def file_names(documents: Documents) -> list[str]:
    """The names of the sources, and after them those of saved references."""
    plan = documents.plan
    return [plan.name_of(source) for source in range(len(plan.sources) + len(plan.saved))]


def _numbers(names: Sequence[str], numbers: dict[str, int]) -> npt.NDArray[np.int32]:
    """The numbers of the sources of a part; new ones get the next number."""
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int32)


def by_source(
    found: Origins, documents: Documents, templates: dict[str, tuple[int, str, str]]
) -> dict[str, Any]:
    """What became of the documents, by host and by file.

    Args:
        found: where they are from.
        documents: all of them.
        templates: of each host the number of blocks of templates, an example and its reason.

    Returns:
        Under ``source`` and ``file``: ``number`` of all sources and ``rows``, one for each of the
        largest and of those that alarm.
    """
    return {key: _rows(key, found, documents, templates) for key in _KEYS}


def _rows(
    key: str, found: Origins, documents: Documents, templates: dict[str, tuple[int, str, str]]
) -> dict[str, Any]:
    if key == "source":
        names, column = found.sources, found.source
    else:
        names, column = found.files, found.file
    inputs = slice(0, found.inputs)
    own, fate, partner = column[inputs], found.fate[inputs], documents.partner[inputs]
    size = len(names)
    fates = np.bincount(own * np.int64(len(Fate)) + fate, minlength=size * len(Fate))
    fates = fates.reshape(size, len(Fate))
    totals, kept = fates.sum(axis=1), fates[:, Fate.KEPT]
    clustered = np.isin(fate, _CLUSTERED)
    same = column[partner] == own
    inside = np.bincount(own[clustered & same], minlength=size)
    across = np.bincount(own[clustered & ~same], minlength=size)
    known = ~np.isnan(found.confidence[inputs])
    cleaned = np.bincount(own[known], minlength=size)
    sums = np.bincount(own[known], found.confidence[inputs][known], minlength=size)
    alarms = (totals >= _ALARM_DOCUMENTS) & (kept < _ALARM_KEPT * totals)
    order = np.lexsort((np.arange(size), -totals))
    order = order[totals[order] > 0]
    shown = np.concatenate((order[:ROWS], order[ROWS:][alarms[order[ROWS:]]][:ALARMS]))
    rows = []
    for at in shown.tolist():
        row: dict[str, Any] = {
            "name": names[at],
            "documents": int(totals[at]),
            "kept": int(kept[at]),
            "removed": {
                value.name.lower(): int(fates[at, value])
                for value in Fate
                if value is not Fate.KEPT and fates[at, value]
            },
            "inside": int(inside[at]),
            "across": int(across[at]),
            "confidence": round(float(sums[at] / cleaned[at]), 4) if cleaned[at] else None,
        }
        if key == "source" and names[at] in templates:
            number, text, reason = templates[names[at]]
            row["templates"] = {"blocks": number, "example": text, "reason": reason}
        if alarms[at]:
            row["alarm"] = _alarm(np.flatnonzero(own == at), fates[at], partner)
        rows.append(row)
    return {"number": int(np.count_nonzero(totals)), "rows": rows}


def _alarm(ours: Ints, fates: Ints, partner: Ints) -> dict[str, Any]:
    """Why a source lost nearly all: the most frequent reason, and what most were removed for."""
    lost = fates.copy()
    lost[Fate.KEPT] = 0
    told: dict[str, Any] = {"reason": Fate(int(lost.argmax())).name.lower()}
    known = partner[ours]
    known = known[known >= 0]
    if known.size:
        values, counts = np.unique(known, return_counts=True)
        most = int(counts.argmax())
        told |= {"partner": int(values[most]), "documents": int(counts[most])}
    return told
