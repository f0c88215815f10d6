"""One runner for all suites: what was asked for is run, and what is absent is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("pyarrow")

from benchmarks import __main__ as runner
from benchmarks import result
from benchmarks.outcome import Options, Outcome
from benchmarks.suites import SUITES, load
from tests.paths import ROOT


def test_every_suite_is_there_and_knows_its_name() -> None:
    for suite in SUITES:
        assert callable(load(suite))
        assert suite == sys.modules[f"benchmarks.suites.{suite}"].SUITE


def test_without_development_data_the_rest_runs_and_the_gap_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    command = [sys.executable, "-m", "benchmarks", "labels", "--json", str(path)]
    done = subprocess.run(
        [*command, "--data", str(tmp_path / "nowhere")],
        cwd=ROOT, env={**os.environ, "DEDUP_DATA": str(tmp_path)}, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    assert "missing: labels / F1 by label: no development pages" in done.stdout
    assert "no folder" in done.stderr
    measured = result.read(path)
    assert measured["dedup"]["suites"] == ["labels"]
    assert [figure.column for figure in result.figures(measured)] == ["labels", "wrong"]
    gate = [sys.executable, "-m", "benchmarks", "gate", str(path)]
    judged = subprocess.run(gate, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert "floors: no development pages" in judged.stdout


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Options]]:
    """Suites that only note how they were called."""
    calls: list[tuple[str, Options]] = []

    def fake(suite: str):  # type: ignore[no-untyped-def]
        def run(options: Options) -> Outcome:
            calls.append((suite, options))
            return Outcome(suite)

        return run

    monkeypatch.setattr(runner, "load", fake)
    return calls


@pytest.mark.parametrize(
    ("words", "suites"), [([], SUITES), (["run"], SUITES), (["near", "labels"], ("near", "labels"))]
)
def test_suites_are_run_in_the_order_that_was_asked_for(
    asked: list[tuple[str, Options]], words: list[str], suites: tuple[str, ...]
) -> None:
    assert CliRunner().invoke(runner.main, words).exit_code == 0
    assert tuple(suite for suite, _ in asked) == suites


def test_options_reach_the_suite(asked: list[tuple[str, Options]]) -> None:
    words = ["extraction", "--full", "--set", "daniel_zh", "--no-peers", "--jobs", "1"]
    assert CliRunner().invoke(runner.main, words).exit_code == 0
    ((_, options),) = asked
    assert (options.quick, options.peers, options.jobs, options.rounds) == (False, False, 1, 5)
    assert options.among(("wcxb", "daniel_zh")) == ("daniel_zh",)


def test_peers_are_measured_in_the_full_run_unless_told_otherwise(
    asked: list[tuple[str, Options]],
) -> None:
    for words in (["near"], ["near", "--full"], ["near", "--peers"]):
        CliRunner().invoke(runner.main, words)
    assert [options.peers for _, options in asked] == [False, True, True]


def test_unknown_suites_are_refused() -> None:
    done = CliRunner().invoke(runner.main, ["nonsense"])
    assert done.exit_code == 2
    assert "nonsense" in done.output
