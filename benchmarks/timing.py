"""The one timer: interleaved rounds, and fresh processes. Time is CPU time, never wall."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
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
def peak():
    try:
        return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
def _report():
    seconds = time.process_time()
    sys.__stderr__.write("\\n" + json.dumps([seconds, peak(), told]))
atexit.register(_report)
{code}
"""


def fresh(code: str) -> Fresh:
    """Run Python code in a new process.

    It may put numbers into the dict ``told``, and ask for its own ``peak()`` in MB so far.

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


# Small and without `site`: what a process inherits as its peak is that of the one that starts it.
_LAUNCH = """
import json, os, sys
source, *command = sys.argv[1:]
files = [(os.POSIX_SPAWN_OPEN, 0, source, os.O_RDONLY, 0),
         (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
_, status, used = os.wait4(pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, {"exit code": code}]))
"""


def command(
    words: Sequence[str], *, stdin: str = os.devnull, env: Mapping[str, str] | None = None
) -> Fresh:
    """Run a command as a process of its own, as a shell would: CPU seconds and peak memory.

    Args:
        words: the program and its arguments, run from the project's folder.
        stdin: the file that it reads.
        env: its environment; this one's if not given.

    >>> command([sys.executable, "-c", "raise SystemExit(3)"]).told
    Traceback (most recent call last):
    RuntimeError: a measured command ended with exit code 3: ...
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCH, stdin, *words],
        capture_output=True, cwd=ROOT, text=True, check=True, env=env,
    )  # fmt: skip
    run = Fresh(*json.loads(done.stdout))
    if run.told["exit code"]:
        what = f"{' '.join(words)}\n{done.stderr[-2000:]}"
        raise RuntimeError(
            f"a measured command ended with exit code {run.told['exit code']}: {what}"
        )
    return run
