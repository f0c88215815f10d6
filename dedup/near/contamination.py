"""How much of each item of a test set stands in a corpus, which is read once, however large."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dedup.config import DEFAULTS, Given, settings_of
from dedup.errors import InputError
from dedup.model import Place
from dedup.near.parallel import Progress, silent
from dedup.near.passages import find_passages
from dedup.near.repeated import Passages
from dedup.values import Value

# Characters of the reference that are looked at together, so that memory does not grow with it.
_BATCH = 64 << 20


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Overlap(Value):
    """A stretch of a test item that the reference holds, in one passage or in several.

    Attributes:
        start: its first character (code point) in the item as it was given.
        end: the one past its last.
        tokens: how many tokens it has.
        place: where the longest of its passages stands in the reference.
    """

    start: int
    end: int
    tokens: int
    place: Place


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Contamination(Value):
    """How much of one test item stands in the reference.

    Attributes:
        tokens: the tokens of the item.
        overlaps: what the reference holds of it, in order; no two of them touch.
    """

    tokens: int
    overlaps: tuple[Overlap, ...]

    @property
    def share(self) -> float:
        """The share of its tokens that the reference holds, 0 to 1."""
        return sum(overlap.tokens for overlap in self.overlaps) / max(1, self.tokens)


class _Found(NamedTuple):
    """An overlap by its tokens, and how many tokens the longest of its passages has."""

    first: int
    last: int
    start: int
    end: int
    longest: int
    place: Place


def find_contamination(
    tests: Iterable[str],
    reference: Iterable[str | tuple[int | str, str]],
    length: int = 13,
    *,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Given = DEFAULTS,
) -> list[Contamination]:
    """Find how much of each test item stands in a corpus, in passages of ``length`` tokens or more.

    The corpus is read once and in parts: memory is bounded by the test set and 64 million
    characters of the corpus. 13 tokens are the choice of Brown et al., "Language models are
    few-shot learners" (2020).

    Args:
        tests: the items of the test set.
        reference: the texts of the corpus, each alone or after its id; the ids are their positions
            from 0 where there are none.
        length: the tokens that a passage has at least.
        jobs: threads; the result does not depend on them.
        progress: called with "reference texts", how many are done, and how many are known of.
        settings: of these, how texts are folded.

    Returns:
        For each item how much of it was found, and where.

    Raises:
        InputError: something else than texts was given.
        SettingsError: the length is out of range.

    >>> tests = ["Who built the old mill by the river?", "What is a school?"]
    >>> found = find_contamination(tests, [("a", "He built the old mill by the river!")], 4)
    >>> [round(item.share, 2) for item in found], found[0].overlaps[0].place.text
    ([0.88, 0.0], 'a')
    """
    settings = settings_of(settings)
    items = tests if isinstance(tests, list) else list(tests)
    sizes = find_passages(items, length, reference=[], settings=settings).tokens
    found: list[list[_Found]] = [[] for _ in items]
    done = 0
    for names, texts in _batches(reference):
        passages = find_passages(items, length, reference=texts, jobs=jobs, settings=settings)
        for item, overlap in _overlaps(passages, names):
            found[item].append(overlap)
        done += len(texts)
        progress("reference texts", done, done)
    return [
        Contamination(int(tokens), tuple(map(_told, _united(overlaps))))
        for tokens, overlaps in zip(sizes, found, strict=True)
    ]


def _batches(
    reference: Iterable[str | tuple[int | str, str]],
) -> Iterator[tuple[list[int | str], list[str]]]:
    """The reference in parts: ids and texts."""
    names: list[int | str] = []
    texts: list[str] = []
    held = 0
    for number, entry in enumerate(reference):
        name, text = entry if isinstance(entry, tuple) else (number, entry)
        if not isinstance(text, str):
            kind = type(text).__name__
            raise InputError(f"reference text {number} is no str but {kind}: give texts")
        names.append(name)
        texts.append(text)
        held += len(text)
        if held >= _BATCH:
            yield names, texts
            names, texts, held = [], [], 0
    if texts:
        yield names, texts


def _overlaps(passages: Passages, names: list[int | str]) -> Iterator[tuple[int, _Found]]:
    """What one part of the reference holds of each item, by item and start."""
    stretches = passages.stretches.of_texts(passages.texts)
    longest = np.zeros(stretches.text.size, np.int64)
    places: list[Place | None] = [None] * longest.size
    ends = stretches.token + stretches.tokens
    for at, (first, last, _) in enumerate(passages.rows.tolist()):
        pieces = np.sort(passages.order[first:last])
        border = int(np.searchsorted(passages.piece_text[pieces], passages.texts))
        passage, ours = passages[at], pieces[:border]
        wanted = passages.piece_text[ours] << 32 | passages.piece_token[ours]
        stand = np.searchsorted(stretches.text << 32 | ends, wanted, "right")
        for stretch in np.unique(stand[passage.tokens > longest[stand]]).tolist():
            longest[stretch] = passage.tokens
            places[stretch] = passage[border]
    columns = (stretches.text, stretches.token, ends, stretches.start, stretches.end, longest)
    rows = zip(*(column.tolist() for column in columns), places, strict=True)
    for text, token, end, start, stop, most, place in rows:
        if place is not None:
            named = Place(names[int(place.text)], place.start, place.end, reference=True)
            yield text, _Found(token, end, start, stop, most, named)


def _united(overlaps: list[_Found]) -> Iterator[_Found]:
    """Overlaps of one item with all parts of the reference, those that touch as one."""
    held: _Found | None = None
    for one in sorted(overlaps, key=lambda found: found[:2]):
        if held is None or one.first > held.last:
            if held is not None:
                yield held
            held = one
            continue
        best = max(held, one, key=lambda found: found.longest)
        last = max(held, one, key=lambda found: found.last)
        held = _Found(held.first, last.last, held.start, last.end, best.longest, best.place)
    if held is not None:
        yield held


def _told(found: _Found) -> Overlap:
    return Overlap(found.start, found.end, found.last - found.first, found.place)
