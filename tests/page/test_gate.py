"""The quality that was reached, on a sample of the development pages: it only goes up.

The floors are in ``benchmarks/floors.json``; ``python -m benchmarks.extraction --every 16
--no-peers`` shows the present figures.
"""

import json

import pytest

from benchmarks.pages import ROOT, SETS, folder

FLOORS = json.loads((ROOT / "benchmarks" / "floors.json").read_text())


@pytest.mark.skipif(not folder().is_dir(), reason="no development pages: set DEDUP_DATA")
def test_quality_does_not_fall() -> None:
    from benchmarks.extraction import quality

    table = quality(SETS, FLOORS["every"], {})
    reached = {
        f"{row}: {name}": round(score.f1, 4)
        for row, scores in table.items()
        for name, score in scores.items()
    }
    fallen = {key: (reached.get(key), floor) for key, floor in FLOORS["f1"].items()
              if reached.get(key, 0) < floor}  # fmt: skip
    assert not fallen
