"""Many texts to clusters of near-duplicates: the stages in their order."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.columns import Readable
from dedup.config import DEFAULTS, Given, Settings, settings_of
from dedup.errors import SettingsError
from dedup.model import NearReport
from dedup.near.bands import Bands, Pairs, band_pairs, bands_for, distinct, split
from dedup.near.fingerprints import Fingerprints, fingerprint
from dedup.near.parallel import Progress, silent
from dedup.near.relation import CONTAINS, EXACT, NEAR, inner_last, relate
from dedup.near.representatives import copies, lead, plain, preferences, rank
from dedup.near.results import Clusters, Matches
from dedup.near.samples import LONG, sample_pairs, telling_samples
from dedup.near.verify import Verified, verify
from dedup.text.shingles import readable

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Names = Sequence[int | str] | None


def find_duplicates(
    texts: Iterable[str],
    threshold: float | None = None,
    *,
    ids: Iterable[int | str] | None = None,
    order: Iterable[Any] | None = None,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Given = DEFAULTS,
) -> Clusters:
    """Find exact copies, near-duplicates and excerpts among texts; every pair is verified.

    Args:
        texts: any iterable of str, or a pyarrow string array (read without copying). Texts shorter
            than a shingle are only compared for equality; so one of all empty texts is kept.
        threshold: the Jaccard similarity from which texts are near-duplicates; the default is that
            of the settings, 0.8.
        ids: what the results should call the texts by, all different; the default is their position
            from 0.
        order: for ``NearSettings.keep`` "earliest" the date of each text (ISO 8601, a ``date``,
            ``datetime`` or ``numpy.datetime64``, or a number), for "priority" its priority (the
            highest is kept). None comes last.
        jobs: threads; the result does not depend on them.
        progress: called now and then with what is counted (texts, later pairs), how many are done
            and how many there are.
        settings: all the rest, as `dedup.Settings` or as a dict.

    Returns:
        The clusters, the verified matches, the directed containments, what to keep, and a report.

    Raises:
        InputError: something else than texts was given.
        SettingsError: a setting out of range, ``ids`` or ``order`` of another length, or ids that
            are not all different.

    >>> same = "It was the best of times, it was the worst of times, it was the age of wisdom."
    >>> found = find_duplicates([same, "Call me Ishmael.", same + " So?", "Call me Ishmael."])
    >>> [list(cluster) for cluster in found], found.keep.tolist()
    ([[1, 3], [2, 0]], [False, True, True, False])
    """
    settings = settings_of(settings)
    if threshold is not None:
        settings = replace(settings, near=replace(settings.near, threshold=threshold))
    near, threshold = settings.near, settings.near.threshold
    if not isinstance(jobs, int) or jobs < 1:
        raise SettingsError(f"jobs is {jobs}: give 1 or more threads")
    bands = bands_for(threshold, settings.text.slots)
    held = readable(texts, settings.text)
    names = None if ids is None else _names(ids, len(held))
    preferred = preferences(near.keep, order, len(held))
    prints = fingerprint(held, bands, settings.text, jobs, progress)
    ranking = rank(prints, held, preferred)
    handed = [prints]
    del prints  # all that is large: `candidates` lets go of it, part by part
    found = candidates(handed.pop(), ranking, bands, threshold, jobs=jobs, settings=settings)
    return decide(
        held, found, threshold, ids=names, jobs=jobs, progress=progress, settings=settings
    )


def _names(ids: Iterable[int | str], texts: int) -> list[int | str]:
    """The caller's ids as a list of plain values."""
    names = plain(ids)
    if len(names) != texts:
        raise SettingsError(f"{len(names)} ids for {texts} texts: give one id for each text")
    if len(set(names)) < texts:
        twice = Counter(names).most_common(1)[0][0]
        raise SettingsError(f"the id {twice!r} is given twice: give each text an id of its own")
    return names


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a search has to verify.

    Attributes:
        chosen: the texts to compare, in the order in which they would be kept.
        leaders: for each text the one of its exact copies that stands for them.
        pairs: pairs of places in ``chosen``.
        report: what was searched, and what was passed over.
    """

    chosen: Ints
    leaders: Ints
    pairs: Pairs
    report: NearReport


def candidates(
    prints: Fingerprints,
    ranking: Ints,
    bands: Bands,
    threshold: float,
    *,
    jobs: int = 1,
    settings: Settings = DEFAULTS,
) -> Candidates:
    """Which texts to compare, by their fingerprints.

    Args:
        prints: the fingerprints of all texts; they may be mapped from a file. Band keys and samples
            are released after use: the caller should not keep references to them.
        ranking: the texts in the order in which they would be kept: see
            `dedup.near.representatives.rank`.
        bands: the bands that the fingerprints were made with.
        threshold: the Jaccard similarity from which texts are near-duplicates.
        jobs: threads.
        settings: all the rest.
    """
    near = settings.near
    leaders = copies(prints, ranking)
    # From here on texts are numbered in the order in which they would be kept.
    chosen = ranking[
        (leaders[ranking] == ranking) & (prints.tokens[ranking] >= settings.text.shingle)
    ]
    banded = band_pairs(prints.bands, chosen, near.cap, jobs)
    prints = replace(prints, bands=np.zeros((0, 0), np.uint64))
    is_long = prints.tokens[chosen] >= LONG
    samples = telling_samples(prints.samples, prints.offsets, chosen, is_long, jobs)
    prints = replace(prints, samples=np.zeros(0, np.uint64))
    sampled = sample_pairs(samples, near.cap, min(threshold, near.containment), jobs)
    pairs = distinct(np.concatenate((banded.pairs, sampled.pairs)))
    report = NearReport(
        texts=len(prints),
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
    return Candidates(chosen, leaders, pairs, report)


def decide(
    texts: Readable,
    found: Candidates,
    threshold: float,
    *,
    ids: Names = None,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Settings = DEFAULTS,
) -> Clusters:
    """Verify candidates, and make clusters of what holds.

    Args:
        texts: only those that are compared are looked at, and they may be mapped from a file.
        found: what to verify.
        threshold: the Jaccard similarity from which texts are near-duplicates.
        ids: what the results should call the texts by.
        jobs: threads.
        progress: told how many pairs are verified.
        settings: all the rest.
    """
    settings = replace(settings, near=replace(settings.near, threshold=threshold))
    verified = verify_candidates(texts, found, jobs=jobs, progress=progress, settings=settings)
    return clusters_of(verified, found, settings, ids)


def verify_candidates(
    texts: Readable,
    found: Candidates,
    *,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Settings = DEFAULTS,
) -> Verified:
    """Count what the candidates share; those that can be neither near nor contained are dropped."""
    share = min(settings.near.threshold, settings.near.containment)
    return verify(texts, found.chosen, found.pairs, share, settings.text, jobs, progress)


def clusters_of(
    verified: Verified, found: Candidates, settings: Settings, ids: Names = None
) -> Clusters:
    """Make clusters of verified pairs, by the thresholds of the settings."""
    near, chosen, leaders = settings.near, found.chosen, found.leaders
    decided = relate(verified.size_a, verified.size_b, verified.shared, near)
    is_near, is_excerpt = decided.kind == NEAR, decided.kind == CONTAINS
    joined = verified.pairs[is_near]
    if near.join_excerpts:
        inside = verified.pairs[is_excerpt & decided.b_inside]
        joined = distinct(np.concatenate((joined, inside)))
    a_inside, b_inside = decided.a_inside[is_excerpt], decided.b_inside[is_excerpt]
    return Clusters(
        leaders=lead(joined, chosen, leaders),
        matches=_matches(verified.where(is_near), chosen, leaders, ids),
        excerpts=_excerpts(verified.where(is_excerpt), a_inside, b_inside, chosen, ids),
        report=found.report,
        ids=ids,
    )


def _matches(verified: Verified, chosen: Ints, leaders: Ints, ids: Names) -> Matches:
    """Exact copies, each with its head, and the verified pairs; by index of the texts."""
    twins = np.flatnonzero(leaders != np.arange(leaders.size))
    a, b = split(verified.pairs)
    a, b = chosen[a], chosen[b]
    swap = a > b
    ones = np.ones(twins.size)
    found = verified.figures
    in_b, in_a = found.containment_a, found.containment_b
    return _sorted(
        Matches(
            np.concatenate((twins, np.where(swap, b, a))),
            np.concatenate((leaders[twins], np.where(swap, a, b))),
            np.concatenate((ones, found.jaccard)),
            np.concatenate((ones, np.where(swap, in_a, in_b))),
            np.concatenate((ones, np.where(swap, in_b, in_a))),
            np.repeat(np.array([EXACT, NEAR], np.int8), (twins.size, a.size)),
            ids,
        )
    )


def _excerpts(
    verified: Verified, a_inside: Flags, b_inside: Flags, chosen: Ints, ids: Names
) -> Matches:
    """Containments, the contained text first; by index of the texts."""
    a, b = split(verified.pairs)
    found = verified.figures
    in_b, in_a = found.containment_a, found.containment_b
    swap = inner_last(a_inside, b_inside, found)
    return _sorted(
        Matches(
            chosen[np.where(swap, b, a)],
            chosen[np.where(swap, a, b)],
            found.jaccard,
            np.where(swap, in_a, in_b),
            np.where(swap, in_b, in_a),
            np.full(a.size, CONTAINS, np.int8),
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
