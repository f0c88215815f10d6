"""What a command costs before it answers: CPU time and peak memory of whole processes."""

import os
import sys
from collections.abc import Mapping
from statistics import median

from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.pages import ROOT
from benchmarks.peers import FINDERS, finders
from benchmarks.timing import Fresh, command
from dedup.evaluate.peers import CLEANERS, cleaners

SUITE = "startup"
PAGE = str((ROOT / "fixtures" / "pages" / "en_news_comments" / "source.html").relative_to(ROOT))
GATED = ("trafilatura",)
_DEDUP = (sys.executable, "-m", "dedup")
_EXTRACT = """
from pathlib import Path
from dedup.evaluate.peers import CLEANERS
CLEANERS[{tool!r}]()(Path({page!r}).read_bytes())
"""
_PAIRS = """
from benchmarks.peers import FINDERS
FINDERS[{tool!r}](["one two three four five six"] * 2, True)
"""
# What the command line of trafilatura does, where its script is not on the path.
_TRAFILATURA = "from trafilatura.cli import main; main()"

Commands = dict[str, tuple[str, ...]]


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    out.absent_tools(GATED if options.quick else CLEANERS, cleaners())
    for task, commands in tasks(options.quick).items():
        _measure(out, task, commands, options.rounds, dict(os.environ))
    homeless = {name: value for name, value in os.environ.items() if name != "HOME"}
    words = {"dedup": (*_DEDUP, "clean", PAGE)}
    _measure(out, "clean one page, HOME unset", words, options.rounds, homeless)
    return out


def tasks(quick: bool) -> dict[str, Commands]:
    """The commands by task and tool."""
    python = (sys.executable, "-c")
    cleaning: Commands = {"dedup": (*_DEDUP, "clean", PAGE)}
    if cleaners(GATED):
        cleaning["trafilatura"] = (*python, _TRAFILATURA)
    found: dict[str, Commands] = {
        "Python alone": {"python": (*python, "pass")},
        "import": {"dedup": (*python, "import dedup")},
        "--help": {"dedup": (*_DEDUP, "--help")},
        "clean one page": cleaning,
    }
    if not quick:
        cleaning |= {
            tool: (*python, _EXTRACT.format(tool=tool, page=PAGE))
            for tool in cleaners()
            if tool not in GATED
        }
        found["compare two texts"] = {
            "dedup": (*_DEDUP, "compare", PAGE, PAGE),
            **{tool: (*python, _PAIRS.format(tool=tool)) for tool in finders(tuple(FINDERS))},
        }
    return found


def _measure(
    out: Outcome, task: str, commands: Commands, rounds: int, env: Mapping[str, str]
) -> None:
    """Interleaved rounds of whole processes; the first of each writes byte code and caches."""
    runs: dict[str, list[Fresh]] = {tool: [] for tool in commands}
    for _ in range(rounds + 1):
        for tool, words in commands.items():
            runs[tool].append(command(words, stdin=str(ROOT / PAGE), env=env))
    seconds = {tool: tuple(run.seconds for run in made[1:]) for tool, made in runs.items()}
    out.time(task, seconds, gated=GATED)
    for tool, made in runs.items():
        ours = tool == "dedup" and len(commands) > 1
        milliseconds, peak = 1000 * median(seconds[tool]), median(run.megabytes for run in made)
        out.put("CPU milliseconds", task, tool, milliseconds, better=Better.LESS)
        out.put("first run, CPU milliseconds", task, tool, 1000 * made[0].seconds)
        kind = Kind.COST if ours and "clean" in task else Kind.SHOWN
        out.put("peak MB of a process", task, tool, peak, kind, Better.LESS)
