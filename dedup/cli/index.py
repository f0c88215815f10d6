"""``dedup index``: what was seen, kept in a file or on a Redis server."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import click

from dedup.cli.inputs import Failures, say
from dedup.config import DEFAULTS, Content, KeySettings, Settings
from dedup.corpus.io.documents import Document, Documents, id_of_text
from dedup.near.index import Index

_ASKED = 256  # documents asked for at once


def text_options(command: Any) -> Any:
    """What the fields of a record are called."""
    for name in ("id", "text"):
        command = click.option(
            f"--{name}-key", default=name, show_default=True, help=f"Field of the {name} in JSONL."
        )(command)
    return command


def raw_option(command: Any) -> Any:
    """Whether pages are cleaned."""
    return click.option(
        "--raw", is_flag=True, help="Take page files as they are, without cleaning them."
    )(command)


def making_options(command: Any) -> Any:
    """What an index is made with; one that is there keeps its own."""
    command = click.option(
        "--content",
        type=click.Choice([content.value for content in Content]),
        help="What matches are verified by, in a new index.  [default: sketch]",
    )(command)
    return click.option(
        "--threshold",
        type=click.FloatRange(0, 1, min_open=True),
        help="Jaccard similarity of near-duplicates, in a new index.  [default: 0.8]",
    )(command)


def settings_of(content: str | None, threshold: float | None) -> Settings | None:
    """The settings asked for; None where none are, so that an index keeps its own."""
    if content is None and threshold is None:
        return None
    near = DEFAULTS.near if threshold is None else replace(DEFAULTS.near, threshold=threshold)
    index = DEFAULTS.index if content is None else replace(DEFAULTS.index, content=Content(content))
    return replace(DEFAULTS, near=near, index=index)


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def age_of(
    ctx: click.Context | None, param: click.Parameter | None, value: str | None
) -> timedelta | None:
    """How long an age is: a number and s, m, h, d or w.

    >>> age_of(None, None, "90d").days
    90
    """
    if value is None:
        return None
    number, unit = value[:-1], value[-1:]
    if not number.isdecimal() or unit not in _SECONDS:
        raise click.BadParameter(f"{value!r}: give a number and s, m, h, d or w, such as 90d")
    try:
        return timedelta(seconds=int(number) * _SECONDS[unit])
    except OverflowError:
        raise click.BadParameter(f"{value!r} is longer than time is told: give fewer") from None


def forget_older(index: Index, age: timedelta) -> int:
    """Remove the documents that were added so long ago and longer; their number."""
    try:
        before = datetime.now(UTC) - age
    except OverflowError:  # before the year 1
        return 0
    return index.forget(before)


@click.group("index")
def command() -> None:
    """Keep and ask an index of what was seen.

    INDEX is a file, or redis://host:port/db.
    """


@command.command("add")
@click.argument("index")
@click.argument("files", nargs=-1, required=True)
@text_options
@raw_option
@making_options
def add(
    index: str,
    files: tuple[str, ...],
    id_key: str,
    text_key: str,
    raw: bool,
    content: str | None,
    threshold: float | None,
) -> None:
    """Add the documents of FILES to INDEX, which is made if it is not there.

    JSON lines (.jsonl, .ndjson, .json, also compressed), or - for standard input, hold a document
    per line; any other file is one, a page that is cleaned. Ids that are there are replaced.
    """
    failures = Failures()
    keys = KeySettings(id=id_key, text=text_key)
    documents = Documents(files, keys, id_of_text, failures.add, raw)
    with Index(index, settings_of(content, threshold)) as opened:
        stored = opened.add_many((record.id, record.text) for record in documents)
        say(f"{stored} added, {documents.read - stored} there already")
    failures.exit()


@command.command("query")
@click.argument("index")
@click.argument("files", nargs=-1, required=True)
@text_options
@raw_option
@click.option("--limit", default=100, show_default=True, help="Matches of a document.")
def query(
    index: str, files: tuple[str, ...], id_key: str, text_key: str, raw: bool, limit: int
) -> None:
    """Print what INDEX holds of the documents of FILES: a line of JSON per match, best first."""
    failures = Failures()
    keys = KeySettings(id=id_key, text=text_key)
    documents = Documents(files, keys, id_of_text, failures.add, raw)
    with Index(index, create=False) as opened:
        for batch in _batches(iter(documents)):
            found = opened.query_many([record.text for record in batch], limit)
            for record, matches in zip(batch, found, strict=True):
                for match in matches:
                    click.echo(json.dumps(told(replace(match, a=record.id))))
    failures.exit()


@command.command("remove")
@click.argument("index")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def remove(index: str, ids: tuple[str, ...]) -> None:
    """Remove documents from INDEX. Exit code 1 if one was not there."""
    with Index(index, create=False) as opened:
        missing = [name for name in ids if not opened.remove(name)]
    for name in missing:
        click.echo(f"dedup: {name}: not in {index}", err=True)
    sys.exit(1 if missing else 0)


@command.command("stats")
@click.argument("index")
def stats(index: str) -> None:
    """Print how much INDEX holds, as JSON."""
    with Index(index, create=False) as opened:
        report = asdict(opened.stats())
        del report["hot_bands"], report["hot_samples"]  # nothing was asked for
        report["crawls"] = opened.crawls()
        report["settings"] = {
            "text": asdict(opened.settings.text),
            "near": asdict(opened.settings.near),
        }
    click.echo(json.dumps(report, indent=2))


@command.command("commit")
@click.argument("index")
@click.argument("crawl")
def commit(index: str, crawl: str) -> None:
    """Keep what CRAWL has added to INDEX, and close it."""
    with Index(index, create=False) as opened:
        say(f"{opened.commit(crawl)} added by {crawl}")


@command.command("cancel")
@click.argument("index")
@click.argument("crawl")
def cancel(index: str, crawl: str) -> None:
    """Remove what CRAWL has added to INDEX, and close it."""
    with Index(index, create=False) as opened:
        say(f"{opened.cancel(crawl)} removed")


@command.command("forget")
@click.argument("index")
@click.argument("age", callback=age_of)
def forget(index: str, age: timedelta) -> None:
    """Remove the documents that were added to INDEX longer than AGE ago, such as 90d."""
    with Index(index, create=False) as opened:
        say(f"{forget_older(opened, age)} removed")


@command.command("merge")
@click.argument("index")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
def merge(index: str, others: tuple[str, ...]) -> None:
    """Add all documents of OTHER indexes to INDEX; ids that are there stay as they are."""
    first = Index(others[0], create=False)
    with Index(index, first.settings) as opened, first:
        say(f"{opened.merge(first)} from {others[0]}")
        for name in others[1:]:
            with Index(name, create=False) as other:
                say(f"{opened.merge(other)} from {name}")


@command.command("compact")
@click.argument("index")
def compact(index: str) -> None:
    """Bring INDEX into its shortest and quickest form."""
    with Index(index, create=False) as opened:
        before = opened.stats().bytes
        opened.compact()
        say(f"{before:,} -> {opened.stats().bytes:,} bytes")


def told(match: Any) -> dict[str, Any]:
    """A match as it is printed."""
    fields = asdict(match)
    del fields["passages"]
    return fields


def _batches(records: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(records, _ASKED)):
        yield batch
