"""Spark: what a search would cost, what it costs here, and whether a lost executor changes it.

python -m benchmarks.spark --estimate DOCS BYTES CORES   the cost model with your own numbers
python -m benchmarks.spark --measure en|zh|generated|skewed [--documents N]
    equal rows, CPU seconds by stage and shuffled bytes beside the engine of one machine
python -m benchmarks.spark --cluster [--documents N]
    a standalone master and two workers on this machine, speculation on, an executor killed
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from benchmarks import texts
from dedup.config import DEFAULTS
from dedup.near.search import find_duplicates as on_one_machine
from dedup.spark import find_duplicates
from dedup.spark.checkpoints import Checkpoints
from dedup.spark.costs import estimate

_OPTIONS = {
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "3g",
    "spark.sql.shuffle.partitions": "8",
    "spark.eventLog.enabled": "true",
}


@click.command(help=__doc__)
@click.option("--estimate", "model", nargs=3, type=int)
@click.option("--measure", type=click.Choice(["en", "zh", "generated", "skewed"]))
@click.option("--cluster", is_flag=True)
@click.option("--documents", type=int, default=100_000, show_default=True)
@click.option("--seed", type=int, default=7)
def main(
    model: tuple[int, int, int] | None, measure: str | None, cluster: bool, documents: int,
    seed: int,
) -> None:  # fmt: skip
    if model:
        click.echo("\n".join(estimate(*model).lines()))
    if measure:
        _measure(corpus(measure, documents, seed))
    if cluster:
        _kill_an_executor(corpus("generated", documents, seed))


def corpus(name: str, documents: int, seed: int) -> list[str]:
    """Texts: planted development documents, generated ones, or such with skew.

    Skewed: a fifth of them of one template, a quarter of them copies of seven others.
    """
    rng = random.Random(seed)
    if name in texts.LANGUAGES:
        from tests.support.planting import plant

        return plant(texts.bases(name), name == "en", 0.5).texts
    found = texts.generated(documents, seed=seed)
    if name == "skewed":
        template = found[0]
        for at in range(documents // 5):
            found[at] = f"{template} {rng.random()} {at}"
        for at in range(documents // 5, documents // 5 + documents // 4):
            found[at] = found[-1 - at % 7]
        rng.shuffle(found)
    return found


def session(master: str, events: str, **options: str) -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, ["", *sys.path]))
    builder = SparkSession.builder.master(master)
    more = {"spark.eventLog.dir": events, **options}
    for key, value in {**_OPTIONS, **more}.items():
        builder = builder.config(key, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("ERROR")
    return found


def _measure(held: list[str]) -> None:
    """Both engines on the same texts."""
    before = time.process_time()
    expected = on_one_machine(held)
    one = time.process_time() - before
    click.echo(f"one machine: {len(held):,} documents, {one:.1f} CPU s")
    with tempfile.TemporaryDirectory() as folder:
        path = _written(held, Path(folder))
        (Path(folder) / "events").mkdir()
        spark = session("local[2]", f"{folder}/events")
        rows = _timed_stages()
        before = sum(cpu_seconds())
        found = find_duplicates(spark.read.parquet(path), checkpoint=f"{folder}/checkpoint")
        every = sum(cpu_seconds()) - before
        _compare(found, expected)
        spark.stop()
        for name, seconds, jvm, python in rows:
            click.echo(f"{name:14} {seconds:7.1f} s   JVM {jvm:6.1f}   Python {python:6.1f} CPU s")
        click.echo(f"Spark: {every:.1f} CPU s, {every / one:.1f} times one machine")
        _shuffles(Path(folder) / "events", len(held))


def _written(held: list[str], folder: Path) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "in").mkdir()
    step = -(-len(held) // 8)
    for part in range(8):
        rows = held[part * step : (part + 1) * step]
        table = pa.table({"id": range(part * step, part * step + len(rows)), "text": rows})
        pq.write_table(table, folder / "in" / f"{part}.parquet")
    return f"{folder}/in"


def _compare(found: Any, expected: Any) -> None:
    """Row for row."""
    leaders = found.documents.orderBy("id").select("leader").toArrow()["leader"].to_pylist()
    assert leaders == expected.leaders.tolist(), "the leaders differ"
    for name in ("matches", "excerpts"):
        ours = sorted(zip(*(c.to_pylist() for c in getattr(found, name).toArrow().columns)))  # noqa: B905
        theirs = sorted(
            (m.a, m.b, m.jaccard, m.containment_a, m.containment_b, m.kind.value)
            for m in getattr(expected, name)
        )
        assert ours == theirs, f"{name} differ: {len(ours)} rows, {len(theirs)} expected"
        click.echo(f"{name}: {len(ours):,} rows, equal")
    click.echo(f"report of Spark: {found.report}")
    if found.report != expected.report:
        click.echo(f"report of one machine: {expected.report}")


def _timed_stages() -> list[tuple[str, float, float, float]]:
    rows: list[tuple[str, float, float, float]] = []
    for method in ("stage", "fact"):
        made = getattr(Checkpoints, method)

        def timed(self: Checkpoints, name: str, make: Any, made: Any = made) -> Any:
            start, (jvm, python) = time.monotonic(), cpu_seconds()
            found = made(self, name, make)
            after = cpu_seconds()
            seconds = time.monotonic() - start
            rows.append((name, seconds, after[0] - jvm, after[1] - python))
            return found

        setattr(Checkpoints, method, timed)
    return rows


def cpu_seconds() -> tuple[float, float]:
    """CPU seconds of the JVM, and of Python, among this process and those that it started."""
    tick = os.sysconf("SC_CLK_TCK")
    fields: dict[int, tuple[str, list[str]]] = {}
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                name, _, rest = (path / "stat").read_text().partition("(")[2].rpartition(")")
                values = rest.split()
                fields[int(path.name)] = name, values
                children.setdefault(int(values[1]), []).append(int(path.name))
    jvm = python = 0.0
    todo = [os.getpid()]
    while todo:
        process = todo.pop()
        if process in fields:
            name, values = fields[process]
            own = (int(values[11]) + int(values[12])) / tick
            ended = (int(values[13]) + int(values[14])) / tick
            if name == "java":
                jvm += own
            else:
                python += own + (ended if process != os.getpid() else 0)
            todo += children.get(process, [])
    return jvm, python


def _shuffles(events: Path, documents: int) -> None:
    """What the tasks of the run wrote for each other, and spilled, out of the log of Spark."""
    import json
    import statistics

    wrote = spilled = 0
    durations: dict[int, list[int]] = {}
    for path in events.rglob("*"):
        if path.is_file() and not path.name.endswith(".crc") and "appstatus" not in path.name:
            for line in path.open():
                event = json.loads(line)
                if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                    figures = event["Task Metrics"]
                    wrote += figures["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                    spilled += figures["Disk Bytes Spilled"]
                    info = event["Task Info"]
                    durations.setdefault(event["Stage ID"], []).append(
                        info["Finish Time"] - info["Launch Time"]
                    )
    click.echo(f"{wrote / documents:,.0f} bytes shuffled a document, {spilled:,} spilled")
    slow = [
        (max(times) / statistics.median(times), max(times), stage)
        for stage, times in durations.items()
        if len(times) > 2 and max(times) > 1_000
    ]
    if slow:
        share, longest, stage = max(slow)
        click.echo(f"slowest task: {longest} ms, {share:.1f} times the median of stage {stage}")


@contextmanager
def _standalone(folder: str, workers: int = 2) -> Iterator[tuple[str, list[Any]]]:
    """A master and workers of Spark's standalone cluster as processes of this machine."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = 17_077
    master = f"spark://127.0.0.1:{port}"
    command = [str(home / "bin" / "spark-class")]
    env = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    name = "org.apache.spark.deploy"
    arguments = [
        [f"{name}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        *([f"{name}.worker.Worker", "--webui-port", "0", "-c", "1", "-m", "1g", "-d",
           f"{folder}/worker{n}", master] for n in range(workers)),
    ]  # fmt: skip
    running = []
    try:
        for words in arguments:
            log = Path(folder, f"log{len(running)}").open("w")  # noqa: SIM115 - as long as it runs
            running.append(subprocess.Popen([*command, *words], env=env, stdout=log, stderr=log))
            time.sleep(5)
        yield master, running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _kill_an_executor(held: list[str]) -> None:
    """The search on a cluster of which one executor ends in the middle; then compare."""
    expected = on_one_machine(held, settings=DEFAULTS)
    with tempfile.TemporaryDirectory() as folder, _standalone(folder) as (master, processes):
        path = _written(held, Path(folder))
        (Path(folder) / "events").mkdir()
        options = {
            "spark.speculation": "true", "spark.speculation.multiplier": "1.2",
            "spark.speculation.quantile": "0.5", "spark.executor.memory": "800m",
            "spark.executor.cores": "1", "spark.python.worker.reuse": "true",
        }  # fmt: skip
        spark = session(master, f"{folder}/events", **options)
        killed: list[int] = []
        wait = threading.Thread(
            target=_kill_when, args=(Path(folder, "checkpoint"), processes[1:], killed), daemon=True
        )
        wait.start()
        found = find_duplicates(spark.read.parquet(path), checkpoint=f"{folder}/checkpoint")
        _compare(found, expected)
        assert killed, "no executor was killed"
        click.echo(f"executor {killed[0]} was killed; the rows are those of one machine")
        spark.stop()


def _kill_when(checkpoint: Path, workers: list[Any], killed: list[int]) -> None:
    """Kill the executor of the first worker while the stage after the bands is at work."""
    while not (checkpoint / "_notes" / "bands").exists():
        time.sleep(0.1)
    time.sleep(1)
    ours = {process.pid for process in workers}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                if parent in ours:
                    os.kill(int(path.name), 9)
                    killed.append(int(path.name))
                    return


if __name__ == "__main__":
    main()
