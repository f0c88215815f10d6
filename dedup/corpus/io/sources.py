"""What a run reads: the files, folders and patterns that were named, as sources in order."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dedup.config import CorpusSettings, Format, KeySettings
from dedup.corpus.io.formats import format_of, walk
from dedup.corpus.io.readers import read
from dedup.corpus.io.records import Raw, Source, key_names, load_object, missing_keys
from dedup.corpus.optional import require
from dedup.errors import InputError


def find_sources(
    inputs: Sequence[str | os.PathLike[str]],
    settings: CorpusSettings,
    without: Path | None = None,
) -> list[Source]:
    """The sources that the inputs name, in their order; page files next to each other are one.

    Args:
        inputs: files, directories (walked, sorted by name) and globs.
        settings: `CorpusSettings.input` tells the format of names that do not.
        without: a directory that is passed over where others are walked.

    Raises:
        InputError: if an input is not there or of no known format.
    """
    sources: list[Source] = []
    pages: list[str] = []

    def close_pages() -> None:
        if pages:
            sources.append(Source("", Format.FILES, tuple(pages)))
            pages.clear()

    for name in inputs:
        for path, asked_for in _expand(os.fspath(name), without and without.resolve()):
            found = format_of(path) or settings.input
            if found is None:
                if asked_for:
                    raise InputError(
                        f"{path}: neither JSONL, Parquet, WARC, WET, HTML nor text by its name: "
                        "say which with --input-format"
                    )
            elif found is Format.FILES:
                pages.append(path)
            else:
                close_pages()
                sources.append(Source(path, found, (path,)))
    close_pages()
    if not sources:
        raise InputError(
            f"nothing to read in {', '.join(str(name) for name in inputs) or 'no input'}"
        )
    return sources


def _expand(name: str, without: Path | None) -> Iterator[tuple[str, bool]]:
    """Every file that an input names, and whether it was named itself."""
    path = Path(name)
    if path.is_dir():
        yield from ((file, False) for file in walk(name, without))
    elif path.exists():
        yield name, True
    elif any(mark in name for mark in "*?["):
        base = Path(path.anchor or ".")
        found = sorted(map(str, base.glob(str(path.relative_to(path.anchor)))))
        if not found:
            raise InputError(f"{name}: no file of this pattern")
        for item in found:
            yield from _expand(item, without)
    else:
        raise InputError(f"{name}: no such file or directory")


def check_keys(source: Source, settings: CorpusSettings, keys: KeySettings) -> None:
    """See that the keys of a JSONL or Parquet source are there; reads until all were found.

    Raises:
        InputError: if one is nowhere in the source; it names the keys that are there.
    """
    if source.format is Format.PARQUET:
        there = _parquet_keys(source)
        problem = missing_keys(keys, there) if there is not None else None
    elif source.format is Format.JSONL:
        problem = _jsonl_problem(source, settings, keys)
    else:
        return
    if problem:
        raise InputError(f"{source.name}: {problem}")


def _jsonl_problem(source: Source, settings: CorpusSettings, keys: KeySettings) -> str | None:
    found: set[str] = set()
    problem = None
    for item in read(source, settings):
        if isinstance(item, Raw):
            try:
                new = key_names(load_object(item.data)) - found
            except InputError:
                continue
            if new:
                found |= new
                problem = missing_keys(keys, frozenset(found))
                if problem is None:
                    return None
    return problem


def _parquet_keys(source: Source) -> frozenset[str] | None:
    """The columns, dotted where nested; None for a broken file, which is set aside when read."""
    parquet = require("pyarrow.parquet", "pyarrow")
    arrow = require("pyarrow")
    try:
        schema = parquet.read_schema(source.paths[0])
    except (arrow.ArrowException, OSError, UnicodeDecodeError):
        return None

    def names(fields: Any, prefix: str = "") -> Iterator[str]:
        for field in fields:
            yield prefix + field.name
            if arrow.types.is_struct(field.type):
                yield from names(field.type, f"{prefix}{field.name}.")

    return frozenset(names(schema))
