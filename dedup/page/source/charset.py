"""Which encoding undeclared bytes are in, told by the letters that each one would make of them.

Every language has letters that are common and many that never occur. Read in the wrong encoding,
bytes come out as letters that its languages do not use. Each pair of a language and an encoding is
scored by the probability of the letters (`letters.LETTERS`); the best pair wins.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from dedup.expressions import expression
from dedup.page.source.letters import LETTERS

Array = np.ndarray[Any, Any]

# Scores are logarithms to base 2. What a character costs that is in no group of its language:
_RARE = -14.0  # a letter
_SYMBOL = -13.0  # anything else
_UNDEFINED = -24.0  # no character at all, or a control character
# Marks that are written in every language; at the same place in all Windows encodings.
_SHARED = "“”‘’–—…«»·©®°€£§´¹²³"
_SHARED_SCORE = -7.0
_NO_BREAK_SPACE = -2.0
_UTF8 = -11.0  # any character of several bytes in UTF-8
_UTF8_DAMAGED = -16.0  # what is none
_IDEOGRAPH = -15.0  # an ideograph or syllable that is in no group
_IDEOGRAPHIC = -11.0  # full-width forms and the punctuation of East Asian scripts
# An encoding must be so much likelier than the Western one, where little speaks for either; the
# number says how many times so much for encodings that are seldom met.
_PRIOR = -3.0
_ALIKE = 1.1  # scores that differ by less are those of encodings of one language
_SELDOM = {"cp1252": 0, "cp1253": 3, "iso8859-7": 3, "cp1255": 3, "cp1256": 3, "iso8859-13": 6}
_SELDOM |= dict.fromkeys(("cp1257", "cp874", "cp866", "iso8859-5", "iso8859-6"), 5)

_SAMPLE = 1 << 14  # bytes of lines with non-ASCII characters that are looked at
_SEARCHED = 1 << 20  # bytes of the page in which they are looked for, where the first part has none
_FIRST = 1 << 16
_ENOUGH = 1 << 12

# Text of an encoding of several bytes, or of another alphabet, is mostly non-ASCII bytes; in
# Western languages they are at most an eighth of the letters.
_FOREIGN_SHARE = 0.4
_FOREIGN_BYTES = 64
# The lines that hold non-ASCII bytes are in another alphabet only where these are at least such a
# share of the letters: a few signs between English words are none.
_LEAST_FOREIGN_SHARE = 0.2

# Trail bytes of the encodings of several bytes are never "<" or ">".
_OUTSIDE_TEXT = expression(
    rb"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1|\Z)|<[^>]*(?:>|\Z)", re.DOTALL | re.IGNORECASE
)
_ASCII = bytes(range(128))


def guess_encoding(data: bytes) -> str | None:
    """The likeliest encoding of a page that is not UTF-8; None if all of it is ASCII.

    >>> guess_encoding("Le musée a été fermé".encode("cp1252"))
    'cp1252'
    >>> guess_encoding("<p>Сегодня днём в мэрии прошла встреча".encode("koi8-r"))
    'koi8_r'
    >>> guess_encoding("<p>今天下午，市政府召开会议".encode("gbk"))
    'gb18030'
    """
    sample = _sample(data)
    if not sample:
        return None
    scores = _scores(sample)
    if _foreign_share(sample)[1] < _LEAST_FOREIGN_SHARE:
        scores = {codec: score for codec, score in scores.items() if codec in _latin()}
    best = max(scores, key=scores.__getitem__)
    least = _ALIKE * scores[best] + _PRIOR
    alike = [codec for codec in _single() if scores.get(codec, least) > least]
    text = _text(data[:_SEARCHED]) if best in alike and len(alike) > 1 else b""
    if text.isascii():
        return best
    # Encodings of one language differ in few letters: look at all of the text for them.
    scores = _single_scores(text, alike)
    return max(scores, key=scores.__getitem__)


def is_foreign(data: bytes) -> bool:
    """Whether the text holds more non-ASCII bytes than any Western language writes.

    >>> is_foreign("été".encode("cp1252")), is_foreign(("<p>" + "今天" * 20).encode("gbk"))
    (False, True)
    """
    count, share = _foreign_share(_sample(data))
    return count >= _FOREIGN_BYTES and share > _FOREIGN_SHARE


def _foreign_share(sample: bytes) -> tuple[int, float]:
    """How many bytes are no ASCII, and their share of the letters."""
    foreign = len(sample.translate(None, _ASCII))
    letters = foreign + len(re.findall(rb"[A-Za-z]", sample))
    return foreign, foreign / max(letters, 1)


def _sample(data: bytes) -> bytes:
    """The first lines of text outside tags that hold non-ASCII bytes."""
    for size in (_FIRST, _SEARCHED):
        lines = _lines(_text(data[:size]))
        if len(lines) >= _ENOUGH or size >= len(data):
            break
    return lines or _lines(data[:_SEARCHED])


def _text(data: bytes) -> bytes:
    """What stands outside tags; all of it, where that is nothing."""
    return _OUTSIDE_TEXT.sub(b"\n", data)


def _lines(text: bytes) -> bytes:
    lines, size = [], 0
    for line in text.split(b"\n"):
        if not line.isascii():
            lines.append(line[:_SAMPLE])
            size += len(line)
            if size > _SAMPLE:
                break
    return b"\n".join(lines)


def _scores(sample: bytes) -> dict[str, float]:
    """How likely the sample is under each encoding, in the best of its languages."""
    scores = _single_scores(sample, list(_single()))
    for codec, languages in _multiple().items():
        points = np.frombuffer(sample.decode(codec, "replace").encode("utf-32-le"), np.uint32)
        points = np.minimum(points[points > 127], 0xFFFF)
        scores[codec] = max(float(row[points].sum()) for row in languages) + _PRIOR
    scores["utf-8"] = _utf8_score(sample)
    return scores


def _utf8_score(sample: bytes) -> float:
    """How likely damaged UTF-8 is: most non-ASCII bytes form whole characters."""
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    characters = len(text) - len(text.encode("ascii", "ignore")) - damaged
    return _UTF8 * characters + _UTF8_DAMAGED * damaged


def _single_scores(sample: bytes, codecs: Iterable[str]) -> dict[str, float]:
    data = np.frombuffer(sample, np.uint8)
    pairs = np.bincount(data[:-1].astype(np.intp) << 8 | data[1:], minlength=1 << 16)
    found = np.flatnonzero(pairs)
    found = found[(found >= 1 << 15) | (found & 128 != 0)]  # at least one is no ASCII
    counts = pairs[found]
    letters = np.bincount(data, minlength=256)
    ascii = np.concatenate(([True], data < 128, [True]))
    alone = np.bincount(data[ascii[:-2] & ascii[2:]], minlength=256)
    scores: dict[str, float] = {}
    for codec in codecs:
        tables, classes = _single()[codec]
        follows = _FOLLOWS[classes[found >> 8], classes[found & 255]]
        costs = float(_ALONE[classes] @ alone + follows @ counts)
        scores[codec] = float((tables @ letters).max()) + costs + _PRIOR * _SELDOM.get(codec, 1)
    return scores


def _groups(groups: str) -> dict[str, float]:
    """The score of each character of `LETTERS`."""
    scores = dict.fromkeys(_SHARED, _SHARED_SCORE)
    scores["\N{NO-BREAK SPACE}"] = _NO_BREAK_SPACE
    for size, group in enumerate(groups.split(" "), 1):
        for letter in group:
            scores[letter] = max(-float(size), scores.get(letter, -float(size)))
    return scores


# Classes of characters, and what it costs that a character of one follows one of another: a
# capital a small letter, letters of one alphabet those of another, a letter a closing quote.
_OTHER, _SMALL, _CAPITAL, _FOREIGN_SMALL, _FOREIGN_CAPITAL, _CLOSING = range(6)
_UNLIKELY = -6.0
_FOLLOWS = np.zeros((6, 6))
_FOLLOWS[_SMALL, _CAPITAL] = _FOLLOWS[_FOREIGN_SMALL, _FOREIGN_CAPITAL] = _UNLIKELY
_FOLLOWS[_SMALL : _CAPITAL + 1, _FOREIGN_SMALL : _FOREIGN_CAPITAL + 1] = _UNLIKELY
_FOLLOWS[_FOREIGN_SMALL : _FOREIGN_CAPITAL + 1, _SMALL : _CAPITAL + 1] = _UNLIKELY
_FOLLOWS[_CLOSING, _FOREIGN_SMALL : _FOREIGN_CAPITAL + 1] = 2 * _UNLIKELY

# What it costs that a letter stands alone between ASCII characters.
_ALONE = np.array([0.0, 0.0, 0.0, -4.0, -4.0, 0.0])


@cache
def _single() -> dict[str, tuple[Array, Array]]:
    """The encodings of one byte: scores of each byte, one row per language, and its class."""
    rows: dict[str, list[list[float]]] = {}
    for _, codecs, groups in LETTERS:
        if codecs[0] in _MULTIPLE:
            continue
        scores = _groups(groups)
        for codec in codecs:
            letters = bytes(range(128, 256)).decode(codec, "replace")
            row = [0.0] * 128 + [scores.get(letter, _other(letter)) for letter in letters]
            rows.setdefault(codec, []).append(row)
    return {codec: (np.array(tables), _classes(codec)) for codec, tables in rows.items()}


def _classes(codec: str) -> Array:
    return np.array([_class(letter) for letter in bytes(range(256)).decode(codec, "replace")])


def _class(letter: str) -> int:
    if letter in "’”»¶":
        return _CLOSING
    if not letter.isalpha():
        return _OTHER
    foreign = letter > "\u024f"
    if letter.isupper():
        return _FOREIGN_CAPITAL if foreign else _CAPITAL
    return _FOREIGN_SMALL if foreign else _SMALL


def _other(letter: str) -> float:
    if letter == "\ufffd" or letter < "\xa0":
        return _UNDEFINED
    return _RARE if letter.isalpha() else _SYMBOL


@cache
def _latin() -> frozenset[str]:
    """The encodings whose letters are Latin, and UTF-8."""
    foreign = (_FOREIGN_SMALL, _FOREIGN_CAPITAL)
    found = {
        codec
        for codec, (_, classes) in _single().items()
        if np.isin(classes[128:], foreign).sum() < np.isin(classes[128:], (_SMALL, _CAPITAL)).sum()
    }
    return frozenset({*found, "utf-8"})


_MULTIPLE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")


@cache
def _multiple() -> dict[str, list[Array]]:
    """The encodings of several bytes, one row per language of each: the scores of code points."""
    other = np.full(0x10000, 2 * _SYMBOL, np.float32)
    other[:0xA0] = _UNDEFINED
    other[0x4E00:0xA000] = other[0xAC00:0xD7A4] = _IDEOGRAPH
    other[0x3000:0x3100] = other[0xFF01:0xFF5F] = _IDEOGRAPHIC
    other[0x2000:0x2600] = _SYMBOL
    other[0xFF61:0xFFA0] = _RARE  # half-width kana, one byte each in Shift JIS
    other[0xE000:0xF900] = other[0xFFFD:] = _UNDEFINED
    tables: dict[str, list[Array]] = {}
    for _, codecs, groups in LETTERS:
        if codecs[0] in _MULTIPLE:
            table = other.copy()
            for letter, score in _groups(groups).items():
                table[ord(letter)] = score
            for codec in codecs:
                tables.setdefault(codec, []).append(table)
    return tables
