import json

from click.testing import CliRunner

from dedup.cli import main

SAID = "the quick brown fox jumps over the lazy dog again and again until the evening"


def run(*args, **kwargs):
    return CliRunner().invoke(main, ["passages", *args], **kwargs)


def lines(*texts):
    return "".join(json.dumps({"id": f"d{n}", "text": text}) + "\n" for n, text in enumerate(texts))


def test_passages_and_their_places():
    documents = lines("One. " + SAID, "中。" + SAID.upper() + " And.", "none of it")
    result = run("-", "--length", "10", "--format", "jsonl", input=documents)
    assert result.exit_code == 0
    (row,) = map(json.loads, result.stdout.splitlines())
    assert row == {
        "tokens": 15,
        "count": 2,
        "places": [
            {"id": "d0", "start": 5, "end": 5 + len(SAID)},
            {"id": "d1", "start": 2, "end": 2 + len(SAID)},
        ],
        "text": SAID,
    }
    assert json.loads(result.stderr) == {
        "texts": 3, "tokens": 36, "passages": 1, "texts_with_passages": 2, "tokens_in_passages": 30,
    }  # fmt: skip


def test_a_listing_names_some_places_and_counts_the_rest(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(SAID + name, encoding="utf-8")
    result = run(str(tmp_path), "--length", "10", "--places", "2")
    assert result.exit_code == 0
    assert "14 tokens in 3 places" in result.stdout
    assert "a.txt" in result.stdout
    assert "c.txt" not in result.stdout
    assert "and 1 more" in result.stdout
    assert "the quick brown" in result.stdout


def test_shares_of_a_test_set_in_a_reference(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.jsonl").write_text(lines("x " + SAID, "y"), encoding="utf-8")
    (tmp_path / "corpus" / "b.txt").write_text("no, " + SAID, encoding="utf-8")
    test = lines("When? " + SAID[: SAID.index("until")] + "noon.", "Who?")
    arguments = ("-", "--reference", str(tmp_path / "corpus"))
    result = run(*arguments, "--length", "12", "--format", "jsonl", input=test)
    assert result.exit_code == 0
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["share"], second["share"]) == (round(12 / 14, 4), 0)
    (overlap,) = first["overlaps"]
    assert (overlap["start"], overlap["tokens"], overlap["reference"]["id"]) == (6, 12, "d0")
    assert json.loads(result.stderr) == {"items": 2, "items_found": 1, "mean_share": 0.4286}
    shown = run(*arguments, "--length", "12", input=test)
    assert "86%  d0" in shown.stdout
    assert "in d0 at 2" in shown.stdout
    # 12 tokens are fewer than a passage has where nothing else is said.
    assert "0%  d0" in run(*arguments, input=test).stdout


def test_bad_records_are_named_and_the_others_done(tmp_path):
    result = run("-", str(tmp_path / "missing.txt"), input='no json\n{"text": "a"}\n')
    assert result.exit_code == 1
    assert "missing.txt" in result.stderr
    assert '"texts": 1' in result.stderr


def test_wrong_usage_exits_with_2():
    assert run("--length", "0", "-", input="").exit_code == 2
    assert run("-", "--reference", "nowhere.jsonl", input="").exit_code == 2
