"""Pages out of WARC and WET files (ISO 28500), stepping over broken records."""

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, TypeVar

from dedup.corpus.io.records import Form, Raw, Reject, Skipped
from dedup.corpus.io.streams import (
    CHUNK,
    GZIP_MAGIC,
    Problems,
    Resumable,
    inflated,
    open_stream,
)
from dedup.corpus.optional import require

Item = TypeVar("Item")
_MARKER = b"WARC/1."
# Bodies that are decompressed here, because FastWARC's own decoder knows no bound: what 300 KB
# stand for would be in memory at once. (Brotli is left to it.)
_ENCODED = re.compile(rb"\n[Cc]ontent-[Ee]ncoding:[ \t]*(?:x-)?(?:gzip|deflate)[ \t]*\r?(?:\n|$)")
_HEAD = 1 << 16  # bytes that the header of a response may have
NO_LENGTH = "broken WARC record: no Content-Length"
# The types whose records are pages; the others describe the crawl.
_PAGES = ("response", "resource", "conversion")


def read_warc(file: BinaryIO, problems: Problems, limit: int) -> Iterator[Raw | Reject | Skipped]:
    """Every page of a WARC or WET file, in order.

    Args:
        file: the file, compressed or not.
        problems: where damage of the compression is noted.
        limit: bytes that a record may have.
    """
    yield from each_record(
        file, problems, lambda warc, record, row: _item(warc, record, row, limit)
    )


def each_record(
    file: BinaryIO, problems: Problems, make: Callable[[Any, Any, int], Item]
) -> Iterator[Item | Reject]:
    """What is made of each record of a WARC file, in order; what is broken is stepped over.

    Args:
        file: the file, compressed or not.
        problems: where damage of the compression is noted.
        make: called with the module `fastwarc.warc`, a record that is not read yet, and its number.
    """
    warc = require("fastwarc.warc", "fastwarc")
    stream = Resumable(open_stream(file, problems))
    row = 0
    more = True
    while more:
        last = 0
        try:
            for record in warc.ArchiveIterator(stream, parse_http=False, stream_detect=False):
                last = record.stream_pos
                yield make(warc, record, row)
                row += 1
            return
        except OSError as error:
            place = f"record {row + 1}, after byte {stream.base + last}"
            yield Reject(row, place, f"broken WARC record: {error}")
            row += 1
        more = stream.skip_to(_MARKER, last + 1)


def _item(warc: Any, record: Any, row: int, limit: int) -> Raw | Reject | Skipped:
    place = f"record {row + 1}"
    if not record.record_id:
        return Reject(row, place, "broken WARC record: no WARC-Record-ID")
    if not has_length(record):
        return Reject(row, place, NO_LENGTH)
    if not holds_page(warc, record):
        return Skipped("WARC record without a page")
    if record.content_length > limit:
        return Reject(row, place, f"over {limit} bytes (record_bytes)")
    block = record.reader.read()
    if len(block) < record.content_length:
        reason = f"truncated WARC record: {len(block)} of {record.content_length} bytes"
        return Reject(row, place, reason)
    return page_in(warc, record, block, row, limit)


def has_length(record: Any) -> bool:
    """Whether a record says how long its block is; without, none is read."""
    return bool(record.headers.get("Content-Length", "").strip().isdigit())


def holds_page(warc: Any, record: Any) -> bool:
    """Whether a record is of a type whose records are pages."""
    return any(record.record_type == getattr(warc, name) for name in _PAGES)


def page_in(warc: Any, record: Any, block: bytes, row: int, limit: int) -> Raw | Reject | Skipped:
    """The page in the block of a record of the types that hold one.

    Args:
        warc: the module `fastwarc.warc`.
        record: the record.
        block: its block.
        row: its number.
        limit: bytes that the page may have when it is decompressed.
    """
    place = f"record {row + 1}"
    headers = record.headers
    content_type, charset, body = headers.get("Content-Type", ""), None, block
    if record.is_http:
        try:
            content_type, charset, body = _http_body(warc, block, limit)
        except OSError as error:
            return Reject(row, place, f"broken HTTP body: {error}")
        if len(body) > limit:
            return Reject(row, place, f"its HTTP body is over {limit} bytes (record_bytes)")
    content_type = content_type.partition(";")[0].strip().lower()
    if content_type and not content_type.startswith("text/") and "html" not in content_type:
        return Skipped(content_type)
    return Raw(
        row,
        place,
        body,
        Form.HTML if "html" in content_type else Form.PAGE,
        id=record.record_id.strip("<>").removeprefix("urn:uuid:"),
        url=headers.get("WARC-Target-URI"),
        date=headers.get("WARC-Date"),
        encoding=charset,
    )


def _http_body(warc: Any, block: bytes, limit: int) -> tuple[str, str | None, bytes]:
    """Content type, declared encoding and decoded body of a stored HTTP response.

    Of a body of more bytes than ``limit``, which may be a decompression bomb, no more than one
    above it.
    """
    try:
        return _decoded(warc, block, "all", limit)
    except OSError:
        # Many archives store decoded bodies under the original headers.
        content_type, charset, body = _decoded(warc, block, "none", limit)
        if body.startswith(GZIP_MAGIC) or b"\0" in body[:1024]:
            raise
        return content_type, charset, body


def _decoded(warc: Any, block: bytes, decode: str, limit: int) -> tuple[str, str | None, bytes]:
    # A record of its own: a failing decoder leaves the iterator's record without a reader.
    record = warc.WarcRecord()
    record.set_bytes_content(block)
    record.is_http = True
    by_zlib = decode == "all" and _ENCODED.search(block[:_HEAD].partition(b"\r\n\r\n")[0])
    record.parse_http(auto_decode="transfer" if by_zlib else decode)
    body = bytearray()
    while len(body) <= limit and (piece := record.reader.read(min(CHUNK, limit + 1 - len(body)))):
        body += piece
    found = bytes(body) if len(body) > limit or not by_zlib else inflated(bytes(body), limit + 1)
    return record.http_content_type or "", record.http_charset, found
