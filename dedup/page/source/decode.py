"""Bytes to text: byte-order mark, what the caller or the page declares, then statistics.

The order follows the encoding sniffing of the HTML standard, with two changes that crawls ask for:
bytes that are valid UTF-8 throughout are UTF-8 whatever is declared, and a declared encoding that
does not fit the bytes is passed over. Bytes that no encoding explains become U+FFFD.
"""

import codecs
import contextlib
import re
from collections.abc import Iterator

from dedup.errors import InputError
from dedup.expressions import expression
from dedup.kernels.utf8 import controls, extra_bytes
from dedup.page.source.charset import guess_encoding, is_foreign

# Labels whose pages really hold a superset (https://encoding.spec.whatwg.org/#names-and-labels).
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
    "euc_jis_2004": "euc_jp",
    "euc_jisx0213": "euc_jp",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# Names that Python's codec registry does not know.
_ALIASES = {
    "x-gbk": "gbk",
    "gb_2312-80": "gb2312",
    "gb-2312": "gb2312",
    "gb_2312": "gb2312",
    "x-sjis": "shift_jis",
    "x-euc-jp": "euc_jp",
    "x-x-big5": "big5",
    "big5-eten": "big5",
    "windows-949": "cp949",
    "ks_c_5601-1989": "cp949",
    "x-mac-cyrillic": "mac_cyrillic",
    "unicode": "utf-8",
}
# Codecs of Python's own that are no encodings of pages.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
# What binary files begin with, and what to do about each.
_BINARY = (
    (b"%PDF-", "a PDF file: extract its text first"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (b"\x1f\x8b", "gzip data: decompress it first"),
    (b"\x28\xb5\x2f\xfd", "zstandard data: decompress it first"),
    (b"\x7fELF", "a program"),
)
# From so many bytes chance is ruled out: "联通" in GBK is valid UTF-8, longer texts are not.
_UTF8_EVIDENCE = 4
# The share of undecodable characters among the non-ASCII bytes up to which an encoding still fits:
# a few damaged bytes in a page are common, a wrong encoding damages far more.
_TOLERATED = 0.01
# Declarations of encodings of several bytes a character. Pages in them are at times stored as the
# UTF-8 of what a Western decoder made of their bytes, once or twice over: so some of the DAniEL
# corpus.
_EASTERN = expression(rb"charset=[\"']?((?:gb|big5|shift_jis|euc)[-_0-9a-z]*)")
_HEAD = 4096
# What a page declares itself: in the XML declaration, or in a meta element near its beginning.
_DECLARED = expression(
    rb"""\A\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([-\w.:]+)"""
    rb"""|<\s*meta\b[^>]{0,1000}?\bcharset\s*=\s*["']?\s*([-\w.:]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 1 << 16
_JIS_ESCAPE = expression(rb"\x1b\$[@B]")  # ISO-2022-JP: what follows are characters of JIS X 0208
_WESTERN = ("iso8859-15", "cp1252", "latin-1")
_TIMES = 3
_MISREAD_EVIDENCE = 16  # characters that come out right, from which chance is ruled out
# Binary data shows itself in this much.
_SAMPLE = 1 << 16
# More control characters than this in the sample, and it is no text.
_CONTROL_SHARE = 0.1

_ASCII = bytes(range(128))


class Decoded:
    """Text and the Python codec that gave it; made from the text, or from UTF-8 known to be valid.

    Attributes:
        encoding: the codec.

    >>> Decoded("é", "cp1252").utf8, Decoded(b"\\xc3\\xa9", "utf-8").text
    (b'\\xc3\\xa9', 'é')
    """

    __slots__ = ("_text", "_utf8", "encoding")

    def __init__(self, data: str | bytes, encoding: str) -> None:
        self._text = data if isinstance(data, str) else None
        self._utf8 = data if isinstance(data, bytes) else None
        self.encoding = encoding

    @property
    def text(self) -> str:
        """The text; most callers do with its UTF-8, so that it is made when asked for."""
        if self._text is None:
            self._text = (self._utf8 or b"").decode("utf-8", "surrogatepass")
        return self._text

    @property
    def utf8(self) -> bytes:
        """The text as UTF-8, surrogates encoded too."""
        if self._utf8 is None:
            self._utf8 = (self._text or "").encode("utf-8", "surrogatepass")
        return self._utf8

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decoded) and (self.text, self.encoding) == (
            other.text,
            other.encoding,
        )

    def __hash__(self) -> int:
        return hash((self.text, self.encoding))

    def __repr__(self) -> str:
        return f"Decoded(text={self.text!r}, encoding={self.encoding!r})"


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode a page.

    Args:
        data: the page as served.
        declared: an encoding known from outside (the HTTP header); it is obeyed.

    Raises:
        InputError: ``declared`` is no encoding, or the data is a binary file.

    >>> decode("<meta charset=gb2312>朱镕基".encode("gbk"))
    Decoded(text='<meta charset=gb2312>朱镕基', encoding='gb18030')
    """
    bom, body = _byte_order_mark(data)
    if bom:
        return Decoded(body.decode(bom, "replace"), bom)
    if declared is not None:
        codec = _codec(declared)
        if codec is None:
            raise InputError(f"unknown encoding {declared!r}: give a name Python knows, as gb18030")
        return Decoded(data.decode(codec, "replace"), codec)
    _refuse_binary(data)
    wide = _wide(data)
    if wide:
        return Decoded(data.decode(wide, "replace"), wide)
    return _best(data)


def _byte_order_mark(data: bytes) -> tuple[str, bytes]:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return codec, data[len(mark) :]
    return "", data


def _codec(name: str) -> str | None:
    """The Python codec for an encoding label, widened to the superset in use; None if unknown."""
    name = name.strip().strip("\"'").lower()
    try:
        info = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name in _NO_CHARSETS:
        return None
    return _SUPERSETS.get(info.name, info.name)


def _refuse_binary(data: bytes) -> None:
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise InputError(f"this is {what}; dedup reads HTML, plain text and Markdown")
    sample = data[:_SAMPLE]
    if controls(sample) > _CONTROL_SHARE * len(sample) and not _wide(data):
        raise InputError(
            "this is binary data, not text: more than a tenth of it are control characters; "
            "if it is text in an unusual encoding, name the encoding"
        )


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: its ASCII (markup, spaces) has a NUL in every other byte."""
    sample = data[:1024]
    pairs = len(sample) // 2
    if pairs < 8 or b"\0" not in sample:
        return ""
    for codec, high, low in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if high.count(0) > 0.1 * pairs and low.count(0) < 0.05 * pairs:
            return codec
    return ""


def _best(data: bytes) -> Decoded:
    """The first candidate that fits the bytes, or else the likeliest encoding."""
    # From so many bytes beyond ASCII chance is ruled out.
    if extra_bytes(data) >= _UTF8_EVIDENCE:
        head = data[:_HEAD].lower()
        declared = _EASTERN.search(head) if b"charset" in head else None
        if declared is not None:
            codec = _codec(declared[1].decode()) or "utf-8"
            return Decoded(_undone(data.decode(), codec) or data, "utf-8")
        return Decoded(data, "utf-8")
    tolerated = _TOLERATED * len(data.translate(None, _ASCII))
    for codec in _candidates(data):
        text = data.decode(codec, "replace")
        if text.count("\ufffd") <= tolerated:
            return Decoded(text, codec)
    codec = guess_encoding(data) or "utf-8"
    return Decoded(data.decode(codec, "replace"), codec)


def _undone(text: str, declared: str) -> str | None:
    """What the text was before a Western decoder misread its bytes; none if it is none of these.

    >>> page = "<meta charset=gbk>" + "市图书馆的新馆今天向读者开放，欢迎参观"
    >>> decode(page.encode("gbk").decode("iso8859-15").encode()).text == page
    True
    """
    misread = text
    with contextlib.suppress(UnicodeError):  # UTF-8 is the surest to tell: its layers go first
        for _ in range(_TIMES):
            misread = misread.encode("latin-1").decode()
    for western in _WESTERN:
        try:
            found = misread.encode(western).decode(declared)
        except UnicodeError:
            continue
        if len(found.encode("ascii", "ignore")) + _MISREAD_EVIDENCE <= len(found):
            return found
    return None


def _candidates(data: bytes) -> Iterator[str]:
    """Codecs that the page names or shows itself, most credible first."""
    if data.isascii() and _JIS_ESCAPE.search(data):
        yield "iso2022_jp_ext"
    named = _DECLARED.search(data[:_DECLARED_WITHIN])
    declared = _codec((named[1] or named[2]).decode("ascii", "replace")) if named else None
    if declared and declared.startswith(("utf-16", "utf-32", "utf-7")):
        declared = "utf-8"  # the declaration itself was read as ASCII
    if declared in (None, "utf-8"):
        yield "utf-8"
    elif declared not in _WESTERN or not is_foreign(data):  # a server's default is no evidence
        yield declared
