"""The gate on runs of our own making: what falls, what may, and how floors move."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import gate, result
from benchmarks.__main__ import main
from benchmarks.outcome import Better, Figure, Kind, Outcome

QUALITY = "near / pairs / recall / dedup"
WORK = "near / counted / candidates / dedup"
RATIO = "near / times faster than / search / rensa"


def outcome(recall: float = 0.97, candidates: int = 100, ratio: float = 4.0) -> Outcome:
    out = Outcome("near")
    out.put("pairs", "recall", "dedup", recall, Kind.QUALITY, Better.MORE)
    out.put("pairs", "recall", "rensa", 0.5, better=Better.MORE)
    out.put("counted", "candidates", "dedup", candidates, Kind.WORK)
    out.put("times faster than", "search", "rensa", ratio, Kind.RATIO)
    return out


def written(folder: Path, out: Outcome, mode: str = "quick") -> str:
    path = folder / "run.json"
    result.write(result.as_json([out], mode), path)
    return str(path)


@pytest.fixture
def floors(tmp_path: Path) -> Path:
    """Floors raised from one run."""
    path = tmp_path / "floors.toml"
    done = CliRunner().invoke(main, ["raise", written(tmp_path, outcome()), "--floors", str(path)])
    assert done.output == "0 floors raised, 3 new (quick)\n"
    return path


def gated(floors: Path, out: Outcome, mode: str = "quick") -> tuple[int, str]:
    run = written(floors.parent, out, mode)
    done = CliRunner().invoke(main, ["gate", run, "--floors", str(floors)])
    return done.exit_code, done.output


def test_what_was_reached_is_held(floors: Path) -> None:
    code, output = gated(floors, outcome())
    assert code == 0
    assert "3 floors held, 0 fallen, 0 not measured, 0 figures without a floor" in output


@pytest.mark.parametrize(
    ("out", "key"),
    [
        (outcome(recall=0.9699), QUALITY),
        (outcome(candidates=101), WORK),
        (outcome(ratio=4.0 * (1 - gate.MARGIN) - 0.02), RATIO),
    ],
)
def test_less_than_was_reached_falls(floors: Path, out: Outcome, key: str) -> None:
    code, output = gated(floors, out)
    assert code == 1
    assert f"FALLEN: {key}" in output
    assert "2 floors held, 1 fallen" in output


def test_a_ratio_may_fall_short_by_the_margin(floors: Path) -> None:
    assert gated(floors, outcome(ratio=4.0 * (1 - gate.MARGIN) + 0.02))[0] == 0


def test_a_figure_that_vanished_falls_unless_the_run_says_why(floors: Path) -> None:
    assert f"FALLEN: {QUALITY}: no such figure" in gated(floors, Outcome("near"))[1]
    out = outcome()
    out.figures = [figure for figure in out.figures if figure.column != "rensa"]
    assert gated(floors, out)[0] == 1
    out.absent_tools(["rensa"], [])
    code, output = gated(floors, out)
    assert code == 0
    assert "not measured: 1 floors: not installed" in output


def test_parts_that_were_not_run_and_other_modes_are_not_judged(floors: Path) -> None:
    assert "0 floors held, 0 fallen, 3 not measured" in gated(floors, Outcome("labels"))[1]
    assert "0 floors held, 0 fallen, 0 not measured" in gated(floors, outcome(0.1), "full")[1]


def test_floors_only_go_up(floors: Path, tmp_path: Path) -> None:
    mixed = written(tmp_path, outcome(recall=0.5, candidates=90, ratio=9.0))
    CliRunner().invoke(main, ["raise", mixed, "--floors", str(floors)])
    assert gate.load(floors)["quick"] == {
        "quality": {QUALITY: 0.97}, "work": {WORK: 90}, "ratio": {RATIO: 9.0},
    }  # fmt: skip


def test_lowering_takes_a_floor_by_name_and_keeps_the_reason(floors: Path, tmp_path: Path) -> None:
    worse = written(tmp_path, outcome(recall=0.5, candidates=200))
    command = ["lower", worse, "--floors", str(floors), "--floor", QUALITY]
    assert CliRunner().invoke(main, command).exit_code == 2
    assert CliRunner().invoke(main, [*command, "--reason", " "]).exit_code == 2
    assert CliRunner().invoke(main, [*command, "--reason", 'a "stricter" truth']).exit_code == 0
    content = gate.load(floors)
    assert content["quick"]["quality"] == {QUALITY: 0.5}
    assert content["quick"]["work"] == {WORK: 100}
    (entry,) = content["lowered"]
    assert entry["floor"] == QUALITY
    assert (entry["from"], entry["to"], entry["reason"]) == (0.97, 0.5, 'a "stricter" truth')


def test_a_floor_without_its_figure_can_be_taken_out(floors: Path, tmp_path: Path) -> None:
    gone = written(tmp_path, Outcome("near"))
    command = ["lower", gone, "--floors", str(floors), "--floor", WORK, "--reason", "gone"]
    assert CliRunner().invoke(main, command).exit_code == 0
    assert gate.load(floors)["quick"]["work"] == {}
    assert CliRunner().invoke(main, command).exit_code == 2


KEYS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(
    lambda word: f"near / pairs / {word} / dedup"
)
RUNS = st.dictionaries(KEYS, st.floats(0, 1), max_size=5)


def figures(run: dict[str, float]) -> list[Figure]:
    return [
        Figure(*key.split(" / ", 2)[:2], *key.split(" / ", 2)[2].rsplit(" / ", 1), value,
               Kind.QUALITY)
        for key, value in run.items()
    ]  # fmt: skip


@settings(deadline=None)
@given(RUNS, RUNS)
def test_raised_floors_are_held_by_the_better_of_two_runs(
    one: dict[str, float], other: dict[str, float]
) -> None:
    made = gate.raised(gate.raised({}, figures(one)), figures(other))
    best = {key: max(one.get(key, 0), other.get(key, 0)) for key in one | other}
    assert not gate.judge(figures(best), made, {}, ["near"]).fallen
    assert made["quality"].keys() == best.keys()


def test_the_floors_in_use_can_be_read_and_are_written_as_they_are(tmp_path: Path) -> None:
    content = gate.load()
    assert content["quick"]["quality"]
    copy = tmp_path / "floors.toml"
    gate.save(content, copy)
    assert copy.read_text("utf-8") == gate.FLOORS.read_text("utf-8")
