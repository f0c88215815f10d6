"""The seed pages, cleaned by hand: what their gold.json calls body, repeats left out."""

import json
import os
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("DEDUP_DATA", ROOT.parent / "shared"))
SEEDS = DATA / "seeds"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason=f"no seed pages in {SEEDS}")


@cache
def bodies() -> dict[str, str]:
    """The main text of each seed page, by the three digits that its name begins with."""
    gold = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))
    texts = {}
    for name, page in gold["documents"].items():
        lines = (SEEDS / name).read_text(encoding="utf-8").split("\n")
        copies = {copy for _, copy in page["repeats"]}
        texts[name[:3]] = "\n".join(
            lines[number - 1]
            for first, last, label in page["lines"]
            if label.startswith("BODY")
            for number in range(first, last + 1)
            if number not in copies
        )
    return texts
