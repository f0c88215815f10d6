"""Near-duplicates with planted copies: what is found, what of it is true, and how fast."""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache, partial

from benchmarks import near_duplicates
from benchmarks.measure import Fresh, fresh, interleaved
from benchmarks.near_peers import NAMES, PEERS
from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.planting import Corpus, plant
from benchmarks.truth import near_pairs, shingle_sets
from dedup import find_duplicates
from dedup.config import DEFAULTS
from dedup.near.fingerprints import fingerprint
from dedup.near.bands import Bands, bands_for
from dedup.text.shingles import pack

THRESHOLD = near_duplicates.THRESHOLD
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
LOWEST = min(THRESHOLDS)
COPIES = 3.5  # planted for each base, as in `near_duplicates`
BASES = {True: 300, False: 1_000}  # base documents of a corpus in the quick and the full run
SIZES = {True: (1_000, 3_000), False: (1_000, 3_000, 10_000, 30_000)}
LONG = {True: 600, False: 150}  # characters of a text that `plant` makes copies of
FEWEST = 20  # such texts
DATA_TABLES = (
    "near-duplicates",
    "found by kind of copy",
    "counted work",
    "by threshold",
    "times faster than / find all pairs",
)
_HAN = re.compile(r"[぀-ヿ㐀-鿿]")


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("near-duplicates")
    out.absent_tools(NAMES, PEERS)
    for name, bases, spaced in corpora(options):
        long = LONG[spaced]
        if sum(len(text) >= long for text in bases) < FEWEST:
            out.absent(
                f"near-duplicates, {name}", f"fewer than {FEWEST} texts of {long} characters"
            )
            continue
        planted(out, name, plant(bases, spaced, COPIES), spaced, options.rounds)
    if not near_duplicates.DATA.is_dir():
        for table in DATA_TABLES:
            for name in ("en", "zh"):
                out.absent(f"{table}, {name}", "no development documents: set DEDUP_DATA")
    by_size(out, options.quick)
    s_curve(out)
    return out


def corpora(options: Options) -> Iterator[tuple[str, list[str], bool]]:
    """Base documents by name, and whether words are spaced."""
    count = BASES[options.quick]
    yield "generated words", made_up(True, count), True
    yield "generated characters", made_up(False, count), False
    if near_duplicates.DATA.is_dir():
        for name in ("en", "zh"):
            yield name, near_duplicates.bases(name)[:count], name == "en"
    for name, texts in options.texts.items():
        sample = "".join(texts[:50])
        yield name, list(texts[:count]), len(_HAN.findall(sample)) < len(sample) / 5


def made_up(spaced: bool, count: int) -> list[str]:
    """Documents of words (characters) at random, in sentences; the same ones every time."""
    rng = random.Random(11)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [
        "".join(rng.choices(letters, k=rng.randint(2, 10))) if spaced else chr(code)
        for code in range(0x4E00, 0x9FA0)
    ]
    blank, stop = (" ", ". ") if spaced else ("", "。")

    def sentence() -> str:
        return blank.join(rng.choices(words, k=rng.randint(6, 30))) + stop

    return ["".join(sentence() for _ in range(rng.randint(8, 30))) for _ in range(count)]


def planted(out: Outcome, name: str, corpus: Corpus, spaced: bool, rounds: int) -> None:
    """One corpus: quality, counted work and time, beside the peers."""
    texts = corpus.texts
    find_duplicates(texts[:10])  # loads the kernels
    calls = {"dedup": partial(find_duplicates, texts)}
    calls |= {peer: partial(call, texts, spaced) for peer, call in PEERS.items()}
    times, results = interleaved(calls, rounds)
    out.time(f"find all pairs, {name}", times, len(texts))
    sets = shingle_sets(texts)
    jaccards = near_pairs(sets, LOWEST)
    truth = {pair for pair, jaccard in jaccards.items() if jaccard >= THRESHOLD}
    found = results["dedup"]
    ours = near_duplicates.quality(corpus, sets, truth, found)
    table = f"near-duplicates, {name}"
    recall, precision = f"recall of Jaccard >= {THRESHOLD}", "precision"
    out.put(table, recall, "dedup", ours["near recall"], Kind.QUALITY, Better.MORE)
    out.put(table, precision, "dedup", ours["near precision"], Kind.QUALITY, Better.MORE)
    out.put(
        table, "excerpts that are true", "dedup", ours["excerpts true"], Kind.QUALITY, Better.MORE
    )
    for peer in PEERS:
        pairs = results[peer]
        hits = len(pairs & truth)
        out.put(table, recall, peer, hits / len(truth), better=Better.MORE)
        out.put(table, precision, peer, hits / max(1, len(pairs)), better=Better.MORE)
    table = f"found by kind of copy, {name}"
    for kind, row in ours["kinds"].items():
        out.put(table, kind, "dedup", row["found"], Kind.QUALITY, Better.MORE)
        of_true = row["found of true"]
        out.put(table, kind, "dedup, of those >= 0.8", of_true, Kind.QUALITY)
        for peer in PEERS:
            out.put(table, kind, peer, _found(corpus, kind, results[peer]), better=Better.MORE)
    table = f"counted work, {name}"
    report = found.report
    for row, value in {
        "texts": len(texts),
        "bytes hashed": int(pack(texts).data.size),
        "candidate pairs verified": report.candidates,
        "buckets over the cap": report.hot_bands,
        "samples over the cap": report.hot_samples,
    }.items():
        out.put(table, row, "dedup", value, Kind.WORK)
    for threshold in THRESHOLDS:
        truth = {pair for pair, jaccard in jaccards.items() if jaccard >= threshold}
        there = near_duplicates.quality(corpus, sets, truth, find_duplicates(texts, threshold))
        row = f"{threshold:.2f}"
        for column in ("recall", "precision"):
            value = there[f"near {column}"]
            out.put(f"by threshold, {name}", row, column, value, Kind.QUALITY, Better.MORE)


def _found(corpus: Corpus, kind: str, pairs: set[tuple[int, int]]) -> float:
    """The share of one kind of copy that is paired with its base."""
    rows = [(min(a, b), max(a, b)) for a, b, this in corpus.planted if this == kind]
    return sum(row in pairs for row in rows) / len(rows)


_SEARCH = """
from benchmarks.near_duplicates import generated
texts = generated({size})
start = time.process_time()
{code}
told["seconds"] = time.process_time() - start
"""
_OURS = "from dedup import find_duplicates; find_duplicates(texts)"
_THEIRS = "from benchmarks.near_peers import PEERS; PEERS[{tool!r}](texts, True)"


@cache
def search(tool: str, size: int) -> Fresh:
    """Find the duplicates among ``size`` documents of 1 KB in a process of its own."""
    code = _OURS if tool == "dedup" else _THEIRS.format(tool=tool)
    return fresh(_SEARCH.format(size=size, code=code))


def by_size(out: Outcome, quick: bool) -> None:
    """CPU seconds at growing sizes, the import of the tool included."""
    for size in SIZES[quick]:
        for tool in ("dedup", *PEERS):
            seconds = search(tool, size).told["seconds"]
            out.put("CPU seconds by texts of 1 KB", f"{size}", tool, seconds, better=Better.LESS)


def s_curve(out: Outcome, pairs: int = 400) -> None:
    """The chance that a pair becomes a candidate: by the formula, and counted on made-up pairs."""
    bands = bands_for(THRESHOLD, DEFAULTS.text.slots)
    for percent in range(20, 101, 5):
        similarity = percent / 100
        row, table = f"{similarity:.2f}", "S-curve of the bands"
        out.put(table, row, "dedup, formula", bands.chance(similarity))
        out.put(table, row, "dedup, counted", collisions(similarity, bands, pairs))
        if "datasketch" in PEERS:
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
    packed = pack(" ".join(words) for words in texts)
    keys = fingerprint(packed, bands, DEFAULTS.text).bands
    return float((keys[:, ::2] == keys[:, 1::2]).any(axis=0).mean())
