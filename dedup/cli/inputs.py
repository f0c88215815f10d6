"""What the commands share: which inputs they were given, and how failures are told."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from dedup.config import DEFAULTS, Format
from dedup.corpus.io.formats import PAGE_SUFFIXES, format_of, walk
from dedup.corpus.io.streams import read_file


@dataclass(slots=True)
class Failures:
    """Inputs that could not be read: each is named on stderr, the others are done."""

    count: int = field(default=0)

    def add(self, name: str, error: Exception) -> None:
        """Name one input and what was wrong with it."""
        self.count += 1
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        click.echo(f"dedup: {name}: {reason}", err=True)

    def exit(self) -> None:
        """End with code 1 if anything failed."""
        if self.count:
            sys.exit(1)


def expand(names: Sequence[str]) -> list[str]:
    """The files that are meant: ``-`` for stdin, directories with all the pages below them."""
    if not names:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("name a file or a directory, or - for standard input")
        return ["-"]
    return [path for name in names for path in _below(name)]


def _below(name: str) -> Iterator[str]:
    if name == "-" or not Path(name).is_dir():
        yield name
        return
    skipped = 0
    for file in walk(name):
        if format_of(file) is Format.FILES:
            yield file
        else:
            skipped += 1
    if skipped:
        click.echo(
            f"dedup: {name}: {skipped} files passed over that do not end in "
            + " ".join(PAGE_SUFFIXES),
            err=True,
        )


def read(name: str) -> bytes:
    """The bytes of a file, decompressed if it is compressed, or of standard input.

    Raises:
        OSError, InputError: if it cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    with Path(name).open("rb") as file:
        return read_file(file, DEFAULTS.corpus.record_bytes)


def shown_name(name: str) -> str:
    """How an input is called in what is printed."""
    return "standard input" if name == "-" else name
