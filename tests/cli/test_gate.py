"""``dedup gate`` and ``dedup index``, as a crawler uses them."""

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dedup import Index
from dedup.cli import main

STORY = "The river rose in the night, and by the morning nobody could cross the old bridge at all. "
OTHER = "Beekeepers of the valley met in the old school to talk about a mild winter and its price. "


def lines(*records: Any) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def gate(index: Path, given: bytes, *options: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(index), *options]
    return subprocess.run(command, input=given, capture_output=True, check=False)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_new_pass_unchanged_seen_do_not(tmp_path: Path) -> None:
    first = lines({"id": 1, "text": STORY, "extra": [1, {"a": None}]}, {"id": "two", "text": OTHER})
    repeated = lines({"id": 3, "text": STORY.upper() + "!"}, {"text": ""}, {"text": ""})
    done = gate(tmp_path / "seen.db", first + repeated)
    assert done.returncode == 0, done.stderr
    assert done.stdout == first + lines({"text": ""})
    assert b"3 new, 1 exact, 1 near, 0 contains" in done.stderr
    again = gate(tmp_path / "seen.db", first + repeated)
    assert again.stdout == b""
    assert b"0 new, 4 exact, 1 near, 0 contains" in again.stderr


def test_marks_and_keeps_what_it_drops(tmp_path: Path) -> None:
    story = " ".join(f"and in the year {year} the river rose again" for year in range(1900, 1908))
    given = lines({"id": "a", "text": story + OTHER}, {"id": "b", "text": story, "n": 1})
    removed = tmp_path / "removed.jsonl"
    done = gate(tmp_path / "seen.db", given, "--mark", "--removed", str(removed))
    passed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["id"] for record in passed] == ["a", "b"]
    assert "seen" not in passed[0]
    assert passed[1]["n"] == 1
    assert passed[1]["seen"]["b"] == "a"
    assert passed[1]["seen"]["kind"] in ("near", "contains")
    assert removed.read_bytes() == done.stdout.splitlines(keepends=True)[1]


def test_broken_lines_are_named_and_counted(tmp_path: Path) -> None:
    given = b"oops\n" + lines({"body": STORY}, [1], {"text": 5}) + b"\n" + lines({"text": STORY})
    done = gate(tmp_path / "seen.db", given[:-1])  # the last line without its end
    assert done.returncode == 1
    assert done.stdout == lines({"text": STORY})
    assert done.stderr.count(b"dedup: -:") == 4
    assert b"-:2: no text under 'text' (keys there: body)" in done.stderr


def test_other_keys(tmp_path: Path) -> None:
    given = lines({"url": "u", "body": STORY})
    assert gate(tmp_path / "s.db", given, "--id-key", "url", "--text-key", "body").stdout == given
    assert json.loads(run("index", "stats", tmp_path / "s.db").stdout)["documents"] == 1
    assert run("index", "remove", tmp_path / "s.db", "u").exit_code == 0


def test_passes_each_record_as_it_comes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(tmp_path / "seen.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in (STORY, OTHER):
            process.stdin.write(lines({"text": text}))
            process.stdin.flush()
            assert process.stdout.readline() == lines({"text": text})
        process.stdin.close()
        assert process.stdout.read() == b""


def test_what_nobody_took_was_not_seen(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(tmp_path / "seen.db")]
    given = lines({"text": STORY})
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(given)
        process.stdin.close()
        process.wait()
        assert process.stderr is not None
        process.stderr.read()
    assert process.returncode != 0
    assert gate(tmp_path / "seen.db", given).stdout == given


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_remembers_what_it_passed(tmp_path: Path, number: signal.Signals) -> None:
    index = tmp_path / "seen.db"
    given = [lines({"id": i, "text": f"{i * 7919} {i * 104729} " * 9}) for i in range(6000)]
    (tmp_path / "in.jsonl").write_bytes(b"".join(given))
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(index)]
    with (
        (tmp_path / "in.jsonl").open("rb") as stdin,
        subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.readline()  # of a pipe's worth; the gate waits to write the rest
        process.send_signal(number)
        assert process.wait(60) == 128 + number
        taken = (first + process.stdout.read()).splitlines(keepends=True)
    with Index(index) as opened:
        remembered = [i for i in range(len(given)) if opened.seen(str(i))]
    assert remembered == list(range(len(remembered)))
    assert given[: len(remembered)] == taken[: len(remembered)]
    assert len(taken) - len(remembered) < len(given)


def test_file_for_removed_is_opened_at_once(tmp_path: Path) -> None:
    given = lines({"text": STORY})
    done = gate(tmp_path / "seen.db", given, "--removed", str(tmp_path / "no" / "removed.jsonl"))
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"No such file or directory" in done.stderr


def test_all_of_a_large_read_passes(tmp_path: Path) -> None:
    given = b"".join(lines({"id": i, "text": f"n{i}"}) for i in range(9000))
    done = gate(tmp_path / "seen.db", given)
    assert done.stdout == given
    assert b"9000 new" in done.stderr


def test_full_output_is_told_and_not_remembered(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(tmp_path / "seen.db")]
    given = lines({"text": STORY})
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, input=given, stdout=full, stderr=-1, check=False)
    assert done.returncode == 1
    assert b"records cannot be passed on: [Errno 28]" in done.stderr
    assert gate(tmp_path / "seen.db", given).stdout == given


def test_hostile_lines(tmp_path: Path) -> None:
    deep, lone = b"[" * 200_000 + b"\n", b'{"id": "\\ud800", "text": "\\udfff"}\n'
    done = gate(tmp_path / "seen.db", deep + b"\xff\n" + lone + lone, "--mark")
    assert done.returncode == 1
    assert done.stderr.count(b"dedup: -:") == 2
    first, second = done.stdout.splitlines(keepends=True)
    assert first == lone
    assert json.loads(second)["seen"]["b"] == "\ufffd"  # half a pair, which UTF-8 cannot hold


def test_index_commands(tmp_path: Path) -> None:
    index, other = tmp_path / "one.db", tmp_path / "two.db"
    documents = tmp_path / "documents.jsonl"
    documents.write_bytes(lines({"id": "a", "text": STORY}, {"id": "b", "text": OTHER}))
    page = tmp_path / "page.txt"
    page.write_text(STORY + "Yes.")
    assert "2 added, 0 there already" in run("index", "add", index, documents).stderr
    assert "0 added, 2 there already" in run("index", "add", index, documents).stderr
    assert run("index", "add", other, page, "--content", "texts").exit_code == 0
    found = [json.loads(line) for line in run("index", "query", index, page).stdout.splitlines()]
    assert [(match["a"], match["b"], match["kind"]) for match in found] == [
        (str(page), "a", "near")
    ]
    mixed = run("index", "merge", index, other)
    assert mixed.exit_code == 2
    assert "content 'sketch' (here 'texts')" in mixed.stderr
    third = tmp_path / "three.db"
    assert run("index", "merge", third, index).exit_code == 0
    assert json.loads(run("index", "stats", third).stdout)["documents"] == 2
    assert run("index", "remove", third, "a", "zzz").exit_code == 1
    assert run("index", "compact", third).exit_code == 0
    assert json.loads(run("index", "stats", third).stdout)["documents"] == 1


@pytest.mark.parametrize("arguments", [("query", "none.db", "x"), ("stats", "none.db")])
def test_no_index_is_an_error_that_says_so(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run("index", arguments[0], tmp_path / arguments[1], *arguments[2:])
    assert done.exit_code == 2
    assert "there is no such index" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_crawl_is_committed_or_cancelled(tmp_path: Path) -> None:
    index = tmp_path / "seen.db"
    first, second = lines({"text": STORY}), lines({"text": OTHER})
    assert gate(index, first, "--crawl", "may").stdout == first
    assert "1 added by may" in run("index", "commit", index, "may").stderr
    assert gate(index, first + second, "--crawl", "june").stdout == second
    assert json.loads(run("index", "stats", index).stdout)["crawls"] == {"june": 1}
    again = gate(index, second, "--crawl", "june")
    assert (again.stdout, b"going on with the crawl june" in again.stderr) == (b"", True)
    assert "1 removed" in run("index", "cancel", index, "june").stderr
    assert gate(index, first + second).stdout == second
    assert "no crawl 'june' is open" in run("index", "cancel", index, "june").stderr


def test_a_crawl_that_was_killed_can_be_cancelled(tmp_path: Path) -> None:
    index = tmp_path / "seen.db"
    assert gate(index, lines({"id": "kept", "text": STORY})).returncode == 0
    given = [lines({"id": i, "text": f"{i * 7919} {i * 104729} " * 9}) for i in range(3000)]
    (tmp_path / "in.jsonl").write_bytes(b"".join(given))
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(index), "--crawl", "june"]
    with (
        (tmp_path / "in.jsonl").open("rb") as stdin,
        subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.stdout.read()
    with Index(index) as opened:
        count = len(opened)
        assert opened.crawls() == {"june": count - 1}
        assert count > 1
        assert opened.cancel("june") == count - 1
        assert [opened.seen(name) for name in ("kept", "0", str(count - 1))] == [True, False, False]


def test_old_ones_are_forgotten(tmp_path: Path) -> None:
    index, given = tmp_path / "seen.db", lines({"text": STORY})
    assert gate(index, given).stdout == given
    kept = gate(index, given, "--forget-after", "1d")
    assert (kept.stdout, b"0 forgotten" in kept.stderr) == (b"", True)
    with sqlite3.connect(index) as sql:
        sql.execute("UPDATE document SET added = added - 100000")
    sql.close()
    again = gate(index, given, "--forget-after", "1d")
    assert (again.stdout, b"1 forgotten" in again.stderr) == (given, True)
    assert "0 removed" in run("index", "forget", index, "2w").stderr
    for age in ("", "d", "3", "-1d", "9999999999999999999w"):
        assert run("index", "forget", index, "--", age).exit_code == 2
    assert "0 removed" in run("index", "forget", index, "999999d").stderr
