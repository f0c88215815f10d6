"""The command line: each command opens, calls one library function and renders.

Commands are loaded when first used, so that ``dedup --help`` answers at once.
"""

import io
import os
import sys
from importlib import import_module

import click

from dedup import __version__
from dedup.errors import DedupError

# Command: (module, attribute, one line for --help)
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "clean": ("dedup.cli.clean", "command", "Clean pages: the text, and a reason for the rest."),
    "cluster": ("dedup.cli.cluster", "command", "Cluster a run anew at another threshold."),
    "compare": ("dedup.cli.compare", "command", "Compare two pages: how much they share."),
    "evaluate": ("dedup.cli.evaluate", "command", "Measure cleaning on pages of your own."),
    "gate": ("dedup.cli.gate", "command", "Pass records that were not seen before."),
    "index": ("dedup.cli.index", "command", "Keep and ask an index of what was seen."),
    "near": ("dedup.cli.near", "near", "Find near-duplicates and excerpts among documents."),
    "passages": ("dedup.cli.passages", "command", "Find repeated passages, or parts of test sets."),
    "report": ("dedup.cli.report", "command", "Show what a run did, as a page of HTML."),
    "run": ("dedup.cli.run", "command", "Turn a crawl into a clean, unique corpus."),
    "settings": ("dedup.cli.settings", "command", "List every setting of --config and --set."),
    "view": ("dedup.cli.view", "command", "Show the blocks of a page, coloured, as HTML."),
}
INTERRUPTED = 130  # the exit code of a shell for a command that was stopped by Ctrl-C
# Commands that never wait: for these the module `logging` is not worth its import.
_QUICK = ("clean", "compare", "settings")


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in alphabetical order."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is no command")
        _add_quiet(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row[2]) for name, row in sorted(_COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> object:
        """Turn our own errors into a line on stderr and exit code 2."""
        try:
            return super().invoke(ctx)
        except DedupError as error:
            raise click.UsageError(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise  # click ends quietly where whoever read the output has had enough
            raise click.UsageError(f"{error.filename}: {error.strerror}") from error
        except KeyboardInterrupt:
            click.echo("\ndedup: interrupted", err=True)
            sys.exit(INTERRUPTED)


def _set_quiet(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.meta["dedup.quiet"] = True


def _quiet_option() -> click.Option:
    return click.Option(
        ["-q", "--quiet"],
        is_flag=True,
        expose_value=False,
        callback=_set_quiet,
        is_eager=True,
        help="Only errors on stderr: no counts, no progress.",
    )


def _add_quiet(command: click.Command) -> None:
    """Give a command and those below it the option --quiet."""
    if not any("--quiet" in parameter.opts for parameter in command.params):
        command.params.append(_quiet_option())
    for below in getattr(command, "commands", {}).values():
        _add_quiet(below)


def _say_what_takes_long() -> None:
    """Let the library tell on stderr what it is waiting for or working on."""
    import logging

    logger = logging.getLogger("dedup")
    if all(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("dedup: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING)  # how far a run is, the commands show by themselves


def _print_utf8() -> None:
    """Print as UTF-8 whatever the locale; lone surrogates become question marks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[_quiet_option()],
    epilog='Completion of commands and options: put `eval "$(_DEDUP_COMPLETE=bash_source dedup)"` '
    "into ~/.bashrc (zsh_source: ~/.zshrc; fish: `_DEDUP_COMPLETE=fish_source dedup | source`). "
    "NO_COLOR is heeded.",
)
@click.version_option(__version__, "-V", "--version", prog_name="dedup")
@click.pass_context
def main(context: click.Context) -> None:
    """Turn web pages into a clean, unique corpus, with a reason for all that is left out."""
    _print_utf8()
    if os.environ.get("NO_COLOR"):
        context.color = False
    if context.invoked_subcommand not in _QUICK and not context.meta.get("dedup.quiet"):
        _say_what_takes_long()
