"""One command for all measurements; see `docs/benchmarks.md`.

python -m benchmarks --quick                     what every change runs, under three minutes
python -m benchmarks --full --json RESULT.json --report docs
python -m benchmarks --only extraction --data FOLDER
python -m benchmarks gate RESULT.json            hold a run against floors.toml
python -m benchmarks raise RESULT.json           move floors up
python -m benchmarks lower RESULT.json --floor KEY --reason TEXT
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks import gate as floors
from benchmarks import result as results
from benchmarks.adapters import UnknownLayoutError, read_folder
from benchmarks.outcome import Options, Outcome
from benchmarks.parts import PARTS, load

ROUNDS = {True: 3, False: 5}  # of each timing in the quick and the full run
_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(invoke_without_command=True)
@click.option("--quick", "quick", flag_value=True, type=bool, default=True, help="A sample.")
@click.option("--full", "quick", flag_value=False, type=bool, help="Larger samples, more rounds.")
@click.option(
    "--only", multiple=True, type=click.Choice(list(PARTS)), help="This part; repeatable."
)
@click.option("--data", multiple=True, type=_FOLDER, help="Pages or texts of your own; repeatable.")
@click.option("--rounds", type=click.IntRange(1), help="Interleaved rounds of each timing.")
@click.option("--json", "path", type=_FILE, help="Write the run, as pytest-benchmark does.")
@click.option("--report", type=_FOLDER, help="Write benchmarks.md and its plots into this folder.")
@click.pass_context
def main(
    context: click.Context, quick: bool, only: tuple[str, ...], data: tuple[Path, ...],
    rounds: int | None, path: Path | None, report: Path | None,
) -> None:  # fmt: skip
    """Measure quality, speed and memory, beside the peers that are installed."""
    if context.invoked_subcommand:
        return
    measured = run(quick, only, data, rounds)
    click.echo(summary(measured))
    if path:
        results.write(measured, path)
    if report:
        write_report(measured, report)


def run(
    quick: bool, only: tuple[str, ...] = (), data: tuple[Path, ...] = (), rounds: int | None = None
) -> dict[str, Any]:
    """Run the parts, one after the other."""
    outcomes: list[Outcome] = []
    sets, texts = {}, {}
    for folder in data:
        try:
            found = read_folder(folder)
        except UnknownLayoutError as error:
            click.echo(f"{error}; the rest runs", err=True)
            continue
        sets |= found.sets
        texts |= found.texts
    with tempfile.TemporaryDirectory() as scratch:
        options = Options(quick, rounds or ROUNDS[quick], Path(scratch), sets, texts)
        for part in only or PARTS:
            before = sum(os.times()[:4])
            outcomes.append(load(part)(options))
            spent = sum(os.times()[:4]) - before
            click.echo(f"{part}: {spent:.0f} s CPU, its processes included", err=True)
    return results.as_json(outcomes, "quick" if quick else "full")


def summary(measured: dict[str, Any]) -> str:
    """The tables as text, and what is missing."""
    from benchmarks.report import tables

    lines = []
    for part, table in tables(measured):
        lines += ["", f"{part}: {table.name}", *table.aligned()]
    lines += [
        "",
        *(f"missing: {what}: {why}" for what, why in measured["dedup"]["missing"].items()),
    ]
    return "\n".join(lines)


def write_report(measured: dict[str, Any], folder: Path) -> None:
    """Write the Markdown report and its plots."""
    from benchmarks.report import markdown

    folder.mkdir(parents=True, exist_ok=True)
    plots: list[str] = []
    try:
        from benchmarks.plots import draw
    except ImportError as error:
        click.echo(f"no plots: {error.name} is missing: pip install '.[bench]'", err=True)
    else:
        plots = draw(measured, folder / "benchmarks")
    (folder / "benchmarks.md").write_text(markdown(measured, plots), encoding="utf-8")


@main.command("report")
@click.argument("paths", metavar="RESULT...", type=_EXISTING, nargs=-1, required=True)
@click.argument("folder", type=_FOLDER)
def report_command(paths: tuple[Path, ...], folder: Path) -> None:
    """Write the report of a run kept as JSON, or of several that hold different parts."""
    write_report(results.merged([results.read(path) for path in paths]), folder)


@main.command("gate")
@click.argument("path", metavar="[RESULT]", type=_EXISTING, required=False)
@click.option("--floors", "file", type=_EXISTING, default=floors.FLOORS, help="The floors.")
def gate_command(path: Path | None, file: Path) -> None:
    """Hold a run (a quick one made now, if none is given) against the floors."""
    measured = results.read(path) if path else run(quick=True)
    content, run_info = floors.load(file), measured["dedup"]
    verdict = floors.judge(
        results.figures(measured), content.get(run_info["mode"], {}), run_info["missing"],
        run_info["parts"], content.get("margin", floors.MARGIN),
    )  # fmt: skip
    for why in sorted(set(verdict.unmeasured.values())):
        count = sum(reason == why for reason in verdict.unmeasured.values())
        click.echo(f"not measured: {count} floors: {why}")
    for key in verdict.fresh:
        click.echo(f"no floor yet: {key}")
    for key, wrong in verdict.fallen.items():
        click.echo(f"FALLEN: {key}: {wrong}")
    click.echo(
        f"gate ({run_info['mode']}): {verdict.held} floors held, {len(verdict.fallen)} fallen, "
        f"{len(verdict.unmeasured)} not measured, {len(verdict.fresh)} figures without a floor"
    )
    sys.exit(1 if verdict.fallen else 0)


@main.command("raise")
@click.argument("path", metavar="RESULT", type=_EXISTING)
@click.option("--floors", "file", type=_FILE, default=floors.FLOORS, help="The floors.")
def raise_command(path: Path, file: Path) -> None:
    """Move the floors up to what a run reached; none is lowered."""
    measured = results.read(path)
    content, mode = floors.load(file), measured["dedup"]["mode"]
    before = content.get(mode, {})
    content[mode] = floors.raised(before, results.figures(measured))
    floors.save(content, file)
    old = {key: value for rows in before.values() for key, value in rows.items()}
    new = {key: value for rows in content[mode].values() for key, value in rows.items()}
    moved = sum(key in old and old[key] != value for key, value in new.items())
    click.echo(f"{moved} floors raised, {len(new) - len(old)} new ({mode})")


@main.command("lower")
@click.argument("path", metavar="RESULT", type=_EXISTING)
@click.option("--floor", "keys", multiple=True, required=True, help="A floor by its key.")
@click.option("--reason", required=True, help="Why; is written into the file.")
@click.option("--floors", "file", type=_EXISTING, default=floors.FLOORS, help="The floors.")
def lower_command(path: Path, keys: tuple[str, ...], reason: str, file: Path) -> None:
    """Set named floors to what a run reached, and write down why."""
    if not reason.strip():
        raise click.UsageError("--reason is empty: say why the floor may be lowered")
    measured = results.read(path)
    content, mode = floors.load(file), measured["dedup"]["mode"]
    try:
        made, changed = floors.lowered(content.get(mode, {}), results.figures(measured), keys)
    except KeyError as error:
        raise click.UsageError(f"no floor {error} in the {mode} run") from None
    content[mode] = made
    content.setdefault("lowered", []).extend(
        floors.entry(mode, key, change, reason) for key, change in changed.items()
    )
    floors.save(content, file)
    click.echo(f"{len(changed)} floors lowered ({mode})")


if __name__ == "__main__":
    main()
