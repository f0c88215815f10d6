"""The incremental index: see `benchmarks.index`."""

from importlib.util import find_spec

from benchmarks.outcome import Options, Outcome


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("index")
    if find_spec("benchmarks.index") is None:
        out.absent("", "this version has no incremental index")
    return out
