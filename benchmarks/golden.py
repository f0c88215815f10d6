"""The golden pages of ``fixtures/pages``: the source, and what is expected of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.pages import ROOT


@dataclass(frozen=True, slots=True)
class GoldenPage:
    """One golden page.

    Attributes:
        name: the name of its folder.
        source: the bytes as served.
        html: whether it is HTML.
        url: its address, or None.
        text: the paragraphs of its main text.
        labels: beginnings of blocks, each with the labels that are right for it.
    """

    name: str
    source: bytes
    html: bool
    url: str | None
    text: tuple[str, ...]
    labels: tuple[tuple[str, frozenset[str]], ...]


def golden_pages() -> Iterator[GoldenPage]:
    """Every golden page, by name."""
    for path in sorted((ROOT / "fixtures" / "pages").glob("*/expected.json")):
        expected = json.loads(path.read_text("utf-8"))
        (source,) = path.parent.glob("source.*")
        yield GoldenPage(
            path.parent.name,
            source.read_bytes(),
            source.suffix == ".html",
            expected.get("url"),
            tuple(expected["text"]),
            tuple((start, frozenset(labels.split("|"))) for start, labels in expected["labels"]),
        )
