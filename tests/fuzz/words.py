"""Fuzzing of what people write: settings, the rules of sites, arguments of the command line."""

import io
import os
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import click

import dedup
from dedup.cli import main
from dedup.corpus.settings_toml import with_words
from dedup.errors import DedupError, SettingsError
from dedup.page.classify.site_rules import rules_of_toml

_PAGE = (
    "<title>Tea</title><body><div class='post'><p>Tea is made of leaves that grow on bushes, and "
    "of water.</p></div><p class='share'>Share this with your friends.</p></body>"
)
# What these commands do beside reading their arguments starts processes or does not end.
_ONLY_PARSED = ("run", "gate")


@cache
def folder() -> Path:
    """Where files lie while they are read; in memory where that can be had."""
    memory = Path("/dev/shm")
    return Path(mkdtemp(prefix="dedup-fuzz-", dir=memory if memory.is_dir() else None))


def settings(data: bytes) -> None:
    """A settings file, and the same as words of the command line: settings, or `SettingsError`."""
    path = folder() / "settings.toml"
    path.write_bytes(data)
    with suppress(SettingsError):
        dedup.Settings.from_toml(path)
    with suppress(SettingsError):
        with_words(dedup.Settings(), data.decode("utf-8", "replace").splitlines())


def rules(data: bytes) -> None:
    """Rules of sites, which then hold for a page: a page, or our own error."""
    with suppress(DedupError):
        found = rules_of_toml(data.decode("utf-8", "replace"))
        for rule in found or ():
            dedup.clean(_PAGE, url=f"https://{rule.domain}/1", rules=found)


def arguments(data: bytes) -> None:
    """Arguments, one per NUL byte: the command ends with a code, not with a traceback.

    Those that name files elsewhere, or a server, are passed over.
    """
    words = data.decode("utf-8", "replace").split("\0")
    if any("/" in word or "\\" in word or ".." in word for word in words):
        return
    before = Path.cwd()
    with ExitStack() as stack:
        stack.callback(os.chdir, before)
        os.chdir(_emptied())
        for redirect in (redirect_stdout, redirect_stderr):
            stack.enter_context(redirect(io.TextIOWrapper(io.BytesIO(), "utf-8")))  # type: ignore[operator]
        given, sys.stdin = (
            sys.stdin,
            io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"a text\n")), "utf-8"),
        )
        stack.callback(setattr, sys, "stdin", given)
        stack.enter_context(suppress(click.ClickException, click.exceptions.Exit, SystemExit))
        if words[0] in _ONLY_PARSED:
            context = click.Context(main)
            command = main.get_command(context, words[0])
            assert command is not None
            command.make_context(words[0], words[1:], **main.context_settings)
        else:
            main(words, standalone_mode=False)


def _emptied() -> Path:
    """A directory that holds a page and two texts, and nothing that was left by others."""
    path = folder() / "cli"
    path.mkdir(exist_ok=True)
    kept = {"page.html": _PAGE, "a.txt": "a text about tea", "b.txt": "another text about tea"}
    for file in path.iterdir():
        if file.is_file() and file.name not in kept:
            file.unlink()
    for name, text in kept.items():
        (path / name).write_text(text, "utf-8")
    return path
