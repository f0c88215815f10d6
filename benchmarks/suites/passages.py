"""Repeated passages: planted ones that are found, speed, and memory per byte of text."""

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.texts import LANGUAGES, NO_TEXTS, bases, there
from benchmarks.timing import fresh
from dedup import find_passages

SUITE = "passages"
PLANTED = {True: 300, False: 2_000}
MEGABYTES = {True: 20, False: 100}
ON_DISK = 1_000  # MB, in the run with --million
_STRETCH = (60, 400)  # characters of Chinese; of English six times as many
_ON_DISK = """
import os
os.dup2(os.open({found!r}, os.O_WRONLY | os.O_CREAT), 1)
from dedup.cli import main
main(["passages", {path!r}, "--format", "jsonl"], standalone_mode=False)
"""
_MEMORY = """
from benchmarks.suites.passages import made
from dedup.columns import Texts
from dedup import find_passages
texts = Texts.from_strings(made({language!r}, {megabytes}))
told["before"], told["bytes"] = peak(), texts.data.size
began = time.process_time()
find_passages(texts)
told["seconds"] = time.process_time() - began
told["after"] = peak()
"""


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    if not there():
        for table in ("planted passages found", "speed and memory"):
            out.absent(table, NO_TEXTS)
        return out
    for language in LANGUAGES:
        hits, planted = found_of_planted(language, PLANTED[options.quick])
        told = share(hits, planted)
        out.put("planted passages found", language, "found", told, Kind.QUALITY, Better.MORE)
        code = _MEMORY.format(language=language, megabytes=MEGABYTES[options.quick])
        figures = fresh(code).told
        size = figures["bytes"]
        grown = (figures["after"] - figures["before"]) * 2**20 / size
        row = f"{language}, {size / 1e6:.0f} MB, a tenth of them copied"
        out.put("speed and memory", row, "MB/s per core", size / 1e6 / figures["seconds"])
        out.put("speed and memory", row, "bytes per byte of text", grown, Kind.COST, Better.LESS)
    if options.million:
        with TemporaryDirectory(dir=options.scratch) as name:
            for column, value in on_disk(Path(name), ON_DISK).items():
                out.put("`dedup passages` on a file", f"zh, {ON_DISK} MB", column, value)
    return out


def found_of_planted(language: str, count: int) -> tuple[int, int]:
    """How many stretches, copied from one document into another one, were found in both."""
    rng = random.Random(3)
    texts = bases(language)
    planted = []
    times = 6 if language == "en" else 1
    taken = rng.sample(range(len(texts)), min(2 * count, len(texts) // 2 * 2))
    for source, target in zip(taken[::2], taken[1::2], strict=True):
        size = times * rng.randint(*_STRETCH)
        start = rng.randrange(max(1, len(texts[source]) - size))
        stretch = texts[source][start : start + size]
        if find_passages([stretch]).tokens[0] < 52:  # a word may be cut at either end
            continue
        at = rng.randrange(len(texts[target]) + 1)
        texts[target] = texts[target][:at] + "\n" + stretch + "\n" + texts[target][at:]
        planted.append((source, start, target, at + 1, len(stretch)))
    found = find_passages(texts)
    slack = 40  # characters of words that are cut, and what stands between words
    hits = 0
    for source, start, target, at, size in planted:
        hits += all(
            any(span.start <= begin + slack and span.end >= begin + size - slack for span in spans)
            for spans, begin in ((found.covered(source), start), (found.covered(target), at))
        )
    return hits, len(planted)


def made(language: str, megabytes: int) -> Iterator[str]:
    """Documents of the words of the development documents at random, one in ten with a copy."""
    rng, chosen = random.Random(1), np.random.default_rng(1)
    spaced = language == "en"
    split = (text.split() if spaced else list(text) for text in bases(language))
    words = sorted({word for row in split for word in row})
    held: list[str] = []
    size = 0
    while size < megabytes * 1e6:
        places = chosen.integers(0, len(words), 300 if spaced else 600)
        text = (" " if spaced else "").join(words[place] for place in places)
        if rng.random() < 0.1 and held:
            text += "\n" + rng.choice(held)
        held = [*held[-500:], text[:800]]
        size += len(text.encode())
        yield text


def on_disk(folder: Path, megabytes: int) -> dict[str, float]:
    """The command on a file of JSON lines: CPU seconds in all, MB a second, the peak."""
    path = folder / "texts.jsonl"
    with path.open("w") as file:
        for number, text in enumerate(made("zh", megabytes)):
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
    began = time.monotonic()
    process = fresh(_ON_DISK.format(found=str(folder / "found.jsonl"), path=str(path)))
    return {
        "CPU s": process.seconds,
        "MB/s": megabytes / process.seconds,
        "peak MB": process.megabytes,
        "wall s": time.monotonic() - began,
    }
