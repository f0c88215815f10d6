"""The account of a run, for people: ``report.json``, of which ``dedup report`` makes a page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus.optional import require
from dedup.corpus.stages.blocks import LABELS
from dedup.corpus.stages.by_source import Origins, by_source, origins
from dedup.corpus.stages.near import VERDICTS
from dedup.corpus.stages.output import Verdict
from dedup.corpus.stages.parts import Documents
from dedup.corpus.stages.schema import part_name, read_table
from dedup.corpus.stages.similarity import BARS, LOWEST
from dedup.corpus.stages.specimens import PAGES, draws
from dedup.corpus.stages.summary import kind_of
from dedup.corpus.stages.verdicts import Fate
from dedup.near.compare import passages

FORMAT = 1
# Documents shown of each fate, clusters, their members, pages, and records that were set aside.
OF_FATE, CLUSTERS, MEMBERS, PAGES_SHOWN, EXAMPLES = 8, 20, 8, 8, 5
# Characters of a text that are shown of a removed document, and before its first shared passage.
CHARACTERS, _BEFORE = 3_000, 300
PASSAGES = 60  # marked in a pair of texts
OF_PAIR = 2_000  # of a text of a pair near the threshold
NAME = 200  # of an id, an address or a title
_REMOVED = (Fate.NEAR, Fate.CONTAINS, Fate.EXACT, Fate.EMPTY, Fate.REPEATED, Fate.UNCERTAIN)
_COLUMNS = ["row", "id", "url", "title"]
_OF_REFERENCE = ["row", "id"]  # of one that was saved by an earlier run


def account(documents: Documents) -> dict[str, Any]:
    """Tell what became of the documents: by source, and examples of everything.

    The examples are picked by lot, always the same ones. The size is bounded, whatever that of the
    corpus.

    Returns:
        Values that JSON can hold; docs/ and ``dedup/report`` say what is what.
    """
    found = origins(documents)
    teller = _Teller(documents, found)
    facts = _facts(documents)
    metadata = read_table(documents.root / VERDICTS, ["fate"]).schema.metadata
    similarity = require("orjson").loads(metadata[b"similarity"])
    near = documents.plan.settings.near
    sources = by_source(found, documents, facts["templates"])
    for row in (row for key in sources.values() for row in key["rows"] if "alarm" in row):
        if "partner" in row["alarm"]:
            row["alarm"]["partner"] = teller.document(row["alarm"]["partner"])
    return {
        "format": FORMAT,
        "mode": documents.plan.settings.corpus.mode.value,
        "near": {"threshold": near.threshold, "containment": near.containment, "keep": near.keep},
        "sources": sources,
        "similarity": {
            "lowest": LOWEST,
            "bars": BARS,
            "jaccard": similarity["jaccard"],
            "containment": similarity["containment"],
        },
        "pairs": {side: teller.pairs(similarity[side]) for side in ("above", "below")},
        "clusters": teller.clusters(),
        "removed": teller.removed(),
        "pages": teller.pages(facts["pages"]),
        "rejected": facts["rejected"],
    }


def _facts(documents: Documents) -> dict[str, Any]:
    """What the stage files hold beside the documents: templates, pages, what was set aside."""
    loads = require("orjson").loads
    templates: dict[str, tuple[int, str, str]] = {}
    pages: list[tuple[int, int, dict[str, Any], dict[str, str]]] = []
    kinds: Counter[str] = Counter()
    examples: dict[str, list[dict[str, Any]]] = {}
    for at, key in enumerate(documents.keys):
        if key[0] >= documents.plan.inputs:
            continue
        cleaned = read_table(
            documents.root / part_name("clean", *key), ["row", "place", "rejected"]
        )
        texts = read_table(documents.root / part_name("texts", *key), ["label"])
        told = loads(texts.schema.metadata[b"dedup"])
        for host, (number, text, reason) in told.get("templates", {}).items():
            before = templates.get(host, (0, "", ""))
            longer = (text, reason) if len(text) > len(before[1]) else before[1:]
            templates[host] = (before[0] + number, *longer)
        for page in loads(cleaned.schema.metadata[PAGES]):
            lot = int(draws(key[0], [page["row"]])[0])
            pages.append((lot, at, page, told.get("reasons", {}).get(str(page["row"]), {})))
        pages = sorted(pages, key=lambda entry: entry[0])[:PAGES_SHOWN]
        for row in cleaned.filter(cleaned["rejected"].is_valid()).to_pylist():
            kind = kind_of(row["rejected"])
            kinds[kind] += 1
            if len(some := examples.setdefault(kind, [])) < EXAMPLES:
                source = documents.plan.sources[key[0]].name
                reason = str(row["rejected"])[:NAME]
                some.append({"source": source, "place": row["place"], "reason": reason})
    rejected = [
        {"kind": kind, "number": number, "examples": examples[kind]}
        for kind, number in kinds.most_common(50)
    ]
    return {"templates": templates, "pages": pages, "rejected": rejected}


class _Teller:
    """Looks up what is told of single documents."""

    def __init__(self, documents: Documents, found: Origins) -> None:
        self._documents, self._found = documents, found
        self._table = lru_cache(maxsize=8)(self._read)

    def _read(self, at: int) -> Any:
        documents = self._documents
        key = documents.keys[at]
        names = _COLUMNS if key[0] < len(documents.plan.sources) else _OF_REFERENCE
        return read_table(documents.root / part_name("clean", *key), names)

    def document(self, number: int) -> dict[str, Any]:
        """What a document is called and where it is from."""
        at = int(np.searchsorted(self._documents.starts, number, "right")) - 1
        row = self._table(at).slice(number - self._documents.starts[at], 1).to_pylist()[0]
        told = {name: (row.get(name) or "")[:NAME] or None for name in ("id", "url", "title")}
        return told | {"source": self._found.files[self._found.file[number]]}

    def verdict(self, number: int) -> Verdict:
        """What became of a document."""
        fate = Fate(int(self._found.fate[number]))
        if fate is Fate.UNCERTAIN:
            return Verdict(fate, cause=f"confidence {self._found.confidence[number]:.2f}")
        return self._documents.verdict(number)

    def removed(self) -> list[dict[str, Any]]:
        """Some documents of each fate, beside the ones that stand for them."""
        found: list[dict[str, Any]] = []
        fate = self._found.fate[: self._found.inputs]
        for kind in _REMOVED:
            numbers = self._picked(np.flatnonzero(fate == kind), OF_FATE)
            found += map(self._removed, numbers.tolist())
        return found

    def _picked(self, numbers: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
        lots = draws(0, numbers)
        return np.sort(numbers[np.argsort(lots, kind="stable")[:most]])

    def _removed(self, number: int) -> dict[str, Any]:
        verdict = self.verdict(number)
        partner = int(self._documents.partner[number])
        told = {**verdict.fields(), "document": self.document(number)}
        if partner < 0:
            text = self._documents.text(number)
            return {**told, "partner": None, "text": _window(text, [], CHARACTERS)}
        return {
            **told,
            "partner": self.document(partner),
            **self._side_by_side(number, partner, CHARACTERS),
        }

    def _side_by_side(self, number: int, partner: int, most: int) -> dict[str, Any]:
        """Both texts, and where they agree; further passages stay unmarked."""
        texts = self._documents.text(number), self._documents.text(partner)
        shared = passages(*texts, self._documents.plan.settings.text)[:PASSAGES]
        ours = [(passage.a.start, passage.a.end) for passage in shared]
        theirs = [(passage.b.start, passage.b.end) for passage in shared]
        return {
            "text": _window(texts[0], ours, most),
            "partner_text": _window(texts[1], theirs, most),
        }

    def pairs(self, pairs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Pairs near the threshold, side by side."""
        found = []
        for pair in pairs:
            a, b = pair.pop("documents")
            names = {"document": self.document(a), "partner": self.document(b)}
            found.append({**pair, **names, **self._side_by_side(a, b, OF_PAIR)})
        return found

    def clusters(self) -> dict[str, Any]:
        """How many clusters there are, and the largest."""
        documents, found = self._documents, self._found
        fate, partner = found.fate, documents.partner
        members = np.flatnonzero((fate == Fate.EXACT) | (fate == Fate.NEAR))
        heads, sizes = np.unique(partner[members], return_counts=True)
        order = np.lexsort((heads, -sizes))[:CLUSTERS]
        largest = []
        for head, size in zip(heads[order].tolist(), sizes[order].tolist(), strict=True):
            others = members[partner[members] == head]
            text = documents.text(head)
            largest.append(
                {
                    "kept": self.document(head),
                    "size": size + 1,
                    "exact": int(np.count_nonzero(fate[others] == Fate.EXACT)),
                    "sources": len(np.unique(found.source[np.append(others, head)])),
                    "text": _window(text, [], 600),
                    "members": [self.document(n) for n in self._picked(others, MEMBERS).tolist()],
                }
            )
        return {
            "number": len(heads),
            "documents": int(sizes.sum()) + len(heads),
            "largest": largest,
        }

    def pages(
        self, pages: Sequence[tuple[int, int, dict[str, Any], dict[str, str]]]
    ) -> list[dict[str, Any]]:
        """Some cleaned pages with all their blocks, templates taken out."""
        return [self._page(*entry[1:]) for entry in pages]

    def _page(self, at: int, page: dict[str, Any], reasons: dict[str, str]) -> dict[str, Any]:
        documents = self._documents
        index = self._table(at)["row"].to_pylist().index(page["row"])
        number = documents.starts[at] + index
        path = documents.root / part_name("texts", *documents.keys[at])
        labels = read_table(path, ["label"])["label"][index].as_py() or []
        include = documents.plan.settings.page.include
        for place, (block, code) in enumerate(zip(page["blocks"], labels, strict=False)):
            label = LABELS[code]
            if str(place) in reasons:
                block |= {"label": label.value, "score": 0.0, "reason": reasons[str(place)]}
                block["kept"] = label in include
        verdict = self.verdict(number)
        return {
            "document": self.document(number),
            "relation": verdict.relation,
            "reason": verdict.reason,
            **page,
        }


def _window(text: str, spans: Sequence[tuple[int, int]], most: int) -> dict[str, Any]:
    """A part of a text with the spans in it; it begins shortly before the first one.

    >>> _window("abcdefghij", [(1, 3), (3, 8)], 4)
    {'text': 'abcd', 'before': 0, 'after': 6, 'spans': [[1, 3], [3, 4]]}
    """
    first = min((start for start, _ in spans), default=0)
    begin = max(0, first - _BEFORE) if len(text) > most else 0
    end = min(len(text), begin + most)

    def inside(place: int) -> int:
        return min(max(place, begin), end) - begin

    return {
        "text": text[begin:end],
        "before": begin,
        "after": len(text) - end,
        "spans": [[inside(start), inside(stop)] for start, stop in spans],
    }
