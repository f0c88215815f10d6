"""Records out: JSON lines, compressed or not, and Parquet; one batch after the other."""

import gzip
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from types import TracebackType
from typing import Any, Self

from dedup.corpus.optional import require

# Zstandard's own default.
_LEVEL = 3


def encoded(records: Iterable[Any]) -> bytes:
    """Records that JSON can hold as lines; dates as ISO 8601, bytes as UTF-8 or base64.

    >>> encoded([{"a": 1}, {"b": frozenset({2})}])
    b'{"a":1}\\n{"b":"[2]"}\\n'
    """
    orjson = require("orjson")
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    return b"".join(orjson.dumps(record, default=plain, option=option) for record in records)


class JsonLines:
    """Writes records as JSON lines; the same records give the same bytes.

    Args:
        file: where to; left open.
        packing: ``gz``, ``zst`` or the empty string.
    """

    def __init__(self, file: Any, packing: str = "") -> None:
        self._close = True
        if packing == "gz":
            self._file: Any = gzip.GzipFile("", "wb", fileobj=file, mtime=0)
        elif packing == "zst":
            compressor = require("zstandard").ZstdCompressor(level=_LEVEL)
            self._file = compressor.stream_writer(file, closefd=False)
        else:
            self._file, self._close = file, False

    def write(self, records: Iterable[Any]) -> None:
        """Write records; see `encoded`."""
        self.write_bytes(encoded(records))

    def write_bytes(self, lines: bytes) -> None:
        """Write what `encoded` gave."""
        self._file.write(lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._close and error is None:
            self._file.close()


class ParquetRows:
    """Writes Arrow tables of one schema as the row groups of a Parquet file."""

    def __init__(self, file: Any, schema: Any) -> None:
        pa = require("pyarrow")
        parquet = require("pyarrow.parquet", "pyarrow")
        self._schema = schema
        self._writer = parquet.ParquetWriter(pa.PythonFile(file, "w"), schema, compression="zstd")

    def write(self, table: Any) -> None:
        """Write a table, its columns brought to the order and types of the schema."""
        if table.num_rows:
            self._writer.write_table(table.select(self._schema.names).cast(self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closed in any case: the writer would try again when it is collected, on a closed file.
        with suppress(Exception) if error else nullcontext():
            self._writer.close()


def json_lines(file: Any, output: str) -> AbstractContextManager[JsonLines]:
    """The writer for ``jsonl``, ``jsonl.gz`` or ``jsonl.zst``."""
    return JsonLines(file, output.removeprefix("jsonl").removeprefix("."))


def plain(value: Any) -> Any:
    """A value that JSON has no form for, in one that it has.

    >>> plain(b"ab"), plain(b"\\xff"), plain(frozenset({1}))
    ('ab', '/w==', '[1]')
    """
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            import base64

            return base64.b64encode(value).decode()
    return str(sorted(value)) if isinstance(value, set | frozenset) else str(value)
