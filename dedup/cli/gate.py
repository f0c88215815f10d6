"""``dedup gate``: a filter that lets new records pass, and remembers them."""

import json
import os
import sys
from collections.abc import Iterator
from typing import IO

import click

from dedup.cli.documents import Documents, Record
from dedup.cli.index import making_options, settings_of, text_options, told
from dedup.model import Seen
from dedup.near.index import Index

_READ = 1 << 20  # bytes read at once, if there are so many


@click.command("gate")
@click.option("--index", "path", required=True, help="File or redis:// of what was seen.")
@click.option("--mark", is_flag=True, help="Pass seen records too, with the match under 'seen'.")
@click.option(
    "--removed",
    type=click.File("wb"),
    help="Write seen records here, each with the match under 'seen'.",
)
@text_options
@making_options
def command(
    path: str,
    mark: bool,
    removed: IO[bytes] | None,
    id_key: str,
    text_key: str,
    content: str | None,
    threshold: float | None,
) -> None:
    """Pass new records from standard input to standard output, a line of JSON each.

    A record was seen if its text equals one that passed before, in this run or an earlier one, is
    near to it, or is contained in it. New records pass unchanged, in their order, as soon as they
    are stored. Counts go to stderr.
    """
    documents = Documents(("-",), id_key, text_key)
    counts = {"new": 0, "exact": 0, "near": 0, "contains": 0}
    out = sys.stdout.buffer
    with Index(path, settings_of(content, threshold)) as index:
        for lines, records in _arriving(documents):
            verdicts = index.admit_many((record.id, record.text) for record in records)
            for seen in verdicts:
                counts["new" if seen is None else seen.kind.value] += 1
            passed = []
            for line, record, seen in zip(lines, records, verdicts, strict=True):
                if seen is None:
                    passed.append(line)
                    continue
                marked = _marked(record, seen)
                if mark:
                    passed.append(marked)
                if removed is not None:
                    removed.write(marked)
            try:
                out.write(b"".join(passed))
                out.flush()
            except OSError:  # nobody took them: they were not seen
                for record, seen in zip(records, verdicts, strict=True):
                    if seen is None:
                        index.remove(record.id)
                raise
    click.echo(", ".join(f"{number} {name}" for name, number in counts.items()), err=True)
    documents.exit()


def _arriving(documents: Documents) -> Iterator[tuple[list[bytes], list[Record]]]:
    """Lines and their records, as many as are there at a time."""
    source, begun, number = sys.stdin.buffer.fileno(), [], 0
    while True:
        data = os.read(source, _READ)
        if data and b"\n" not in data:
            begun.append(data)
            continue
        *lines, rest = b"".join((*begun, data)).split(b"\n")
        begun = [rest]
        if not data:
            lines.append(rest)
        taken, records = [], []
        for line in lines:
            number += 1
            record = documents.parse(line, f"-:{number}")
            if record is not None:
                taken.append(line + b"\n")
                records.append(record)
        if records:
            yield taken, records
        if not data:
            return


def _marked(record: Record, seen: Seen) -> bytes:
    match = told(seen)
    del match["a"]
    return json.dumps({**record.fields, "seen": match}, ensure_ascii=False).encode() + b"\n"
