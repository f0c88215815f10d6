"""Plots are drawn where there are figures for them."""

from pathlib import Path

import pytest

from benchmarks import result
from benchmarks.outcome import Outcome


def test_four_kinds_of_plots_and_no_others(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.plots import draw

    out = Outcome("near")
    for row in ("0.5", "0.8"):
        out.put("by threshold, en", row, "recall", 0.99)
        out.put("CPU seconds by texts of 1 KB", row, "dedup", 0.5)
        out.put("S-curve of the bands", row, "dedup, formula", 0.5)
        out.put("found by kind of copy, en", row, "dedup", 0.5)
        out.put("pairs, en", row, "dedup", 0.5)
    names = draw(result.as_json([out], "full"), tmp_path)
    assert len(names) == 4
    for name in names:
        assert (tmp_path / f"{name}.svg").read_text("utf-8").rstrip().endswith("</svg>")
