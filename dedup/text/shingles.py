"""Texts to shingles: which runs of tokens they hold, and where.

A token is a word, or a single character in scripts that write no spaces; punctuation and white
space are none. A shingle is a run of tokens (Broder, "On the resemblance and containment of
documents", 1997), kept as a 64-bit hash of the folded tokens.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import TextSettings
from dedup.errors import InputError
from dedup.text.fold import fold_table, mainland_pieces, to_mainland

_DEFAULTS = TextSettings()
_BLOCK = 4096  # texts that are encoded before they are joined; few, so that no second copy stays


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Many texts as one run of UTF-8 bytes: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return self.offsets.size - 1


def pack(texts: Iterable[str], settings: TextSettings = _DEFAULTS) -> Packed:
    """Join texts into UTF-8 bytes and offsets; pyarrow string arrays are read without copying.

    Lone surrogates are kept as three bytes each; a null of Arrow counts as an empty text.

    Raises:
        InputError: if something else than texts is given.

    >>> pack(["ab", "中"]).offsets.tolist()
    [0, 2, 5]
    """
    if isinstance(texts, str):
        raise InputError("one str was given where many texts are compared: give a list of them")
    if type(texts).__module__.startswith("pyarrow"):
        column = _strings(texts)
        if not settings.phrases:
            return _from_arrow(column)
        texts = ("" if text is None else text for text in column.to_pylist())
    data, lengths = bytearray(), array("q")
    source = iter(texts)
    while block := list(islice(source, _BLOCK)):
        for number, text in enumerate(block, len(lengths)):
            if not isinstance(text, str):
                kind = type(text).__name__
                raise InputError(f"text {number} is no str but {kind}: give each text as str")
        if settings.phrases:
            block = [to_mainland(text) for text in block]
        encoded = [text.encode("utf-8", "surrogatepass") for text in block]
        data += b"".join(encoded)
        lengths.extend(map(len, encoded))
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.frombuffer(lengths, np.int64), out=offsets[1:])
    joined = np.frombuffer(data, np.uint8)
    joined.flags.writeable = False
    return Packed(joined, offsets)


def _strings(column: Any) -> Any:
    """The same Arrow array, decoded where it is a dictionary or of views."""
    import pyarrow as pa

    if not isinstance(column, pa.Array | pa.ChunkedArray):
        raise InputError(f"{type(column).__name__} is no column: give an array of strings")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    views = getattr(pa.types, "is_string_view", lambda kind: False)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or views(kind)):
        raise InputError(f"an Arrow array of {column.type} holds no texts: give one of strings")
    if column.type == kind and not views(kind):
        return column
    return column.cast(pa.large_string())


def _from_arrow(column: Any) -> Packed:
    """The buffers of an Arrow string column; a chunked one is joined, a null counts as empty."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(column, pa.ChunkedArray):  # too long for one array of 32-bit offsets
        column = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in column.chunks])
    if column.null_count:
        column = column.fill_null("")
    wide = pa.types.is_large_string(column.type)
    _, offsets, data = column.buffers()
    if not len(column):
        return Packed(np.zeros(0, np.uint8), np.zeros(1, np.int64))
    ends: npt.NDArray[Any] = np.frombuffer(offsets, np.int64 if wide else np.int32)
    ends = ends[column.offset : column.offset + len(column) + 1].astype(np.int64)
    return Packed(np.frombuffer(data or b"", np.uint8), ends)


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


def shingles(texts: Iterable[str] | Packed, settings: TextSettings = _DEFAULTS) -> Shingles:
    """Cut texts into shingles.

    >>> found = shingles(["One, two; THREE four five six!", "１ 2"])
    >>> found.offsets.tolist(), found.tokens.tolist()
    ([0, 2, 2], [6, 2])
    """
    from dedup.kernels import tokens

    packed = texts if isinstance(texts, Packed) else pack(texts, settings)
    return Shingles(
        *tokens.shingles(
            packed.data, packed.offsets[:-1], packed.offsets[1:], fold_table(), settings.shingle
        )
    )


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
