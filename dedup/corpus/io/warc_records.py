"""WARC records that are passed on: as they came, or as ``revisit`` records (ISO 28500)."""

import gzip
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, BinaryIO

from dedup.corpus.io.records import Raw, Reject
from dedup.corpus.io.streams import Problems
from dedup.corpus.io.warc import NO_LENGTH, each_record, has_length, holds_page, page_in

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SIMILAR = "urn:dedup:revisit:similar-text"
_VERSION = "WARC/1.1"
_HEADERS_END = b"\r\n\r\n"
# Of the record that a revisit stands for, these no longer hold.
_GONE = ("warc-type", "content-length", "warc-block-digest", "warc-truncated", "warc-profile")

_LARGEST = 1 << 30  # bytes of a block that is passed on; it is held whole meanwhile


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record as it came.

    Attributes:
        version: of the format, its first line.
        headers: names and values, in order.
        block: what follows them.
        page: the page in it, if it holds one that can be read.
    """

    version: str
    headers: tuple[tuple[str, str], ...]
    block: bytes
    page: Raw | None

    def get(self, name: str) -> str | None:
        """The value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def payload_digest(self) -> str:
        """The digest of the payload: the one that the record names, or its SHA-1."""
        named = self.get("warc-payload-digest")
        return named or "sha1:" + b32encode(sha1(self._payload).digest()).decode()

    @property
    def _payload(self) -> bytes:
        return self.block.partition(_HEADERS_END)[2] if self.is_http else self.block

    @property
    def is_http(self) -> bool:
        """Whether the block is a message of HTTP, with headers of its own."""
        return (self.get("content-type") or "").lower().startswith("application/http")

    def to_bytes(self) -> bytes:
        """The record as it came."""
        return _member(self.version, self.headers, self.block)

    def revisit(self, profile: str, partner: Mapping[str, str], more: Mapping[str, str]) -> bytes:
        """A record that says that the page was seen before; of it only the HTTP headers stay.

        Args:
            profile: how the two agree: `IDENTICAL` or `SIMILAR`.
            partner: ``id``, ``uri`` and ``date`` of the record that holds what was seen.
            more: further fields.
        """
        head, found, _ = self.block.partition(_HEADERS_END)
        block = head + found if self.is_http and found else b""
        refers = {
            "WARC-Refers-To": partner.get("id"),
            "WARC-Refers-To-Target-URI": partner.get("uri"),
            "WARC-Refers-To-Date": partner.get("date"),
        }
        kept = [(name, value) for name, value in self.headers if name.lower() not in _GONE]
        if self.get("warc-payload-digest") is None:
            kept.append(("WARC-Payload-Digest", self.payload_digest))
        headers = [
            ("WARC-Type", "revisit"),
            *kept,
            ("WARC-Profile", profile),
            *((name, value) for name, value in refers.items() if value),
            *more.items(),
            ("WARC-Truncated", "length"),
            ("Content-Length", str(len(block))),
        ]
        return _member(_VERSION, headers, block)


def warc_records(file: BinaryIO, problems: Problems, limit: int) -> Iterator[WarcRecord | Reject]:
    """Every record of a WARC file, in order.

    Args:
        file: the file, compressed or not.
        problems: where damage of the compression is noted.
        limit: bytes that the block of a page may have; larger ones are passed on, and not cleaned.
    """

    def make(warc: Any, record: Any, row: int) -> WarcRecord | Reject:
        if record.content_length > _LARGEST:
            return Reject(row, f"record {row + 1}", f"over {_LARGEST} bytes")
        if not has_length(record):
            return Reject(row, f"record {row + 1}", NO_LENGTH)
        block = record.reader.read()
        if len(block) < record.content_length:
            reason = f"truncated WARC record: {len(block)} of {record.content_length} bytes"
            return Reject(row, f"record {row + 1}", reason)
        page = None
        if record.record_id and holds_page(warc, record) and len(block) <= limit:
            found = page_in(warc, record, block, row, limit)
            page = found if isinstance(found, Raw) else None
        version = record.headers.status_line or _VERSION
        return WarcRecord(version, tuple(record.headers.astuples()), block, page)

    return each_record(file, problems, make)


def _member(version: str, headers: Any, block: bytes) -> bytes:
    """A record as one member of gzip."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"{version}\r\n{lines}\r\n".encode("utf-8", "surrogateescape")
    return gzip.compress(head + block + b"\r\n\r\n", 6, mtime=0)
