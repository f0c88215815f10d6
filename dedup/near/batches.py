"""A search step by step on parts of the texts: what the tasks of a cluster run.

Numpy and Arrow in and out; no engine is known here. What decides (which texts share a bucket, how
many samples they need to share, what they have in common, which one leads) are the functions that
`dedup.near.search` calls as well; here they are put together so that a step needs to see only some
of the texts. A text goes by a number of 64 bits, made of its folded text, so that exact copies have
one number and no step has to hand out numbers.

A key of 48 bits stands for a band or a sampled shingle: the upper bits of its hash, turned left by
two, so that keys are spread evenly; a key is coarse (see `dedup.near.samples`) where its low two
bits are zero.
"""

from dataclasses import dataclass, fields
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints
from dedup.config import NearSettings, Settings, TextSettings
from dedup.near.bands import bucketed, distinct, joined, split
from dedup.near.fingerprints import Fingerprints
from dedup.near.relation import Decided, figures, inner_last, relate
from dedup.near.samples import COARSE, LONG
from dedup.near.verify import verify
from dedup.text.shingles import pack

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

KEY_BITS = 48
# Texts whose samples are picked at once: as many as the bits that a key leaves can number.
_TEXTS = 1 << 16
_TOP = np.uint64(1 << 63)
_2, _16, _46 = np.uint64(2), np.uint64(16), np.uint64(46)
_MASK = np.uint64((1 << KEY_BITS) - 1)
_NOT_COARSE = np.uint64(1 << 62)


def write_fingerprints(file: BinaryIO, prints: Fingerprints) -> None:
    """Write fingerprints as numpy arrays, one after the other."""
    for field in fields(prints):
        np.lib.format.write_array(file, getattr(prints, field.name), allow_pickle=False)


def read_fingerprints(file: BinaryIO) -> Fingerprints:
    """Read what `write_fingerprints` wrote."""
    return Fingerprints(
        *(np.lib.format.read_array(file, allow_pickle=False) for _ in fields(Fingerprints))
    )


def numbers_of(keys: Keys) -> Ints:
    """The numbers of texts by the keys of their folded texts, signed and in the same order.

    >>> numbers_of(np.array([[0, 5], [1 << 63, 6]], np.uint64)).tolist() == [-(1 << 63), 0]
    True
    """
    return (keys[:, 0] ^ _TOP).view(np.int64)


def first_copies(prints: Fingerprints, shingle: int) -> Ints:
    """Of each folded text the first that has it, of those that are long enough to compare."""
    _, first = np.unique(prints.keys[:, 0], return_index=True)
    return first[prints.tokens[first] >= shingle]


def short_keys(hashes: Keys) -> Keys:
    """Keys of 48 bits for hashes of 64; see above."""
    upper = hashes >> _16
    return (upper << _2 & _MASK) | upper >> _46


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Keys, each with a text that has it; arrays of one length.

    Attributes:
        keys: of `KEY_BITS`.
        numbers: the texts.
        is_long: whether the text has `LONG` shingles or more.
    """

    keys: Keys
    numbers: Ints
    is_long: Flags

    def where(self, chosen: npt.NDArray[Any]) -> "Entries":
        """The chosen ones only."""
        return Entries(self.keys[chosen], self.numbers[chosen], self.is_long[chosen])


def band_entries(prints: Fingerprints, shingle: int) -> Entries:
    """The bands of texts; of exact copies only those of one."""
    texts = first_copies(prints, shingle)
    bands = len(prints.bands)
    return Entries(
        short_keys(prints.bands[:, texts].reshape(-1)),
        np.tile(numbers_of(prints.keys[texts]), bands),
        np.tile(prints.tokens[texts] >= LONG, bands),
    )


def mark_short(prints: Fingerprints, shingle: int, seen: Keys) -> None:
    """Enter the samples of short texts into a filter, see `dedup.near.samples.empty_filter`."""
    from dedup.kernels.samples import mark_samples

    texts = first_copies(prints, shingle)
    is_long = prints.tokens[texts] >= LONG
    mark_samples(prints.samples, prints.offsets, texts, is_long, seen)


def sample_entries(prints: Fingerprints, shingle: int, seen: Keys) -> Entries:
    """The sampled shingles of texts that can tell something.

    Args:
        prints: of at most 65,536 texts.
        shingle: tokens in a shingle.
        seen: the filter, with what all short texts have.
    """
    from dedup.kernels.samples import pick_samples

    if len(prints) > _TEXTS:
        raise ValueError(f"samples are picked of {_TEXTS} texts at once")
    texts = first_copies(prints, shingle)
    is_long = prints.tokens[texts] >= LONG
    bits = (COARSE, _TEXTS - 1)
    found = distinct(pick_samples(prints.samples, prints.offsets, texts, is_long, seen, bits, 0, 1))
    owners = (found & np.uint64(_TEXTS - 1)).astype(np.int64)
    return Entries(short_keys(found), numbers_of(prints.keys[texts])[owners], is_long[owners])


def judged_samples(prints: Fingerprints) -> Ints:
    """How many distinct samples each text is judged by: all, of a long text the coarse ones."""
    from dedup.kernels.samples import pick_samples

    texts = np.arange(len(prints))
    bits = (COARSE, _TEXTS - 1)
    none = np.zeros(1, np.uint64)
    is_long = prints.tokens >= LONG
    found = distinct(pick_samples(prints.samples, prints.offsets, texts, is_long, none, bits, 0, 1))
    owners = (found & np.uint64(_TEXTS - 1)).astype(np.int64)
    return np.bincount(owners, minlength=len(prints))


def is_coarse(keys: Keys) -> Flags:
    """Which samples long texts are judged by."""
    coarse: Flags = keys & np.uint64(3) == 0
    return coarse


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """Entries whose key several texts have: ``keys[group]`` and ``names[text]`` for each.

    Attributes:
        entries: ``group << bits | text``, distinct and ascending.
        bits: for the text.
        keys: the key of each group.
        names: the number of each text.
        is_long: of each text.
    """

    entries: Keys
    bits: np.uint64
    keys: Keys
    names: Ints
    is_long: Flags

    @property
    def groups(self) -> Ints:
        return (self.entries >> self.bits).astype(np.int64)

    @property
    def texts(self) -> Ints:
        return (self.entries & ((np.uint64(1) << self.bits) - np.uint64(1))).astype(np.int64)


def _shared(found: Entries) -> _Shared:
    order = np.argsort(found.keys)
    keys = found.keys[order]
    repeated = np.zeros(keys.size, np.bool_)
    np.equal(keys[1:], keys[:-1], out=repeated[1:])
    repeated[:-1] |= repeated[1:]
    order, keys = order[repeated], keys[repeated]
    fresh = np.ones(keys.size, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    names, first, texts = np.unique(found.numbers[order], return_index=True, return_inverse=True)
    bits = np.uint64(max(1, (names.size - 1).bit_length()))
    groups = (np.cumsum(fresh) - 1).astype(np.uint64)
    entries = distinct(groups << bits | texts.reshape(-1).astype(np.uint64))
    return _Shared(entries, bits, keys[fresh], names, found.is_long[order][first])


@dataclass(frozen=True, slots=True, eq=False)
class Bucketed:
    """Pairs of texts, the smaller number first; and entries of buckets above the cap."""

    a: Ints
    b: Ints
    crowded: Entries


def pair_buckets(found: Entries, cap: int) -> Bucketed:
    """All pairs in whole buckets of up to ``cap`` texts, in any order; larger ones as they are."""
    shared = _shared(found)
    groups, texts = shared.groups, shared.texts
    crowded = np.bincount(groups, minlength=shared.keys.size)[groups] > cap
    rest = shared.entries[~crowded]
    mask = (np.uint64(1) << shared.bits) - np.uint64(1)
    pairs = distinct(bucketed(rest & ~mask, rest & mask, cap).pairs)
    a, b = split(pairs)
    return Bucketed(
        shared.names[a],
        shared.names[b],
        Entries(
            shared.keys[groups[crowded]],
            shared.names[texts[crowded]],
            shared.is_long[texts[crowded]],
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class SampledPairs:
    """What texts share of the given samples.

    Attributes:
        a: the smaller number of each pair.
        b: the larger one.
        every: samples that both have.
        some: of these, the coarse ones.
        hidden_of: texts of which samples were passed over.
        hidden: how many of each.
        hot: samples passed over, in all.
    """

    a: Ints
    b: Ints
    every: Ints
    some: Ints
    hidden_of: Ints
    hidden: Ints
    hot: int


def pair_samples(found: Entries, cap: int) -> SampledPairs:
    """What the texts of each pair share, of samples that are all here with all their texts."""
    from dedup.kernels.samples import sample_buckets, sample_pairs

    shared = _shared(found)
    groups = shared.groups
    # The kernel looks at the two upper bits of a key for whether it is coarse.
    fine = np.where(is_coarse(shared.keys), np.uint64(0), _NOT_COARSE)
    keys = np.sort(shared.entries | fine[groups])
    bits = (COARSE, (1 << int(shared.bits)) - 1)
    buckets, _, hidden, hot = sample_buckets(keys, bits, shared.is_long, cap)
    need = np.ones(shared.names.size, np.int64)
    span = (0, shared.names.size)
    pairs, counts = sample_pairs(keys, bits, shared.is_long, buckets, need, span)
    a, b = split(pairs)
    some, every = split(counts)
    veiled = np.flatnonzero(hidden)
    return SampledPairs(
        shared.names[a], shared.names[b], every, some,
        shared.names[veiled], hidden[veiled], hot,
    )  # fmt: skip


def add_up(a: Ints, b: Ints, *counts: Ints) -> tuple[Ints, ...]:
    """Each pair once, with the sums of its counts.

    >>> ones = np.ones(3, np.int64)
    >>> [found.tolist() for found in add_up(np.array([2, 1, 2]), np.array([5, 5, 5]), ones)]
    [[1, 2], [5, 5], [1, 2]]
    """
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    fresh = np.ones(a.size, np.bool_)
    fresh[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    at = np.flatnonzero(fresh)
    if not at.size:
        return a, b, *counts
    return a[at], b[at], *(np.add.reduceat(count[order], at) for count in counts)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Pairs that are near-duplicates or contain each other; arrays of one length.

    Attributes:
        at: the place of each among the pairs given.
        kind: a place in `dedup.near.relation.KINDS`.
        jaccard: Jaccard similarity.
        containment_a: the share of ``a`` that is in ``b``.
        containment_b: the share of ``b`` that is in ``a``.
        b_inside: ``b`` lies in ``a``.
        inner_last: ``b`` is what is said to lie in the other.
    """

    at: Ints
    kind: npt.NDArray[np.int8]
    jaccard: npt.NDArray[np.float64]
    containment_a: npt.NDArray[np.float64]
    containment_b: npt.NDArray[np.float64]
    b_inside: Flags
    inner_last: Flags


def compare_pairs(
    numbers: tuple[Ints, Ints],
    texts: tuple[Any, Any],
    near: NearSettings,
    text: TextSettings,
    swap: Flags | None = None,
) -> Compared:
    """Verify pairs of the given texts, and decide what they are to each other.

    Args:
        numbers: the texts of each pair, the one that would be kept first.
        texts: Arrow columns of these texts.
        near: the thresholds.
        text: how texts are folded and cut.
        swap: where it is the second that would be kept; the answer speaks of it as ``a``.
    """
    import pyarrow as pa

    every = np.concatenate(numbers)
    _, first, local = np.unique(every, return_index=True, return_inverse=True)
    columns = [_plain(column) for column in texts]
    held = pack(pa.concat_arrays(columns).take(pa.array(first)), text)
    a, b = np.split(local.reshape(-1), 2)
    pairs = joined(np.minimum(a, b), np.maximum(a, b))
    order = np.argsort(pairs)
    share = min(near.threshold, near.containment)
    verified = verify(held, np.arange(first.size), pairs[order], share, text)
    at = order[np.searchsorted(pairs[order], verified.pairs)]
    turned = a[at] > b[at]
    if swap is not None:
        turned ^= swap[at]
    size_a = np.where(turned, verified.size_b, verified.size_a)
    size_b = np.where(turned, verified.size_a, verified.size_b)
    decided = relate(size_a, size_b, verified.shared, near)
    found = figures(size_a, size_b, verified.shared)
    last = inner_last(decided.a_inside, decided.b_inside, found)
    return _related(at, decided, found.jaccard, found.containment_a, found.containment_b, last)


def _related(at: Ints, decided: Decided, *columns: Any) -> Compared:
    from dedup.near.relation import NONE

    chosen = decided.kind != NONE
    jaccard, in_b, in_a, last = (column[chosen] for column in columns)
    return Compared(
        at[chosen], decided.kind[chosen], jaccard, in_b, in_a, decided.b_inside[chosen], last
    )


def _plain(column: Any) -> Any:
    """An Arrow column of strings as one array with room for any number of bytes."""
    import pyarrow as pa

    whole = column.cast(pa.large_string())
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def text_fingerprints(column: Any, settings: Settings) -> tuple[Fingerprints, Ints, Ints]:
    """The fingerprints of an Arrow column of texts; `judged_samples`; and checksums of the texts.

    Nulls count as empty.
    """
    from dedup.near.bands import bands_for
    from dedup.near.fingerprints import fingerprint
    from dedup.near.representatives import checksum

    held = pack(column, settings.text)
    bands = bands_for(settings.near.threshold, settings.text.slots)
    prints = fingerprint(held, bands, settings.text)
    checks = np.fromiter((checksum(held, at) for at in range(len(held))), np.int64, len(held))
    return prints, judged_samples(prints), checks
