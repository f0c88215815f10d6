"""The JSON has the shape that pytest-benchmark writes, and the report says what was measured."""

import json
import statistics

import pytest

from benchmarks import result
from benchmarks.outcome import Better, Kind, Outcome
from benchmarks.report import losses, markdown, tables
from dedup.evaluate.metric import Estimate

# What github-action-benchmark reads for the tool "pytest", and `pytest-benchmark compare`.
STATS = {"min", "max", "mean", "stddev", "rounds", "median", "iqr", "q1", "q3", "ops", "iterations"}


@pytest.fixture
def measured() -> dict[str, object]:
    out = Outcome("extraction")
    rounds = {"dedup": (2.0, 1.0, 3.0), "rensa": (8.0, 6.0, 6.0), "gaoya": (1.0, 1.0, 1.0)}
    out.time("pages", rounds, units=10, gated=["rensa"])
    out.put("F1", "forums", "dedup", 0.7, Kind.QUALITY, Better.MORE)
    out.put("F1", "forums", "justext", 0.8, better=Better.MORE)
    out.put("F1", "news", "dedup", 0.95, Kind.QUALITY, Better.MORE)
    out.put("F1", "news", "justext", 0.8, better=Better.MORE)
    out.absent("F1 / blogs", "no pages")
    return result.as_json([out], "quick")


def test_shape(measured: dict[str, object]) -> None:
    again = json.loads(json.dumps(measured))
    assert {"machine_info", "commit_info", "benchmarks", "datetime", "version"} <= again.keys()
    bench = again["benchmarks"][0]
    assert bench["stats"].keys() >= STATS
    assert bench["fullname"] == "extraction: pages [dedup]"
    assert bench["stats"]["median"] == 0.2
    assert bench["stats"]["ops"] == pytest.approx(5)
    assert bench["stats"]["stddev"] == pytest.approx(statistics.stdev((0.1, 0.2, 0.3)))


def test_one_round_has_no_spread() -> None:
    out = Outcome("extraction")
    out.time("pages", {"dedup": (2.0,)})
    stats = result.as_json([out], "quick")["benchmarks"][0]["stats"]
    assert (stats["stddev"], stats["q1"], stats["q3"]) == (0, 2.0, 2.0)


def test_a_ratio_is_the_median_of_the_rounds(measured: dict[str, object]) -> None:
    ratios = [figure for figure in result.figures(measured) if figure.kind is Kind.RATIO]
    assert [(figure.column, figure.value) for figure in ratios] == [("rensa", 4.0)]


def test_errors_and_sizes_of_samples_come_back() -> None:
    out = Outcome("labels")
    out.put("F1", "nav", "dedup", Estimate(0.9, 0.01, 66), Kind.QUALITY)
    (figure,) = result.figures(json.loads(json.dumps(result.as_json([out], "quick"))))
    assert (figure.value, figure.error, figure.count) == (0.9, 0.01, 66)
    assert figure.better is Better.MORE


def test_the_machine_is_told_without_its_name() -> None:
    told = {"cores", "memory_gb", "machine", "system", "python_version", "packages"}
    assert result.machine().keys() == told


def test_report_shows_losses_and_what_is_missing(measured: dict[str, object]) -> None:
    assert list(losses(measured)) == [
        "- extraction, pages: gaoya is 2 times faster",
        "- extraction, F1, forums: justext 0.800, dedup 0.700",
    ]
    page = markdown(measured, ["s-curve"])
    assert "| news | **0.950** | 0.800 |" in page
    assert "- extraction / F1 / blogs: no pages" in page
    assert "![s-curve](benchmarks/s-curve.svg)" in page


def test_tables_align(measured: dict[str, object]) -> None:
    (_, _), (_, table) = tables(measured)
    assert table.aligned() == [
        "        dedup  justext", "forums  0.700    0.800", "news    0.950    0.800",
    ]  # fmt: skip


def test_runs_of_different_suites_become_one() -> None:
    runs = []
    for suite, value in (("memory", 1.0), ("labels", 2.0), ("labels", 3.0)):
        out = Outcome(suite)
        out.put("table", "row", "dedup", value, better=Better.MORE)
        out.time("task", {"dedup": (value,)})
        runs.append(result.as_json([out], "full"))
    whole = result.merged(runs)
    assert whole["dedup"]["suites"] == ["labels", "memory"]
    assert [figure.value for figure in result.figures(whole)] == [3.0, 1.0]
    assert [bench["stats"]["median"] for bench in whole["benchmarks"]] == [3.0, 1.0]
