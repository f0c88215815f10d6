"""The incremental index: speed, size and answers, with datasketch's in the same run.

Rates are per CPU second of the process (of a Redis server's, nothing is counted).
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.peers import finders, shingles
from benchmarks.texts import LANGUAGES, NO_TEXTS, bases, generated, there
from benchmarks.timing import command
from dedup import Index, IndexSettings, Settings, find_duplicates
from tests.support.planting import plant
from tests.support.redis_server import redis_server

SUITE = "index"
SIZES = {True: (10_000,), False: (10_000, 30_000, 100_000)}
MORE_SIZES = (300_000, 1_000_000)
BESIDE = {True: 2_000, False: 10_000}  # documents in the comparison with datasketch
ONE_BY_ONE = 5_000
PASSED = {True: 5_000, False: 50_000}  # records through `dedup gate`
PLANTED = 300  # base documents of which the answers are held against `find_duplicates`
CONTENTS = ("sketch", "shingles", "texts")
PAIRED = (("dedup, file", "datasketch, memory"), ("dedup, Redis", "datasketch, Redis"))
RATES = ("adds/s", "queries/s, new", "queries/s, stored")
_BATCH = 10_000
_ASKED = 500


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    with TemporaryDirectory(dir=options.scratch) as name:
        folder = Path(name)
        for row in growth(SIZES[options.quick] + MORE_SIZES * options.million, folder):
            step = "compacted" if "compacting, CPU s" in row else "added"
            for column, value in row.items():
                if column != "documents":
                    out.put("growth", f"{row['documents']:,} documents, {step}", column, value)
        for column, value in gate(folder, PASSED[options.quick]).items():
            out.put("`dedup gate` as a process", "records", column, value)
        if not options.quick:
            for column, value in one_by_one(folder, ONE_BY_ONE).items():
                out.put("one transaction per document", "documents", column, value)
        if finders(["datasketch"]):
            _beside(out, peers(BESIDE[options.quick], folder))
        else:
            out.absent_tools(["datasketch"], [])
    _settings(out, CONTENTS if not options.quick else ("sketch", "texts"))
    return out


def _settings(out: Outcome, contents_kept: Sequence[str]) -> None:
    """What each choice of what to keep finds and costs."""
    table = "found of what find_duplicates finds"
    if not there():
        for name in (table, "cost of the settings"):
            out.absent(name, NO_TEXTS)
        return
    for language in LANGUAGES:
        for row in contents(language, contents_kept):
            name = f"{language}, keeps {row['content']}"
            kind = Kind.QUALITY if row["content"] == "sketch" else Kind.SHOWN
            out.put(table, name, "found", row["found"], kind, Better.MORE)
            out.put(table, name, "true", row["true"], better=Better.MORE)
            for column in ("bytes/document", "adds/s", "queries/s, batches"):
                out.put("cost of the settings", name, column, row[column])


def _beside(out: Outcome, rows: list[dict[str, Any]]) -> None:
    """Rates per CPU second, ours and datasketch's where both keep them in the same place."""
    by_name = {row["index"]: row for row in rows}
    for name, row in by_name.items():
        for column in RATES:
            table = "beside datasketch, per CPU second"
            out.put(table, column, name, row[column], better=Better.MORE)
    if "dedup, Redis" not in by_name:
        out.missing["datasketch, Redis"] = "no redis-server, or not the package redis"
    for ours, theirs in PAIRED:
        if ours in by_name and theirs in by_name:
            for column in RATES:
                ratio = by_name[ours][column] / by_name[theirs][column]
                task = f"{column} ({ours.removeprefix('dedup, ')})"
                out.put("times faster than", task, theirs, ratio, better=Better.MORE)


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


def contents(language: str, kept: Sequence[str]) -> list[dict[str, Any]]:
    """What each setting costs, and what it finds of what `find_duplicates` finds."""
    texts = plant(bases(language)[:PLANTED], language == "en", 3.0).texts
    want = _expected(texts)
    rows = []
    for content in kept:
        with TemporaryDirectory() as folder:
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
                "content": content,
                "bytes/document": report.bytes / len(texts),
                "adds/s": len(texts) / adding,
                "queries/s, batches": len(texts) / asking,
                "found": share(len(found & want), len(want)),
                "true": share(len(found & want), len(found)),
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
    records, nothing = folder / "records.jsonl", folder / "nothing.jsonl"
    texts = generated(size)
    lines = "".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(texts))
    records.write_text(lines, "utf-8")
    nothing.touch()
    words = [sys.executable, "-m", "dedup", "gate", "--index", str(folder / "gate.db")]
    command(words, stdin=str(nothing))  # byte code and caches written
    return {
        name: size / command(words, stdin=str(records)).seconds
        for name in ("records/s, new", "records/s, seen")
    }


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
        minhash.update_batch([shingle.encode() for shingle in shingles(text, True)])
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
