"""Every example of README.md and docs/ runs, and shows what the program says."""

import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import dedup
from dedup.cli import _COMMANDS
from tests.documents import (
    FILES,
    SETTINGS,
    Session,
    commands,
    differences,
    examples,
    same,
    settings_page,
)
from tests.paths import ROOT

# What a test cannot run: it installs, asks a network, or needs a machine of another kind.
_NOT_RUN = (
    "pip ",
    "git ",
    "make ",
    "docker ",
    "apt-get ",
    "spark-submit ",
    "sbatch ",
    "python -m ",
)
_SPARK = ("PYSPARK_PYTHON=", "env/bin/", "dedup run ")
_LANGUAGES = {"", "console", "python", "sh", "toml", "yaml", "json", "html", "text", "dockerfile"}
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the examples need bash")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_what_is_shown_is_what_the_program_says(path: Path, tmp_path: Path) -> None:
    found = differences(path, tmp_path)
    assert not found, "\n".join(map(str, found)) + "\n(python -m tests.documents write FILE)"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_blocks_are_of_a_known_kind(path: Path) -> None:
    for example in examples(path.read_text("utf-8")):
        where = f"{_name(path)}, line {example.line}"
        if example.language.startswith("{"):  # a directive of the site
            continue
        assert example.language in _LANGUAGES, where
        if example.language == "sh":
            for line in example.body.replace("\\\n", "").splitlines():
                spark = line.startswith(_SPARK) and any(w in line for w in ("spark", "env"))
                known = line.startswith((*_NOT_RUN, "#")) or spark or not line
                assert known, f"{where}: {line}"
        if example.language == "toml":
            tomllib.loads(example.body)
        if example.language == "yaml":
            yaml.safe_load(example.body)
        if example.language == "json":
            json.loads(example.body)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"COMMAND": "near", "PATHS": "data.jsonl", "FAIL_OVER": "0.6"}, 0, "exact"),
        ({"COMMAND": "near", "PATHS": "*.jsonl", "FAIL_OVER": "0.1"}, 1, "50.0% of 2 documents"),
        ({"COMMAND": "evaluate", "PATHS": "pages", "FLOORS": "floors.toml"}, 1, "its floor 0.9"),
        ({"COMMAND": "evaluate", "PATHS": "pages"}, 0, "worst pages"),
        ({"COMMAND": "$(touch broken)", "PATHS": "x"}, 2, "near or evaluate"),
    ],
)
def test_the_action_runs_its_command(
    given: dict[str, str], code: int, said: str, tmp_path: Path
) -> None:
    action = yaml.safe_load((ROOT / ".github/actions/dedup/action.yml").read_text("utf-8"))
    assert {"command", "paths", "fail-over", "floors"} <= action["inputs"].keys()
    script = next(step["run"] for step in action["runs"]["steps"] if step.get("name") == "Check")
    session = Session(tmp_path)
    text = "The storm took the roof of the mill, and nobody was hurt."
    (tmp_path / "data.jsonl").write_text(2 * (json.dumps({"text": text}) + "\n"))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text(f"<p>{text}</p>")
    (tmp_path / "pages" / "a.txt").write_text("Something else that the page does not say.")
    (tmp_path / "floors.toml").write_text("all = 0.9\n")
    values = {"FAIL_OVER": "", "FLOORS": "", "OPTIONS": "", **given}
    ran = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=tmp_path,
        env=session.environment | values,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (ran.returncode, said in ran.stdout) == (code, True), ran.stdout
    assert not (tmp_path / "broken").exists()


def test_every_command_is_shown() -> None:
    shown = "".join(path.read_text("utf-8") for path in FILES)
    assert [name for name in _COMMANDS if f"$ dedup {name}" not in shown] == []


def test_every_public_name_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "api.md").read_text("utf-8").split()
    assert [name for name in dedup.__all__ if name not in reference] == []


def test_the_settings_page_is_that_of_the_settings() -> None:
    assert SETTINGS.read_text("utf-8") == settings_page(), "python -m tests.documents settings"


def test_a_difference_is_found() -> None:
    body = "$ one \\\n  two\n1\n2\n$ cat <<'END'\nx\nEND\nx\n"
    first, second = commands(body)
    assert (first.text, first.output) == ("one \\\n  two\n", "1\n2\n")
    assert (second.text, second.output) == ("cat <<'END'\nx\nEND\n", "x\n")
    assert body[second.start : second.end] == "x\n"
    assert same("a ... b\n3.2 s\n", "a new b\n10.4 s\n")
    assert not same("a 1\n", "a 2\n")
    assert not same("a 1.5 s\n", "b 1.5 s\n")
