"""``dedup run``: from a crawl to a corpus."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Any

import click

from dedup.cli.inputs import is_quiet
from dedup.config import (
    DEFAULTS,
    Clean,
    Contained,
    Format,
    Level,
    Mode,
    Output,
    Settings,
)
from dedup.corpus.preview import preview
from dedup.corpus.run import run
from dedup.corpus.runtime.progress import Progress, Report, silent
from dedup.corpus.settings_toml import with_words
from dedup.errors import RunError
from dedup.report.report import write_report
from dedup.values import with_values

_KEYS = ("text", "html", "id", "url", "date", "priority", "metadata", "source")


def _choice(kind: type[StrEnum]) -> click.Choice[str]:
    """The values of a setting."""
    return click.Choice([choice.value for choice in kind])


def _key_options(command: Any) -> Any:
    for key in reversed(_KEYS):
        help_text = f"What the field '{key}' is called; dotted where it is nested."
        command = click.option(f"--{key}-key", metavar="KEY", help=help_text)(command)
    return command


@click.command("run", context_settings={"show_default": True})
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--out", "-o", required=True, type=click.Path(file_okay=False), help="Directory of the run."
)
@click.option("--mode", type=_choice(Mode), help="What to write.  [default: filter]")
@click.option(
    "--config", type=click.Path(dir_okay=False), help="Settings as TOML, a table per stage."
)
@click.option(
    "--set",
    "words",
    multiple=True,
    metavar="STAGE.NAME=VALUE",
    help="Any setting; may be repeated.",
)
@click.option(
    "--against",
    multiple=True,
    metavar="REF",
    help="Leave out what this corpus holds (files, or the directory of a run with --mode "
    "reference); may be repeated.",
)
@click.option("--level", type=_choice(Level), help="Also drop repeated paragraphs or passages.")
@click.option("--clean", type=_choice(Clean), help="Which records to clean.")
@click.option("--threshold", type=float, help="Jaccard similarity of near-duplicates.")
@click.option(
    "--containment", type=float, help="Share of a text from which it counts as contained."
)
@click.option("--keep", help="Which one to keep: longest, first, earliest, priority or cleanest.")
@click.option("--contained", type=_choice(Contained), help="Documents that lie in others.")
@click.option(
    "--below",
    type=(click.FloatRange(0, 1), click.Path(dir_okay=False)),
    metavar="CONFIDENCE PATH",
    help="Set pages of a lower confidence apart in PATH: .jsonl (.gz, .zst) or .parquet.",
)
@click.option("--report", is_flag=True, help="Also write report.html: see dedup report.")
@click.option("--removed", is_flag=True, help="Also write what was removed, with the reasons.")
@click.option("--blocks", is_flag=True, help="Keep the blocks of pages, with their reasons.")
@click.option("--output-format", type=_choice(Output), help="As the first input by default.")
@click.option(
    "--input-format",
    type=_choice(Format),
    help="Where names do not tell.",
)
@_key_options
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, help="Worker processes.")
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", help="What runs the stages."
)
@click.option(
    "--master", metavar="URL", help="Cluster of --engine spark: spark://..., local[N], sc://..."
)
@click.option("--resume", is_flag=True, help="Resume the run begun in --out.")
@click.option("--rank", type=click.IntRange(0), default=0, help="Number of this job of an array.")
@click.option(
    "--world-size", type=click.IntRange(1), default=1, help="Jobs in the array; they only clean."
)
@click.option("--merge", is_flag=True, help="Do the rest after all jobs of the array.")
@click.option("--dry-run", is_flag=True, help="Print the plan and the first records, and stop.")
@click.option(
    "--log-format", type=click.Choice(["auto", "json"]), default="auto", help="Progress on stderr."
)
@click.pass_context
def command(ctx: click.Context, /, inputs: tuple[str, ...], out: str, **options: Any) -> None:
    """Turn pages or documents into a clean, unique corpus.

    INPUT is a file of JSON lines (.jsonl, .ndjson, .json), Parquet, WARC or WET, a page (.html,
    .htm, .xhtml, .shtml, .txt, .text, .md, .markdown), each also compressed (.gz, .zst) but
    Parquet; a directory, a glob, or - for JSON lines on standard input. The corpus lies in
    OUT/corpus.*, beside summary.json and rejected.jsonl. Pages over 50 MB are set aside
    (page.max_bytes). Exit code 1: some records were set aside, or the run cannot go on for now.
    """
    settings = _settings(options)
    if options["dry_run"]:
        click.echo(preview(inputs, options["against"], settings))
        if options["engine"] == "spark":
            from dedup.spark.costs import costs_of_inputs

            click.echo(costs_of_inputs([*inputs, *options["against"]], settings))
        return
    try:
        with _stoppable():
            summary = _run(inputs, out, settings, options)
    except RunError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(1)
    except KeyboardInterrupt as stop:
        click.echo(f"\ndedup: interrupted: resume with --out {out} --resume", err=True)
        ctx.exit(128 + (stop.args[0] if stop.args else signal.SIGINT))
    if options["log_format"] == "json":
        click.echo(json.dumps({"event": "summary", **summary}), err=True)
    elif not is_quiet():
        click.echo(render(summary, Path(out)), err=True)
    if options["report"] and "kept" in summary:  # neither a share of the records nor a reference
        path = write_report(out)
        if options["log_format"] == "json":
            click.echo(json.dumps({"event": "report", "path": str(path)}), err=True)
        elif not is_quiet():
            click.echo(f"report: {path}", err=True)
    ctx.exit(1 if summary.get("rejected") else 0)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does: without workers or temporary files left behind."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(
    inputs: tuple[str, ...], out: str, settings: Settings, options: dict[str, Any]
) -> dict[str, Any]:
    """The summary of the run, on the engine that was asked for."""
    resume = options["resume"] or options["merge"]
    report = _report(options["log_format"])
    share = options["rank"], options["world_size"]
    if options["engine"] == "local":
        if options["master"]:
            raise click.UsageError("--master is for --engine spark")
        return run(
            inputs, out, settings, against=options["against"], jobs=options["jobs"],
            resume=resume, share=share, report=report,
        )  # fmt: skip
    if share != (0, 1):
        raise click.UsageError("--rank and --world-size are for --engine local")
    from dedup.spark.run import run as run_on_spark

    return run_on_spark(
        inputs, out, settings, against=options["against"], master=options["master"],
        resume=resume, report=report,
    )  # fmt: skip


def _settings(options: dict[str, Any]) -> Settings:
    """Defaults, then the file, then the options, then the words of --set."""
    settings = Settings.from_toml(options["config"]) if options["config"] else DEFAULTS
    corpus = ("mode", "level", "clean", "contained")
    given: dict[str, dict[str, Any]] = {
        "corpus": {name: options[name] for name in corpus},
        "near": {name: options[name] for name in ("threshold", "containment", "keep")},
        "keys": {key: options[f"{key}_key"] for key in _KEYS},
    }
    given["corpus"]["output"] = options["output_format"]
    given["corpus"]["input"] = options["input_format"]
    given["corpus"]["removed"] = options["removed"] or None
    given["corpus"]["blocks"] = options["blocks"] or None
    if options["below"]:
        below, path = options["below"]
        given["corpus"] |= {"below": below, "below_path": str(Path(path).absolute())}
    chosen = {
        stage: {name: value for name, value in values.items() if value is not None}
        for stage, values in given.items()
    }
    return with_words(with_values(settings, chosen), options["words"])


def _report(log_format: str) -> Report:
    if log_format == "json":
        return _json_line
    return _Bar() if sys.stderr.isatty() and not is_quiet() else silent


def _json_line(progress: Progress) -> None:
    fields = {
        "event": "stage ended" if progress.ended else "progress",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "stage": progress.stage,
        progress.unit: progress.done,
        "seconds": round(progress.seconds, 3),
        "rate": round(progress.rate, 1),
        "remaining": progress.remaining,
    }
    click.echo(json.dumps(fields), err=True)


class _Bar:
    """One bar per stage, on a terminal."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: Any = None

    def __call__(self, progress: Progress) -> None:
        from tqdm import tqdm

        if progress.stage != self._stage:
            self._stage = progress.stage
            self._bar = tqdm(desc=progress.stage, unit=f" {progress.unit}", file=sys.stderr)
        self._bar.total = progress.total
        self._bar.update(progress.done - self._bar.n)
        if progress.ended:
            self._bar.close()


def render(summary: dict[str, Any], out: Path) -> str:
    """The summary as a table for people.

    >>> print(render({"rank": 0, "world_size": 2, "parts": 3}, Path("o")))
    rank 0 of 2 has cleaned its share; when all have: dedup run ... --out o --merge
    """
    if "rank" in summary:
        rank, size = summary["rank"], summary["world_size"]
        then = f"when all have: dedup run ... --out {out} --merge"
        return f"rank {rank} of {size} has cleaned its share; {then}"
    if "reference" in summary:
        return f"{summary['records']:,} records saved in {out}: dedup run ... --against {out}"
    lines = [f"{summary['records']:>12,}  records", f"{summary['kept']:>12,}  kept"]
    lines += [f"{count:>12,}  removed: {name}" for name, count in summary["removed"].items()]
    lines += [f"{n:>12,}  set aside: {name}" for name, n in summary["rejected_by_reason"].items()]
    lines += [f"{count:>12,}  skipped: {name}" for name, count in summary["skipped"].items()]
    lines += [f"{count:>12,}  blocks: {name}" for name, count in summary["blocks"].items()]
    lines.append(f"{summary['template_blocks']:>12,}  blocks of templates")
    for name in ("repeated_paragraphs", "repeated_passages"):
        if summary[name]:
            lines.append(f"{summary[name]:>12,}  {name.replace('_', ' ')}")
    lines.append(f"{summary['bytes_in']:>12,}  bytes in")
    lines.append(f"{summary['text_bytes_out']:>12,}  bytes of text out")
    for stage, figures in summary["time"].items():
        lines.append(
            f"{figures['seconds']:>11,.1f}s  {stage} ({figures['cpu_seconds']:,.1f} s CPU)"
        )
    if "records_per_second" in summary:
        lines.append(f"{summary['records_per_second']:>12,.1f}  records a second")
    lines += [f"Warning: {warning}" for warning in summary["warnings"]]
    return "\n".join([*lines, f"in {out}: {', '.join(summary['files'])}"])
