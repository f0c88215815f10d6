"""Sudden ends and several processes: nothing acknowledged may be lost, nothing half there.

    python -m tests.support.durability [--kills 50] [--seconds 60]

Kills a writing process at random moments and checks the file each time; then lets four writers and
four readers work on one file for a minute. TextKeys JSON; exit code 1 if anything was wrong.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dedup import Index, IndexSettings, Settings

_WORDS = 60
# So few documents to a segment that flushes and merges are under way at most moments.
_FLUSH = 64
_SETTINGS = Settings(index=IndexSettings(content="texts", timeout=60))


def text_of(name: str) -> str:
    """The text of a document, by its id; one in three is near to the one before."""
    writer, number = name.rsplit(":", 1)
    own = int(number)
    rng = random.Random(f"{writer}:{own - own % 3}")
    words = [str(rng.randrange(10**6)) for _ in range(_WORDS)]
    return " ".join([*words, *(["more"] * (own % 3))])


def prepare() -> None:
    """Small segments, in this process."""
    from dedup.near.index.sqlite import merge_tree

    merge_tree.FLUSH = _FLUSH
    merge_tree._RATIO = 2  # type: ignore[attr-defined]


def write(path: str, writer: str, seconds: float) -> None:
    """Add documents, in batches of 1 to 50; print the number of each batch once it is stored."""
    prepare()
    rng = random.Random(writer)
    at, end = 0, time.monotonic() + seconds
    with Index(path, _SETTINGS) as index:
        while time.monotonic() < end:
            many = rng.choice((1, 1, 7, 50))
            names = [f"{writer}:{i}" for i in range(at, at + many)]
            index.add_many([(name, text_of(name)) for name in names])
            at += many
            print(at, flush=True)


def read(path: str, writers: int, seconds: float) -> None:
    """Ask for documents while they are written; print how many, and how many answers were wrong."""
    prepare()
    rng = random.Random(os.getpid())
    asked = wrong = 0
    end = time.monotonic() + seconds
    with Index(path, _SETTINGS) as index:
        while time.monotonic() < end:
            name = f"w{rng.randrange(writers)}:{rng.randrange(2000)}"
            before = index.seen(name)
            found = index.query(text_of(name))
            there = name in {match.b for match in found if match.kind == "exact"}
            right = {
                text_of(str(match.b)) == text_of(name) for match in found if match.kind == "exact"
            }
            asked += 1
            wrong += (before and not there) or (False in right)
    print(json.dumps({"asked": asked, "wrong": wrong}), flush=True)


def write_and_kill(path: Path, turn: int, after: float) -> dict[str, int]:
    """Kill a writer so many seconds after its first batch; what all writers so far acknowledged."""
    process = _start("write", path, f"t{turn}", 60.0)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    lines = [line for line in process.stdout.read().split("\n")[:-1] if line]
    process.communicate()
    log = path.with_suffix(".acknowledged")
    known: dict[str, int] = json.loads(log.read_text()) if log.exists() else {}
    known[f"t{turn}"] = int(lines[-1]) if lines else 1
    log.write_text(json.dumps(known))
    return known


def check(path: Path, acknowledged: dict[str, int], complete: bool = True) -> None:
    """The file is whole, holds all that was acknowledged, and if that is complete, no more."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    prepare()
    with Index(path, _SETTINGS) as index:
        total = 0
        for writer, count in acknowledged.items():
            names = [f"{writer}:{i}" for i in range(count)]
            while index.seen(f"{writer}:{len(names)}"):  # a batch that was stored, but not told of
                names.append(f"{writer}:{len(names)}")
            assert len(names) <= count + 50
            total += len(names)
            found = index.query_many([text_of(name) for name in names], limit=1000)
            for name, matches in zip(names, found, strict=True):
                assert name in {match.b for match in matches if match.kind == "exact"}, name
                assert len(matches) >= min(int(name.rsplit(":")[1]) % 3 + 1, 3), name
        assert len(index) == total or not complete


def race(path: Path, writers: int, readers: int, seconds: float) -> dict[str, Any]:
    """Writers and readers on one file: errors, documents lost, wrong answers."""
    Index(path, _SETTINGS).close()
    writing = [_start("write", path, f"w{i}", seconds) for i in range(writers)]
    reading = [_start("read", path, str(writers), seconds) for _ in range(readers)]
    outputs = [process.communicate() for process in (*writing, *reading)]
    errors = [error for _, error in outputs if error]
    told = [output.split("\n")[:-1] for output, _ in outputs]
    counts = {f"w{i}": int(lines[-1]) for i, lines in enumerate(told[:writers]) if lines}
    answers = [json.loads(lines[-1]) for lines in told[writers:] if lines]
    with Index(path, _SETTINGS) as index:
        lost = sum(
            not index.seen(f"{writer}:{i}")
            for writer, count in counts.items()
            for i in range(count)
        )
        lost += len(index) != sum(counts.values())
    check(path, counts)
    return {
        "errors": errors,
        "added": sum(counts.values()),
        "lost": lost,
        "asked": sum(answer["asked"] for answer in answers),
        "wrong": sum(answer["wrong"] for answer in answers),
    }


def _start(task: str, path: Path, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.support.durability", task, path, *arguments]
    return subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def main() -> None:
    """Run both, or be one of the processes."""
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2], sys.argv[3], float(sys.argv[4]))
        return
    if sys.argv[1:2] == ["read"]:
        read(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        known: dict[str, int] = {}
        for turn in range(options.kills):
            known = write_and_kill(Path(folder, "kill.db"), turn, rng.uniform(0.02, 1.0))
            check(Path(folder, "kill.db"), {f"t{turn}": known[f"t{turn}"]}, complete=False)
        check(Path(folder, "kill.db"), known)
        told = race(Path(folder, "race.db"), 4, 4, options.seconds)
    print(
        json.dumps({"kills": options.kills, "acknowledged": sum(known.values()), **told}, indent=2)
    )
    sys.exit(bool(told["errors"] or told["lost"] or told["wrong"]))


if __name__ == "__main__":
    main()
