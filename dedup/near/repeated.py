"""Repeated passages: what a search for them found, as columns behind views."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

from dedup.columns import Ints
from dedup.model import Place, Span


@dataclass(frozen=True, eq=False)
class Passages(Sequence["RepeatedPassage"]):
    """The outcome of `dedup.find_passages`. Iterating gives the passages, by their first place.

    Passages are runs of pieces: stretches that stand as a whole wherever they stand. Neighbours
    overlap by one token less than a passage has at least.

    Attributes:
        length: the tokens that a passage has at least.
        tokens: how many tokens each text has; texts of the reference come last.
        texts: the number of texts that are not of the reference.
        piece_text: the text of each piece.
        piece_token: its first token, counted in its text.
        piece_tokens: its tokens.
        piece_start: its first code point in the text as given.
        piece_end: the code point past its last.
        order: pieces, so that all places of a passage are next to each other.
        rows: a row for each passage: its places begin with the pieces in ``order`` from the first
            number up to the second; the third is how many pieces it has.
        ids: what the texts are called, or None where they go by their position.
    """

    length: int
    tokens: Ints
    texts: int
    piece_text: Ints
    piece_token: Ints
    piece_tokens: Ints
    piece_start: Ints
    piece_end: Ints
    order: Ints
    rows: Ints
    ids: Sequence[int | str] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> "RepeatedPassage": ...
    @overload
    def __getitem__(self, at: slice) -> Sequence["RepeatedPassage"]: ...
    def __getitem__(self, at: int | slice) -> "RepeatedPassage | Sequence[RepeatedPassage]":
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        first, last, pieces = self.rows[at].tolist()
        return RepeatedPassage(self, np.sort(self.order[first:last]), pieces)

    def covered(self, text: int) -> tuple[Span, ...]:
        """The stretches of a text that lie in passages, none touching another.

        Args:
            text: its position; those of the reference follow the others.
        """
        found = self.stretches
        low, high = np.searchsorted(found.text, (text, text + 1)).tolist()
        spans = zip(found.start[low:high], found.end[low:high], strict=True)
        return tuple(Span(int(start), int(end)) for start, end in spans)

    @cached_property
    def shares(self) -> npt.NDArray[np.float64]:
        """The share of the tokens of each text that lie in passages, 0 to 1."""
        found = self.stretches
        covered = np.bincount(found.text, found.tokens, minlength=self.tokens.size)
        return covered / np.maximum(self.tokens, 1)

    @cached_property
    def stretches(self) -> "Stretches":
        """What lies in passages, those that overlap or touch as one stretch."""
        text, first, ends = self.piece_text, self.piece_token, self.piece_token + self.piece_tokens
        fresh = np.ones(text.size, np.bool_)
        fresh[1:] = (text[1:] != text[:-1]) | (first[1:] > ends[:-1])
        last = np.append(fresh[1:], True)[: text.size]
        return Stretches(
            text[fresh],
            first[fresh],
            ends[last] - first[fresh],
            self.piece_start[fresh],
            self.piece_end[last],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches of texts as columns, by text and start.

    Attributes:
        text: the text of each; those of the reference follow the others.
        token: its first token, counted in its text.
        tokens: how many it has.
        start: its first code point in the text as given.
        end: the one past its last.
    """

    text: Ints
    token: Ints
    tokens: Ints
    start: Ints
    end: Ints

    def of_texts(self, texts: int) -> "Stretches":
        """Those of the first so many texts."""
        last = int(np.searchsorted(self.text, texts))
        columns = (self.text, self.token, self.tokens, self.start, self.end)
        return Stretches(*(column[:last] for column in columns))


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedPassage(Sequence[Place]):
    """A stretch that stands more than once. Iterating gives its places, by text and start.

    Places overlap where a text repeats itself at once (the same word 100 times).
    """

    _passages: Passages
    _pieces: Ints
    _depth: int

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        found, first = self._passages, int(self._pieces[0])
        last = first + self._depth - 1
        end = found.piece_token[last] + found.piece_tokens[last]
        return int(end - found.piece_token[first])

    def __len__(self) -> int:
        return self._pieces.size

    def __iter__(self) -> Iterator[Place]:
        return (self[i] for i in range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Place]: ...
    def __getitem__(self, at: int | slice) -> Place | Sequence[Place]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        found, piece = self._passages, int(self._pieces[at])
        start, end = found.piece_start[piece], found.piece_end[piece + self._depth - 1]
        text = int(found.piece_text[piece])
        if text >= found.texts:
            return Place(text - found.texts, int(start), int(end), reference=True)
        return Place(text if found.ids is None else found.ids[text], int(start), int(end))

    def __repr__(self) -> str:
        """Its length, and where it stands first."""
        return f"<passage of {self.tokens} tokens in {len(self)} places, first {self[0]!r}>"
