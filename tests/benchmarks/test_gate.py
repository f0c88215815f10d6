"""The gate on runs of our own making: what falls, what may, and how floors move."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import gate, result
from benchmarks.__main__ import main
from benchmarks.gate import Floor
from benchmarks.outcome import Figure, Kind, Outcome
from dedup.evaluate.metric import Estimate

QUALITY = "near / pairs / recall / dedup"
COUNT = "near / counted / wrong / dedup"
RATIO = "near / times faster than / search / rensa"
COST = "near / peak / search / dedup"
ALL = {QUALITY, COUNT, RATIO, COST}


def outcome(
    recall: float = 0.97, wrong: int = 100, ratio: float = 4.0, peak: float = 80.0
) -> Outcome:
    out = Outcome("near")
    out.put("pairs", "recall", "dedup", Estimate(recall, 0.01, 500), Kind.QUALITY)
    out.put("pairs", "recall", "rensa", 0.5)
    out.put("counted", "wrong", "dedup", wrong, Kind.COUNT)
    out.put("times faster than", "search", "rensa", ratio, Kind.RATIO)
    out.put("peak", "search", "dedup", peak, Kind.COST)
    return out


def written(folder: Path, out: Outcome) -> str:
    path = folder / "run.json"
    result.write(result.as_json([out], "quick"), path)
    return str(path)


@pytest.fixture
def floors(tmp_path: Path) -> Path:
    """Floors raised from one run."""
    path = tmp_path / "floors.toml"
    done = CliRunner().invoke(main, ["raise", written(tmp_path, outcome()), "--floors", str(path)])
    assert done.output == "0 floors raised, 4 new\n"
    return path


def gated(floors: Path, out: Outcome) -> tuple[int, str]:
    run = written(floors.parent, out)
    done = CliRunner().invoke(main, ["gate", run, "--floors", str(floors)])
    return done.exit_code, done.output


def test_a_floor_is_kept_with_what_it_was_taken_from(floors: Path) -> None:
    held, _ = gate.load(floors)
    assert held == {
        QUALITY: Floor(Kind.QUALITY, 0.95, 0.97, 0.01, 500),
        COUNT: Floor(Kind.COUNT, 100, 100),
        RATIO: Floor(Kind.RATIO, 2.4, 4.0),
        COST: Floor(Kind.COST, 100.0, 80.0),
    }


def test_what_was_reached_is_held(floors: Path) -> None:
    code, output = gated(floors, outcome())
    assert code == 0
    assert "4 floors held, 0 fallen, 0 not measured, 0 figures without a floor" in output


@pytest.mark.parametrize(
    ("out", "line"),
    [
        (outcome(recall=0.9499), f"{QUALITY}: 0.9499 is below 0.95 (reached 0.97, standard error"),
        (outcome(wrong=101), f"{COUNT}: 101 is above 100"),
        (outcome(ratio=2.39), f"{RATIO}: 2.39 is below 2.4"),
        (outcome(peak=101), f"{COST}: 101 is above 100 (reached 80)"),
    ],
)
def test_what_falls_is_said_in_one_line(floors: Path, out: Outcome, line: str) -> None:
    code, output = gated(floors, out)
    assert code == 1
    assert f"FALLEN: {line}" in output
    assert "3 floors held, 1 fallen" in output


def test_what_is_within_the_noise_is_held(floors: Path) -> None:
    assert gated(floors, outcome(recall=0.951, ratio=2.5, peak=99))[0] == 0


def test_a_figure_that_vanished_falls_unless_the_run_says_why(floors: Path) -> None:
    assert f"FALLEN: {QUALITY}: no such figure" in gated(floors, Outcome("near"))[1]
    out = outcome()
    out.figures = [figure for figure in out.figures if figure.column != "rensa"]
    assert gated(floors, out)[0] == 1
    out.absent_tools(["rensa"], [])
    code, output = gated(floors, out)
    assert code == 0
    assert "not measured: 1 floors: not installed" in output


def test_suites_that_were_not_run_are_not_judged(floors: Path) -> None:
    assert "0 floors held, 0 fallen, 4 not measured" in gated(floors, Outcome("labels"))[1]


def test_floors_only_go_up(floors: Path, tmp_path: Path) -> None:
    mixed = written(tmp_path, outcome(recall=0.5, wrong=90, ratio=9.0, peak=500))
    done = CliRunner().invoke(main, ["raise", mixed, "--floors", str(floors)])
    assert done.output == "2 floors raised, 0 new\n"
    held, _ = gate.load(floors)
    assert {key: held[key].floor for key in ALL} == {
        QUALITY: 0.95, COUNT: 90, RATIO: 5.4, COST: 100,
    }  # fmt: skip


def test_lowering_takes_a_floor_by_name_and_keeps_the_reason(floors: Path, tmp_path: Path) -> None:
    worse = written(tmp_path, outcome(recall=0.5, wrong=200))
    command = ["lower", worse, "--floors", str(floors), "--floor", QUALITY]
    assert CliRunner().invoke(main, command).exit_code == 2
    assert CliRunner().invoke(main, [*command, "--reason", " "]).exit_code == 2
    assert CliRunner().invoke(main, [*command, "--reason", 'a "stricter" truth']).exit_code == 0
    held, reasons = gate.load(floors)
    assert held[QUALITY].floor == 0.48
    assert held[COUNT].floor == 100
    (entry,) = reasons
    assert entry["floor"] == QUALITY
    assert (entry["from"], entry["to"], entry["reason"]) == (0.95, 0.48, 'a "stricter" truth')


def test_a_floor_without_its_figure_can_be_taken_out(floors: Path, tmp_path: Path) -> None:
    gone = written(tmp_path, Outcome("near"))
    command = ["lower", gone, "--floors", str(floors), "--floor", COUNT, "--reason", "gone"]
    assert CliRunner().invoke(main, command).exit_code == 0
    assert COUNT not in gate.load(floors)[0]
    assert CliRunner().invoke(main, command).exit_code == 2


NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1)
RUNS = st.dictionaries(NAMES, st.tuples(st.floats(0, 1), st.floats(0, 0.1)), max_size=5)
KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.SHOWN])


def figures(run: dict[str, tuple[float, float]], kind: Kind) -> list[Figure]:
    return [
        Figure("near", "pairs", name, "dedup", value, kind, error=error, count=9)
        for name, (value, error) in run.items()
    ]


@given(RUNS, RUNS, KINDS)
def test_a_run_holds_the_floors_that_it_sets(
    one: dict[str, tuple[float, float]], other: dict[str, tuple[float, float]], kind: Kind
) -> None:
    made = gate.raised(gate.raised({}, figures(one, kind)), figures(other, kind))
    assert {floor.kind for floor in made.values()} <= {kind}
    for run in (one, other):
        alone = gate.raised({}, figures(run, kind))
        assert not gate.judge(figures(run, kind), alone, {}, ["near"]).fallen
        assert not any(alone[key].better_than(made[key]) for key in alone)


def test_the_floors_in_use_can_be_read_and_are_written_as_they_are(tmp_path: Path) -> None:
    held, reasons = gate.load()
    assert held
    copy = tmp_path / "floors.toml"
    gate.save(held, reasons, copy)
    assert copy.read_text("utf-8") == gate.FLOORS.read_text("utf-8")


def test_the_floors_in_use_say_what_they_were_taken_from() -> None:
    for key, floor in gate.load()[0].items():
        assert floor.holds(floor.reached), key
        assert floor.kind is not Kind.QUALITY or (floor.error > 0 and floor.count > 0), key
