import json

from click.testing import CliRunner

from dedup.cli import main

BASE = "the quick brown fox jumps over the lazy dog again and again until the evening"


def run(*args, **kwargs):
    return CliRunner().invoke(main, ["near", *args], **kwargs)


def test_jsonl_in_and_out():
    lines = "\n".join(json.dumps({"id": i, "text": t}) for i, t in [("x", BASE), ("y", BASE + "!")])
    result = run("-", "--format", "jsonl", "--explain", input=lines)
    assert result.exit_code == 0
    cluster, match = map(json.loads, result.stdout.splitlines())
    assert sorted(cluster["cluster"]) == ["x", "y"]
    assert match["kind"] == "near"
    assert match["passages"] == [
        {"a": {"start": 0, "end": len(BASE)}, "b": {"start": 0, "end": len(BASE)}}
    ]
    assert json.loads(result.stderr)["texts"] == 2


def test_text_files_and_a_listing(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(BASE, encoding="utf-8")
    result = run(str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--explain")
    assert result.exit_code == 0
    assert "exact" in result.stdout
    assert BASE in result.stdout


def test_bad_records_are_named_and_the_others_done(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": 1}\nno json\n[]\n{"text": "fine"}\n{"text": 3}\n', encoding="utf-8")
    result = run(str(path), str(tmp_path / "missing.txt"))
    assert result.exit_code == 1
    assert result.stderr.count("in.jsonl:") == 4
    assert "missing.txt" in result.stderr
    assert '"texts": 1' in result.stderr


def test_more_duplicates_than_allowed_are_an_error(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"text": t}) + "\n" for t in (BASE, "one", BASE, "two")))
    assert run(str(path), "--fail-over", "0.25").exit_code == 0
    result = run(str(path), "--fail-over", "0.24")
    assert result.exit_code == 1
    assert "25.0% of 4 documents" in result.stderr
    assert run(str(path), "--fail-over", "25").exit_code == 2


def test_wrong_usage_exits_with_2():
    assert run("--threshold", "0", "-", input="").exit_code == 2


def jsonl(*records):
    return "\n".join(map(json.dumps, records)) + "\n\n"


def kept(result):
    return [json.loads(line)["keep"] for line in result.stdout.splitlines() if "keep" in line]


def test_the_earliest_and_the_one_of_the_highest_priority_are_kept():
    lines = jsonl(
        {"id": "a", "text": BASE + " a b c", "when": "2024-05-02", "rank": 1},
        {"id": "b", "text": BASE + " a b", "when": "2024-05-01T23:30:00-05:00", "rank": 7},
        {"id": "c", "text": BASE + " a", "when": "2024-05-02T01:00:00+08:00", "rank": "high"},
        {"id": "d", "text": BASE, "when": "last week"},
    )
    dates = ("--keep", "earliest", "--date-key", "when")
    first = run("-", "--format", "jsonl", "--threshold", "0.5", *dates, input=lines)
    assert kept(first) == ["c"]
    assert "1 of 4 documents without a date" in first.stderr
    ranks = ("--keep", "priority", "--priority-key", "rank")
    highest = run("-", "--format", "jsonl", "--threshold", "0.5", *ranks, input=lines)
    assert kept(highest) == ["b"]
    assert "2 of 4 documents without a number" in highest.stderr


def test_ids_that_come_twice_are_told_apart():
    result = run("-", "--format", "jsonl", input=jsonl(*[{"id": 1, "text": BASE}] * 3))
    assert sorted(json.loads(result.stdout.splitlines()[0])["cluster"]) == ["1", "1 (2)", "1 (3)"]
    assert "2 documents with the id of another" in result.stderr


def test_bytes_that_are_no_text_end_nothing(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"text": "\xff"}\n' + b"[" * 100_000 + b'\n{"text": "fine"}\n')
    result = run(str(path))
    assert result.exit_code == 1
    assert '"texts": 1' in result.stderr


def test_nothing_that_a_terminal_obeys_is_printed():
    text = "\ud800 \x1b[31m " + BASE
    records = ({"id": f"{i}\x1b]0;x\ud800", "text": text} for i in range(2))
    result = run("-", "--explain", input=jsonl(*records))
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_pages_are_cleaned_before_they_are_compared(tmp_path):
    for name, menu in (("a", "Home"), ("b", "News and weather, sport and travel, all of it today")):
        (tmp_path / f"{name}.html").write_text(f"<nav>{menu}</nav><p>{BASE.capitalize()}.")
    files = [str(tmp_path / f"{name}.html") for name in "ab"]
    assert "exact" in run(*files).stdout
    assert "exact" not in run("--raw", *files).stdout


def test_what_is_no_text_is_named_as_what_it_is():
    result = run("-", input='{"text": 3}\n{"txt": "a"}\n')
    assert "-:1: what is under 'text' is no text but int: give it as a string" in result.stderr
    assert "-:2: no text under 'text' (keys there: txt)" in result.stderr


def test_counts_agree_with_what_they_count():
    lines = "".join(json.dumps({"id": "x", "text": BASE + c}) + "\n" for c in "ab")
    result = run("-", "--keep", "earliest", input=lines)
    assert "1 document with the id of another" in result.stderr
    assert "2 of 2 documents without a date" in result.stderr
    assert run("-q", "-", input=lines).stderr == ""
