"""``dedup clean``: pages to text, with a reason for every block that is left out."""

import sys
from collections.abc import Sequence
from typing import Any

import click

import dedup
from dedup.cli.inputs import Failures, expand, read, shown_name
from dedup.config import DEFAULTS, Favor, PageSettings, Settings
from dedup.model import Label, Page, SourceKind
from dedup.page.classify.site_rules import rules_of_toml
from dedup.page.export import to_html
from dedup.page.source.decode import decode

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
    help="jsonl: a record per page with its blocks; html: the page's markup, boilerplate removed.",
)
@click.option("--labels", is_flag=True, help="Show every block with label, score and reason.")
@click.option("--url", help="Where the page came from.")
@click.option("--encoding", help="The encoding of the bytes, where it is known.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    help="What the input is; told from the data if not given.",
)
@click.option("--keep", multiple=True, type=_LABELS, help="Also keep blocks of this label.")
@click.option("--drop", multiple=True, type=_LABELS, help="Leave out blocks of this label.")
@click.option(
    "--favor",
    type=click.Choice([favor.value for favor in Favor]),
    default=DEFAULTS.page.favor.value,
    show_default=True,
    help="precision: only what is surely text; recall: also what may be.",
)
@click.option(
    "--rules",
    type=click.File(encoding="utf-8", errors="replace"),
    help="CSS selectors to keep, drop or label on the pages of single sites (TOML); needs --url.",
)
def command(files: Sequence[str], **options: Any) -> None:
    """Clean pages: HTML, plain text or Markdown in, the text that belongs out.

    Several files, or the pages of a directory, are cleaned in one process; they may be compressed
    (.gz, .zst). Exit code 1 if some input could not be read; it is named on stderr, and the others
    are done.
    """
    settings = _settings(options)
    names = expand(files)
    failures = Failures()
    # A page is printed as soon as it is clean: the bar is for output that goes elsewhere.
    hidden = len(names) < 2 or not sys.stderr.isatty() or sys.stdout.isatty()
    with click.progressbar(names, label="cleaning", file=sys.stderr, hidden=hidden) as bar:
        for name in bar:
            try:
                shown = _cleaned(read(name), settings, options)
            except Exception as error:  # whatever one page does, the others are done
                failures.add(shown_name(name), error)
                continue
            if len(names) > 1 and options["form"] != "jsonl":
                click.secho(f"==> {shown_name(name)} <==", bold=True)
            click.echo(shown)
    failures.exit()


def _settings(options: dict[str, Any]) -> Settings:
    if options["rules"] is not None and options["url"] is None:
        raise click.UsageError("--rules are for the pages of a site: say which with --url")
    keep, drop = (map(Label, options[name]) for name in ("keep", "drop"))
    include = DEFAULTS.page.include.union(keep).difference(drop)
    rules = rules_of_toml(options["rules"].read()) if options["rules"] is not None else ()
    return Settings(page=PageSettings(include=include, favor=options["favor"], rules=rules))


def _cleaned(data: bytes, settings: Settings, options: dict[str, Any]) -> str:
    """One page in the form that was asked for."""
    page = dedup.clean(
        data,
        url=options["url"],
        kind=options["kind"],
        encoding=options["encoding"],
        settings=settings,
    )
    form = options["form"]
    if form == "jsonl":
        return page.to_json()
    if options["labels"]:
        return "\n".join(_block_lines(page))
    if form == "markdown":
        return page.to_markdown()
    if form == "html":
        return to_html(decode(data, options["encoding"]).text, page)
    return page.text


def _block_lines(page: Page) -> list[str]:
    """The page's type and confidence, and per block: kept or not, label, score, text, reason."""
    kind = f"{page.type.value} ({page.type_probability:.2f})"
    lines = [f"  {kind}, confidence {page.confidence:.2f}"]
    for block in page.blocks:
        text = " ".join(block.text.split())
        text = text if len(text) <= 48 else text[:47] + "…"
        label = click.style(f"{block.label.value:8}", fg=_COLOURS[block.kept])
        mark = "+" if block.kept else "-"
        lines.append(f"{mark} {label} {block.score:.2f}  {text}  ({block.reason})")
    return lines
