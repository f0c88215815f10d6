"""``dedup report``, ``dedup run --report`` and ``dedup view`` as they are typed."""

import json
from pathlib import Path

from click.testing import CliRunner

from dedup.cli import main
from tests.corpus.conftest import documents, write_jsonl


def invoke(*words: object):
    return CliRunner().invoke(main, list(map(str, words)))


def test_a_run_with_a_report_and_a_report_of_a_run(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(8))
    result = invoke("run", path, "--out", out, "--report")
    assert result.exit_code == 0
    assert f"report: {out / 'report.html'}" in result.stderr
    made = (out / "report.html").read_bytes()
    (out / "report.html").unlink()
    result = invoke("report", out)
    assert (result.exit_code, result.stdout) == (0, f"{out / 'report.html'}\n")
    assert (out / "report.html").read_bytes() == made
    words = ("run", path, "--out", out, "--resume", "--report")
    events = [
        json.loads(line) for line in invoke(*words, "--log-format", "json").stderr.splitlines()
    ]
    assert events[-1] == {"event": "report", "path": str(out / "report.html")}
    assert invoke(*words, "--quiet").stderr == ""


def test_no_run_is_wrong_usage(tmp_path: Path) -> None:
    result = invoke("report", tmp_path)
    assert result.exit_code == 2
    assert "finish the run first" in result.stderr.replace("\n", " ")


def test_a_share_of_a_run_has_no_report(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(8))
    words = ("run", path, "--out", out, "--report")
    assert invoke(*words, "--rank", 0, "--world-size", 1, "--dry-run").exit_code == 0
    assert invoke(*words, "--rank", 0, "--world-size", 2).exit_code == 0
    assert not (out / "report.html").exists()


def test_a_view_shows_blocks_and_rules(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<nav>Home</nav><div class='x'><p>The old mill is a school now.</p></div>")
    rules = tmp_path / "rules.toml"
    rules.write_text('["example.org"]\ndrop = [".x"]\n')
    plain = invoke("view", page)
    assert plain.exit_code == 0
    assert plain.stdout.startswith("<!doctype html>")
    assert '<code class="path">body/div.x/p</code>' in plain.stdout.replace("html/", "")
    assert plain.stdout.count(">kept</span>") == 1
    made = tmp_path / "view.html"
    result = invoke("view", page, "-o", made, "--url", "https://example.org/", "--rules", rules)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "the site's rule .x" in made.read_text("utf-8")
    assert invoke("view", page, "--rules", rules).exit_code == 2
    assert "cannot read" in invoke("view", tmp_path / "none.html").stderr
