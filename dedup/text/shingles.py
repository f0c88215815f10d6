"""Texts to shingles: which runs of tokens they hold, and where.

A token is a word, or a single character in scripts that write no spaces; punctuation and white
space are none. A shingle is a run of tokens (Broder, "On the resemblance and containment of
documents", 1997), kept as a 64-bit hash of the folded tokens.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.columns import Readable, Strings, Texts
from dedup.config import TextSettings
from dedup.text.fold import fold_table, to_mainland

_DEFAULTS = TextSettings()


def pack(texts: Iterable[str], settings: TextSettings = _DEFAULTS) -> Texts:
    """Texts as columns; with ``settings.phrases``, their regional vocabulary folded.

    Arrow string arrays are read without copying where nothing is folded.

    Raises:
        InputError: if something else than texts is given.

    >>> pack(["ab", "中"]).offsets.tolist()
    [0, 2, 5]
    """
    if isinstance(texts, Texts):
        return texts
    if not type(texts).__module__.startswith("pyarrow"):
        source = texts
    elif not settings.phrases:
        return Texts.from_arrow(texts)
    else:
        source = Texts.from_arrow(texts)
    if not settings.phrases or isinstance(texts, str):
        return Texts.from_strings(source)
    strings = Texts.from_strings(source)  # refuses what is none
    return Texts.from_strings(map(to_mainland, strings))


def readable(texts: Iterable[str], settings: TextSettings = _DEFAULTS) -> Readable:
    """`pack`, but strings that are taken as they are stay what they are."""
    if settings.phrases or isinstance(texts, Texts) or type(texts).__module__.startswith("pyarrow"):
        return pack(texts, settings)
    return Strings(texts)


@dataclass(frozen=True, slots=True, eq=False)
class Shingles:
    """The shingles of many texts.

    Attributes:
        hashes: ``uint64``, in the order of the texts and of the shingles in each, repeats included.
        offsets: text ``i`` has ``hashes[offsets[i]:offsets[i + 1]]``.
        keys: two ``uint64`` a text, equal where the folded texts are.
        tokens: the number of tokens of each text.
    """

    hashes: npt.NDArray[np.uint64]
    offsets: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    tokens: npt.NDArray[np.int64]

    def of(self, text: int) -> npt.NDArray[np.uint64]:
        """The shingles of one text, in order."""
        return self.hashes[self.offsets[text] : self.offsets[text + 1]]


def shingles(texts: Iterable[str], settings: TextSettings = _DEFAULTS) -> Shingles:
    """Cut texts into shingles.

    >>> found = shingles(["One, two; THREE four five six!", "１ 2"])
    >>> found.offsets.tolist(), found.tokens.tolist()
    ([0, 2, 2], [6, 2])
    """
    from dedup.kernels import shingles as kernels

    held = readable(texts, settings)
    return Shingles(*kernels.shingles(held.between(0, len(held)), fold_table(), settings.shingle))


def shingle_hashes(
    texts: Iterable[str], settings: TextSettings = _DEFAULTS
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The shingle hashes of many texts, and where each text's begin.

    >>> hashes, offsets = shingle_hashes(["中國人民大學", "中国人民大学"])
    >>> offsets.tolist(), bool((hashes[:2] == hashes[2:]).all())
    ([0, 2, 4], True)
    """
    found = shingles(texts, settings)
    return found.hashes, found.offsets


def fold_keys(texts: Iterable[str], settings: TextSettings = _DEFAULTS) -> list[int]:
    """For each text a 128-bit number that is equal where the folded texts are.

    White space counts only where it parts two words.

    >>> one, two, three = fold_keys(["戰畧 （A）", "战略(a)", "战略 a"])
    >>> one == two, one == three
    (True, False)
    """
    return [int(a) << 64 | int(b) for a, b in shingles(texts, settings).keys]


def fold_key(text: str, settings: TextSettings = _DEFAULTS) -> int:
    """`fold_keys` of one text."""
    return fold_keys([text], settings)[0]
