"""Where the tests find their pages and the development data."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
DATA = Path(os.environ.get("DEDUP_DATA", ROOT.parent / "shared"))
SEEDS = DATA / "seeds"

needs_seeds = pytest.mark.skipif(
    not (SEEDS / "gold.json").is_file(),
    reason="the seed pages are not here: set DEDUP_DATA to the folder that holds seeds/",
)
