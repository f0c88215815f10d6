"""The endings of file names: which format and which kind of page each stands for.

Every command and `dedup.run` go by this one table, whatever they read.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from dedup.config import Format

# Pages. The others are read as text or Markdown, whichever they look like.
_MARKUP = (".html", ".htm", ".xhtml", ".shtml")
_TEXT = (".txt", ".text", ".md", ".markdown")
_FORMATS = {
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), Format.JSONL),
    ".parquet": Format.PARQUET,
    **dict.fromkeys((".warc", ".wet"), Format.WARC),
    **dict.fromkeys((*_MARKUP, *_TEXT), Format.FILES),
}
# What may follow any of them but Parquet's; the content tells whether it is really compressed.
_PACKED = (".gz", ".zst")
PAGE_SUFFIXES = tuple(sorted((*_MARKUP, *_TEXT)))


def format_of(path: str) -> Format | None:
    """The format that the name of a file tells, or None.

    >>> format_of("crawl/a.JSONL.gz"), format_of("b.shtml"), format_of("c.png")
    ('jsonl', 'files', None)
    """
    return _FORMATS.get(_suffix(path))


def is_markup(path: str) -> bool:
    """Whether the name of a page says that it is HTML.

    >>> is_markup("a.html.gz"), is_markup("a.md")
    (True, False)
    """
    return _suffix(path) in _MARKUP


def _suffix(path: str) -> str:
    """The last ending that is not one of a compression, in lower case."""
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    while suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def walk(folder: str, without: Path | None = None) -> Iterator[str]:
    """All files below a directory, sorted by name, those of each folder before its subfolders.

    Args:
        folder: the directory.
        without: a directory that is passed over, as its resolved path.
    """
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if Path(root, f).resolve() != without)
        yield from (str(Path(root, file)) for file in sorted(files))
