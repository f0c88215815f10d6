"""The blocks of a page with their verdicts, made one by one when somebody looks at them.

Most callers of `clean` read the text only; blocks with positions and reasons take longer to make
than the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from dedup.model import Block, Label, LabelledBlock
from dedup.page.classify.decide import Verdicts
from dedup.page.repeats import reason_of

_LABELS = tuple(Label)
_ROWS = 1024  # blocks that are made at once


class LabelledBlocks(Sequence[LabelledBlock]):
    """Labelled blocks; equal to, and pickled as, the tuple of them.

    What repeats another block takes its label over.

    Attributes:
        verdicts: what was decided, as columns.
        copies: the blocks that repeat another one, and which.
    """

    __slots__ = ("copies", "verdicts")

    def __init__(self, verdicts: Verdicts, copies: Mapping[int, int]) -> None:
        self.verdicts = verdicts
        self.copies = copies

    def labels(self) -> list[Label]:
        """The label of each block; no block is made for it."""
        codes = self.verdicts.named.tolist()
        for copy, keep in self.copies.items():
            codes[copy] = codes[keep]
        return list(map(_LABELS.__getitem__, codes))

    def _between(self, first: int, last: int) -> Iterator[LabelledBlock]:
        verdicts, copies = self.verdicts, self.copies
        given: Sequence[Block] | None = verdicts.given
        rows = zip(
            verdicts.page.views_of(first, last) if given is None else given[first:last],
            verdicts.named[first:last].tolist(),
            verdicts.scores[first:last].tolist(),
            verdicts.reasons_of(first, last),
            strict=True,
        )
        for index, (block, code, score, reason) in enumerate(rows, first):
            keep = copies.get(index)
            if keep is None:
                yield LabelledBlock(block, _LABELS[code], score, reason)
            else:
                label = _LABELS[verdicts.named[keep]]
                yield LabelledBlock(block, label, score, reason_of(keep), keep)

    def __len__(self) -> int:
        return len(self.verdicts)

    @overload
    def __getitem__(self, key: int) -> LabelledBlock: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[LabelledBlock, ...]: ...
    def __getitem__(self, key: int | slice) -> LabelledBlock | tuple[LabelledBlock, ...]:
        if isinstance(key, slice):
            return tuple(self[place] for place in range(*key.indices(len(self))))
        place = range(len(self))[key]
        return next(self._between(place, place + 1))

    def __iter__(self) -> Iterator[LabelledBlock]:
        for first in range(0, len(self), _ROWS):
            yield from self._between(first, min(first + _ROWS, len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabelledBlocks | tuple):
            return NotImplemented
        return len(self) == len(other) and all(
            one == another for one, another in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)
