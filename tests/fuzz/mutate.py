"""Feed targets with mutated inputs, where libFuzzer would see no branches.

    python -m tests.fuzz.mutate jsonl --runs 1000000
    python -m tests.fuzz.mutate settings --runs 100000 --trace 20000 --keep build/corpus/settings

The first ``--trace`` runs are watched: an input that reaches a line of the package that none
before it has reached is mutated further, and kept. An exception or an input that takes longer than
a second ends the run, and the input is written to ``build/findings``.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from hashlib import sha1
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.corpus import inputs
from tests.fuzz.targets import TARGETS, Target
from tests.paths import ROOT

_PACKAGE = str(ROOT / "dedup")
_SECONDS = 1.0
_LENGTH = 4096
_WORDS = (
    *(b"\0", b"\n", b"\r\n", b"\xff", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"),
    *(b'"', b"{", b"}", b"[", b"]", b":", b",", b"=", b"null", b"NaN", b"1e999", b"\\ud800", b"-1"),
    *(b"9" * 30, b"9" * 5000, b"[" * 2000, b"a." * 500, b"0x", b"1979-05-27", b"true", b"[" * 9),
    *(b"WARC/1.0\r\n", b"Content-Length: ", b"near.", b"page.", b"--", b"-", b"keep", b"drop"),
    *("中文，。".encode(), "\ue000\U00100000".encode(), "𠀀".encode()),
)  # fmt: skip


def mutated(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """An input with one to five changes: bytes, pieces, words, and pieces of others."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 2, 4, 16, 64)))
        how = rng.randrange(7)
        if how == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif how == 1 and at < len(out):
            out[at] = rng.randrange(256)
        elif how == 2:
            del out[at:end]
        elif how == 3:
            out[at:at] = rng.choice(_WORDS)
        elif how == 4:
            out[at:at] = out[at:end] * rng.choice((1, 2, 30))
        elif how == 5:
            other = rng.choice(others)
            begin = rng.randrange(len(other) + 1)
            out[at:end] = other[begin : begin + rng.choice((1, 8, 64, 512))]
        else:
            out[at:] = b""
    return bytes(out[:_LENGTH]) if len(data) <= _LENGTH else bytes(out)


class Watched:
    """Which lines of the package have been reached."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()
        self._new = False

    def reaches_new(self, target: Target, data: bytes) -> bool:
        """Whether an input reaches a line that none before it has."""
        self._new = False
        sys.settrace(self._call)
        try:
            target(data)
        finally:
            sys.settrace(None)
        return self._new

    def _call(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_PACKAGE) else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        place = frame.f_code.co_filename, frame.f_lineno
        if place not in self.seen:
            self.seen.add(place)
            self._new = True
        return self._line


def feed(name: str, runs: int, trace: int, seconds: float, seed: int) -> Iterator[bytes]:
    """Run a target on mutated inputs; yields those that reach new lines.

    Raises:
        Exception: what an input raised; the input is in ``build/findings``.
    """
    target, rng, watched = TARGETS[name], random.Random(seed), Watched()
    pool = [b"", *inputs(name)]
    for data in pool[1:]:
        if watched.reaches_new(target, data):
            yield data
    end, done, slowest = time.monotonic() + seconds, 0, 0.0
    while done < runs and time.monotonic() < end:
        data = mutated(rng.choice(pool), pool, rng)
        begun = time.process_time()
        try:
            if done < trace:
                if watched.reaches_new(target, data):
                    pool.append(data)
                    yield data
            else:
                target(data)
        except BaseException:
            _found(name, data)
            print(f"{name}: after {done} runs", file=sys.stderr)
            raise
        took = time.process_time() - begun
        slowest = max(slowest, took)
        if took > _SECONDS and done >= trace:
            _found(name, data)
            raise AssertionError(f"{name}: {len(data)} bytes took {took:.1f} s")
        done += 1
    print(f"{name}: {done} runs, {len(watched.seen)} lines, slowest {slowest:.3f} s", flush=True)


def _found(name: str, data: bytes) -> None:
    folder = ROOT / "build" / "findings"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{sha1(data, usedforsecurity=False).hexdigest()[:16]}"
    path.write_bytes(data)
    print(f"{name}: {path}", file=sys.stderr)


def main() -> None:
    """Feed one target, or all that are not fed by libFuzzer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS, nargs="+")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--trace", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    for name in options.target:
        for data in feed(name, options.runs, options.trace, options.seconds, options.seed):
            if options.keep:
                path = options.keep / name / sha1(data, usedforsecurity=False).hexdigest()
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


if __name__ == "__main__":
    main()
