"""`dedup settings`: every setting is in the table, and its file is one for --config."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dedup.cli import main
from dedup.config import DEFAULTS, Settings

STAGES = [*DEFAULTS.__dataclass_fields__]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["settings", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("stage", STAGES)
def test_every_setting_is_in_the_table_with_what_it_means(stage: str) -> None:
    rows = re.findall(r"^\| `(\S+)` \| `(.*?)` \| (.+?) \| (.+) \|$", run(stage), re.MULTILINE)
    names = [f"{stage}.{name}" for name in getattr(DEFAULTS, stage).__dataclass_fields__]
    assert [row[0] for row in rows] == names
    assert all(row[2] and row[3] for row in rows)
    assert run(stage).strip() in run()


def test_the_file_of_all_defaults_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "dedup.toml"
    path.write_text(run("--format", "toml"), "utf-8")
    assert Settings.from_toml(path) == DEFAULTS
    defaults = re.sub(r"^# (\w+ = )(?!none)", r"\1", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(defaults, "utf-8")
    assert Settings.from_toml(path) == DEFAULTS
    assert defaults.count("\n[") == len(STAGES)
