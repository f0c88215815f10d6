"""Many texts to clusters of near-duplicates: the stages in their order."""

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from dedup.config import DEFAULTS, Settings
from dedup.errors import SettingsError
from dedup.model import Keep, NearReport
from dedup.near.clusters import Clusters, Matches
from dedup.near.excerpts import LONG, sample_pairs
from dedup.near.fingerprints import Fingerprints, fingerprint
from dedup.near.lsh import Bands, band_pairs, bands_for, distinct
from dedup.near.verify import Verified, split, verify
from dedup.text.shingles import Packed, pack

Ints = npt.NDArray[np.int64]
Order = npt.NDArray[np.float64]


def find_duplicates(
    texts: Iterable[str],
    threshold: float | None = None,
    *,
    ids: Sequence[int | str] | None = None,
    order: Sequence[Any] | None = None,
    jobs: int = 1,
    settings: Settings = DEFAULTS,
) -> Clusters:
    """Find exact copies, near-duplicates and excerpts among texts; every pair is verified.

    Args:
        texts: any iterable of str, or a pyarrow string array (read without copying).
        threshold: the Jaccard similarity from which texts are near-duplicates; the default is that
            of the settings, 0.8.
        ids: what the results should call the texts by; the default is their position from 0.
        order: for ``NearSettings.keep`` "earliest" the date of each text (anything that numpy
            reads as dates, or numbers), for "priority" its priority (the highest is kept). None
            comes last.
        jobs: threads.
        settings: all the rest.

    Returns:
        The clusters, the verified matches, the directed containments, what to keep, and a report.

    Raises:
        SettingsError: a setting out of range, or ``ids`` or ``order`` of another length.

    >>> same = "It was the best of times, it was the worst of times, it was the age of wisdom."
    >>> found = find_duplicates([same, "Call me Ishmael.", same + " So?", "Call me Ishmael."])
    >>> [list(cluster) for cluster in found], found.keep.tolist()
    ([[1, 3], [2, 0]], [False, True, True, False])
    """
    near = settings.near
    threshold = near.threshold if threshold is None else threshold
    bands = bands_for(threshold, settings.text.slots)
    packed = pack(texts, settings.text)
    if ids is not None and len(ids) != len(packed):
        raise SettingsError(f"{len(ids)} ids for {len(packed)} texts: give one id for each text")
    prints = fingerprint(packed, bands, settings.text, jobs)
    preferred = preferences(near.keep, order, len(packed))
    return search(
        packed, prints, bands, preferred, threshold, ids=ids, jobs=jobs, settings=settings
    )


def search(
    packed: Packed,
    prints: Fingerprints,
    bands: Bands,
    preferred: Order,
    threshold: float,
    *,
    ids: Sequence[int | str] | None = None,
    jobs: int = 1,
    settings: Settings = DEFAULTS,
) -> Clusters:
    """`find_duplicates` of texts whose fingerprints are there already.

    Args:
        packed: the texts; they are only looked at where they are compared, and may be mapped from
            a file.
        prints: their fingerprints.
        bands: the bands that the fingerprints were made with.
        preferred: a number for each text, the smaller the rather it is kept.
        threshold: the Jaccard similarity from which texts are near-duplicates.
        ids: what the results should call the texts by.
        jobs: threads.
        settings: all the rest.
    """
    near = settings.near
    ranking = rank(prints, packed, preferred)
    leaders = copies(prints, ranking)
    # From here on texts are numbered in the order in which they would be kept.
    chosen = ranking[
        (leaders[ranking] == ranking) & (prints.tokens[ranking] >= settings.text.shingle)
    ]
    banded = band_pairs(prints.bands, chosen, near.cap)
    is_long = prints.tokens[chosen] >= LONG
    share = min(threshold, near.containment)
    sampled = sample_pairs(prints.samples, prints.offsets, chosen, is_long, near.cap, share)
    pairs = distinct(np.concatenate((banded.pairs, sampled.pairs)))
    report = NearReport(
        texts=len(packed),
        copies=int((leaders != np.arange(leaders.size)).sum()),
        short=int((prints.tokens < settings.text.shingle).sum()),
        candidates=pairs.size,
        bands=bands.bands,
        rows=bands.rows,
        found=bands.chance(threshold),
        half=bands.half,
        hot_bands=banded.hot,
        largest_band=banded.largest,
        hot_samples=sampled.hot,
        veiled=sampled.veiled,
    )
    del prints, banded, sampled
    verified = verify(packed, chosen, pairs, share, settings.text, jobs)
    is_near = verified.jaccard >= threshold
    is_excerpt = ~is_near & contained(verified, near.containment, near.excerpt)
    near_pairs, excerpts = verified.where(is_near), verified.where(is_excerpt)
    joined = near_pairs.pairs
    if near.join_excerpts:
        inside = excerpts.pairs[excerpts.containment_b >= near.containment]
        joined = distinct(np.concatenate((joined, inside)))
    return Clusters(
        leaders=lead(joined, chosen, leaders),
        matches=_matches(near_pairs, chosen, leaders, ids),
        excerpts=_excerpts(excerpts, chosen, ids),
        report=report,
        ids=ids,
    )


def preferences(keep: Keep, order: Sequence[Any] | None, texts: int) -> Order:
    """A number for each text, the smaller the rather it is kept.

    >>> preferences(Keep.EARLIEST, ["2024-05-02", None, "2023-12-31"], 3).argsort().tolist()
    [2, 0, 1]
    """
    if keep in (Keep.EARLIEST, Keep.PRIORITY):
        if order is None or len(order) != texts:
            raise SettingsError(f'keep "{keep}" needs order=, with one value for each text')
        if keep is Keep.PRIORITY:
            values = np.array([np.nan if v is None else float(v) for v in order], np.float64)
            return np.where(np.isnan(values), np.inf, -values)
        if all(v is None or isinstance(v, int | float) for v in order):
            return np.array([np.inf if v is None else float(v) for v in order], np.float64)
        try:
            dates = np.array(["NaT" if v is None else v for v in order], "datetime64[us]")
        except ValueError as error:
            raise SettingsError(f"a date that cannot be read ({error}): give ISO 8601") from error
        return np.where(np.isnat(dates), np.inf, dates.astype(np.int64).astype(np.float64))
    return np.arange(texts, dtype=np.float64) if keep is Keep.FIRST else np.zeros(texts)


def rank(prints: Fingerprints, packed: Packed, preferred: Order) -> Ints:
    """All texts in the order in which they would be kept, whatever order they came in.

    What is preferred, then the longest; ties are broken by the texts themselves.
    """
    raw = np.zeros(len(prints), np.int64)
    data = packed.data.data
    for i in _repeated(prints.keys):
        raw[i] = crc32(data[packed.offsets[i] : packed.offsets[i + 1]])
    keys = prints.keys
    return np.lexsort((raw, -prints.sizes, keys[:, 1], keys[:, 0], -prints.tokens, preferred))


def _repeated(keys: npt.NDArray[np.uint64]) -> Ints:
    """The texts whose folded text another has as well."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    same = (keys[order][1:] == keys[order][:-1]).all(axis=1)
    repeated = np.zeros(order.size, np.bool_)
    repeated[1:] |= same
    repeated[:-1] |= same
    return order[repeated]


def copies(prints: Fingerprints, ranking: Ints) -> Ints:
    """For each text the first in the ranking with the same folded text."""
    keys = prints.keys[ranking]
    order = np.lexsort((keys[:, 1], keys[:, 0]))  # stable: the ranking decides among equals
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = (keys[order][1:] != keys[order][:-1]).any(axis=1)
    heads = order[fresh]
    leaders = np.empty(order.size, np.int64)
    leaders[ranking[order]] = ranking[heads][np.cumsum(fresh) - 1]
    return leaders


def contained(verified: Verified, share: float, shortest: int) -> npt.NDArray[np.bool_]:
    """Which pairs have a text of enough shingles that lies in the other for this share."""
    a_in_b = (verified.containment_a >= share) & (verified.size_a >= shortest)
    b_in_a = (verified.containment_b >= share) & (verified.size_b >= shortest)
    inside: npt.NDArray[np.bool_] = a_in_b | b_in_a
    return inside


def lead(pairs: npt.NDArray[np.uint64], chosen: Ints, leaders: Ints) -> Ints:
    """For each text the one that is kept for it: first its copies' head, then that one's leader."""
    from dedup.near import kernels

    local = np.arange(chosen.size)
    kernels.follow(pairs, local)
    led = leaders.copy()
    led[chosen] = chosen[local]
    return led[leaders]


def _matches(
    verified: Verified, chosen: Ints, leaders: Ints, ids: Sequence[int | str] | None
) -> Matches:
    """Exact copies, each with its head, and the verified pairs; by index of the texts."""
    twins = np.flatnonzero(leaders != np.arange(leaders.size))
    a, b = split(verified.pairs)
    a, b = chosen[a], chosen[b]
    swap = a > b
    ones = np.ones(twins.size)
    in_b, in_a = verified.containment_a, verified.containment_b
    return _sorted(
        Matches(
            np.concatenate((twins, np.where(swap, b, a))),
            np.concatenate((leaders[twins], np.where(swap, a, b))),
            np.concatenate((ones, verified.jaccard)),
            np.concatenate((ones, np.where(swap, in_a, in_b))),
            np.concatenate((ones, np.where(swap, in_b, in_a))),
            np.repeat(np.array([0, 1], np.int8), (twins.size, a.size)),
            ids,
        )
    )


def _excerpts(verified: Verified, chosen: Ints, ids: Sequence[int | str] | None) -> Matches:
    """Containments, the contained text first; by index of the texts."""
    a, b = split(verified.pairs)
    in_b, in_a = verified.containment_a, verified.containment_b
    swap = in_a > in_b
    return _sorted(
        Matches(
            chosen[np.where(swap, b, a)],
            chosen[np.where(swap, a, b)],
            verified.jaccard,
            np.where(swap, in_a, in_b),
            np.where(swap, in_b, in_a),
            np.full(a.size, 2, np.int8),
            ids,
        )
    )


def _sorted(matches: Matches) -> Matches:
    """The same matches by index of the texts."""
    order = np.lexsort((matches.b, matches.a))
    return Matches(
        matches.a[order],
        matches.b[order],
        matches.jaccard[order],
        matches.containment_a[order],
        matches.containment_b[order],
        matches.kind[order],
        matches.ids,
    )
