"""One command for all measurements; see `docs/benchmarks.md`.

python -m benchmarks                             the quick run of all suites, as `make gate`
python -m benchmarks extraction --set daniel_zh  one suite on one set
python -m benchmarks --full --json RESULT.json --report docs
python -m benchmarks mutations --pages 1000000   mutated pages through `clean` and `run`
python -m benchmarks gate RESULT.json            hold a run against floors.toml
python -m benchmarks raise RESULT.json           move floors up
python -m benchmarks lower RESULT.json --floor KEY --reason TEXT
"""

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks import gate as floors
from benchmarks import result as results
from benchmarks.folders import UnknownLayoutError, read_folder
from benchmarks.outcome import Options, Outcome
from benchmarks.pages import LABELLED, SETS
from benchmarks.suites import SUITES, load

ROUNDS = {True: 3, False: 5}  # of each timing in the quick and the full run
_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Group(click.Group):
    """Runs suites where no other command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the default command in front."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Group)
def main() -> None:
    """Measure quality, speed and memory, beside the peers that are installed."""


@main.command("run")
@click.argument("suites", metavar="[SUITE]...", type=click.Choice(SUITES), nargs=-1)
@click.option("--quick/--full", default=True, help="Small samples (default), or large ones.")
@click.option(
    "--set", "chosen", multiple=True, type=click.Choice(SETS + LABELLED),
    help="Only this development set; repeatable.",
)  # fmt: skip
@click.option(
    "--peers/--no-peers", default=None, help="The quality of peers too (default: --full)."
)
@click.option("--data", multiple=True, type=_FOLDER, help="Pages or texts of your own; repeatable.")
@click.option("--rounds", type=click.IntRange(1), help="Interleaved rounds of each timing.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default=True,
              help="Processes that share the pages where quality is measured.")  # fmt: skip
@click.option("--million", is_flag=True, help="The suites scale and index grow to a million texts.")
@click.option("--json", "path", type=_FILE, help="Write the run, as pytest-benchmark does.")
@click.option("--report", type=_FOLDER, help="Write benchmarks.md and its plots into this folder.")
def run_command(
    suites: tuple[str, ...], data: tuple[Path, ...], path: Path | None, report: Path | None,
    **asked: Any,
) -> None:  # fmt: skip
    """Run suites (all, if none is named): extraction, speed, near ..."""
    with tempfile.TemporaryDirectory() as scratch:
        options = Options(
            quick=asked["quick"],
            rounds=asked["rounds"] or ROUNDS[asked["quick"]],
            scratch=Path(scratch),
            chosen=asked["chosen"],
            peers=not asked["quick"] if asked["peers"] is None else asked["peers"],
            jobs=asked["jobs"],
            million=asked["million"],
        )
        measured = run(suites, with_data(options, data))
    click.echo(summary(measured))
    if path:
        results.write(measured, path)
    if report:
        write_report(measured, report)


def with_data(options: Options, folders: tuple[Path, ...]) -> Options:
    """The options with the pages and texts of the user's own."""
    sets, texts = dict(options.sets), dict(options.texts)
    for folder in folders:
        try:
            found = read_folder(folder)
        except UnknownLayoutError as error:
            click.echo(f"{error}; the rest runs", err=True)
            continue
        sets |= found.sets
        texts |= found.texts
    return replace(options, sets=sets, texts=texts)


def run(suites: tuple[str, ...], options: Options) -> dict[str, Any]:
    """Run suites, one after the other."""
    outcomes: list[Outcome] = []
    for suite in suites or SUITES:
        before = sum(os.times()[:4])
        outcomes.append(load(suite)(options))
        spent = sum(os.times()[:4]) - before
        click.echo(f"{suite}: {spent:.0f} s CPU, its processes included", err=True)
    return results.as_json(outcomes, "quick" if options.quick else "full")


def summary(measured: dict[str, Any]) -> str:
    """The tables as text, and what is missing."""
    from benchmarks.report import tables

    lines = []
    for suite, table in tables(measured):
        lines += ["", f"{suite}: {table.name}", *table.aligned()]
    missing = measured["dedup"]["missing"]
    lines += ["", *(f"missing: {what}: {why}" for what, why in missing.items())]
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


@main.command("mutations")
@click.option("--pages", type=click.IntRange(0), default=10_000, show_default=True)
@click.option("--run-pages", type=click.IntRange(0), default=1_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count())
@click.option("--seconds", type=float, default=1e9, help="Time for the pages through `clean`.")
def mutations_command(pages: int, run_pages: int, seed: int, jobs: int, seconds: float) -> None:
    """Mutated pages through `clean` and `run`; exit code 1 if anything went wrong."""
    from benchmarks import mutations

    told: dict[str, Any] = {}
    if pages:
        told["clean"] = mutations.through_clean(pages, seed, jobs, seconds)
    if run_pages:
        with tempfile.TemporaryDirectory() as scratch:
            told["run"] = mutations.through_run(run_pages, seed, Path(scratch))
    click.echo(json.dumps(told, indent=2))
    sys.exit(any(part["wrong"] for part in told.values()))


@main.command("report")
@click.argument("paths", metavar="RESULT...", type=_EXISTING, nargs=-1, required=True)
@click.argument("folder", type=_FOLDER)
def report_command(paths: tuple[Path, ...], folder: Path) -> None:
    """Write the report of a run kept as JSON, or of several that hold different suites."""
    write_report(results.merged([results.read(path) for path in paths]), folder)


@main.command("gate")
@click.argument("path", metavar="RESULT", type=_EXISTING)
@click.option("--floors", "file", type=_EXISTING, default=floors.FLOORS, help="The floors.")
def gate_command(path: Path, file: Path) -> None:
    """Hold a run against the floors; exit code 1 and a line for each that has fallen."""
    measured = results.read(path)
    held, _ = floors.load(file)
    told = measured["dedup"]
    verdict = floors.judge(results.figures(measured), held, told["missing"], told["suites"])
    for why in sorted(set(verdict.unmeasured.values())):
        count = sum(reason == why for reason in verdict.unmeasured.values())
        click.echo(f"not measured: {count} floors: {why}")
    for key in verdict.fresh:
        click.echo(f"no floor yet: {key}")
    for key, wrong in verdict.fallen.items():
        click.echo(f"FALLEN: {key}: {wrong}")
    click.echo(
        f"gate: {verdict.held} floors held, {len(verdict.fallen)} fallen, "
        f"{len(verdict.unmeasured)} not measured, {len(verdict.fresh)} figures without a floor"
    )
    sys.exit(1 if verdict.fallen else 0)


@main.command("raise")
@click.argument("path", metavar="RESULT", type=_EXISTING)
@click.option("--floors", "file", type=_FILE, default=floors.FLOORS, help="The floors.")
def raise_command(path: Path, file: Path) -> None:
    """Move the floors up to what a run reached; none is lowered."""
    before, reasons = floors.load(file)
    made = floors.raised(before, results.figures(results.read(path)))
    floors.save(made, reasons, file)
    moved = sum(made[key] != old for key, old in before.items())
    click.echo(f"{moved} floors raised, {len(made) - len(before)} new")


@main.command("lower")
@click.argument("path", metavar="RESULT", type=_EXISTING)
@click.option("--floor", "keys", multiple=True, required=True, help="A floor by its key.")
@click.option("--reason", required=True, help="Why; is written into the file.")
@click.option("--floors", "file", type=_EXISTING, default=floors.FLOORS, help="The floors.")
def lower_command(path: Path, keys: tuple[str, ...], reason: str, file: Path) -> None:
    """Set named floors from what a run reached, and write down why."""
    if not reason.strip():
        raise click.UsageError("--reason is empty: say why the floor may be lowered")
    before, reasons = floors.load(file)
    try:
        made, changed = floors.lowered(before, results.figures(results.read(path)), keys)
    except KeyError as error:
        raise click.UsageError(f"no floor {error}") from None
    entries = [floors.entry(key, change, reason) for key, change in changed.items()]
    floors.save(made, [*reasons, *entries], file)
    click.echo(f"{len(changed)} floors lowered")


if __name__ == "__main__":
    main()
