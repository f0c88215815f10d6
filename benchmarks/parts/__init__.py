"""The parts of the benchmarks, each a function from the options to an outcome."""

from collections.abc import Callable
from importlib import import_module

from benchmarks.outcome import Options, Outcome

# In the order of the report: name, module.
PARTS = {
    "extraction": "extraction",
    "labels": "labels",
    "near-duplicates": "near",
    "index": "index",
    "pipeline": "pipeline",
    "start-up": "startup",
    "memory": "memory",
}


def load(name: str) -> Callable[[Options], Outcome]:
    """The function of a part, loaded when it is run."""
    run: Callable[[Options], Outcome] = import_module(f"benchmarks.parts.{PARTS[name]}").run
    return run
