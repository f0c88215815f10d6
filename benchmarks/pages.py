"""The development pages: where they are, what is expected of them, which site they are from."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import pyarrow.parquet as pq

from benchmarks.training.labels import Run, runs_of

ROOT = Path(__file__).resolve().parent.parent
SETS = (
    "wcxb", "magic_article", "magic_forum", "trafilatura", "daniel_zh", "daniel_en", "daniel_ru",
    "daniel_el", "daniel_pl", "fundus", "mozilla_readability", "cleaneval",
)  # fmt: skip
LABELLED = ("labels", "labels_zh")
FOLDS = 5
NO_PAGES = "no development pages: set DEDUP_DATA to the folder that holds dev/"


def folder() -> Path:
    """The folder of the development data, whether or not it is there."""
    return Path(os.environ.get("DEDUP_DATA") or ROOT.parent / "shared") / "dev"


@dataclass(frozen=True, slots=True)
class Example:
    """One page and what is expected of it.

    Attributes:
        name: the set and the id.
        site: the registered domain, or the id where there is no address.
        html: the bytes as served.
        kind: the page type, or the empty string.
        lang: the language as stated.
        golds: accepted main texts.
        keep: segments that must be in the text.
        drop: segments that must not be in it.
        lines: lines with their labels, for the line-labelled pages.
        runs: labels over the characters of the walked page, for pages labelled by `annotate`.
    """

    name: str
    site: str
    html: bytes
    kind: str = ""
    lang: str = ""
    golds: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def fold(self) -> int:
        """The fold of its site, 0 to 4."""
        return crc32(self.site.encode()) % FOLDS


_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})


def site_of(url: str, name: str) -> str:
    """The registered domain of an address (without the public suffix list: by its length).

    >>> site_of("https://news.example.co.uk/a", ""), site_of("", "20120112_ent.ifeng.com_12af")
    ('example.co.uk', 'ifeng.com')
    """
    host = urlsplit(url).hostname if url else None
    if not host and name.count("_") >= 2 and "." in name.split("_")[1]:
        host = name.split("_")[1]
    if not host:
        return name
    parts = host.split(".")
    size = 3 if len(parts) > 2 and parts[-2] in _SECOND_LEVEL and len(parts[-1]) == 2 else 2
    return ".".join(parts[-size:])


def load(name: str, every: int = 1, first: int = 0) -> Iterator[Example]:
    """Read one set; ``every``: only each n-th page, from the place ``first`` on."""
    if name in LABELLED:
        table = pq.read_table(folder() / f"{name}.parquet")
    else:
        table = pq.read_table(folder() / "extraction" / f"{name}.parquet")
    for row in table.take(list(range(first, table.num_rows, every))).to_pylist():
        common = (f"{name}:{row['id']}", site_of(row["url"] or "", row["id"]), row["html"])
        if name in LABELLED:
            lines = tuple(zip(row["lines"], row["labels"], strict=True))
            body = "\n".join(text for text, label in lines if label == "body")
            yield Example(*common, golds=(body,), lines=lines)
        else:
            yield Example(
                *common,
                kind=row["kind"] or "",
                lang=row["lang"] or "",
                golds=tuple(row["golds"] or ()),
                keep=tuple(row["keep"] or ()),
                drop=tuple(row["drop"] or ()),
                runs=runs_of(common[0]),
            )
