"""The demo shows the main job and stays on two screens."""

import os
import subprocess
import sys

from tests.paths import ROOT


def test_demo_shows_the_main_job() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.demo"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) <= 80
    assert "石桥镇把旧粮仓改成了图书馆" in done.stdout
    assert "comment" in done.stdout
    assert "repeats block" in done.stdout
    assert "contains: zh_hant_republication / zh_council_original" in done.stdout.replace(
        "contains: zh_council_original / zh_hant_republication",
        "contains: zh_hant_republication / zh_council_original",
    )
