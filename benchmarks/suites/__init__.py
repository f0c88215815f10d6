"""The suites, each a function from the options to an outcome."""

from collections.abc import Callable
from importlib import import_module

from benchmarks.outcome import Options, Outcome

# In the order of the report; the name is that of the module.
SUITES = (
    "extraction",
    "labels",
    "verdicts",
    "metadata",
    "encodings",
    "positions",
    "speed",
    "reader",
    "near",
    "scale",
    "index",
    "passages",
    "pipeline",
    "startup",
    "memory",
    "hostile",
)


def load(name: str) -> Callable[[Options], Outcome]:
    """The function of a suite, imported when it is run."""
    run: Callable[[Options], Outcome] = import_module(f"benchmarks.suites.{name}").run
    return run
