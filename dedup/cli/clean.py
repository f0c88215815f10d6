"""``dedup clean``: pages to text, with a reason for every block that is left out."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from dedup.cli.inputs import Failures, expand, read, shown_name
from dedup.config import DEFAULTS, Favor, Settings
from dedup.errors import DedupError
from dedup.model import Label, Page
from dedup.page.clean import clean
from dedup.page.decode import decode
from dedup.page.render import to_html, to_markdown, to_record
from dedup.page.rules import rules_of_toml

_LABELS = click.Choice([label.value for label in Label])
_COLOURS = {True: "green", False: "red"}


@click.command("clean")
@click.argument("files", nargs=-1, metavar="[FILE|DIRECTORY|-]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "jsonl", "html"]),
    default="text",
    show_default=True,
    help="jsonl: one record a page with its blocks; html: the page's markup, boilerplate removed.",
)
@click.option("--labels", is_flag=True, help="Show every block with label, score and reason.")
@click.option("--url", help="Where the page came from.")
@click.option("--encoding", help="The encoding of the bytes, where it is known.")
@click.option(
    "--kind",
    type=click.Choice(["html", "text", "markdown"]),
    help="What the input is; told from the data if not given.",
)
@click.option(
    "--favor",
    type=click.Choice(["precision", "balanced", "recall"]),
    default=DEFAULTS.page.favor,
    show_default=True,
    help="Which error to avoid: text that does not belong, or text that is missing.",
)
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML with CSS selectors by domain, for sites that no model gets right; needs --url.",
)
@click.option("--keep", multiple=True, type=_LABELS, help="Also keep blocks of this label.")
@click.option("--drop", multiple=True, type=_LABELS, help="Leave out blocks of this label.")
def command(
    files: Sequence[str],
    form: str,
    labels: bool,
    url: str | None,
    encoding: str | None,
    kind: str | None,
    favor: Favor,
    rules: Path | None,
    keep: Sequence[str],
    drop: Sequence[str],
) -> None:
    """Clean pages: HTML, plain text or Markdown in, the text that belongs out.

    Several files, or the pages of a directory, are cleaned in one process. Exit code 1 if some
    input could not be read; it is named on stderr, and the others are done.
    """
    settings = _settings(favor, rules, keep, drop)
    names = expand(files)
    failures = Failures()
    # A page is printed as soon as it is clean: the bar is for output that goes elsewhere.
    hidden = len(names) < 2 or not sys.stderr.isatty() or sys.stdout.isatty()
    with click.progressbar(names, label="cleaning", file=sys.stderr, hidden=hidden) as bar:
        for name in bar:
            try:
                data = read(name)
                page = clean(data, url=url, kind=kind, encoding=encoding, settings=settings)
                shown = _render(page, form, labels, settings, lambda: decode(data, encoding).text)  # noqa: B023
            except (DedupError, OSError) as error:
                failures.add(shown_name(name), error)
                continue
            if len(names) > 1 and form != "jsonl":
                click.secho(f"==> {shown_name(name)} <==", bold=True)
            _write(shown)
    failures.exit()


def _settings(
    favor: Favor, rules: Path | None, keep: Sequence[str], drop: Sequence[str]
) -> Settings:
    include = DEFAULTS.page.include | {Label(k) for k in keep}
    include -= {Label(d) for d in drop}
    page = replace(DEFAULTS.page, include=include, favor=favor)
    if rules is not None:
        try:
            page = replace(page, rules=rules_of_toml(rules.read_text("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"--rules {rules}: {error}") from error
    return replace(DEFAULTS, page=page)


def _render(
    page: Page, form: str, labels: bool, settings: Settings, source: Callable[[], str]
) -> str:
    if form == "jsonl":
        return json.dumps(to_record(page), ensure_ascii=False)
    if labels:
        return "\n".join(_block_lines(page, settings))
    if form == "markdown":
        return to_markdown(page, settings)
    if form == "html":
        return to_html(source(), page, settings)
    return page.text


def _block_lines(page: Page, settings: Settings) -> list[str]:
    """A line a block: kept or not, label, score, the text's beginning, the reason."""
    lines = []
    for block in page.blocks:
        kept = block.label in settings.page.include and block.duplicate_of is None
        text = " ".join(block.text.split())
        text = text if len(text) <= 48 else text[:47] + "…"
        label = click.style(f"{block.label.value:8}", fg=_COLOURS[kept])
        mark = "+" if kept else "-"
        lines.append(f"{mark} {label} {block.score:.2f}  {text}  ({block.reason})")
    return lines


def _write(text: str) -> None:
    """Print as UTF-8 whatever the terminal's locale; lone surrogates become question marks."""
    click.echo(text.encode("utf-8", "replace").decode())
