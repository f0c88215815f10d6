"""Byte streams that outlive damage: what cannot be read is noted and stepped over.

The readers of `dedup.corpus.io.readers` sit on these. Nothing here raises for bad data: a problem
is put on a list, with the position in the file where it was found, and reading resumes after it
where that is possible.
"""

import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from dedup.corpus.optional import require
from dedup.errors import InputError

CHUNK = 1 << 20
# RFC 1952: the two magic bytes and the only compression method there is.
# Four bytes of Zstandard may stand for 128 KB: so little is decompressed at once that a
# decompression bomb fills 256 MB at most.
_ZSTD_CHUNK = 8 << 10
GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

Problems = list[str]


class Reads(Protocol):
    """Anything that hands out bytes by `read`."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        ...


def open_stream(raw: BinaryIO, problems: Problems) -> Reads:
    """Decompress ``raw`` if its first bytes say gzip or Zstandard.

    The name of the file does not matter: crawls hold ``.gz`` files that are not compressed.

    >>> import gzip
    >>> open_stream(io.BytesIO(gzip.compress(b"page")), []).read()
    b'page'
    """
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)  # type: ignore[type-var]
    head = buffered.peek(4)[:4]
    if head.startswith(GZIP_MAGIC):
        return GzipStream(buffered, problems)
    if head.startswith(ZSTD_MAGIC):
        return ZstdStream(buffered, problems)
    return buffered


def read_file(file: BinaryIO, limit: int) -> bytes:
    """All bytes of a file, decompressed if it is compressed.

    Raises:
        InputError: if it is damaged, or over the limit.
    """
    problems: Problems = []
    data = open_stream(file, problems).read(limit + 1)
    if problems:
        raise InputError(problems[0])
    if len(data) > limit:
        raise InputError(f"over {limit} bytes (record_bytes)")
    return data


def inflated(data: bytes, most: int) -> bytes:
    """The first bytes that gzip or deflate data stand for; cut data give what is there.

    Raises:
        OSError: if the data are neither, or broken.

    >>> import gzip
    >>> inflated(gzip.compress(b"a page"), 100), inflated(gzip.compress(bytes(10**6)), 4)
    (b'a page', b'\\x00\\x00\\x00\\x00')
    """
    out = b""
    try:
        while data and len(out) < most:
            # 47: a gzip or zlib header; deflate without one is what some servers send.
            headed = data.startswith(GZIP_MAGIC) or (
                data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
            )
            decompressor = zlib.decompressobj(wbits=47 if headed else -15)
            out += decompressor.decompress(data, most - len(out))
            data = decompressor.unused_data
            if not data.startswith(GZIP_MAGIC):
                break
    except zlib.error as error:
        raise OSError(str(error)) from error
    return out


class _Decompressing:
    """Keep what a decompressor yields until it is asked for."""

    def __init__(self, raw: BinaryIO, problems: Problems) -> None:
        self._raw = raw
        self._problems = problems
        self._ready = bytearray()
        self._ended = False

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` decompressed bytes (all that are left if negative); none at the end."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._fill()
        size = len(self._ready) if size < 0 else size
        out = bytes(self._ready[:size])
        del self._ready[:size]
        return out

    def _fill(self) -> None:
        raise NotImplementedError


class GzipStream(_Decompressing):
    """Read gzip members one after another; a broken one is noted, and the next is looked for."""

    def __init__(self, raw: BinaryIO, problems: Problems) -> None:
        super().__init__(raw, problems)
        self._input = b""
        self._member: Any = None
        self._lost = False  # past a broken place, before the next whole member

    def _fill(self) -> None:
        if not self._input:
            self._input = self._raw.read(CHUNK)
            if not self._input:
                self._ended = True
                if self._member is not None:
                    self._problems.append(f"truncated gzip at byte {self._raw.tell()}")
                return
        if self._member is None and not self._next_member():
            return
        try:
            # An output bound keeps a decompression bomb from filling the memory at once.
            self._ready += self._member.decompress(self._input, 4 * CHUNK)
        except zlib.error as error:
            self._note(f"broken gzip before byte {self._raw.tell()}: {error}")
            self._member, self._input = None, self._input[1:]
            return
        if self._member.eof:
            self._lost = False
            self._input, self._member = self._member.unused_data, None
        else:
            self._input = self._member.unconsumed_tail

    def _note(self, problem: str) -> None:
        """Note the first of the problems between two whole members."""
        if not self._lost:
            self._problems.append(problem)
        self._lost = True

    def _next_member(self) -> bool:
        """Start a member at the next magic number in the input that was read, if there is one."""
        at = self._input.find(GZIP_MAGIC)
        if at < 0:
            if self._input.strip(b"\0") and len(self._input) > len(GZIP_MAGIC):
                self._note(f"no gzip member before byte {self._raw.tell()}")
            # A magic number may lie across two chunks: keep what could be its beginning.
            more = self._raw.read(CHUNK)
            self._input = self._input[-2:] + more if more else b""
            self._ended = not more
            return False
        self._input = self._input[at:]
        self._member = zlib.decompressobj(wbits=31)
        return True


class ZstdStream(_Decompressing):
    """Read Zstandard frames one after another; what follows a broken one is lost, and noted."""

    def __init__(self, raw: BinaryIO, problems: Problems) -> None:
        super().__init__(raw, problems)
        self._zstd = require("zstandard")
        self._frame: Any = None
        self._rest = b""

    def _fill(self) -> None:
        data = self._rest or self._raw.read(_ZSTD_CHUNK)
        self._rest = b""
        if not data:
            self._ended = True
            if self._frame is not None:
                self._problems.append(f"truncated zstd at byte {self._raw.tell()}")
            return
        if self._frame is None:
            self._frame = self._zstd.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
        try:
            self._ready += self._frame.decompress(data)
        except self._zstd.ZstdError as error:
            self._problems.append(f"broken zstd before byte {self._raw.tell()}: {error}")
            self._frame, self._ended = None, True
            return
        if self._frame.eof:
            self._rest, self._frame = self._frame.unused_data, None


def lines(stream: Reads, limit: int) -> Iterator[tuple[bytes, bool]]:
    r"""Cut a stream into lines without their ends.

    Args:
        stream: where the bytes come from.
        limit: bytes that a line may have.

    Yields:
        Each line, and whether it is whole; a line over the limit comes as its beginning.

    >>> list(lines(io.BytesIO(b"one\r\ntwo"), 100))
    [(b'one', True), (b'two', True)]
    >>> list(lines(io.BytesIO(b"123456\n78"), 5))
    [(b'12345', False), (b'78', True)]
    """
    held: list[bytes] = []
    size = 0
    # What is there, where more is to come from a pipe.
    read = getattr(stream, "read1", stream.read)
    while chunk := read(CHUNK):
        first, *others = chunk.split(b"\n")
        if size <= limit:
            held.append(first)
        size += len(first)
        for piece in others:
            yield _line(held, size, limit)
            held, size = [piece], len(piece)
    if size:
        yield _line(held, size, limit)


def _line(held: list[bytes], size: int, limit: int) -> tuple[bytes, bool]:
    whole = b"".join(held)
    return (whole.removesuffix(b"\r"), True) if size <= limit else (whole[:limit], False)


class Resumable:
    """A stream that a reader with read-ahead can be restarted on past a bad place.

    It remembers what it handed out since `mark`; `skip_to` looks for bytes that a new reader can
    begin with.
    """

    def __init__(self, stream: Reads, window: int = 1 << 20) -> None:
        self._stream = stream
        self._window = window
        self._ahead = b""
        self._given = bytearray()
        self._given_from = 0
        self.base = 0

    def read(self, size: int = -1, /) -> bytes:
        """Hand out bytes, remembering the last of them."""
        if self._ahead:
            out, self._ahead = (
                (self._ahead, b"") if size < 0 else (self._ahead[:size], self._ahead[size:])
            )
        else:
            out = self._stream.read(size)
        self._given += out
        if len(self._given) > 2 * self._window:
            cut = len(self._given) - self._window
            self._given_from += cut
            del self._given[:cut]
        return out

    def tell(self) -> int:
        """Position of the next byte since the last restart."""
        return self._given_from + len(self._given) - self.base

    def skip_to(self, marker: bytes, position: int) -> bool:
        """Go to the next ``marker`` past ``position`` (counted since the last restart)."""
        begin = max(self.base + position - self._given_from, 0)
        pending = bytes(self._given[begin:]) + self._ahead
        start = self._given_from + begin
        while (at := pending.find(marker)) < 0:
            chunk = self._stream.read(CHUNK)
            if not chunk:
                return False
            keep = min(len(pending), len(marker) - 1)
            start += len(pending) - keep
            pending = pending[len(pending) - keep :] + chunk
        self.base = self._given_from = start + at
        self._given.clear()
        self._ahead = pending[at:]
        return True
