"""A long run with everything going wrong: kills, clock jumps, a full disk.

    python -m tests.support.siege index --seconds 7200
    python -m tests.support.siege run --pages 200000 --every 3

``index``: four writers and four readers on one file; a writer is killed every few seconds and
another takes its place; clocks jump by days; one writer in four may at times write no more than
some bytes, as on a full disk. Nothing acknowledged may be lost, no answer be wrong, SQLite's
``integrity_check`` must pass. ``run``: a run whose workers are killed; every page is accounted for,
and none is lost but those that a worker was at. JSON; exit code 1 if anything was wrong.
"""

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import dedup
from dedup import Index
from dedup.errors import RunError, StoreError
from dedup.near.index import records
from tests.support import durability
from tests.support.durability import text_of

_DAY = 86_400


class _JumpingClock:
    """A clock that is set by days, back and forth."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def time(self) -> float:
        return max(0.0, time.time() + self._rng.choice((0, 0, -30 * _DAY, 400 * _DAY)))


def write(path: str, writer: str, seconds: float) -> None:
    """Add documents until the time is up; what fails is repeated; print what is acknowledged."""
    durability.prepare()
    rng = random.Random(writer)
    records.time = _JumpingClock(rng)  # type: ignore[attr-defined]
    at, end, failed = 0, time.monotonic() + seconds, 0
    while time.monotonic() < end:
        try:
            with Index(path, durability._SETTINGS) as index:
                while time.monotonic() < end:
                    full = rng.random() < 0.02 and writer.endswith("0")
                    _limit(Path(path).stat().st_size if full and Path(path).exists() else None)
                    many = rng.choice((1, 7, 50))
                    names = [f"{writer}:{i}" for i in range(at, at + many)]
                    index.add_many([(name, text_of(name)) for name in names])
                    at += many
                    print(at, failed, flush=True)
        except StoreError:
            failed += 1  # nothing of the call was stored: it is repeated
            _limit(None)
            time.sleep(0.1)


def _limit(size: int | None) -> None:
    """No file may grow beyond some bytes, as if the disk were full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


def _start(task: str, *words: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.support.siege", task, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class _Writers:
    """Writers that are killed and replaced; what each acknowledged."""

    def __init__(self, path: str, count: int, seconds: float, rng: random.Random) -> None:
        self._path, self._rng = path, rng
        self._end = time.monotonic() + seconds
        self._started = count
        self._running = [(f"s{i}-{i % 4}", self._run(f"s{i}-{i % 4}")) for i in range(count)]
        self.acknowledged: dict[str, int] = {}
        self.kills = self.refused = 0
        self.errors: list[str] = []

    def _run(self, name: str) -> "subprocess.Popen[str]":
        left = max(1.0, self._end - time.monotonic())
        process = _start("write", self._path, name, left)
        out: list[str] = []
        assert process.stdout is not None
        reader = threading.Thread(target=lambda stream: out.extend(stream), args=[process.stdout])
        reader.start()
        process.told, process.reader = out, reader  # type: ignore[attr-defined]
        return process

    def siege(self, every: float) -> None:
        """Kill one every few seconds, until the time is up."""
        while (left := self._end - time.monotonic()) > every:
            time.sleep(min(left, self._rng.uniform(0.5, 1.5) * every))
            place = self._rng.randrange(len(self._running))
            name, process = self._running[place]
            process.kill()
            self._ended(name, process)
            self.kills += 1
            fresh = f"s{self._started}-{self._started % 4}"
            self._started += 1
            self._running[place] = fresh, self._run(fresh)
        for name, process in self._running:
            self._ended(name, process)

    def _ended(self, name: str, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        error = process.stderr.read()
        process.wait()
        process.reader.join()  # type: ignore[attr-defined]
        whole = [line for line in process.told if line.endswith("\n")]  # type: ignore[attr-defined]
        if whole:
            count, failed = map(int, whole[-1].split())
            self.acknowledged[name] = count
            self.refused += failed
        if error:
            self.errors.append(error[-2000:])


def besiege(path: str, seconds: float, every: float) -> dict[str, Any]:
    """Writers under siege and readers beside them; what was lost, wrong, and what it took."""
    rng = random.Random(1)
    Index(path, durability._SETTINGS).close()
    writers = _Writers(path, 4, seconds, rng)
    readers = [durability._start("read", Path(path), "4", seconds) for _ in range(4)]
    writers.siege(every)
    answers = []
    for reader in readers:
        out, error = reader.communicate()
        answers += [json.loads(line) for line in out.splitlines()]
        writers.errors += [error[-2000:]] if error else []
    durability.prepare()
    lost = 0
    with Index(path, durability._SETTINGS) as index:
        for name, count in writers.acknowledged.items():
            lost += sum(not index.seen(f"{name}:{i}") for i in range(count))
        held = len(index)
    durability.check(Path(path), writers.acknowledged, complete=False)
    return {
        "seconds": seconds,
        "kills": writers.kills,
        "acknowledged": sum(writers.acknowledged.values()),
        "held": held,
        "calls refused and repeated": writers.refused,
        "lost": lost,
        "asked": sum(answer["asked"] for answer in answers),
        "wrong": sum(answer["wrong"] for answer in answers),
        "errors": writers.errors,
    }


def run_under_siege(pages: int, every: float, folder: Path) -> dict[str, Any]:
    """A run whose workers are killed, resumed where it ends before its time."""
    source, out = folder / "pages.jsonl", folder / "out"
    with source.open("w", encoding="utf-8") as file:
        for number in range(pages):
            text = text_of(f"p:{number * 3}")
            html = f"<title>Page {number}</title><p>{text}</p><p>And more of page {number}.</p>"
            file.write(json.dumps({"id": number, "html": html}) + "\n")
    ended = threading.Event()
    kills = 0

    def kill() -> None:
        nonlocal kills
        rng = random.Random(2)
        while not ended.wait(rng.uniform(0.5, 1.5) * every):
            found = subprocess.run(
                ["pgrep", "-P", str(os.getpid()), "-f", "worker_process"],
                capture_output=True, text=True, check=False,
            ).stdout.split()  # fmt: skip
            if found:
                with suppress(ProcessLookupError):
                    os.kill(int(rng.choice(found)), signal.SIGKILL)
                    kills += 1

    threading.Thread(target=kill, daemon=True).start()
    begun, starts, report = time.monotonic(), 0, None
    while report is None:
        starts += 1
        with suppress(RunError):  # killed between two pages: resume, as its message says
            report = dedup.run([source], out, resume=starts > 1)
    ended.set()
    accounted = report["kept"] + sum(report["removed"].values()) + report["rejected"]
    return {
        "pages": pages,
        "seconds": round(time.monotonic() - begun),
        "kills": kills,
        "starts": starts,
        "kept": report["kept"],
        "rejected": report["rejected"],
        "lost": pages - accounted,
        "wrong": max(0, report["rejected"] - kills),
        "errors": [],
    }


def main() -> None:
    """Run one of the two, or be one of the writers."""
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2], sys.argv[3], float(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("index", "run"))
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--every", type=float, default=3.0)
    parser.add_argument("--pages", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.task == "index":
            path = str(Path(folder, "seen.db"))
            told = besiege(path, options.seconds, options.every)
        else:
            told = run_under_siege(options.pages, options.every, Path(folder))
    print(json.dumps(told, indent=2))
    sys.exit(bool(told["lost"] or told["wrong"] or told["errors"]))


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
