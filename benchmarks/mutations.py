"""Mutated pages through `clean` and `run`: crashes, hangs, results that differ, memory.

    python -m benchmarks mutations --pages 1000000 --run-pages 100000

Pages are the fixtures and, where they are there, development pages; page ``n`` of a seed is always
the same. Every tenth batch is cleaned again in another process, and the run is done twice, with
another number of workers: the results must be the same.
"""

import gzip
import hashlib
import multiprocessing
import os
import random
import resource
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import dedup
from benchmarks.pages import ROOT, folder
from dedup.errors import DedupError

BATCH = 500
SECONDS_PER_MB = 1.0
_FLOOR_SECONDS = 0.5  # a page may take this long however small: the machine does other things
_WINDOW = 60_000  # bytes of a page that are taken at most
_ENCODINGS = ("utf-8", "gb18030", "big5", "shift_jis", "utf-16", "windows-1251", "latin-1")


@cache
def pages() -> tuple[bytes, ...]:
    """The fixtures, and some hundred development pages."""
    found = [path.read_bytes() for path in sorted((ROOT / "fixtures" / "pages").glob("*/source.*"))]
    for path in sorted((folder() / "extraction").rglob("*.parquet")):
        import pyarrow.parquet as parquet

        file = parquet.ParquetFile(path)
        name = next((n for n in ("html", "page", "source") if n in file.schema_arrow.names), None)
        if name:
            batch = next(file.iter_batches(60, columns=[name]), None)
            rows = batch.column(0).to_pylist() if batch else []
            found += [row if isinstance(row, bytes) else row.encode() for row in rows if row]
    return tuple(found)


def mutant(number: int, seed: int) -> bytes:
    """Page ``number``: a window of a page, changed one to four times."""
    rng = random.Random(seed << 40 | number)
    data = _window(rng)
    for _ in range(rng.randint(1, 4)):
        data = rng.choice((_flipped, _spliced, _mixed, _joined, _repeated, _cut))(data, rng)
    return data[: 4 * _WINDOW]


def _window(rng: random.Random) -> bytes:
    page = rng.choice(pages())
    size = min(len(page), rng.choice((1_000, 2_000, 4_000, 4_000, 8_000, 8_000, _WINDOW)))
    at = rng.choice((0, rng.randrange(len(page) - size + 1)))
    return page[at : at + size]


def _flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data or b" ")
    for _ in range(rng.choice((1, 10, 100))):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _spliced(data: bytes, rng: random.Random) -> bytes:
    """Tags of one page between those of another."""
    here, there = data.split(b"<"), _window(rng).split(b"<")
    for _ in range(rng.choice((1, 5, 50))):
        at = rng.randrange(len(here) + 1)
        here[at:at] = [rng.choice(there)]
    return b"<".join(here)


def _mixed(data: bytes, rng: random.Random) -> bytes:
    at, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    other = data[at:end].decode("utf-8", "replace").encode(rng.choice(_ENCODINGS), "replace")
    return data[:at] + other + data[end:]


def _joined(data: bytes, rng: random.Random) -> bytes:
    return data + _window(rng)


def _repeated(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at : at + rng.choice((3, 30, 300))] * 50 + data[at:]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


@dataclass(slots=True)
class Batch:
    """What came of some pages: a digest of all results, and what went wrong with which page."""

    first: int
    digest: str = ""
    bytes: int = 0
    refused: int = 0
    slowest: float = 0.0  # CPU seconds per MB, of pages above 100 KB
    wrong: list[str] = field(default_factory=list)
    rss: int = 0


def clean_batch(first: int, seed: int) -> Batch:
    """Clean a batch of pages."""
    told, digest = Batch(first), hashlib.blake2b(digest_size=16)
    for number in range(first, first + BATCH):
        data = mutant(number, seed)
        told.bytes += len(data)
        begun = time.process_time()
        try:
            page = dedup.clean(data, url="https://example.org/")
            digest.update(
                repr((page.text, page.title, len(page.blocks))).encode("utf-8", "replace")
            )
        except DedupError as error:
            told.refused += 1
            digest.update(str(error).encode("utf-8", "replace"))
        except Exception as error:
            told.wrong.append(f"page {number}: {type(error).__name__}: {error}")
        took = time.process_time() - begun
        if len(data) > 100_000:
            told.slowest = max(told.slowest, took / len(data) * 1e6)
        if took > max(_FLOOR_SECONDS, SECONDS_PER_MB * len(data) / 1e6):
            told.wrong.append(f"page {number}: {took:.2f} s for {len(data)} bytes")
    told.digest, told.rss = digest.hexdigest(), _peak(resource.RUSAGE_SELF)
    return told


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss >> 10


def through_clean(count: int, seed: int, jobs: int, seconds: float) -> dict[str, Any]:
    """Clean mutants until there are enough, or the time is up; figures."""
    told: list[Batch] = []
    digests: dict[int, str] = {}
    wrong: list[str] = []
    end = time.monotonic() + seconds
    batches = _batches(count)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        running = {pool.submit(clean_batch, next(batches), seed) for _ in range(jobs)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for one in (future.result() for future in done):
                    told.append(one)
                    wrong += one.wrong
                    if digests.setdefault(one.first, one.digest) != one.digest:
                        wrong.append(
                            f"pages from {one.first} on gave other results the second time"
                        )
                    first = next(batches, None)
                    if first is not None and time.monotonic() < end:
                        running.add(pool.submit(clean_batch, first, seed))
        except BrokenProcessPool:
            wrong.append(f"a process crashed; done until then: {len(told) * BATCH}")
    first_half, rest = told[: len(told) // 2], told[len(told) // 2 :]
    return {
        "pages": len(digests) * BATCH,
        "cleaned twice": (len(told) - len(digests)) * BATCH,
        "megabytes": round(sum(one.bytes for one in told) / 1e6),
        "refused": sum(one.refused for one in told),
        "slowest, CPU seconds per MB": round(max((one.slowest for one in told), default=0), 3),
        "peak memory, MB, half way": max((one.rss for one in first_half), default=0),
        "peak memory, MB, at the end": max((one.rss for one in rest), default=0),
        "wrong": wrong,
    }


def _batches(count: int) -> Iterator[int]:
    """The first page of each batch; every tenth comes again after three others."""
    held: list[int] = []
    for turn, first in enumerate(range(0, count, BATCH)):
        yield first
        if turn % 10 == 0:
            held.append(first)
        if turn % 10 == 3:
            yield from held
            held.clear()
    yield from held


def through_run(count: int, seed: int, scratch: Path) -> dict[str, Any]:
    """Run over a crawl of mutants twice, with one worker and with all."""
    source = scratch / "mutants.warc.gz"
    with gzip.GzipFile(source, "wb", 1, mtime=0) as file:
        for number in range(count):
            file.write(_record(number, mutant(number, seed)))
    results, wrong, figures = [], [], {}
    for jobs in (os.cpu_count() or 1, 1):
        out = scratch / f"out{jobs}"
        begun = time.monotonic()
        report = dedup.run([source], out, jobs=jobs)
        figures[f"seconds with {jobs} workers"] = round(time.monotonic() - begun)
        results.append(hashlib.sha256((out / "corpus.jsonl").read_bytes()).hexdigest())
        accounted = report["kept"] + sum(report["removed"].values()) + report["rejected"]
        if accounted != report["records"]:
            wrong.append(f"{report['records']} records, but {accounted} accounted for")
        figures |= {name: report[name] for name in ("records", "kept", "rejected")}
        figures["rejected by reason"] = report["rejected_by_reason"]
    if len(set(results)) > 1:
        wrong.append("two runs gave two corpora")
    return {"pages": count, **figures, "peak of a worker, MB": _peak(resource.RUSAGE_CHILDREN),
            "wrong": wrong}  # fmt: skip


def _record(number: int, data: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + data
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: https://site{number % 97}.example/{number}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
