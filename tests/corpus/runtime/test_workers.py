"""A pool whose processes may die, hang or raise; what they were at is left out."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dedup.corpus.runtime.workers import Beat, Skip, Workers
from dedup.errors import RunError
from tests.paths import ROOT


@dataclass(frozen=True)
class Double:
    """Doubles numbers; 13 kills the process, 99 hangs it, "bad" raises."""

    seconds: float = 60.0

    def open(self) -> Callable[[list[int | str], Skip, Beat], list[int | str]]:
        started = os.getpid()

        def task(items: list[int | str], skip: Skip, beat: Beat) -> list[int | str]:
            assert os.getpid() == started
            done: list[int | str] = []
            for index, item in enumerate(items):
                beat(index)
                if index in skip:
                    done.append(skip[index])
                elif item == 13:
                    os.kill(os.getpid(), 9)
                elif item == 99:
                    time.sleep(600)
                else:
                    done.append(int(item) * 2)
            return done

        return task


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the processes to find this module


def test_every_call_is_answered_under_its_key() -> None:
    with Workers(2, 60) as workers:
        answers = dict(workers.map(Double(), [(n, [n, n + 1]) for n in range(9)]))
    assert answers == {n: [2 * n, 2 * n + 2] for n in range(9)}
    assert workers.cpu_seconds > 0


def test_what_kills_or_hangs_a_process_is_left_out_and_the_rest_is_done() -> None:
    with Workers(1, 1.0) as workers:
        ((_, answer),) = workers.map(Double(), [(0, [1, 13, 2, 99, 3])])
    killed, hung = "killed the worker (signal 9)", "took longer than 1 s (page_seconds)"
    assert answer == [2, killed, 4, hung, 6]


def test_what_a_task_raises_comes_out() -> None:
    with Workers(1, 60) as workers, pytest.raises(ValueError, match="bad"):
        list(workers.map(Double(), [(0, [1, "bad"])]))


@dataclass(frozen=True)
class Dead:
    """Dies before its first item."""

    def open(self) -> Callable[[int, Skip, Beat], int]:
        os._exit(3)


def test_a_process_that_dies_outside_its_items_ends_the_run() -> None:
    with Workers(1, 60) as workers, pytest.raises(RunError, match="before its first page"):
        list(workers.map(Dead(), [(0, 1)]))


def test_a_worker_that_ends_while_somebody_looks_at_it_is_no_error() -> None:
    with Workers(1, 60) as workers:
        dict(workers.map(Double(), [(0, [1])]))
        (worker,) = workers._alive.values()
        worker.stop()
        worker.look(60)


def test_a_python_that_starts_another_one_may_start_the_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = tmp_path / "python"  # as that of a virtual environment on Windows
    launcher.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\n')
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(launcher))
    with Workers(1, 60) as workers:
        assert list(workers.map(Slow(), [(0, 1.5)])) == [(0, 1.5)]


@dataclass(frozen=True)
class Slow:
    """Takes so many seconds."""

    def open(self) -> Callable[[float, Skip, Beat], float]:
        def task(seconds: float, skip: Skip, beat: Beat) -> float:
            beat(0)
            time.sleep(seconds)
            return seconds

        return task
