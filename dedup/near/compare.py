"""Two texts, compared exactly on their shingles, with the passages on which they agree."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dedup.config import DEFAULTS, Given, TextSettings, settings_of
from dedup.model import Match, Passage, Relation, Span
from dedup.near.relation import figures, relation_of
from dedup.text.shingles import pack, shingles
from dedup.text.tokens import token_spans

Hashes = npt.NDArray[np.uint64]
_TRIES = 4  # occurrences tried behind the last passage, and from the start


def compare(a: str, b: str, settings: Given = DEFAULTS) -> Match:
    """Compare two texts: how much they share, either way, and where.

    Jaccard similarity and containment (Broder 1997) of the sets of shingles, computed exactly on
    the folded texts. Texts shorter than one shingle agree only where their folded texts are equal;
    so two empty texts are the same text.

    Args:
        a: a text.
        b: another.
        settings: as `dedup.Settings` or as a dict; ``text`` and ``near`` count.

    Raises:
        InputError: if one of them is no str.

    >>> match = compare("The quick brown fox jumps over it.", "THE QUICK BROWN FOX JUMPS!")
    >>> match.jaccard, match.containment_a, match.containment_b, match.kind.value
    (0.3333333333333333, 0.3333333333333333, 1.0, 'none')
    >>> match.passages
    (Passage(a=Span(start=0, end=25), b=Span(start=0, end=25)),)
    """
    settings = settings_of(settings)
    found = shingles(pack([a, b], settings.text), settings.text)
    set_a, set_b = np.unique(found.of(0)), np.unique(found.of(1))
    shared = np.intersect1d(set_a, set_b, assume_unique=True).size
    equal = bool((found.keys[0] == found.keys[1]).all())
    told = figures(*(np.array([size]) for size in (set_a.size, set_b.size, shared)))
    return Match(
        a=0,
        b=1,
        jaccard=1.0 if equal else float(told.jaccard[0]),
        containment_a=1.0 if equal else float(told.containment_a[0]),
        containment_b=1.0 if equal else float(told.containment_b[0]),
        kind=Relation.EXACT
        if equal
        else relation_of(set_a.size, set_b.size, shared, settings.near),
        passages=passages(a, b, settings.text) if shared or equal else (),
    )


def passages(a: str, b: str, settings: TextSettings) -> tuple[Passage, ...]:
    """The stretches on which two texts agree after folding, in the order of ``a``.

    Each is the longest from where it begins, and at least one shingle long; no two overlap in
    ``a``. Where ``b`` says the same more than once, the occurrence that agrees longest is taken (of
    a few behind the last passage and a few from the start). Texts shorter than a shingle agree as
    a whole.
    """
    if len(b) > len(a) or (len(b) == len(a) and b > a):  # one answer, whichever comes first
        mirrored = (Passage(a=p.b, b=p.a) for p in passages(b, a, settings))
        return tuple(sorted(mirrored, key=lambda p: (p.a.start, p.b.start)))
    found = shingles(pack([a, b], settings), settings)
    starts_a, ends_a = token_spans(a, settings)
    starts_b, ends_b = token_spans(b, settings)
    if min(starts_a.size, starts_b.size) < settings.shingle:
        whole = Passage(a=Span(0, len(a)), b=Span(0, len(b)))
        return (whole,) if (found.keys[0] == found.keys[1]).all() else ()
    return tuple(
        Passage(
            a=Span(int(starts_a[i]), int(ends_a[i + length - 1])),
            b=Span(int(starts_b[j]), int(ends_b[j + length - 1])),
        )
        for i, j, length in _runs(found.of(0), found.of(1), settings.shingle)
    )


def _runs(a: Hashes, b: Hashes, size: int) -> Iterator[tuple[int, int, int]]:
    """Runs of equal tokens: first token in a, first token in b, number of tokens."""
    order = np.argsort(b, kind="stable")
    ordered = b[order]
    left = np.searchsorted(ordered, a, "left")
    right = np.searchsorted(ordered, a, "right")
    shared = np.flatnonzero(left < right)
    at = covered = goes_on = 0  # covered: tokens of a already shown; goes_on: shingle of b behind
    while at < shared.size:
        i = int(shared[at])
        places = order[left[i] : right[i]]
        later = int(np.searchsorted(places, goes_on))
        tries = (*places[later : later + _TRIES].tolist(), *places[:_TRIES].tolist())
        equal, j = max(((_common(a[i:], b[j:]), -rank, j) for rank, j in enumerate(tries)))[::2]
        length = equal + size - 1
        skipped = max(0, covered - i)
        if length - skipped >= size:
            yield i + skipped, j + skipped, length - skipped
        covered, goes_on = i + length, j + equal
        at = int(np.searchsorted(shared, i + equal))


def _common(a: Hashes, b: Hashes) -> int:
    """The length of the common beginning of two arrays, in time linear in it."""
    limit = min(a.size, b.size)
    done, step = 0, 64
    while done < limit:
        stop = min(done + step, limit)
        differs = a[done:stop] != b[done:stop]
        if differs.any():
            return done + int(differs.argmax())
        done, step = stop, 2 * step
    return limit
