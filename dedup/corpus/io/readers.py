"""Reading sources: JSON lines, Parquet, WARC and WET, page files; one record after another.

Memory is bounded by the largest record. What cannot be read comes out as a `Reject` in its place.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from dedup.config import CorpusSettings, Format
from dedup.corpus.io.formats import is_markup
from dedup.corpus.io.records import Form, Raw, Reject, Skipped, Source
from dedup.corpus.io.streams import Problems, lines, open_stream, read_file
from dedup.corpus.io.warc import read_warc
from dedup.corpus.optional import require
from dedup.errors import InputError

_PARQUET_ROWS = 64


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
    reader = read_lines if source.format is Format.JSONL else read_warc
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


def read_lines(file: Any, problems: Problems, limit: int) -> Iterator[Raw | Reject]:
    """Every JSON line of a file that is not blank.

    Args:
        file: the file, compressed or not.
        problems: where damage of the compression is noted.
        limit: bytes that a line may have.
    """
    for row, (line, whole) in enumerate(lines(open_stream(file, problems), limit)):
        place = f"line {row + 1}"
        if not whole:
            yield Reject(row, place, f"over {limit} bytes (record_bytes)")
        elif line.strip():
            yield Raw(row, place, line.removeprefix(BOM_UTF8) if row == 0 else line)


def _read_files(paths: Sequence[str], limit: int, meter: Meter) -> Iterator[Raw | Reject]:
    for row, path in enumerate(paths):
        form = Form.HTML if is_markup(path) else Form.PAGE
        try:
            with Path(path).open("rb") as file:
                try:
                    data = read_file(file, limit)
                finally:
                    meter.passed += file.tell()
        except OSError as error:
            yield Reject(row, path, f"unreadable: {error}")
        except InputError as error:
            yield Reject(row, path, str(error))
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
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"broken Parquet: {error}") from error


def parquet_rows(source: Source) -> int:
    """The rows of a Parquet file, 0 where it is broken."""
    parquet = require("pyarrow.parquet", "pyarrow")
    arrow = require("pyarrow")
    try:
        return int(parquet.read_metadata(source.paths[0]).num_rows)
    except (arrow.ArrowException, OSError):
        return 0


def _without_views(batch: Any) -> Any:
    """A batch whose string views are strings; Arrow cannot yet take rows out of views."""
    pa = require("pyarrow")
    plain = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    if not any(kind in plain for kind in batch.schema.types):
        return batch
    fields = [field.with_type(plain.get(field.type, field.type)) for field in batch.schema]
    return batch.cast(pa.schema(fields))
