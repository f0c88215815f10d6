"""Labels of our own for pages of the sets: runs of labels over characters, without their text."""

import json
from functools import cache
from pathlib import Path

LABELS_FILE = Path(__file__).parent / "labels.jsonl"
UNKNOWN = "?"
Run = tuple[str, int]  # a label or `UNKNOWN`, and over how many characters that are no white space


@cache
def runs() -> dict[str, tuple[Run, ...]]:
    """The labels by the names of the pages."""
    rows = map(json.loads, LABELS_FILE.read_text("utf-8").splitlines())
    return {row["page"]: tuple((label, size) for label, size in row["runs"]) for row in rows}


def runs_of(page: str) -> tuple[Run, ...]:
    """The labels of one page; empty where it was not labelled.

    >>> runs_of("no such page")
    ()
    """
    return runs().get(page, ())
