"""The one timer: what a process costs is its own."""

import sys
from pathlib import Path

import pytest

from benchmarks.timing import command, fresh, interleaved

HELD = "x = b'1' * (200 << 20)"


def test_a_fresh_process_tells_its_own_peak() -> None:
    held = bytearray(300 << 20)  # what this process holds is not the other's
    small, large = fresh("pass"), fresh(HELD)
    assert small.megabytes < 100 < 200 < large.megabytes < 300
    assert small.seconds > 0
    del held
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        fresh("1 / 0")


def test_a_command_is_measured_by_itself() -> None:
    held = bytearray(300 << 20)
    small, large = (command([sys.executable, "-c", code]) for code in ("pass", HELD))
    assert small.megabytes < 100 < 200 < large.megabytes < 300
    assert 0 < small.seconds < large.seconds
    del held
    with pytest.raises(RuntimeError, match="exit code 3"):
        command([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_command_reads_its_input(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("7")
    code = "import sys; raise SystemExit(int(input()) - 7)"
    command([sys.executable, "-c", code], stdin=str(tmp_path / "in"))


def test_rounds_are_interleaved() -> None:
    order: list[str] = []
    calls = {name: lambda name=name: order.append(name) for name in "ab"}
    times, _ = interleaved(calls, 2)
    assert order == ["a", "b", "a", "b"]
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 2, "b": 2}
