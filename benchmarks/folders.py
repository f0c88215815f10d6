"""Pages and texts that a user has on disk: Parquet files, and the layouts of public test sets.

A folder is recognised by what it holds:

    *.parquet                        columns ``id url html`` and ``golds`` and/or ``keep drop``
                                     (pages with accepted texts, with segments), or ``id url html
                                     lines labels`` (every line labelled), or ``text`` (documents)
    ground-truth.json, html/ID.html[.gz]       article-extraction-benchmark, WCXB 1
    ground-truth/ID.json, html/ID.html[.gz]    WCXB 2, also one folder further down (dev, test)
    original/ID.html, annotated/ID.html        L3S-GN1: spans of class x-nc-sel1 to x-nc-sel5
    N.html, N.txt or N-cleaned.txt             CleanEval, in one folder or in two beside another

Only formats were looked at, in the sets' own documentation: no page of theirs.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.pages import Example, site_of


class UnknownLayoutError(ValueError):
    """A folder that is not there or holds none of the layouts."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds: sets of pages and collections of texts, by name."""

    sets: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_folder(folder: Path) -> Found:
    """Read whatever a folder holds.

    Raises:
        UnknownLayoutError: it is not there, or nothing in it was recognised.
    """
    if not folder.is_dir():
        raise UnknownLayoutError(f"no folder {folder}")
    if any(folder.rglob("*.parquet")):
        return parquet(folder)
    for name, layout in LAYOUTS.items():
        examples = tuple(layout(folder))
        if examples:
            return Found(sets={f"{folder.name} ({name})": examples})
    layouts = ", ".join(("Parquet", *LAYOUTS))
    raise UnknownLayoutError(f"{folder} holds none of the layouts that are known ({layouts})")


def parquet(folder: Path) -> Found:
    """Every Parquet file of a folder, by its columns."""
    import pyarrow.parquet as pq

    sets: dict[str, tuple[Example, ...]] = {}
    texts: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        columns = set(pq.read_schema(path).names)
        if columns >= {"html"} and columns & {"golds", "keep", "drop", "lines"}:
            rows = pq.read_table(path).to_pylist()
            sets[path.stem] = tuple(_row(number, row) for number, row in enumerate(rows))
        elif "text" in columns:
            column = pq.read_table(path, columns=["text"])["text"].to_pylist()
            texts[path.stem] = tuple(text for text in column if text)
    if not sets and not texts:
        raise UnknownLayoutError(f"no Parquet file in {folder} has pages (html, golds) or a text")
    return Found(sets, texts)


def _row(number: int, row: Mapping[str, Any]) -> Example:
    name, html = str(row.get("id") or number), row["html"]
    lines = tuple(zip(row.get("lines") or (), row.get("labels") or (), strict=True))
    body = "\n".join(text for text, label in lines if label == "body")
    return Example(
        name,
        site_of(row.get("url") or "", name),
        html.encode() if isinstance(html, str) else html,
        kind=row.get("kind") or "",
        lang=row.get("lang") or "",
        golds=tuple(row.get("golds") or ((body,) if lines else ())),
        keep=tuple(row.get("keep") or ()),
        drop=tuple(row.get("drop") or ()),
        lines=lines,
    )


def article_benchmark(folder: Path) -> Iterator[Example]:
    """One JSON file for all pages: ``articleBody`` and ``url`` by id.

    Where a set also names sentences (``with``, ``without``), the text is what counts.
    """
    truth = folder / "ground-truth.json"
    if truth.is_file():
        for name, entry in sorted(_json(truth).items()):
            html = _html(folder / "html", name)
            if html is not None:
                site = site_of(entry.get("url") or "", name)
                yield Example(name, site, html, golds=(entry["articleBody"],))


def wcxb(folder: Path) -> Iterator[Example]:
    """One JSON file a page: ``url``, ``ground_truth.main_content``, ``page_type``."""
    for truth in sorted(folder.glob("**/ground-truth/*.json")):
        entry, html = _json(truth), _html(truth.parent.parent / "html", truth.stem)
        if html is not None:
            site = site_of(entry.get("url") or "", truth.stem)
            gold = entry["ground_truth"]["main_content"]
            yield Example(truth.stem, site, html, kind=_page_type(entry), golds=(gold,))


def _page_type(entry: Mapping[str, Any]) -> str:
    """A word, or an object whose ``primary`` is the word; at the top or under ``_internal``."""
    kind = entry.get("page_type") or entry.get("_internal", {}).get("page_type") or ""
    return str(kind.get("primary", "")) if isinstance(kind, dict) else str(kind)


def l3s(folder: Path) -> Iterator[Example]:
    """Annotated copies: spans around the headline (1), the text (2) and what supplements it (3).

    Two texts are accepted: with the supplements and without. Where spans lie in one another, the
    innermost counts; 0, 4 (related) and 5 (comments) are no text.
    """
    for annotated in sorted((folder / "annotated").glob("*.html")):
        original = folder / "original" / annotated.name
        if original.is_file():
            markup = annotated.read_bytes()
            golds = tuple(_selected(markup, wanted) for wanted in ("123", "12"))
            yield Example(annotated.stem, annotated.stem, original.read_bytes(), golds=golds)


def _selected(markup: bytes, wanted: str) -> str:
    """The text whose innermost ``x-nc-sel`` span is one of those wanted."""
    from selectolax.lexbor import LexborHTMLParser

    from benchmarks.internals.page import decode

    body = LexborHTMLParser(decode(markup)).body
    pieces: list[str] = []
    for node in body.traverse(include_text=True) if body else ():
        if node.tag != "-text" or not (text := (node.text_content or "").strip()):
            continue
        above = node.parent
        while above is not None and not _SELECTION.search(above.attributes.get("class") or ""):
            above = above.parent
        if above is not None:
            found = _SELECTION.search(above.attributes.get("class") or "")
            if found and found[1] in wanted:
                pieces.append(text)
    return "\n".join(pieces)


_SELECTION = re.compile(r"\bx-nc-sel(\d)\b")
_MARK = re.compile(r"^\s*<(?:h|p|l|/h|/p|/l)>\s*", re.I | re.M)
_HEADER = re.compile(r"\A\ufeff?\s*URL:[^\n]*\n")


def cleaneval(folder: Path) -> Iterator[Example]:
    """Numbered pages, and texts with a ``URL:`` line and marks of header, paragraph and list."""
    texts: dict[str, Path] = {}
    for path in sorted(folder.glob("**/*.txt")):
        texts.setdefault(path.stem.removesuffix("-cleaned"), path)
    for page in sorted(folder.glob("**/*.html")):
        if page.stem in texts and page.stem.isdigit():
            from benchmarks.internals.page import decode

            gold = decode(texts[page.stem].read_bytes())
            html = _TEXT_TAG.sub(b"", page.read_bytes())
            yield Example(page.stem, page.stem, html, golds=(unmarked(gold),))


# The pages of the competition stand in an element <text id=...> of their own.
_TEXT_TAG = re.compile(rb"\A\s*<text\b[^>]*>|</text>\s*\Z", re.I)


def unmarked(text: str) -> str:
    """The gold without its address and its marks.

    >>> unmarked("URL: http://example.org/\\n\\n<h>A title\\n<p>A paragraph.\\n<l>An item")
    'A title\\nA paragraph.\\nAn item'
    """
    return _MARK.sub("", _HEADER.sub("", text)).strip()


LAYOUTS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "article-extraction-benchmark": article_benchmark,
    "WCXB": wcxb,
    "L3S-GN1": l3s,
    "CleanEval": cleaneval,
}


def _json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def _html(folder: Path, name: str) -> bytes | None:
    packed, plain = folder / f"{name}.html.gz", folder / f"{name}.html"
    if packed.is_file():
        return gzip.decompress(packed.read_bytes())
    return plain.read_bytes() if plain.is_file() else None
