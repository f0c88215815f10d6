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


def test_wrong_usage_exits_with_2():
    assert run("--threshold", "0", "-", input="").exit_code == 2
