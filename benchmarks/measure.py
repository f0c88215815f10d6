"""Clocks and scales: interleaved rounds, and fresh processes. Time is CPU time, never wall."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.pages import ROOT


def interleaved(
    calls: Mapping[str, Callable[[], Any]], rounds: int
) -> tuple[dict[str, tuple[float, ...]], dict[str, Any]]:
    """CPU seconds of each call in each round, and what each returned last.

    In every round each call runs once, so that a busy machine is busy for all of them.

    >>> times, results = interleaved({"one": lambda: 1, "two": lambda: 2}, rounds=3)
    >>> results, len(times["one"])
    ({'one': 1, 'two': 2}, 3)
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    results: dict[str, Any] = {}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time()
            results[name] = call()
            times[name].append(time.process_time() - start)
    return {name: tuple(values) for name, values in times.items()}, results


@dataclass(frozen=True, slots=True)
class Fresh:
    """A process of its own: CPU seconds from its start to its end, peak memory, what it told."""

    seconds: float
    megabytes: float
    told: dict[str, float]


# The peak is asked of the process itself: ru_maxrss would hand on that of the process it was
# forked from.
_FRAME = """
import atexit, json, re, resource, sys, time
told = {{}}
def _report():
    try:
        peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    seconds = time.process_time()
    sys.__stderr__.write("\\n" + json.dumps([seconds, peak, told]))
atexit.register(_report)
{code}
"""


def fresh(code: str) -> Fresh:
    """Run Python code in a new process; it may put numbers into the dict ``told``.

    >>> fresh("told['answer'] = 42").told
    {'answer': 42}
    """
    done = subprocess.run(
        [sys.executable, "-c", _FRAME.format(code=code)],
        capture_output=True, cwd=ROOT, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"a measured process failed:\n{code}\n{done.stderr[-2000:]}")
    return Fresh(*json.loads(done.stderr.rsplit("\n", 1)[1]))
