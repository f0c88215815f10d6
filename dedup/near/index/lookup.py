"""Texts and a store to matches: who shares keys, who of them may match, who does."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from dedup.config import Settings
from dedup.model import Relation, Seen
from dedup.near.index.evidence import Candidates, overlaps
from dedup.near.index.format import HIT_NEED, HIT_NUMBER
from dedup.near.index.keys import TextKeys
from dedup.near.index.sqlite.memtable import Memtable
from dedup.near.index.store import Document, Keys, Store
from dedup.near.relation import KINDS, NONE, figures, relate
from dedup.text.shingles import pack, shingles

_RANK = {Relation.EXACT: 0, Relation.NEAR: 1, Relation.CONTAINS: 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A stored document that matches a text.

    The figures are those of `Seen`; ``inside`` says whether the text lies in the document, and
    ``exact`` whether the two texts were compared.
    """

    document: Document
    relation: Relation
    jaccard: float
    containment_a: float
    containment_b: float
    inside: bool
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found for each text, best first; bands cut and samples passed over, in all."""

    found: list[list[Found]]
    hot_bands: int
    hot_samples: int


def search(
    prints: TextKeys, store: Store, settings: Settings, batch: Mapping[int, Document] | None = None
) -> Outcome:
    """Look texts up in a store.

    Args:
        prints: of the texts.
        store: inside a transaction.
        settings: those of the index.
        batch: the texts themselves as documents, by number, from the next number of the store on,
            where each is to be compared with those before it as well.
    """
    from dedup.kernels.postings import weigh

    batch = batch or {}
    hits = store.hits(prints.keys)
    if batch:
        hits = np.concatenate((hits, _batch_hits(prints, min(batch), settings.near.cap)))
    hits.sort()
    text, number, shared, hidden, hot = weigh(
        hits,
        prints.kinds,
        prints.offsets,
        (prints.needs & 127).astype(np.int64),
        prints.is_long,
        settings.near.cap,
    )
    outcome = Outcome([[] for _ in range(len(prints))], int(hot.sum()), int(hidden.sum()))
    if not text.size:
        return outcome
    documents = {**store.documents(np.unique(number).tolist()), **batch}
    documents |= _heads(store, documents)
    own = min(batch, default=0)
    pairs: dict[tuple[int, int], int] = {}
    for i, (t, n) in enumerate(zip(text.tolist(), number.tolist(), strict=True)):
        document = documents.get(n)
        if document is None or (n in batch and n - own >= t):
            continue
        if document.head is not None:
            document = documents.get(document.head)
            if document is None:
                continue
        pairs.setdefault((t, document.number), i)
    rest = _equal(pairs, prints, documents, outcome)
    if rest:
        at = np.fromiter(rest.values(), np.int64, len(rest))
        candidates = Candidates(
            text[at], [documents[n] for _, n in rest], shared[at], hidden[text[at]]
        )
        _judge(prints, candidates, settings, outcome)
    for found in outcome.found:
        found.sort(key=_order)
    return outcome


def _batch_hits(prints: TextKeys, first: int, cap: int) -> Keys:
    """Which texts of a batch share keys with each other."""
    memtable = Memtable(cap)
    numbers = np.repeat(np.arange(first, first + len(prints)), np.diff(prints.offsets))
    memtable.add(prints.keys, numbers)
    places, found = memtable.find(prints.keys)
    shifted = places << (HIT_NUMBER + HIT_NEED) | found << HIT_NEED
    hits: Keys = (shifted | prints.needs[found - first]).astype(np.uint64)
    return hits


def _heads(store: Store, documents: Mapping[int, Document]) -> dict[int, Document]:
    """The documents that copies among these are copies of."""
    heads = {d.head for d in documents.values() if d.head is not None} - documents.keys()
    return store.documents(sorted(heads)) if heads else {}


def _equal(
    pairs: dict[tuple[int, int], int],
    prints: TextKeys,
    documents: Mapping[int, Document],
    outcome: Outcome,
) -> dict[tuple[int, int], int]:
    """Enter the documents with the same folded text; the pairs that are left to compare."""
    rest = {}
    comparable = prints.comparable
    for (text, number), at in pairs.items():
        document = documents[number]
        if prints.folded[text].tobytes() == document.folded:
            outcome.found[text].append(Found(document, Relation.EXACT, 1.0, 1.0, 1.0, True))
        elif document.size and comparable[text]:
            rest[text, number] = at
    return rest


def _judge(prints: TextKeys, candidates: Candidates, settings: Settings, outcome: Outcome) -> None:
    """Enter those candidates that are a match."""
    found = overlaps(prints, candidates, settings)
    told = figures(found.size_a, found.size_b, found.shared)
    decided = relate(found.size_a, found.size_b, found.shared, settings.near)
    for i in np.flatnonzero(decided.kind != NONE).tolist():
        outcome.found[int(candidates.text[i])].append(
            Found(
                candidates.documents[i],
                KINDS[decided.kind[i]],
                float(told.jaccard[i]),
                float(told.containment_a[i]),
                float(told.containment_b[i]),
                bool(decided.a_inside[i]),
            )
        )


def look_again(
    found: Sequence[Found], text: str, text_of: Callable[[str], str | None], settings: Settings
) -> list[Found]:
    """What is left of matches, and how they match, once the texts that are there are compared.

    Args:
        found: the matches of a text.
        text: the text.
        text_of: the text of a document by its id, None where it is not there.
        settings: those of the index.
    """
    left: list[Found] = []
    for one in found:
        name = one.document.name
        other = None
        if one.relation is not Relation.EXACT and name is not None:
            other = text_of(name.decode("utf-8", "surrogatepass"))
        if other is None:
            left.append(one)
            continue
        cut = shingles(pack([text, other], settings.text), settings.text)
        a, b = np.unique(cut.of(0)), np.unique(cut.of(1))
        shared = np.array([np.intersect1d(a, b, assume_unique=True).size])
        size_a, size_b = np.array([a.size]), np.array([b.size])
        told = figures(size_a, size_b, shared)
        decided = relate(size_a, size_b, shared, settings.near)
        if decided.kind[0] != NONE:
            kind, inside = KINDS[decided.kind[0]], bool(decided.a_inside[0])
            shares = (float(told.containment_a[0]), float(told.containment_b[0]))
            left.append(Found(one.document, kind, float(told.jaccard[0]), *shares, inside, True))
    return sorted(left, key=_order)


def _order(found: Found) -> tuple[int, float, int]:
    """Best first: exact, near by Jaccard, then contained by how much; the oldest among equals."""
    score = found.jaccard
    if found.relation is Relation.CONTAINS:
        score = max(found.containment_a, found.containment_b)
    return _RANK[found.relation], -score, found.document.number


def as_seen(found: Found, document: Document, text: int, verified: bool) -> Seen:
    """What is told of a match with a document, or with a copy of it."""
    return Seen(
        a=text,
        b=(document.name or b"").decode("utf-8", "surrogatepass"),
        jaccard=found.jaccard,
        containment_a=found.containment_a,
        containment_b=found.containment_b,
        kind=found.relation,
        verified=verified or found.exact or found.relation is Relation.EXACT,
        added=datetime.fromtimestamp(document.added, UTC).isoformat(),
        meta=None if document.meta is None else json.loads(document.meta),
    )


def listed(
    found: Sequence[Found], store: Store, text: int, limit: int, verified: bool
) -> list[Seen]:
    """The first ``limit`` documents of those found, each with its copies."""
    seen: list[Seen] = []
    for one in found:
        left = limit - len(seen)
        if left <= 0:
            break
        copies = store.copies(one.document.number, left)
        named = [document for document in (one.document, *copies) if document.name is not None]
        seen += [as_seen(one, document, text, verified) for document in named[:left]]
    return seen
