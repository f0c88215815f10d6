"""Reading sources: JSON lines, Parquet, WARC and WET, page files; one record after another.

Memory is bounded by the largest record. What cannot be read comes out as a `Reject` in its place.
"""

import os
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from dedup.config import CorpusSettings, KeySettings
from dedup.corpus.extra import require
from dedup.corpus.records import (
    Form,
    Format,
    Raw,
    Reject,
    Skipped,
    Source,
    key_names,
    missing_keys,
)
from dedup.corpus.streams import Problems, lines, open_stream
from dedup.corpus.warc import read_warc
from dedup.errors import InputError

_SUFFIXES = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".warc": Format.WARC,
    ".wet": Format.WARC,
    ".wat": None,
    ".html": Format.FILES,
    ".htm": Format.FILES,
    ".xhtml": Format.FILES,
    ".txt": Format.FILES,
    ".md": Format.FILES,
}
_MARKUP = frozenset({".html", ".htm", ".xhtml"})
_PACKED = frozenset({".gz", ".zst"})
_PARQUET_ROWS = 64


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
            found = _format_of(path) or (Format(settings.input) if settings.input else None)
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


def _format_of(path: str) -> Format | None:
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    while suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def _expand(name: str, without: Path | None) -> Iterator[tuple[str, bool]]:
    """Every file that an input names, and whether it was named itself."""
    path = Path(name)
    if path.is_dir():
        for root, folders, files in os.walk(path):
            folders[:] = sorted(f for f in folders if Path(root, f).resolve() != without)
            yield from ((str(Path(root, file)), False) for file in sorted(files))
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


class Meter:
    """How many bytes of a source's files have been read so far."""

    def __init__(self) -> None:
        self.passed = 0
        self.file: BinaryIO | None = None

    @property
    def bytes(self) -> int:
        """Bytes as they lie on disk, compressed or not."""
        return self.passed if self.file is None else self.file.tell()


def read(
    source: Source, settings: CorpusSettings, meter: Meter | None = None
) -> Iterator[Raw | Reject | Skipped]:
    """Every record of a source that is not Parquet, in order.

    Damage never raises: it comes out as a `Reject`.
    """
    meter = meter or Meter()
    if source.format is Format.FILES:
        yield from _read_files(source.paths, settings.record_bytes, meter)
        return
    problems: Problems = []
    reader = _read_lines if source.format is Format.JSONL else read_warc
    row = 0
    try:
        with Path(source.paths[0]).open("rb") as file:
            meter.file = file
            for item in reader(file, problems, settings.record_bytes):
                row = getattr(item, "row", row) + 1
                yield item
            meter.passed, meter.file = file.tell(), None
    except OSError as error:
        problems.append(f"unreadable: {error}")
    for offset, problem in enumerate(problems):
        yield Reject(row + offset, source.name, problem)


def _read_lines(file: Any, problems: Problems, limit: int) -> Iterator[Raw | Reject]:
    for row, (line, whole) in enumerate(lines(open_stream(file, problems), limit)):
        place = f"line {row + 1}"
        if not whole:
            yield Reject(row, place, f"over {limit} bytes (record_bytes)")
        elif line.strip():
            yield Raw(row, place, line.removeprefix(BOM_UTF8) if row == 0 else line)


def _read_files(paths: Sequence[str], limit: int, meter: Meter) -> Iterator[Raw | Reject]:
    for row, path in enumerate(paths):
        form = Form.HTML if Path(path).suffix.lower() in _MARKUP else Form.PAGE
        problems: Problems = []
        try:
            with Path(path).open("rb") as file:
                data = open_stream(file, problems).read(limit + 1)
                meter.passed += file.tell()
        except OSError as error:
            problems.append(f"unreadable: {error}")
        if problems:
            yield Reject(row, path, problems[0])
        elif len(data) > limit:
            yield Reject(row, path, f"over {limit} bytes (record_bytes)")
        else:
            yield Raw(row, path, data, form, id=path)


def read_parquet(source: Source) -> Iterator[Any]:
    """The rows of a Parquet file as record batches of a few rows each.

    Raises:
        InputError: if the file, or the next of its row groups, is broken.
    """
    parquet = require("pyarrow.parquet", "pyarrow")
    arrow = require("pyarrow")
    try:
        with parquet.ParquetFile(source.paths[0]) as file:
            for batch in file.iter_batches(_PARQUET_ROWS, use_threads=False):
                yield _without_views(batch)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"broken Parquet: {error}") from error


def _without_views(batch: Any) -> Any:
    """A batch whose string views are strings; Arrow cannot yet take rows out of views."""
    pa = require("pyarrow")
    plain = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    if not any(kind in plain for kind in batch.schema.types):
        return batch
    fields = [field.with_type(plain.get(field.type, field.type)) for field in batch.schema]
    return batch.cast(pa.schema(fields))


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
    orjson = require("orjson")
    found: set[str] = set()
    problem = None
    for item in read(source, settings):
        if isinstance(item, Raw):
            try:
                fields = orjson.loads(item.data)
            except orjson.JSONDecodeError:
                continue
            new = key_names(fields) - found if isinstance(fields, dict) else set()
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
    except (arrow.ArrowException, OSError):
        return None

    def names(fields: Any, prefix: str = "") -> Iterator[str]:
        for field in fields:
            yield prefix + field.name
            if arrow.types.is_struct(field.type):
                yield from names(field.type, f"{prefix}{field.name}.")

    return frozenset(names(schema))
