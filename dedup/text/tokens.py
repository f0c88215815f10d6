"""Where the tokens of a text stand, and how many there are.

What a token is says the fold table, and it alone: a word, or a single character in scripts that
write no spaces between words (`dedup.text.tables.Role`). Punctuation and white space are none.
"""

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.text.fold import fold_table, mainland_pieces

Ints = npt.NDArray[np.int64]
_DEFAULTS = TextSettings()


def count_tokens(text: str) -> int:
    """The number of tokens of a text.

    >>> count_tokens("Don't stop, 中国!"), count_tokens("𠮷𠮷𠮷")
    (5, 3)
    """
    from dedup.kernels import tokens

    return tokens.count(
        np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8), fold_table()
    )


def token_spans(
    text: str, settings: TextSettings = _DEFAULTS
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where each token stands in the text as given: first character, and the one behind its last.

    >>> starts, ends = token_spans("Ab, 中文")
    >>> starts.tolist(), ends.tolist()
    ([0, 4, 5], [2, 5, 6])
    """
    from dedup.kernels import tokens

    pieces = mainland_pieces(text) if settings.phrases else [(text, 0, len(text))]
    new = "".join(piece for piece, _, _ in pieces)
    data = np.frombuffer(new.encode("utf-8", "surrogatepass"), np.uint8)
    starts, ends = tokens.spans(data, fold_table())
    if data.size != len(new):
        character = np.cumsum(data & 0xC0 != 0x80) - 1  # of each byte
        starts, ends = character[starts], character[ends - 1] + 1
    if settings.phrases:
        firsts, lasts = _sources(pieces)
        starts, ends = firsts[starts], lasts[ends - 1]
    return starts, ends


def original_spans(text: str, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Spans of a text whose regional vocabulary was folded, as spans of the text as given.

    >>> original_spans("用軟體。", np.array([1]), np.array([3]))[0].tolist()
    [1]
    """
    firsts, lasts = _sources(mainland_pieces(text))
    return firsts[starts], lasts[ends - 1]


def _sources(
    pieces: list[tuple[str, int, int]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each converted character, the range of the original that it came from."""
    firsts, lasts = [], []
    for piece, start, end in pieces:
        if len(piece) == end - start:
            firsts.append(np.arange(start, end))
            lasts.append(np.arange(start + 1, end + 1))
        else:
            firsts.append(np.full(len(piece), start))
            lasts.append(np.full(len(piece), end))
    return np.concatenate(firsts), np.concatenate(lasts)
