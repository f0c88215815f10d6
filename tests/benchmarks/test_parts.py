"""The parts themselves: what they count is what is there, and what is absent is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from benchmarks import result
from benchmarks.measure import fresh
from benchmarks.outcome import Better, Outcome
from benchmarks.parts import PARTS, extraction, load, near
from benchmarks.planting import plant
from dedup.near.bands import bands_for
from tests.paths import ROOT


def test_every_part_is_there() -> None:
    for part in PARTS:
        assert callable(load(part))


def test_without_development_data_the_rest_runs_and_the_gap_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    command = [sys.executable, "-m", "benchmarks", "--only", "labels", "--json", str(path)]
    done = subprocess.run(
        [*command, "--data", str(tmp_path / "nowhere")],
        cwd=ROOT, env={**os.environ, "DEDUP_DATA": str(tmp_path)}, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    assert "missing: labels / F1 by label: no development pages" in done.stdout
    assert "no folder" in done.stderr
    measured = result.read(path)
    assert measured["dedup"]["parts"] == ["labels"]
    assert [figure.column for figure in result.figures(measured)] == ["labels", "right"]


def test_the_bands_do_what_the_formula_says() -> None:
    bands = bands_for(near.THRESHOLD, 256)
    for similarity in (0.3, 0.5, 0.8):
        counted = near.collisions(similarity, bands, 300)
        # Of 300 pairs: three standard errors, and a little for similarity that is not exact.
        assert counted == pytest.approx(bands.chance(similarity), abs=0.12)


def test_planted_copies_are_counted_by_their_pairs() -> None:
    corpus = plant(near.made_up(True, 20), True, 1.0)
    kind = corpus.planted[0][2]
    pairs = {(min(a, b), max(a, b)) for a, b, this in corpus.planted if this == kind}
    assert near._found(corpus, kind, pairs) == 1
    assert near._found(corpus, kind, set()) == 0


def test_scores_tell_a_good_extractor_from_a_bad_one() -> None:
    pages = extraction.fixtures()[:3]
    golds = {page.html: page.golds[0] for page in pages}
    tools = {"all": golds.__getitem__, "nothing": lambda html: ""}
    (scores,) = extraction.scored("set", pages, tools).values()
    assert (scores["all"].f1, scores["nothing"].f1) == (1.0, 0.0)


def test_a_fresh_process_tells_its_own_peak() -> None:
    held = bytearray(300 << 20)  # what this process holds is not the other's
    small, large = fresh("pass"), fresh("x = b'1' * (200 << 20)")
    assert small.megabytes < 100 < 200 < large.megabytes < 300
    assert small.seconds > 0
    del held
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        fresh("1 / 0")


def test_runs_of_different_parts_become_one() -> None:
    runs = []
    for part, value in (("memory", 1.0), ("labels", 2.0), ("labels", 3.0)):
        out = Outcome(part)
        out.put("table", "row", "dedup", value, better=Better.MORE)
        out.time("task", {"dedup": (value,)})
        runs.append(result.as_json([out], "full"))
    whole = result.merged(runs)
    assert whole["dedup"]["parts"] == ["labels", "memory"]
    assert [figure.value for figure in result.figures(whole)] == [3.0, 1.0]
    assert [bench["stats"]["median"] for bench in whole["benchmarks"]] == [3.0, 1.0]


def test_plots_are_drawn_where_there_are_figures_for_them(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.plots import draw

    out = Outcome("near-duplicates")
    for row in ("0.5", "0.8"):
        out.put("by threshold, en", row, "recall", 0.99)
        out.put("CPU seconds by texts of 1 KB", row, "dedup", 0.5)
        out.put("S-curve of the bands", row, "dedup, formula", 0.5)
        out.put("found by kind of copy, en", row, "dedup", 0.5)
        out.put("near-duplicates, en", row, "dedup", 0.5)
    names = draw(result.as_json([out], "full"), tmp_path)
    assert len(names) == 4
    for name in names:
        assert (tmp_path / f"{name}.svg").read_text("utf-8").rstrip().endswith("</svg>")
