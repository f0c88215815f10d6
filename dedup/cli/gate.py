"""``dedup gate``: a filter that lets new records pass, and remembers them."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from types import FrameType, TracebackType
from typing import IO, Any, Self

import click

from dedup.cli.gate_warc import pass_warc
from dedup.cli.index import (
    age_of,
    forget_older,
    making_options,
    settings_of,
    text_options,
    told,
)
from dedup.cli.inputs import Failures, say
from dedup.cli.printing import pass_bytes
from dedup.config import KeySettings
from dedup.corpus.io.documents import Document, Documents, id_of_text
from dedup.model import Seen
from dedup.near.index import Index, batches

_READ = 1 << 20  # bytes read at once, if there are so many


@click.command("gate")
@click.option("--index", "path", required=True, help="File or redis:// of what was seen.")
@click.option("--mark", is_flag=True, help="Pass seen records too, with the match under 'seen'.")
@click.option(
    "--removed",
    type=click.File("wb", lazy=False),
    help="Write seen records here, each with the match under 'seen'.",
)
@click.option("--warc", is_flag=True, help="Read and write WARC instead of JSON lines.")
@click.option("--crawl", help="What is added belongs to this crawl, which `dedup index` ends.")
@click.option(
    "--forget-after",
    "age",
    callback=age_of,
    metavar="AGE",
    help="Forget what was seen longer ago, such as 90d.",
)
@text_options
@making_options
def command(
    path: str,
    mark: bool,
    removed: IO[bytes] | None,
    warc: bool,
    crawl: str | None,
    age: timedelta | None,
    **options: Any,
) -> None:
    """Pass new records from standard input to standard output, a line of JSON each.

    A record was seen if its text equals one that passed before, in this run or an earlier one, is
    near to it, or is contained in it. New records pass unchanged, in their order, as soon as they
    are stored; one whose id is there with another text takes its place. Records that could not be
    passed on, because the reader is gone or the gate is interrupted, are not remembered. Counts go
    to stderr.

    With --crawl, `dedup index commit INDEX CRAWL` keeps what has passed, `dedup index cancel` lets
    it pass again; a gate on the same crawl continues it. What is older than --forget-after is
    forgotten when the gate starts.

    With --warc, records of WARC pass, compressed one by one; pages are cleaned, and templates of
    their hosts learnt and kept in the index. In place of a page that was seen stands a `revisit`
    record: of the profile for identical payloads, or of urn:dedup:revisit:similar-text, where
    Dedup-Relation, Dedup-Partner and Dedup-Jaccard tell of the match. Other records pass unchanged.
    """
    if warc and (mark or removed is not None):
        raise click.UsageError(
            "--mark and --removed are for JSON lines: with --warc, revisit records"
        )
    failures = Failures()
    keys = KeySettings(id=options["id_key"], text=options["text_key"])
    made = settings_of(options["content"], options["threshold"])
    with Index(path, made) as index, _Stop() as stop:
        if age is not None:
            say(f"{forget_older(index, age)} forgotten")
        if crawl is not None and index.begin(crawl):
            say(f"going on with the crawl {crawl}")
        if warc:
            counts = pass_warc(index, failures, stop)
        else:
            documents = Documents(("-",), keys, id_of_text, failures.add)
            counts = _pass_lines(index, documents, stop, mark, removed)
    say(", ".join(f"{number} {name}" for name, number in counts.items()))
    failures.exit()


def _pass_lines(
    index: Index, documents: Documents, stop: "_Stop", mark: bool, removed: IO[bytes] | None
) -> dict[str, int]:
    """Pass lines of JSON on; how many were what."""
    counts = {"new": 0, "exact": 0, "near": 0, "contains": 0}
    for lines, records in _arriving(documents):
        stop.hold()
        verdicts = index.admit_many((record.id, record.text) for record in records)
        try:
            stop.let()
            _pass_on(lines, records, verdicts, mark, removed)
        except BaseException as error:  # nobody took them: they were not seen
            stop.hold()
            index.remove_many(
                record.id for record, seen in zip(records, verdicts, strict=True) if seen is None
            )
            if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                raise click.ClickException(f"records cannot be passed on: {error}") from error
            raise
        for seen in verdicts:
            counts["new" if seen is None else seen.kind.value] += 1
    return counts


class _Stop:
    """SIGINT and SIGTERM end the gate, but not between storing records and passing them on."""

    def __enter__(self) -> Self:
        self._held, self._came = False, 0
        self._before = {
            number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, number: int, frame: FrameType | None) -> None:
        first, self._came = not self._came, number
        if first and not self._held:
            sys.exit(128 + number)

    def hold(self) -> None:
        """From here on signals wait."""
        self._held = True

    def let(self) -> None:
        """Signals that waited take effect, and those that come."""
        self._held = False
        if self._came:
            sys.exit(128 + self._came)


def _pass_on(
    lines: list[bytes],
    records: list[Document],
    verdicts: list[Seen | None],
    mark: bool,
    removed: IO[bytes] | None,
) -> None:
    """Write new records, and seen ones as asked for."""
    passed, dropped = [], []
    for line, record, seen in zip(lines, records, verdicts, strict=True):
        if seen is None:
            passed.append(line)
            continue
        dropped.append(_marked(record, seen))
        if mark:
            passed.append(dropped[-1])
    if removed is not None:
        removed.write(b"".join(dropped))
        removed.flush()
    pass_bytes(b"".join(passed))


def _arriving(documents: Documents) -> Iterator[tuple[list[bytes], list[Document]]]:
    """Lines and their records, as many as are there at a time and are stored at once."""
    source, begun, row = sys.stdin.buffer.fileno(), [], 0
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
            record = documents.parse(line, "-", row)
            row += 1
            if record is not None:
                taken.append(line + b"\n")
                records.append(record)
        at = 0
        for batch in batches((record.id, record.text) for record in records):
            end = at + len(batch)
            yield taken[at:end], records[at:end]
            at = end
        if not data:
            return


def _marked(record: Document, seen: Seen) -> bytes:
    match = told(seen)
    del match["a"]
    marked = json.dumps({**record.fields, "seen": match}, ensure_ascii=False)
    return marked.encode(errors="backslashreplace") + b"\n"  # lone surrogates as JSON writes them
