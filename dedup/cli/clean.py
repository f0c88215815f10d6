"""``dedup clean``: pages to text, with a reason for every block that is left out."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from dedup.cli.inputs import Failures, expand, favor_option, is_quiet, read, shown_name
from dedup.config import DEFAULTS, Format, KeySettings, PageSettings, Settings
from dedup.corpus.io.formats import format_of
from dedup.model import Label, Page, SourceKind
from dedup.page.classify.site_rules import rules_of_toml
from dedup.page.clean import clean
from dedup.page.export import to_html
from dedup.page.source.decode import decode

_LABELS = click.Choice([label.value for label in Label])
_COLOURS = {True: "green", False: "red"}
_RECORDS = (Format.JSONL, Format.WARC)


@click.command("clean")
@click.argument("files", nargs=-1, metavar="[FILE|DIRECTORY|-]...")
@click.option(
    "--input",
    "input_format",
    type=click.Choice(["page", *(kind.value for kind in _RECORDS)]),
    help="What the inputs hold: a page each, or records of pages (JSON lines, WARC or WET).  "
    "[default: by the name; standard input: page]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "jsonl", "html"]),
    help="jsonl: a record per page with its blocks; html: the page's markup, boilerplate removed."
    "  [default: text; of records: jsonl]",
)
@click.option("--labels", is_flag=True, help="Show every block with label, score and reason.")
@click.option("--blocks", is_flag=True, help="Of records: with every block, under 'blocks'.")
@click.option("--url", help="Where the page came from.")
@click.option("--encoding", help="The encoding of the bytes, where it is known.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    help="What the input is; told from the data if not given.",
)
@click.option("--keep", multiple=True, type=_LABELS, help="Also keep blocks of this label.")
@click.option("--drop", multiple=True, type=_LABELS, help="Leave out blocks of this label.")
@favor_option
@click.option(
    "--rules",
    type=click.File(encoding="utf-8", errors="replace"),
    help="CSS selectors to keep, drop or label on the pages of single sites (TOML); pages need "
    "--url.",
)
@click.option("--html-key", default="html", show_default=True, help="Field of a record's page.")
@click.option("--text-key", default="text", show_default=True, help="Field for its text.")
@click.option("--url-key", default="url", show_default=True, help="Field of where it came from.")
def command(files: Sequence[str], **options: Any) -> None:
    """Clean pages: HTML, plain text or Markdown in, the text that belongs out.

    Several files, or the pages of a directory, are cleaned in one process; they may be compressed
    (.gz, .zst). Of JSON lines and WARC files every record is a page: it comes out as soon as it is
    there, its text, title and confidence in place of the page, all its other fields as they were.
    Exit code 1 if some input could not be read; it is named on stderr, and the others are done.

    \b
      dedup clean page.html
      dedup clean pages/ --format jsonl > pages.jsonl
      fetch | dedup clean --input jsonl | dedup gate --index seen.db | store
    """
    names = expand(files)
    kinds = [_kind_of(name, options["input_format"]) for name in names]
    settings = _settings(options, pages=not all(kind in _RECORDS for kind in kinds))
    failures = Failures()
    # A page is printed as soon as it is clean: the bar is for output that goes elsewhere.
    hidden = len(names) < 2 or is_quiet() or not sys.stderr.isatty() or sys.stdout.isatty()
    rows = list(zip(names, kinds, strict=True))
    with click.progressbar(rows, label="cleaning", file=sys.stderr, hidden=hidden) as bar:
        for name, kind in bar:
            try:
                if kind in _RECORDS:
                    _clean_records(name, kind, settings, options, failures)
                    continue
                shown = _cleaned(name, read(name), settings, options)
            except BrokenPipeError:
                raise
            except Exception as error:  # whatever one page does, the others are done
                failures.add(shown_name(name), error)
                continue
            if len(names) > 1 and options["form"] != "jsonl":
                click.secho(f"==> {shown_name(name)} <==", bold=True)
            click.echo(shown)
    failures.exit()


def _kind_of(name: str, asked: str | None) -> Format:
    """What a file holds, as its name says or as the user does."""
    if asked is not None:
        return Format.FILES if asked == "page" else Format(asked)
    kind = None if name == "-" else format_of(name)
    return kind if kind in _RECORDS else Format.FILES


def _settings(options: dict[str, Any], pages: bool) -> Settings:
    if options["rules"] is not None and options["url"] is None and pages:
        raise click.UsageError("--rules are for the pages of a site: say which with --url")
    keep, drop = (map(Label, options[name]) for name in ("keep", "drop"))
    include = DEFAULTS.page.include.union(keep).difference(drop)
    rules = rules_of_toml(options["rules"].read()) if options["rules"] is not None else ()
    keys = KeySettings(**{key: options[f"{key}_key"] for key in ("html", "text", "url")})
    page = PageSettings(include=include, favor=options["favor"], rules=rules)
    return Settings(page=page, keys=keys)


def _cleaned(name: str, data: bytes, settings: Settings, options: dict[str, Any]) -> str:
    """One page in the form that was asked for."""
    page = clean(
        data,
        url=options["url"],
        kind=options["kind"],
        encoding=options["encoding"],
        settings=settings,
    )
    if options["form"] == "jsonl":
        return _json({"id": name, **page.to_dict()})
    if options["form"] == "html" and not options["labels"]:
        return to_html(decode(data, options["encoding"]).text, page)
    return _shown(page, options)


def _shown(page: Page, options: dict[str, Any]) -> str:
    """A page for people."""
    if options["labels"]:
        return "\n".join(_block_lines(page))
    return page.to_markdown() if options["form"] == "markdown" else page.text


def _json(record: dict[str, Any]) -> str:
    import json

    return json.dumps(record, ensure_ascii=False)


def _clean_records(
    name: str, kind: Format, settings: Settings, options: dict[str, Any], failures: Failures
) -> None:
    """Print the records of a stream, each as soon as it is there."""
    from dedup.corpus.io.writers import plain
    from dedup.corpus.optional import require
    from dedup.corpus.page_records import clean_records, cleaned_record
    from dedup.forms import block_record

    if options["form"] == "html":
        raise click.UsageError("--format html is for pages; records are jsonl, text or markdown")
    orjson = require("orjson")
    with _opened(name) as file:
        for record, page in clean_records(file, shown_name(name), kind, settings, failures.add):
            if options["labels"] or options["form"] in ("text", "markdown"):
                click.secho(f"==> {record.url or record.id} <==", bold=True)
                click.echo(_shown(page, options))
                continue
            fields = cleaned_record(record, page, shown_name(name), settings.keys)
            if options["blocks"]:
                fields["blocks"] = [block_record(block) for block in page.blocks]
            click.echo(orjson.dumps(fields, default=plain))


def _opened(name: str) -> Any:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def _block_lines(page: Page) -> Iterator[str]:
    """The page's type and confidence, and per block: kept or not, label, score, text, reason."""
    yield f"  {page.type.value} ({page.type_probability:.2f}), confidence {page.confidence:.2f}"
    for block in page.blocks:
        text = " ".join(block.text.split())
        text = text if len(text) <= 48 else text[:47] + "…"
        label = click.style(f"{block.label.value:8}", fg=_COLOURS[block.kept])
        mark = "+" if block.kept else "-"
        yield f"{mark} {label} {block.score:.2f}  {text}  ({block.reason})"
