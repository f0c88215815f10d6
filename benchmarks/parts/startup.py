"""What a command costs before it answers: CPU time of fresh processes, imports and all."""

from statistics import median

from benchmarks.extractors import PEERS as EXTRACTORS
from benchmarks.extractors import installed
from benchmarks.measure import fresh
from benchmarks.near_peers import NAMES, PEERS
from benchmarks.outcome import Options, Outcome
from benchmarks.pages import ROOT

PAGE = (ROOT / "fixtures" / "pages" / "en_news_comments" / "source.html").relative_to(ROOT)
_COMMAND = """
from dedup.cli import main
sys.stdout = open({null!r}, "w")
sys.argv = ["dedup", *{words!r}]
main()
"""
_EXTRACT = """
from pathlib import Path
from benchmarks.extractors import PEERS
PEERS[{tool!r}][1]()(Path({page!r}).read_bytes())
"""
_PAIRS = """
from benchmarks.near_peers import PEERS
PEERS[{tool!r}](["one two three four five six"] * 2, True)
"""


def run(options: Options) -> Outcome:
    """Measure."""
    import os

    out = Outcome("start-up")
    out.absent_tools((*EXTRACTORS, *NAMES), (*installed(), *PEERS))

    def command(*words: str) -> str:
        return _COMMAND.format(words=words, null=os.devnull)

    tasks = {
        "Python alone": {"python": "pass"},
        "import": {"dedup": "import dedup"},
        "--help": {"dedup": command("--help")},
        "clean one page": {
            "dedup": command("clean", str(PAGE)),
            **{tool: _EXTRACT.format(tool=tool, page=str(PAGE)) for tool in installed()},
        },
        "compare two texts": {
            "dedup": command("compare", str(PAGE), str(PAGE)),
            **{tool: _PAIRS.format(tool=tool) for tool in PEERS},
        },
    }
    for task, codes in tasks.items():
        for code in codes.values():
            fresh(code)  # byte code and caches written
        rounds: dict[str, list[float]] = {tool: [] for tool in codes}
        for _ in range(options.rounds):
            for tool, code in codes.items():
                rounds[tool].append(fresh(code).seconds)
        out.time(task, {tool: tuple(seconds) for tool, seconds in rounds.items()})
        for tool, seconds in rounds.items():
            out.put("CPU milliseconds", task, tool, 1000 * median(seconds))
    return out
