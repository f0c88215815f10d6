"""What the commands print: one line for what is one thing, whatever it holds."""

import os
import sys

import click


def write(text: str) -> None:
    """Print; lone surrogates are escaped as JSON does."""
    click.echo(text.encode("utf-8", "backslashreplace").decode())


def pass_bytes(data: bytes) -> None:
    """Write all of these to standard output, now.

    Without a buffer, which Python would wait to empty when the process is stopped.
    """
    left = memoryview(data)
    while left:
        left = left[os.write(sys.stdout.fileno(), left) :]


def printable(text: object) -> str:
    r"""On one line, without what a terminal would obey.

    >>> printable("one\n two")
    'one two'
    """
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(str(text).split()))
