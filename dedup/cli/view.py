"""``dedup view``: the blocks of a page, coloured by label, as HTML."""

from pathlib import Path
from typing import Any

import click

from dedup.cli.inputs import favor_option, read, shown_name
from dedup.model import SourceKind
from dedup.page.given import clean
from dedup.report.view import view


@click.command("view")
@click.argument("page", metavar="FILE|-")
@click.option(
    "--out",
    "-o",
    type=click.Path(dir_okay=False),
    help="Write to a file.  [default: standard output]",
)
@click.option("--url", help="Where the page came from.")
@click.option("--encoding", help="The encoding of the bytes, where it is known.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    help="What the input is; told from the data if not given.",
)
@favor_option
@click.option(
    "--rules",
    type=click.File(encoding="utf-8", errors="replace"),
    help="CSS selectors to keep, drop or label on the pages of single sites (TOML); needs --url.",
)
def command(page: str, out: str | None, **options: Any) -> None:
    """Show the blocks of a page as HTML: coloured by label, with score, reason and elements.

    For people who write rules or wonder why something was left out: dedup view page.html -o
    view.html. The file loads nothing.
    """
    if options["rules"] is not None and options["url"] is None:
        raise click.UsageError("--rules are for the pages of a site: say which with --url")
    rules = options.pop("rules")
    try:
        data = read(page)
    except OSError as error:
        raise click.UsageError(f"cannot read {page}: {error.strerror}") from error
    cleaned = clean(data, rules=None if rules is None else rules.read(), **options)
    made = view(cleaned, shown_name(page))
    if out is None:
        click.echo(made, nl=False)
        return
    try:
        Path(out).write_text(made, "utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {out}: {error.strerror}") from error
