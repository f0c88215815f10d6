"""Near-duplicates with planted copies: what is found, what of it is true, time and memory.

``python -m benchmarks.near_duplicates [--quick] [--json PATH] [--million]``; base documents are
read from ``../shared/dev/neardup`` (or the folder in ``DEDUP_DATA``). Times are CPU seconds, the
median of three rounds in which everybody takes a turn (``--quick``: one round).
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.near_peers import PEERS
from benchmarks.planting import Corpus, plant
from benchmarks.truth import near_pairs, shingle_sets
from dedup import Settings, TextSettings, find_duplicates
from dedup.near.results import Clusters

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("DEDUP_DATA", ROOT.parent / "shared")) / "dev" / "neardup"
THRESHOLD = 0.8

Pairs = set[tuple[int, int]]
Sets = Sequence[frozenset[int]]


def bases(language: str) -> list[str]:
    import pyarrow.parquet as pq

    return list(pq.read_table(DATA / f"{language}.parquet")["text"].to_pylist())


def pairs_of(found: Clusters) -> tuple[Pairs, Pairs, list[int]]:
    """Near pairs, directed excerpts, and for each text the one that it is an exact copy of."""
    heads = list(range(found.leaders.size))
    near: Pairs = set()
    columns = found.matches
    for a, b, kind in zip(
        columns.a.tolist(), columns.b.tolist(), columns.kind.tolist(), strict=True
    ):
        if kind:
            near.add((a, b))
        else:
            heads[a] = b
    excerpts = found.excerpts
    return near, set(zip(excerpts.a.tolist(), excerpts.b.tolist(), strict=True)), heads


def quality(corpus: Corpus, sets: Sets, truth: Pairs, found: Clusters) -> dict[str, Any]:
    """Recall and precision of the pairs, and the share of each kind of copy that is related."""
    near, excerpts, heads = pairs_of(found)

    def is_near(a: int, b: int) -> bool:
        a, b = sorted((heads[a], heads[b]))
        return a == b or (a, b) in near

    def share(a: int, b: int) -> float:
        return len(sets[a] & sets[b]) / len(sets[a]) if sets[a] else 0.0

    kinds: dict[str, Counter[str]] = {}
    for copy, base, kind in corpus.planted:
        a, b = heads[copy], heads[base]
        hit = is_near(a, b) or (a, b) in excerpts or (b, a) in excerpts
        true = max(share(copy, base), share(base, copy)) >= THRESHOLD
        kinds.setdefault(kind, Counter()).update(n=1, found=hit, true=true, both=hit and true)
    return {
        "true pairs": len(truth),
        "near recall": sum(is_near(*pair) for pair in truth) / len(truth),
        "near precision": sum(pair in truth for pair in near) / len(near),
        "excerpts": len(excerpts),
        "excerpts true": sum(share(*pair) >= THRESHOLD for pair in excerpts) / len(excerpts),
        "kinds": {
            kind: {
                "planted": count["n"],
                "found": count["found"] / count["n"],
                "found of true": count["both"] / max(1, count["true"]),
            }
            for kind, count in sorted(kinds.items())
        },
    }


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, and the result."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def rounds(calls: Mapping[str, Callable[[], Any]], turns: int) -> dict[str, tuple[float, Any]]:
    """The median of the CPU times of each, and its result; the calls take turns."""
    results: dict[str, Any] = {}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(turns):
        for name, call in calls.items():
            spent, results[name] = timed(call)
            times[name].append(spent)
    return {name: (median(times[name]), results[name]) for name in calls}


def language(name: str, quick: bool) -> dict[str, Any]:
    """One language: quality, speed, peers."""
    spaced = name == "en"
    documents = bases(name)[: 1000 if quick else None]
    corpus = plant(documents, spaced, 3.5)
    texts = corpus.texts
    find_duplicates(texts[:10])  # loads the kernels
    calls: dict[str, Callable[[], Any]] = {"dedup": lambda: find_duplicates(texts)}
    calls |= {peer: lambda run=run: run(texts, spaced) for peer, run in PEERS.items()}
    measured = rounds(calls, 1 if quick else 3)
    spent, found = measured.pop("dedup")
    sets = shingle_sets(texts)
    truth = set(near_pairs(sets, THRESHOLD))
    result = {"texts": len(texts), "bytes": sum(len(text.encode()) for text in texts)}
    result |= {"docs/s": len(texts) / spent} | quality(corpus, sets, truth, found)
    if not spaced:
        settings = Settings(text=TextSettings(phrases=True))
        phrased = quality(corpus, sets, truth, find_duplicates(texts, settings=settings))
        kind = "traditional, regional vocabulary"
        result["kinds"][f"{kind}, phrases folded"] = phrased["kinds"][kind]
    result["peers"] = {}
    for peer, (spent_there, pairs) in measured.items():
        result["peers"][peer] = {
            "docs/s": len(texts) / spent_there,
            "times slower": spent_there / spent,
            "recall": len(pairs & truth) / len(truth),
            "precision": len(pairs & truth) / max(1, len(pairs)),
        }
    result["sketch kernel"] = kernel(documents, spaced)
    return result


def kernel(documents: Sequence[str], spaced: bool) -> dict[str, float]:
    """The sketch alone, against datasketch's on ready-made shingles."""
    from dedup.text.shingles import pack
    from dedup.text.sketch import sketch_many

    packed = pack(documents)
    sketch_many(packed)
    ours, _ = rounds({"dedup": lambda: sketch_many(packed)}, 5)["dedup"]
    result = {"MB/s": packed.data.size / 1e6 / ours, "docs/s": len(documents) / ours}
    if "datasketch" in PEERS:
        from datasketch import MinHash

        from benchmarks.near_peers import _shingles

        few = documents[:500]

        def theirs() -> None:
            for text in few:
                minhash = MinHash(num_perm=256)
                minhash.update_batch([shingle.encode() for shingle in _shingles(text, spaced)])

        slow, _ = timed(theirs)
        result["times datasketch"] = (slow / len(few)) / (ours / len(documents))
    return result


_ONE_SIZE = """
import json, re, sys, time
from benchmarks.near_duplicates import generated
from dedup import find_duplicates
size, spaced = int(sys.argv[1]), sys.argv[2] == "words"
find_duplicates(generated(100))
def peak():  # of this process alone: ru_maxrss would hand on the parent's
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
texts = generated(size, spaced)
before = peak()
start, wall = time.process_time(), time.perf_counter()
found = find_duplicates(texts)
print(json.dumps({"texts": size, "of": sys.argv[2], "CPU s": time.process_time() - start,
    "wall s": time.perf_counter() - wall, "clusters": len(found),
    "peak MB": peak(), "KB a text above the texts": (peak() - before) * 1024 / size}))
"""


def generated(size: int, spaced: bool = True, seed: int = 7) -> list[str]:
    """Documents of about 1 KB, one in ten a near copy of the one before.

    They are of made-up words, or of Chinese characters drawn at random.
    """
    rng = random.Random(seed)
    words = [chr(rng.randrange(0x4E00, 0x9FA0)) for _ in range(3_000)]
    if spaced:
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = ["".join(rng.choices(letters, k=rng.randint(2, 10))) + " " for _ in range(20_000)]
    texts: list[str] = []
    while len(texts) < size:
        if texts and rng.random() < 0.1:
            texts.append(texts[-1] + rng.choice(words))
        else:
            texts.append("".join(rng.choices(words, k=150 if spaced else 350)))
    return texts


def growth(sizes: Sequence[int], million: bool) -> list[dict[str, Any]]:
    """Time and room at growing sizes, each in a process of its own."""
    cases = [(size, "words") for size in sizes] + [(sizes[-2], "characters")]
    rows = []
    for size, what in cases + [(1_000_000, "words")] * million:
        command = [sys.executable, "-c", _ONE_SIZE, str(size), what]
        done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        rows.append(json.loads(done.stdout))
    return rows


def threads(size: int, turns: int) -> dict[str, float]:
    """How much faster two threads are, beside a yardstick that shares nothing (SHA-256).

    On a machine that has other work to do the yardstick stays below two as well. The share of CPU
    time that is spent on the calling thread is the work that no second thread can help with.
    """
    texts = generated(size)
    block = bytes(20 << 20)

    def hash_blocks(jobs: int) -> None:
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda _: hashlib.sha256(block), range(8)))

    gains: dict[str, list[float]] = {"dedup": [], "yardstick": []}
    alone = []
    for _ in range(turns):
        for name, call in (
            ("dedup", lambda jobs: find_duplicates(texts, jobs=jobs)),
            ("yardstick", hash_blocks),
        ):
            walls = []
            for jobs in (1, 2):
                wall, thread, cpu = time.perf_counter(), time.thread_time(), time.process_time()
                call(jobs)
                walls.append(time.perf_counter() - wall)
            gains[name].append(walls[0] / walls[1])
            if name == "dedup":
                alone.append((time.thread_time() - thread) / (time.process_time() - cpu))
    return {
        "texts": size,
        "2 threads, times faster": median(gains["dedup"]),
        "yardstick, times faster": median(gains["yardstick"]),
        "share of the calling thread": median(alone),
    }


def adversarial() -> list[dict[str, Any]]:
    """Corpora made to hurt: time, and what was found."""
    rng = random.Random(3)
    words = [f"w{i}" for i in range(50_000)]

    def text(count: int) -> str:
        return " ".join(rng.choices(words, k=count))

    template = text(120)
    cases: dict[str, Any] = {}
    for size in (10_000, 100_000):
        cases[f"{size} copies of one text"] = [text(100)] * size
        cases[f"{size} texts of one template"] = [f"{template} {text(80)}" for _ in range(size)]
        cases[f"{size} near copies of one text"] = [f"{template} {text(3)}" for _ in range(size)]
        cases[f"{size} empty texts"] = [""] * size
        cases[f"{size} texts of 1 to 6 tokens"] = [text(rng.randint(1, 6)) for _ in range(size)]
        cases[f"{size} lone surrogates"] = [f"\ud800{text(5)}\udfff" for _ in range(size)]
    cases["one text of 5 MB"] = [text(900_000)]
    cases["one text of 50 MB"] = [text(9_000_000)]
    rows = []
    for name, texts in cases.items():
        spent, found = timed(lambda texts=texts: find_duplicates(texts))
        report = found.report
        row = {"case": name, "CPU s": spent, "kept": int(found.keep.sum())}
        row |= {"candidates": report.candidates, "hot bands": report.hot_bands}
        rows.append(row | {"hot samples": report.hot_samples})
    return rows


def show(results: dict[str, Any]) -> None:
    for name in ("en", "zh"):
        if name not in results:
            continue
        result = results[name]
        print(f"\n{name}: {result['texts']} texts, {result['docs/s']:.0f} docs/s")
        for key in ("near recall", "near precision", "excerpts true"):
            print(f"  {key:40} {result[key]:.4f}")
        for kind, row in result["kinds"].items():
            print(f"  {kind:48} {row['found']:.4f}  of true {row['found of true']:.4f}")
        for peer, row in result["peers"].items():
            speed = f"{row['docs/s']:8.0f} docs/s ({row['times slower']:.1f} times slower)"
            found = f"recall {row['recall']:.3f}, precision {row['precision']:.3f}"
            print(f"  {peer:12} {speed}, {found}")
        print("  sketch kernel", {k: round(v, 1) for k, v in result["sketch kernel"].items()})
    for row in [*results["growth"], results["threads"], *results.get("adversarial", [])]:
        print({k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 base documents, small sizes")
    parser.add_argument("--million", action="store_true", help="also a million generated documents")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    options = parser.parse_args()
    results: dict[str, Any] = {}
    if DATA.is_dir():
        results |= {name: language(name, options.quick) for name in ("en", "zh")}
    else:
        print(f"no base documents in {DATA}: planted copies are left out", file=sys.stderr)
    sizes = [3_000, 10_000] if options.quick else [10_000, 30_000, 100_000]
    results["growth"] = growth(sizes, options.million)
    results["threads"] = threads(10_000 if options.quick else 100_000, 1 if options.quick else 3)
    if not options.quick:
        results["adversarial"] = adversarial()
    show(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
