"""What a document is verified by, and the figures of a pair."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.config import Settings
from dedup.near.index.keys import TextKeys
from dedup.near.index.store import Document
from dedup.text.fold import fold_table
from dedup.text.sketch import SAMPLING

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_TEXT_BYTES = 1 << 30  # SQLite's and nearly Redis's bound for one value


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of a text and a stored document that may be a match.

    Attributes:
        text: place of the text.
        documents: the document of each pair.
        shared: samples that the two share.
        hidden: of the text's samples, those passed over.
    """

    text: Ints
    documents: Sequence[Document]
    shared: Ints
    hidden: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """The distinct shingles of both texts of each pair, and what they share, known or estimated."""

    size_a: Ints
    size_b: Ints
    shared: Ints | Floats


def contents(prints: TextKeys, settings: Settings) -> list[bytes]:
    """What is stored of each text, to verify matches by."""
    if settings.index.content == "sketch":
        shingled = prints.comparable.tolist()
        return [
            row.tobytes() if there else b""
            for row, there in zip(prints.slots, shingled, strict=True)
        ]
    if settings.index.content == "texts":
        data, at = prints.texts.data.tobytes(), prints.texts.offsets.tolist()
        return [zlib.compress(data[at[i] : at[i + 1]]) for i in range(len(prints))]
    hashes, offsets = _cut(prints, np.arange(len(prints)), settings)
    return [np.unique(hashes[offsets[i] : offsets[i + 1]]).tobytes() for i in range(len(prints))]


def overlaps(prints: TextKeys, pairs: Candidates, settings: Settings) -> Overlap:
    """Compare each pair by what is stored."""
    if settings.index.content == "sketch":
        return _estimate(prints, pairs)
    return _verify(prints, pairs, settings)


def _verify(prints: TextKeys, pairs: Candidates, settings: Settings) -> Overlap:
    """Exact figures; a pair that shares too little counts as sharing nothing."""
    from dedup.kernels.overlap import shared_shingles

    texts, lead = np.unique(pairs.text, return_inverse=True)
    unique = {document.number: document for document in pairs.documents}
    places = {number: texts.size + i for i, number in enumerate(unique)}
    other = np.array([places[document.number] for document in pairs.documents], np.int64)
    own, own_offsets = _cut(prints, texts, settings)
    theirs, their_offsets = _stored(list(unique.values()), settings)
    sizes, shared = shared_shingles(
        np.concatenate((own, theirs)),
        np.concatenate((own_offsets, own_offsets[-1] + their_offsets[1:])),
        lead.astype(np.int64),
        other,
        min(settings.near.threshold, settings.near.containment),
    )
    return Overlap(sizes[lead], sizes[other], shared)


def _cut(prints: TextKeys, texts: Ints, settings: Settings) -> tuple[Keys, Ints]:
    """The shingles of some texts."""
    from dedup.kernels.shingles import shingles

    hashes, offsets, _, _ = shingles(prints.texts.taken(texts), fold_table(), settings.text.shingle)
    return hashes, offsets


def _stored(documents: list[Document], settings: Settings) -> tuple[Keys, Ints]:
    """The shingles of stored documents."""
    from dedup.kernels.shingles import shingles

    pieces = [document.content for document in documents]
    if settings.index.content == "shingles":
        ends = np.cumsum([len(piece) // 8 for piece in pieces])
        offsets = np.concatenate((np.zeros(1, np.int64), ends))
        return np.frombuffer(b"".join(pieces), np.uint64), offsets
    pieces = [_decompressed(piece) for piece in pieces]
    ends = np.cumsum([len(piece) for piece in pieces])
    hashes, offsets, _, _ = shingles(
        (
            np.frombuffer(b"".join(pieces), np.uint8),
            np.concatenate((np.zeros(1, np.int64), ends[:-1])),
            ends,
        ),
        fold_table(),
        settings.text.shingle,
    )
    return hashes, offsets


def _decompressed(piece: bytes) -> bytes:
    """A stored text; what decompresses to more than any text has is refused."""
    decompressor = zlib.decompressobj()
    data = decompressor.decompress(piece, _TEXT_BYTES)
    if not decompressor.eof:
        raise ValueError(f"a stored text is cut off, or has over {_TEXT_BYTES} bytes")
    return data


def _estimate(prints: TextKeys, pairs: Candidates) -> Overlap:
    """Figures from sketches and from shared samples, each counting as much as it is certain."""
    size_a = prints.sizes[pairs.text]
    size_b = np.array([document.size for document in pairs.documents], np.int64)
    by_sketch, doubt_of_sketch = _by_sketch(prints, pairs, size_a + size_b)
    by_samples, doubt_of_samples = _by_samples(prints, pairs, size_a, size_b)
    weight = doubt_of_samples / (doubt_of_sketch + doubt_of_samples)
    shared = weight * by_sketch + (1.0 - weight) * by_samples
    shared = np.minimum(shared, np.minimum(size_a, size_b))
    return Overlap(size_a, size_b, shared)


def _by_sketch(prints: TextKeys, pairs: Candidates, sizes: Ints) -> tuple[Floats, Floats]:
    """Shared shingles by the slots that agree, and the variance of that."""
    slots = np.frombuffer(b"".join(document.content for document in pairs.documents), np.uint8)
    slots = slots.reshape(len(pairs.documents), -1)
    agreeing = (slots == prints.slots[pairs.text]).mean(axis=1)
    # Unequal slots have equal low bytes one time in 256 (Li and König 2010).
    jaccard = np.maximum(0.0, (agreeing - 1 / 256) / (1 - 1 / 256))
    spread = (jaccard * (1.0 - jaccard) + 1 / 256) / slots.shape[1]
    return jaccard / (1.0 + jaccard) * sizes, spread * (sizes / (1.0 + jaccard) ** 2) ** 2


def _by_samples(
    prints: TextKeys, pairs: Candidates, size_a: Ints, size_b: Ints
) -> tuple[Floats, Floats]:
    """Shared shingles by the share of the smaller text's samples, and the variance of that.

    Samples of the text that were passed over tell nothing. Where the document is the smaller one,
    it may have any number of them: taken as equally likely.
    """
    a_smaller = size_a <= size_b
    totals = np.array([document.total for document in pairs.documents], np.int64)
    total = np.where(a_smaller, prints.totals[pairs.text] - pairs.hidden, totals)
    total = np.maximum(np.maximum(total, pairs.shared), 1)
    unknown = np.where(a_smaller, 0, np.minimum(pairs.hidden, total - pairs.shared)) / total
    share = pairs.shared / total + unknown / 2.0
    # One shingle in SAMPLING is known for certain.
    spread = (share * (1.0 - share) + 1 / total) / total * (1.0 - 1 / SAMPLING)
    spread += unknown**2 / 12.0
    size = np.minimum(size_a, size_b)
    return share * size, spread * size.astype(np.float64) ** 2
