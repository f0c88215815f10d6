"""The start-up suite names commands that run."""

import os

from benchmarks.outcome import Outcome
from benchmarks.suites import startup


def test_dedup_answers_and_its_cost_is_put_down() -> None:
    out = Outcome("startup")
    commands = {"dedup": startup.tasks(quick=True)["--help"]["dedup"]}
    startup._measure(out, "--help", commands, 1, dict(os.environ))
    values = {figure.table: figure.value for figure in out.figures}
    assert values["CPU milliseconds"] > 1
    assert values["peak MB of a process"] > 5
