"""What the commands share: which inputs they were given, and how failures are told."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from dedup.config import DEFAULTS, Favor, Format
from dedup.corpus.io.formats import PAGE_SUFFIXES, format_of, walk
from dedup.corpus.io.streams import read_file

favor_option = click.option(
    "--favor",
    type=click.Choice([favor.value for favor in Favor]),
    default=DEFAULTS.page.favor.value,
    show_default=True,
    help="precision: only what is surely text; recall: also what may be.",
)


def is_quiet() -> bool:
    """Whether --quiet was given: then only errors go to stderr."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get("dedup.quiet"))


def say(message: str) -> None:
    """Tell something on stderr that is no error."""
    if not is_quiet():
        click.echo(message, err=True)


def counted(number: int, noun: str) -> str:
    """A number and what it counts.

    >>> counted(1, "file"), counted(1200, "document")
    ('1 file', '1,200 documents')
    """
    return f"{number:,} {noun}" + "s" * (number != 1)


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
    found = [path for name in names for path in _below(name)]
    if not found:
        sys.exit(1)  # each directory was named on stderr
    return found


def _below(name: str) -> Iterator[str]:
    if name == "-" or not Path(name).is_dir():
        yield name
        return
    taken = skipped = 0
    for file in walk(name):
        if format_of(file) is Format.FILES:
            taken += 1
            yield file
        else:
            skipped += 1
    ending = f"that {'does' if skipped == 1 else 'do'} not end in {' '.join(PAGE_SUFFIXES)}"
    if not taken:
        others = f", but {counted(skipped, 'file')} {ending}" if skipped else ""
        click.echo(f"dedup: {name}: no pages in this directory{others}", err=True)
    elif skipped:
        say(f"dedup: {name}: {counted(skipped, 'file')} passed over {ending}")


def read(name: str) -> bytes:
    """The bytes of a file, decompressed if it is compressed, or of standard input.

    Raises:
        OSError, InputError: if it cannot be read.
    """
    if name == "-":
        return read_file(sys.stdin.buffer, DEFAULTS.corpus.record_bytes)
    with Path(name).open("rb") as file:
        return read_file(file, DEFAULTS.corpus.record_bytes)


def shown_name(name: str) -> str:
    """How an input is called in what is printed."""
    return "standard input" if name == "-" else name
