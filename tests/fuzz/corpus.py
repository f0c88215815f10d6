"""The inputs that the fuzzers start from: one archive per target, and a few made here.

    python -m tests.fuzz.corpus unpack markup build/corpus/markup
    python -m tests.fuzz.corpus pack markup build/corpus/markup

What ``pack`` takes in should be minimised (``./fuzz -merge=1``), and is replayed by the tests.
"""

import argparse
import gzip
import io
import json
import lzma
import struct
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

_FOLDER = Path(__file__).parent / "corpus"
_LENGTH = struct.Struct("<I")


def inputs(target: str) -> Iterator[bytes]:
    """The inputs of a target: those in its archive, and those made here."""
    yield from _MADE.get(target, lambda: ())()
    path = _FOLDER / f"{target}.xz"
    if path.exists():
        data, at = lzma.decompress(path.read_bytes()), 0
        while at < len(data):
            at += _LENGTH.size
            end = at + _LENGTH.unpack_from(data, at - _LENGTH.size)[0]
            yield data[at:end]
            at = end


def pack(target: str, folder: Path) -> None:
    """Put the inputs of a folder into the archive of a target: each with its length before it."""
    _FOLDER.mkdir(exist_ok=True)
    found = sorted({path.read_bytes() for path in folder.iterdir()}, key=lambda d: (len(d), d))
    whole = b"".join(_LENGTH.pack(len(data)) + data for data in found)
    (_FOLDER / f"{target}.xz").write_bytes(lzma.compress(whole, preset=9))


def unpack(target: str, folder: Path) -> None:
    """Write the inputs of a target to a folder, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs(target):
        (folder / _name(data)).write_bytes(data)


def _name(data: bytes) -> str:
    return sha1(data, usedforsecurity=False).hexdigest()


# -- inputs that are made --------------------------------------------------------------------------

_LINES = (
    b'{"text": "a \\u4e2d", "id": 1, "url": "u", "date": "2024-01-01", "priority": "3"}\n'
    b'{"html": "<p>a</p>", "metadata": {"url": "u"}, "n": 123456789012345678901234567890}\r\n'
    b'\xef\xbb\xbf{"text": "\\ud83d", "x": NaN}\n\n[]\n{"text": 1}\n{'
)
_WARC = b"".join(
    b"WARC/1.0\r\nWARC-Type: " + kind + b"\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
    b"WARC-Target-URI: http://a.org/\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: "
    + content
    + b"\r\nContent-Length: %d\r\n\r\n" % len(block)
    + block
    + b"\r\n\r\n"
    for kind, content, block in (
        (b"warcinfo", b"application/warc-fields", b"software: x\r\n"),
        (
            b"response",
            b"application/http; msgtype=response",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n4\r\n<p>a\r\n0\r\n\r\n",
        ),
        (
            b"response",
            b"application/http",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(b"<p>a page", mtime=0),
        ),
        (b"conversion", b"text/plain", b"a text"),
        (b"resource", b"image/png", b"\x89PNG"),
    )
)


def _lines() -> Iterator[bytes]:
    yield from (_LINES, gzip.compress(_LINES, mtime=0), _zstd(_LINES))


def _warc() -> Iterator[bytes]:
    yield from (_WARC, gzip.compress(_WARC, mtime=0), _zstd(_WARC), _WARC[: len(_WARC) // 2])


def _zstd(data: bytes) -> bytes:
    from zstandard import compress

    return compress(data)


def _table() -> tuple[object, int]:
    import pyarrow as pa

    columns = {"text": ["a", None, "中"], "n": [1, 2, None], "m": [{"url": "u"}, None, {"url": ""}]}
    return pa.table(columns), 3


def _parquet() -> Iterator[bytes]:
    from pyarrow import parquet

    for compression in ("none", "zstd"):
        file = io.BytesIO()
        parquet.write_table(_table()[0], file, compression=compression)
        yield file.getvalue()


def _stage() -> Iterator[bytes]:
    from pyarrow import ipc

    table, _ = _table()
    for compression in (None, "lz4"):
        file = io.BytesIO()
        with ipc.new_file(
            file, table.schema, options=ipc.IpcWriteOptions(compression=compression)
        ) as writer:
            writer.write_table(table)
        yield file.getvalue()


def _templates() -> Iterator[bytes]:
    from dedup.corpus.templates.learn import Templates

    made = Templates()
    for _ in range(5):
        made.count_keys("a.org", [1, 2, 3 << 60])
    plain = gzip.decompress(made.to_bytes())
    # Stored, so that changes reach the JSON and not only the checksum.
    yield from (
        made.to_bytes(),
        plain,
        json.dumps({"format": 2, "settings": {}, "hosts": {}}).encode(),
    )


def _settings() -> Iterator[bytes]:
    yield b"[near]\nthreshold = 0.7\nkeep = 'longest'\n[page]\ninclude = ['body']\n[keys]\ntext='a'"
    yield b"near.threshold=0.7\npage.include=['body', 'title']\ncorpus.mode=filter\nindex.content=a"
    yield b"[corpus]\npage_seconds = inf\nmemory = 0x10\n[text]\nshingle = 3\nslots = 64\n"


def _rules() -> Iterator[bytes]:
    yield b'["a.org"]\nkeep = ["div.post"]\ndrop = [".share", "#x > p:not(.y)"]\n'
    yield b'["www.B.org"]\nlabel = { ".author" = "byline", "p:nth-child(2n+1)" = "nav" }\n'


def _arguments() -> Iterator[bytes]:
    for words in (
        ["clean", "page.html", "--json"],
        ["clean", "page.html", "--explain", "--set", "page.include=['body']"],
        ["compare", "a.txt", "b.txt"],
        ["near", "a.txt", "b.txt", "--threshold", "0.5"],
        ["index", "add", "x.db", "a.txt"],
        ["index", "stats", "x.db"],
        ["passages", "a.txt", "b.txt"],
        ["run", "page.html", "--out", "out", "--set", "near.threshold=0.7"],
        ["gate", "x.db", "--format", "jsonl"],
        ["--version"],
    ):
        yield "\0".join(words).encode()


def _index() -> Iterator[bytes]:
    yield from (bytes([how, *range(1, 30)]) for how in range(7))


def _markdown() -> Iterator[bytes]:
    yield (
        b'---\ntitle: a\ntags:\n - b\n---\n\n# Tea\n\n- cup\n- pot\n\n> a *quote* [x](y "z")\n\n'
        b"| a | b |\n|---|:-:|\n| 1 | `2` |\n\n```py\ncode\n```\n\n<div><p>a</p></div>\n\nT\n===\n"
    )


_MADE = {
    "jsonl": _lines,
    "warc": _warc,
    "parquet": _parquet,
    "stage": _stage,
    "templates": _templates,
    "settings": _settings,
    "rules": _rules,
    "arguments": _arguments,
    "index": _index,
    "markdown": _markdown,
}


def main() -> None:
    """Pack or unpack the archive of a target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("pack", "unpack"))
    parser.add_argument("target")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    {"pack": pack, "unpack": unpack}[options.task](options.target, options.folder)


if __name__ == "__main__":
    main()
