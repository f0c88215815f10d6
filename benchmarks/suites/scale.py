"""Near-duplicates of many texts: time and memory, threads, and corpora made to hurt."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.peers import FINDERS, finders
from benchmarks.texts import generated
from benchmarks.timing import Fresh, fresh, interleaved
from dedup import find_duplicates

SUITE = "scale"
SIZES = {True: (3_000, 10_000), False: (3_000, 10_000, 30_000, 100_000)}
BESIDE_PEERS = {True: (), False: (1_000, 3_000, 10_000, 30_000)}
MILLION = 1_000_000
GATED_SIZE = 10_000
KILOBYTES = "KB per text above the texts"

_SEARCH = """
from benchmarks.texts import generated
texts = generated({size}, {spaced})
{prepare}
before, start, wall = peak(), time.process_time(), time.perf_counter()
{search}
told["CPU s"], told["wall s"] = time.process_time() - start, time.perf_counter() - wall
told["KB per text above the texts"] = (peak() - before) * 1024 / {size}
"""
_OURS = "from dedup import find_duplicates; find_duplicates(texts)"
_WARM = "from dedup import find_duplicates; find_duplicates(generated(100))"
_THEIRS = "from benchmarks.peers import FINDERS; FINDERS[{tool!r}](texts, True)"


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    sizes = SIZES[options.quick] + (MILLION,) * options.million
    growth(out, sizes)
    beside_peers(out, BESIDE_PEERS[options.quick])
    if not options.quick:
        threads(out, 100_000, options.rounds)
        adversarial(out)
    return out


def growth(out: Outcome, sizes: Sequence[int]) -> None:
    """Time and room of warm searches, each in a process of its own."""
    for size in sizes:
        for spaced in (True, False) if size == GATED_SIZE else (True,):
            row = f"{size:,} texts of {'words' if spaced else 'characters'}"
            code = _SEARCH.format(size=size, spaced=spaced, prepare=_WARM, search=_OURS)
            found = fresh(code)
            for column, value in found.told.items():
                gated = column == KILOBYTES and size == GATED_SIZE and spaced
                out.put("growth", row, column, value, Kind.COST if gated else Kind.SHOWN)
            out.put("growth", row, "peak MB", found.megabytes)


def beside_peers(out: Outcome, sizes: Sequence[int]) -> None:
    """CPU seconds, the import of the tool included, and peak memory of a process."""
    if not sizes:
        return
    out.absent_tools(FINDERS, finders())
    for size in sizes:
        for tool in ("dedup", *finders()):
            row, found = f"{size}", search(tool, size)
            table = "CPU seconds by texts of 1 KB"
            out.put(table, row, tool, found.told["CPU s"], better=Better.LESS)
            table = "peak MB by texts of 1 KB"
            out.put(table, row, tool, found.megabytes, better=Better.LESS)


def search(tool: str, size: int) -> Fresh:
    """Find the duplicates among documents of 1 KB in a process of its own."""
    code = _OURS if tool == "dedup" else _THEIRS.format(tool=tool)
    return fresh(_SEARCH.format(size=size, spaced=True, prepare="", search=code))


def threads(out: Outcome, size: int, rounds: int) -> None:
    """How much faster two threads are, beside a yardstick that shares nothing (SHA-256).

    On a machine that has other work to do the yardstick stays below two as well. The share of CPU
    time that is spent on the calling thread is the work that no second thread can help with.
    """
    texts = generated(size)
    find_duplicates(texts[:100], jobs=2)  # loads what is loaded at first use
    block = bytes(20 << 20)

    def hash_blocks(jobs: int) -> None:
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda _: hashlib.sha256(block), range(8)))

    table, row = "two threads", f"{size:,} texts"
    calls: dict[str, Callable[[int], object]] = {
        "dedup": lambda jobs: find_duplicates(texts, jobs=jobs),
        "yardstick": hash_blocks,
    }
    for name, call in calls.items():
        walls, alone = zip(*(_gain(call) for _ in range(rounds)), strict=True)
        out.put(table, row, f"{name}, times faster", median(walls))
        if name == "dedup":
            out.put(table, row, "share of the calling thread", median(alone))


def _gain(call: Callable[[int], object]) -> tuple[float, float]:
    """Wall time with one thread over that with two, and the share of the calling thread."""
    walls, share = [], 0.0
    for jobs in (1, 2):
        wall, thread, cpu = time.perf_counter(), time.thread_time(), time.process_time()
        call(jobs)
        walls.append(time.perf_counter() - wall)
        share = (time.thread_time() - thread) / (time.process_time() - cpu)
    return walls[0] / walls[1], share


def adversarial(out: Outcome) -> None:
    """Corpora made to hurt: time, and what was found."""
    for name, texts in cases():
        times, results = interleaved({"dedup": lambda texts=texts: find_duplicates(texts)}, 1)
        found = results["dedup"]
        for column, value in {
            "CPU s": times["dedup"][0],
            "kept": int(found.keep.sum()),
            "candidates": found.report.candidates,
            "hot bands": found.report.hot_bands,
            "hot samples": found.report.hot_samples,
        }.items():
            out.put("corpora made to hurt", name, column, value)


def cases() -> Iterator[tuple[str, list[str]]]:
    """The corpora, made one at a time."""
    rng = random.Random(3)
    words = [f"w{i}" for i in range(50_000)]

    def text(count: int) -> str:
        return " ".join(rng.choices(words, k=count))

    template = text(120)
    for size in (10_000, 100_000):
        yield f"{size:,} copies of one text", [text(100)] * size
        yield f"{size:,} texts of one template", [f"{template} {text(80)}" for _ in range(size)]
        yield f"{size:,} near copies of one text", [f"{template} {text(3)}" for _ in range(size)]
        yield f"{size:,} empty texts", [""] * size
        yield f"{size:,} texts of 1 to 6 tokens", [text(rng.randint(1, 6)) for _ in range(size)]
        yield f"{size:,} lone surrogates", [f"\ud800{text(5)}\udfff" for _ in range(size)]
    yield "one text of 5 MB", [text(900_000)]
    yield "one text of 50 MB", [text(9_000_000)]
