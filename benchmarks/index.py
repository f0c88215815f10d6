"""The incremental index: speed, size and answers, with datasketch in the same run.

    python -m benchmarks.index [--quick | --million] [--json FILE]

Rates are per CPU second of the process (of a Redis server's, nothing is counted).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.near_duplicates import DATA, bases, generated
from benchmarks.near_peers import _shingles
from benchmarks.planting import plant
from benchmarks.redis_server import redis_server
from dedup import Index, IndexSettings, Settings, find_duplicates

_BATCH = 10_000
_ASKED = 500


def rate(texts: Sequence[str], call: Callable[[str], object]) -> float:
    """Calls in a CPU second."""
    begun = time.process_time()
    for text in texts:
        call(text)
    return len(texts) / (time.process_time() - begun)


def figures(index: Index, stored: Sequence[str]) -> dict[str, float]:
    """Queries of texts that are new, and of texts that are stored; size."""
    new = generated(_ASKED + 100, seed=99)
    for text in new[:100]:  # filters of large segments are read by then
        index.query(text)
    report = index.stats()
    return {
        "documents": report.documents,
        "queries/s, new": rate(new[100:], index.query),
        "queries/s, stored": rate(stored[:: max(1, len(stored) // _ASKED)], index.query),
        "bytes/document": report.bytes / report.documents,
        "parts": report.parts,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def growth(sizes: Sequence[int], folder: Path) -> list[dict[str, float]]:
    """One file, from the first size to the last; the last is compacted as well."""
    rows = []
    with Index(folder / "growth.db") as index:
        done, longest, cpu = 0, 0.0, 0.0
        for size in sizes:
            before, cpu = done, 0.0
            while done < size:
                texts = generated(_BATCH, seed=1000 + done)
                records = [(f"https://example.org/{done + i}", t) for i, t in enumerate(texts)]
                begun, used = time.monotonic(), time.process_time()
                index.add_many(records)
                cpu += time.process_time() - used
                longest = max(longest, time.monotonic() - begun)
                done += _BATCH
            added = {"adds/s": (done - before) / cpu, "longest batch, s": longest}
            rows.append(figures(index, texts) | added)
        used = time.process_time()
        index.compact()
        rows.append(figures(index, texts) | {"compacting, CPU s": time.process_time() - used})
    return rows


def one_by_one(folder: Path, size: int) -> dict[str, float]:
    """A transaction for each document, with either setting for power cuts."""
    texts = generated(size, seed=5)
    row: dict[str, float] = {}
    for synchronous in ("normal", "full"):
        settings = Settings(index=IndexSettings(synchronous=synchronous))
        with Index(folder / f"{synchronous}.db", settings) as index:
            begun, used = time.monotonic(), time.process_time()
            for i, text in enumerate(texts):
                index.add(str(i), text)
            row[f"adds/s, {synchronous}"] = size / (time.process_time() - used)
            row[f"adds/s of the clock, {synchronous}"] = size / (time.monotonic() - begun)
    return row


def contents(language: str, quick: bool) -> list[dict[str, Any]]:
    """What each setting costs, and what it finds of what `find_duplicates` finds."""
    spaced = language == "en"
    texts = plant(bases(language)[: 1000 if quick else 5000], spaced, 3.0).texts
    want = _expected(texts)
    rows = []
    for content in ("sketch", "shingles", "texts"):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(index=IndexSettings(content=content))
            with Index(Path(folder, "seen.db"), settings) as index:
                used = time.process_time()
                index.add_many((str(i), text) for i, text in enumerate(texts))
                adding = time.process_time() - used
                used = time.process_time()
                found = _found(index, texts)
                asking = time.process_time() - used
                index.compact()
                report = index.stats()
        rows.append(
            {
                "language": language,
                "content": content,
                "documents": len(texts),
                "bytes of text": sum(len(text.encode()) for text in texts) / len(texts),
                "bytes/document": report.bytes / len(texts),
                "adds/s": len(texts) / adding,
                "queries/s, batches": len(texts) / asking,
                "found": len(found & want) / len(want),
                "true": len(found & want) / len(found),
            }
        )
    return rows


def _expected(texts: Sequence[str]) -> set[tuple[int, int, str]]:
    found = find_duplicates(texts)
    head = list(range(len(texts)))
    for match in found.matches:
        if match.kind == "exact":
            head[int(match.a)] = int(match.b)
    groups: dict[int, list[int]] = {}
    for i, leader in enumerate(head):
        groups.setdefault(leader, []).append(i)
    want = {(i, j, "exact") for group in groups.values() for i in group for j in group}
    for match in (*found.matches, *found.excerpts):
        if match.kind != "exact":
            for i in groups[head[int(match.a)]]:
                for j in groups[head[int(match.b)]]:
                    want |= {(i, j, str(match.kind)), (j, i, str(match.kind))}
    return want


def _found(index: Index, texts: Sequence[str]) -> set[tuple[int, int, str]]:
    found = set()
    for at in range(0, len(texts), 256):
        for i, matches in enumerate(index.query_many(texts[at : at + 256], limit=10**6), at):
            found |= {(i, int(match.b), str(match.kind)) for match in matches}
    return found


def gate(folder: Path, size: int) -> dict[str, float]:
    """`dedup gate` as a process: records that are new for the most part, then the same again."""
    lines = "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in enumerate(generated(size)))
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(folder / "gate.db")]
    row: dict[str, float] = {}
    subprocess.run(command, input=b"", capture_output=True, check=True)  # kernels compiled
    for name in ("records/s, new", "records/s, seen"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input=lines.encode(), capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        row[name] = size / used
    return row


def peers(size: int, folder: Path) -> list[dict[str, Any]]:
    """Datasketch's MinHashLSH and this index on the same texts, in memory and on Redis."""
    texts = generated(size)
    rows = []
    with redis_server() as url:
        rows.append({"index": "dedup, file"} | _ours(str(folder / "peers.db"), texts))
        rows.append({"index": "datasketch, memory"} | _datasketch(None, texts))
        if url is None:
            print("no redis-server: Redis is left out", file=sys.stderr)
            return rows
        few = texts[: min(size, 3000)]
        rows.append({"index": "dedup, Redis"} | _ours(url, few))
        rows.append({"index": "datasketch, Redis"} | _datasketch(url, few))
    return rows


def _ours(path: str, texts: Sequence[str]) -> dict[str, float]:
    with Index(path) as index:
        index.query(texts[0])
        used = time.process_time()
        index.add_many((str(i), text) for i, text in enumerate(texts))
        adding = len(texts) / (time.process_time() - used)
        return {"documents": len(texts), "adds/s": adding, **_asked(texts, index.query)}


def _datasketch(url: str | None, texts: Sequence[str]) -> dict[str, float]:
    from datasketch import MinHash, MinHashLSH

    storage = None
    if url is not None:
        host, port = url.removeprefix("redis://").partition("/")[0].split(":")
        storage = {"type": "redis", "redis": {"host": host, "port": int(port)}, "basename": b"peer"}
    index = MinHashLSH(threshold=0.8, num_perm=128, storage_config=storage)

    def sketch(text: str) -> MinHash:
        minhash = MinHash(num_perm=128)
        minhash.update_batch([shingle.encode() for shingle in _shingles(text, True)])
        return minhash

    used = time.process_time()
    with index.insertion_session() as session:
        for i, text in enumerate(texts):
            session.insert(str(i), sketch(text))
    adding = len(texts) / (time.process_time() - used)
    asked = _asked(texts, lambda text: index.query(sketch(text)))
    return {"documents": len(texts), "adds/s": adding, **asked}


def _asked(texts: Sequence[str], query: Callable[[str], object]) -> dict[str, float]:
    stored = texts[:: max(1, len(texts) // _ASKED)]
    return {
        "queries/s, new": rate(generated(_ASKED, seed=99), query),
        "queries/s, stored": rate(stored, query),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--million", action="store_true", help="grow to a million documents")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    options = parser.parse_args()
    sizes = [10_000, 20_000] if options.quick else [10_000, 30_000, 100_000]
    sizes += [300_000, 1_000_000] if options.million else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results: dict[str, Any] = {
            "growth": growth(sizes, folder),
            "one by one": [one_by_one(folder, 500 if options.quick else 5000)],
            "gate": [gate(folder, 5_000 if options.quick else 50_000)],
            "peers": peers(2_000 if options.quick else 10_000, folder),
        }
    if DATA.is_dir():
        results["contents"] = [
            row for name in ("en", "zh") for row in contents(name, options.quick)
        ]
    else:
        print(f"no base documents in {DATA}: the settings are left out", file=sys.stderr)
    for name, rows in results.items():
        print(f"\n{name}")
        for row in rows:
            print("  " + ", ".join(f"{key} {_shown(value)}" for key, value in row.items()))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}" if value < 2 else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
