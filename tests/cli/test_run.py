"""``dedup run`` as it is typed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dedup.cli import main
from tests.corpus.conftest import documents, read_jsonl, write_jsonl
from tests.paths import ROOT


def invoke(*words: object):
    return CliRunner().invoke(main, ["run", *map(str, words)])


def test_exit_codes_and_the_summary(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(8))
    result = invoke(path, "--out", out, "--removed")
    assert result.exit_code == 0
    assert "6  kept" in result.stderr
    assert "2  removed: near" in result.stderr
    assert result.stdout == ""
    again = invoke(path, "--out", out)
    assert again.exit_code == 2
    assert "--resume" in again.stderr
    with path.open("a") as file:
        file.write("{bad\n")
    bad = invoke(path, "--out", tmp_path / "bad")
    assert bad.exit_code == 1
    assert "1  set aside: bad JSON" in bad.stderr


def test_a_wrong_key_or_setting_is_wrong_usage(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(2))
    for words, message in (
        (["--text-key", "content"], "among the keys id, lang, tags, text"),
        (["--set", "near.treshold=0.9"], "there is no setting near.treshold"),
        (["--set", "near.threshold=high"], "must be of type float"),
        (["--keep", "newest"], "set it to one of longest"),
    ):
        result = invoke(path, "--out", out, *words)
        assert result.exit_code == 2
        assert message in result.stderr.replace("\n", " ")
    assert not out.exists()


def test_a_file_of_settings_and_words_over_it(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(8))
    config = tmp_path / "dedup.toml"
    config.write_text(
        '[near]\nthreshold = 1.0\n[corpus]\ncontained = "keep"\noutput = "jsonl.gz"\n'
    )
    assert invoke(path, "--out", out, "--config", config).exit_code == 0
    assert len(read_jsonl(out / "corpus.jsonl.gz")) == 8
    words = ["--config", config, "--set", "near.threshold=0.8"]
    assert invoke(path, "--out", tmp_path / "b", *words).exit_code == 0
    assert len(read_jsonl(tmp_path / "b" / "corpus.jsonl.gz")) == 6


def test_a_dry_run_shows_the_plan_and_writes_nothing(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(4))
    (tmp_path / "b.html").write_text("<p>A page about the valley.</p>")
    result = invoke(path, tmp_path / "b.html", "--out", out, "--dry-run", "--threshold", "0.7")
    assert result.exit_code == 0
    assert "line 1: d0: a text of" in result.stdout
    assert "a page of 1 blocks (html)" in result.stdout
    assert "setting: near.threshold was 0.8 and is 0.7" in result.stdout
    assert not out.exists()


def test_json_logs(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(4))
    result = invoke(path, "--out", out, "--log-format", "json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    ended = [event["stage"] for event in events if event["event"] == "stage ended"]
    assert ended == ["clean", "templates", "texts", "near", "write"]
    assert events[-1]["event"] == "summary"
    assert events[-1]["kept"] == 3


@pytest.mark.parametrize("resume", [False, True])
def test_standard_input(tmp_path: Path, out: Path, resume: bool) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in documents(4))
    command = [sys.executable, "-m", "dedup", "run", "-", "--out", str(out)]
    if resume:  # as if the first start had been killed behind the reading of its input
        (out / "stages").mkdir(parents=True)
        (out / "stages" / "stdin.jsonl").write_text(lines)
        command.append("--resume")
    done = subprocess.run(
        command, input="" if resume else lines, text=True, cwd=ROOT, env=os.environ, check=False
    )
    assert done.returncode == 0
    assert len(read_jsonl(out / "corpus.jsonl")) == 3


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_how_to_resume_and_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path, out: Path
) -> None:
    page = (
        "<nav>Home</nav>"
        + "<p>The ferry runs again, the port said, and the crews are back.</p>" * 90
    )
    rows = [{"html": f"<title>{i}</title>{page}"} for i in range(2000)]
    path = write_jsonl(tmp_path / "a.jsonl", rows)
    left = tmp_path / "left"
    left.mkdir()
    command = (sys.executable, "-m", "dedup", "run")  # parts small enough to leave many to do
    with subprocess.Popen(
        [*command, str(path), "--out", str(out), "--jobs", "2", "--set", "corpus.part_rows=50"],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(left)},
        process_group=0,
    ) as process:
        assert process.stderr is not None
        while not list(out.glob("stages/clean/*.arrow")):
            assert process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, number)  # as a terminal does
        said = process.stderr.read().decode()
    assert process.returncode == 128 + number
    assert said.strip() == f"dedup: interrupted: resume with --out {out} --resume"
    assert not list(left.iterdir())
    assert not list(out.rglob("*.tmp"))


def test_bytes_of_parquet_are_those_on_disk(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(documents(30)), path)
    words = ("--set", "corpus.part_rows=7", "--set", "corpus.clean=never")
    result = invoke(path, "--out", out, "--log-format", "json", *words)
    events = [json.loads(line) for line in result.stderr.splitlines()]
    (ended,) = [e for e in events if e["event"] == "stage ended" and e["stage"] == "clean"]
    assert ended["bytes"] == path.stat().st_size
