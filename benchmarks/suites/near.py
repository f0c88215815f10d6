"""Near-duplicates with planted copies: what is found, what of it is true, and how fast."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks.internals.near import DEFAULTS, Bands, band_keys, bands_for
from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.peers import FINDERS, finders
from benchmarks.texts import LANGUAGES, NO_TEXTS, bases, made_up, there
from benchmarks.timing import interleaved
from benchmarks.truth import near_pairs, shingle_sets
from dedup import Settings, TextSettings, find_duplicates
from dedup.evaluate.metric import Estimate, mean_of
from tests.support.planting import Corpus, plant

SUITE = "near"
THRESHOLD = 0.8
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
COPIES = 3.5  # planted for each base
BASES = 300  # base documents of a corpus; in the full run the whole set as well
LONG = {True: 600, False: 150}  # characters of a text that `plant` makes copies of
FEWEST = 20  # such texts
GATED_PEERS = ("gaoya", "rensa")
FOUND = "found by kind of copy"
REGIONAL = "traditional, regional vocabulary"
_HAN = re.compile(r"[぀-ヿ㐀-鿿]")

Pairs = set[tuple[int, int]]
Sets = Sequence[frozenset[int]]


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    names = GATED_PEERS if options.quick else tuple(FINDERS)
    peers = finders(names)
    out.absent_tools(names, peers)
    for name, texts, spaced in corpora(options):
        long = LONG[spaced]
        if sum(len(text) >= long for text in texts) < FEWEST:
            out.absent(f"{SUITE}, {name}", f"fewer than {FEWEST} texts of {long} characters")
            continue
        corpus = plant(texts, spaced, COPIES)
        _planted(out, name, corpus, spaced, options.rounds, names)
    if not there():
        for language in LANGUAGES:
            for table in ("pairs", FOUND, "by threshold"):
                out.absent(f"{table}, {language}", NO_TEXTS)
            out.absent(f"times faster than / find all pairs, {language}", NO_TEXTS)
    if not options.quick:
        s_curve(out)
    return out


def corpora(options: Options) -> Iterator[tuple[str, list[str], bool]]:
    """Base documents by name, and whether words are spaced."""
    if there():
        for language in LANGUAGES:
            documents, spaced = bases(language), language == "en"
            yield language, documents[:BASES], spaced
            if not options.quick:
                yield f"{language}, all documents", documents, spaced
    if not options.quick:
        yield "generated words", made_up(True, BASES), True
        yield "generated characters", made_up(False, BASES), False
    for name, texts in options.texts.items():
        sample = "".join(texts[:50])
        yield name, list(texts), len(_HAN.findall(sample)) < len(sample) / 5


def _planted(
    out: Outcome, name: str, corpus: Corpus, spaced: bool, rounds: int, peers: Sequence[str]
) -> None:
    """One corpus: quality, counted work and time, beside the peers."""
    texts = corpus.texts
    find_duplicates(texts[:10])  # loads what is loaded at first use
    calls = {"dedup": partial(find_duplicates, texts)}
    calls |= {peer: partial(find, texts, spaced) for peer, find in finders(peers).items()}
    times, results = interleaved(calls, rounds)
    out.time(f"find all pairs, {name}", times, len(texts), GATED_PEERS)
    sets = shingle_sets(texts)
    jaccards = near_pairs(sets, min(THRESHOLDS))
    found = results.pop("dedup")
    _quality(out, name, Judge(corpus, sets, above(jaccards, THRESHOLD)), found, results)
    out.put(f"counted work, {name}", "texts", "dedup", len(texts))
    for row, value in {
        "candidate pairs verified": found.report.candidates,
        "buckets over the cap": found.report.hot_bands,
        "samples over the cap": found.report.hot_samples,
    }.items():
        out.put(f"counted work, {name}", row, "dedup", value)
    for threshold in THRESHOLDS:
        judge = Judge(corpus, sets, above(jaccards, threshold))
        clusters = find_duplicates(texts, threshold)
        for column, estimate in zip(("recall", "precision"), judge.pairs(clusters), strict=True):
            row = f"{threshold:.2f}"
            out.put(f"by threshold, {name}", row, column, estimate, better=Better.MORE)
    if not spaced:
        settings = Settings(text=TextSettings(phrases=True))
        kinds = Judge(corpus, sets, set()).kinds(find_duplicates(texts, settings=settings))
        if REGIONAL in kinds:
            out.put(f"{FOUND}, {name}", f"{REGIONAL}, phrases folded", "dedup", kinds[REGIONAL])


def _quality(
    out: Outcome, name: str, judge: "Judge", found: Any, peers: Mapping[str, Pairs]
) -> None:
    table, truth = f"pairs, {name}", judge.truth
    recall, precision = judge.pairs(found)
    names = (f"recall of Jaccard >= {THRESHOLD}", "precision")
    for row, estimate in zip(names, (recall, precision), strict=True):
        out.put(table, row, "dedup", estimate, Kind.QUALITY)
    for peer, pairs in peers.items():
        hits = len(pairs & truth)
        out.put(table, names[0], peer, share(hits, len(truth)), better=Better.MORE)
        out.put(table, names[1], peer, share(hits, len(pairs)), better=Better.MORE)
    out.put(table, "excerpts that are true", "dedup", judge.excerpts(found), Kind.QUALITY)
    table, kinds = f"{FOUND}, {name}", judge.kinds(found)
    for kind, estimate in kinds.items():
        out.put(table, kind, "dedup", estimate, better=Better.MORE)
        for peer, pairs in peers.items():
            there = judge.kind_among(kind, pairs)
            out.put(table, kind, peer, there, better=Better.MORE)
    out.put(table, "mean of the kinds", "dedup", mean_of(kinds.values()), Kind.QUALITY)


def above(jaccards: Mapping[tuple[int, int], float], threshold: float) -> Pairs:
    """The pairs at or above a threshold."""
    return {pair for pair, jaccard in jaccards.items() if jaccard >= threshold}


class Judge:
    """Holds what was found in a corpus against what is true of it."""

    def __init__(self, corpus: Corpus, sets: Sets, truth: Pairs) -> None:
        self.corpus, self.sets, self.truth = corpus, sets, truth

    def pairs(self, found: Any) -> tuple[Estimate, Estimate]:
        """Recall and precision of the near pairs."""
        near, heads = relations(found)
        hits = sum(_is_near(a, b, near, heads) for a, b in self.truth)
        return share(hits, len(self.truth)), share(len(near & self.truth), len(near))

    def excerpts(self, found: Any) -> Estimate:
        """The share of excerpts of which the threshold's part really is in the other text."""
        true = [self._inside(match.a, match.b) >= THRESHOLD for match in found.excerpts]
        return share(sum(true), len(true))

    def kinds(self, found: Any) -> dict[str, Estimate]:
        """The share of the copies of each kind that are related to their base in any way."""
        near, heads = relations(found)
        contained = {frozenset((match.a, match.b)) for match in found.excerpts}
        hits: dict[str, Counter[bool]] = {}
        for copy, base, kind in self.corpus.planted:
            hit = (
                _is_near(copy, base, near, heads)
                or frozenset((heads.get(copy, copy), heads.get(base, base))) in contained
            )
            hits.setdefault(kind, Counter())[hit] += 1
        return {kind: share(count[True], count.total()) for kind, count in sorted(hits.items())}

    def kind_among(self, kind: str, pairs: Pairs) -> Estimate:
        """The share of one kind of copy that is paired with its base."""
        rows = [(min(a, b), max(a, b)) for a, b, this in self.corpus.planted if this == kind]
        return share(sum(row in pairs for row in rows), len(rows))

    def _inside(self, a: int, b: int) -> float:
        sets = self.sets
        return len(sets[a] & sets[b]) / len(sets[a]) if sets[a] else 0.0


def relations(found: Any) -> tuple[Pairs, dict[int, int]]:
    """Near pairs, and for each text that is an exact copy the one that stands for it."""
    near: Pairs = set()
    heads: dict[int, int] = {}
    for match in found.matches:
        if match.kind == "exact":
            heads[match.a] = match.b
        else:
            near.add((match.a, match.b))
    return near, heads


def _is_near(a: int, b: int, near: Pairs, heads: Mapping[int, int]) -> bool:
    a, b = sorted((heads.get(a, a), heads.get(b, b)))
    return a == b or (a, b) in near


def s_curve(out: Outcome, pairs: int = 400) -> None:
    """The chance that a pair becomes a candidate: by the formula, and counted on made-up pairs."""
    bands = bands_for(THRESHOLD, DEFAULTS.text.slots)
    for percent in range(20, 101, 5):
        similarity = percent / 100
        row, table = f"{similarity:.2f}", "S-curve of the bands"
        out.put(table, row, "dedup, formula", bands.chance(similarity))
        out.put(table, row, "dedup, counted", collisions(similarity, bands, pairs))
        if finders(["datasketch"]):
            from datasketch import MinHashLSH

            theirs = MinHashLSH(threshold=THRESHOLD, num_perm=128)
            out.put(table, row, "datasketch, formula", Bands(theirs.b, theirs.r).chance(similarity))


def collisions(similarity: float, bands: Bands, pairs: int) -> float:
    """The share of pairs of about this Jaccard similarity that agree in a band."""
    size, width = 300, DEFAULTS.text.shingle
    shingles = size - width + 1
    shared = round(2 * shingles * similarity / (1 + similarity)) + width - 1
    fresh_words = (f"w{number}" for number in range(2 * size * pairs))
    texts: list[Sequence[str]] = []
    for _ in range(pairs):
        head = [next(fresh_words) for _ in range(min(shared, size))]
        for _ in range(2):
            texts.append(head + [next(fresh_words) for _ in range(size - len(head))])
    keys = band_keys((" ".join(words) for words in texts), bands)
    return float((keys[:, ::2] == keys[:, 1::2]).any(axis=0).mean())
