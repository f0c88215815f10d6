"""How often the encoding of undeclared pages is told right: pages recoded without declarations.

Every page of the sets whose language is known is decoded, its declarations are taken out, and it is
written in each of the old encodings of its language; so are the main text alone and its first 100
characters. Right is what reads as it was written, tags apart. Texts that an encoding cannot write
(simplified characters in Big5), that the change leaves without non-ASCII characters, or that were
stored damaged are left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from benchmarks.internals.page import decode
from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.pages import NO_PAGES, Example, folder, load

SUITE = "encodings"
TABLE = "share read right, undeclared"
WHOLE = "page"
SETS = ("daniel_zh", "daniel_en", "daniel_ru", "daniel_el", "daniel_pl", "fundus", "magic_article")
ENCODINGS = {
    "zh": ("gb18030", "big5hkscs"),
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
    "ru": ("cp1251", "koi8_r", "iso8859-5", "cp866"),
    "uk": ("cp1251", "koi8_u"),
    "el": ("cp1253", "iso8859-7"),
    "pl": ("cp1250", "iso8859-2"),
    "cs": ("cp1250", "iso8859-2"),
    "tr": ("cp1254",),
    "lt": ("cp1257",),
    "ar": ("cp1256",),
    "he": ("cp1255",),
    **dict.fromkeys(
        ("da", "de", "en", "es", "fr", "is", "it", "nb", "nl", "no", "sv"), ("cp1252",)
    ),
}
_EVERY = {True: 8, False: 1}
_SHORT = 100
_EVIDENCE = 10  # non-ASCII bytes, from which an encoding of several bytes can be told
_TOLERATED = 0.02  # the share of non-ASCII characters that an encoding may lack
_WIDE = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"})
_DECLARATION = re.compile(r"<meta[^>]*charset[^>]*>|<\?xml[^>]*\?>", re.IGNORECASE)
_DAMAGED = re.compile("[ÂÃâ][\u0080-\u00bf€™œ“”‘’]|\ufffd|[ÂÃ][ \\w]")
_OUTSIDE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1|<[^>]*>", re.DOTALL | re.IGNORECASE)


def texts(example: Example) -> Iterator[tuple[str, str]]:
    """The page without declarations, its main text, and the beginning of that."""
    gold = (example.golds or ("",))[0]
    yield WHOLE, _DECLARATION.sub("", decode(example.html))
    yield "main text", gold
    yield f"first {_SHORT}", gold[:_SHORT]


def written(text: str, what: str, encoding: str) -> bytes | None:
    """The text in an encoding, or None where it tells nothing."""
    if _DAMAGED.search(text):
        return None
    foreign = [character for character in text[:20_000] if not character.isascii()]
    lacking = sum(not character.encode(encoding, "ignore") for character in foreign)
    if encoding in _WIDE and lacking > _TOLERATED * len(foreign) + 1:
        return None
    data = text.encode(encoding, "xmlcharrefreplace" if what == "page" else "ignore")
    high = len(data) - len(data.decode("ascii", "ignore"))
    if high < (_EVIDENCE if encoding in _WIDE else 1):
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return data
    return None  # by chance it is UTF-8


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    if not folder().is_dir():
        out.absent(TABLE, NO_PAGES)
        return out
    counts: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for name in options.among(SETS):
        for example in load(name, _EVERY[options.quick]):
            for what, text in texts(example):
                for encoding in ENCODINGS.get(example.lang, ()):
                    data = written(text, what, encoding)
                    if data is not None:
                        counts[encoding, what][_is_read(data, encoding)] += 1
    for (encoding, what), count in sorted(counts.items()):
        right = share(count[True], count.total())
        kind = Kind.QUALITY if what == WHOLE else Kind.SHOWN
        out.put(TABLE, encoding, what, right, kind, Better.MORE)
    return out


def _is_read(data: bytes, encoding: str) -> bool:
    """Whether bytes are read as they were written, tags apart."""
    expected = data.decode(encoding, "replace")
    return _OUTSIDE.sub(" ", decode(data)) == _OUTSIDE.sub(" ", expected)
