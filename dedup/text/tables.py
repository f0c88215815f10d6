"""Builds the fold table: what each code point becomes, and which part it plays in a token.

The table is made once, from Unicode's data and OpenCC's, and shipped as ``fold.bin``, so that every
machine folds alike and no process pays for building it::

    python -m dedup.text.tables
"""

import unicodedata
import zlib
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

FOLD_FILE = Path(__file__).with_name("fold.bin")

# Code points from here on are private, tags or unassigned: they stand for themselves.
LIMIT = 0x34000
CLASS_SHIFT = 28
CODE_MASK = (1 << 21) - 1


class Role(IntEnum):
    """The part that a folded code point plays in a token."""

    SPACE = 0  # ends a token
    BREAK = 1  # punctuation and symbols: end a token, count for equality only
    WORD = 2  # belongs to the word around it
    CHARACTER = 3  # is a token of its own
    MARK = 4  # combining: belongs to the token before it
    IGNORED = 5  # invisible: as if it were not there
    EXPANDED = 6  # folds to several code points: the low bits point into the extra table


# Variants that OpenCC's character tables leave, each behind the character that it is folded to:
# from machine-converted republications (畧 竝 甚), older type (淸 尙 囘), Taiwan's usage (妳 牠).
# Several go by sense only: folding serves to compare, nothing is converted in what comes out.
_VARIANTS = """
    畧略 竝并 囯国 囶国 囻国 圀国 甚什 祇只 秖只 仝同 囘回 囬回 邨村 龢和 咊和
    菓果 甦苏 彷仿 牠它 妳你 祂他 姪侄 暱昵 砲炮 疋匹 煖暖 逈迥 恊协 峩峨 畊耕
    凴凭 烖灾 搾榨 鬪斗 閧哄 欵款 揷插 尙尚 淸清 靑青 愼慎 緖绪 兪俞 姸妍 硏研
    汚污 凖准
"""
VARIANTS = {pair[0]: pair[1] for pair in _VARIANTS.split()}

# Scripts that write no spaces between words (UAX #24 names, by block). Hangul has spaces.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue, Khmer symbols
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # CJK and Kangxi radicals
    (0x3005, 0x3007),  # iteration mark, closing mark, ideographic zero
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3031, 0x3035),  # kana repeat marks
    (0x3038, 0x303C),
    (0x3041, 0x312F),  # kana, bopomofo
    (0x3190, 0x31FF),  # kanbun, bopomofo and kana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA000, 0xA4CF),  # Yi
    (0xA9E0, 0xA9FF),  # Myanmar extended
    (0xAA60, 0xAADF),  # Myanmar extended, Tai Viet
    (0xF900, 0xFAFF),  # Han compatibility
    (0x16FE0, 0x18DFF),  # Tangut, Khitan, Nushu and their marks
    (0x1AFF0, 0x1B2FF),  # kana supplements, Nushu
    (0x20000, LIMIT - 1),  # Han extensions B and later
)
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, LIMIT - 1))
# Invisible though Unicode's category does not say so (DerivedCoreProperties,
# Default_Ignorable_Code_Point).
_INVISIBLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
    | set(range(0xFE00, 0xFE10))
)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def role(char: str) -> Role:
    """The part that a folded character plays.

    >>> [role(c).name for c in "a中한, "]
    ['WORD', 'CHARACTER', 'WORD', 'BREAK', 'SPACE']
    """
    category = unicodedata.category(char)
    if ord(char) in _INVISIBLE or category == "Cf":
        return Role.IGNORED
    if category[0] == "M":
        return Role.MARK
    if _within(ord(char), _UNSPACED) and category[0] in "LNC":
        return Role.CHARACTER
    if category[0] in "LN":
        return Role.WORD
    if category[0] == "Z" or category == "Cc":
        return Role.SPACE
    return Role.BREAK


def han_table() -> dict[str, str]:
    """Every Han character that OpenCC or `VARIANTS` folds to another, with that other."""
    import opencc

    chars = [chr(code) for first, last in _HAN for code in range(first, last + 1)]
    folded = chars
    # t2s for the script; then the forms that Taiwan's and Hong Kong's standards prefer.
    for config in ("t2s", "tw2s", "hk2s", "t2s"):
        folded = opencc.OpenCC(config).convert("\n".join(folded)).split("\n")
    table = {
        char: simple
        for char, simple in zip(chars, folded, strict=True)
        if char != simple and len(simple) == 1
    }
    for variant, plain in VARIANTS.items():
        table[variant] = table.get(plain, plain)
    for char, simple in table.items():
        table[char] = table.get(simple, simple)
    return table


def fold_character(char: str, han: dict[str, str]) -> str:
    """One character without width, case and script, decomposed (NFKD).

    >>> fold_character("Ｅ", {}), fold_character("ß", {}), len(fold_character("が", {}))
    ('e', 'ss', 2)
    """
    before = ""
    while char != before:
        before = char
        char = unicodedata.normalize("NFKD", char).casefold()
        char = "".join(han.get(c, c) for c in char)
    return char


def build() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The table of code points and the table of those that fold to several."""
    han = han_table()
    entries = np.zeros(LIMIT, np.uint32)
    extra: list[int] = []
    for code in range(LIMIT):
        packed = list(_pack(fold_character(chr(code), han)))
        if len(packed) == 1:
            entries[code] = packed[0]
        else:
            entries[code] = Role.EXPANDED << CLASS_SHIFT | len(extra)
            extra += [len(packed), *packed]
    return entries, np.array(extra, np.uint32)


def _pack(folded: str) -> Iterator[int]:
    for char in folded:
        part = role(char)
        code = 0x20 if part is Role.SPACE else ord(char)
        yield part << CLASS_SHIFT | code


def versions() -> str:
    """What the table depends on: the versions of Unicode's data and of OpenCC's."""
    from importlib.metadata import version

    return f"unicode {unicodedata.unidata_version}, opencc {version('opencc')}"


def main() -> None:
    """Build the table and write it beside this module."""
    entries, extra = build()
    # Most code points stand for themselves: differences pack better than values.
    steps = np.diff(entries, prepend=np.uint32(0))
    head = np.array([entries.size, extra.size], np.uint32)
    body = b"".join(part.astype("<u4").tobytes() for part in (head, steps, extra))
    FOLD_FILE.write_bytes(versions().encode() + b"\n" + zlib.compress(body, 9))


if __name__ == "__main__":
    main()
