"""What the commands share: which inputs they were given, and how failures are told."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

# Files of these endings are taken from a directory; a file that is named is always read.
PAGE_ENDINGS = frozenset({".html", ".htm", ".xhtml", ".shtml", ".txt", ".text", ".md", ".markdown"})


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
    for folder, folders, files in os.walk(name):
        folders.sort()
        for file in sorted(files):
            if Path(file).suffix.lower() in PAGE_ENDINGS:
                yield str(Path(folder, file))
            else:
                skipped += 1
    if skipped:
        click.echo(
            f"dedup: {name}: {skipped} files passed over that do not end in "
            + " ".join(sorted(PAGE_ENDINGS)),
            err=True,
        )


def read(name: str) -> bytes:
    """The bytes of a file, or of standard input."""
    if name == "-":
        return sys.stdin.buffer.read()
    return Path(name).read_bytes()


def shown_name(name: str) -> str:
    """How an input is called in what is printed."""
    return "standard input" if name == "-" else name
