"""The blocks of a page with their verdicts, made one by one when somebody looks at them.

Most callers of `clean` read the text only; blocks with positions and reasons take longer to make
than the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from dedup.model import Block, Label, LabelledBlock

if TYPE_CHECKING:
    from dedup.page.classify.decide import Verdicts

_LABELS = tuple(Label)
_ROWS = 1024  # blocks that are made at once


def reason_of(keep: int) -> str:
    """Why a copy of a block is left out."""
    return f"repeats block {keep}"


class LabelledBlocks(Sequence[LabelledBlock]):
    """Labelled blocks; equal to, and pickled as, the tuple of them.

    What repeats another block takes its label over.

    Attributes:
        verdicts: what was decided, as columns.
        copies: the blocks that repeat another one, and which.
        include: the labels whose blocks make up the text.
    """

    __slots__ = ("copies", "include", "verdicts")

    def __init__(
        self, verdicts: "Verdicts", copies: Mapping[int, int], include: frozenset[Label]
    ) -> None:
        self.verdicts = verdicts
        self.copies = copies
        self.include = include

    def brief(self) -> Iterator[LabelledBlock]:
        """The blocks without reasons and positions, which take longest to find."""
        return self._between(0, len(self), brief=True)

    def _between(self, first: int, last: int, brief: bool = False) -> Iterator[LabelledBlock]:
        verdicts, copies = self.verdicts, self.copies
        given: Sequence[Block] | None = verdicts.given
        rows = zip(
            verdicts.page.views_of(first, last, not brief) if given is None else given[first:last],
            verdicts.named[first:last].tolist(),
            verdicts.scores[first:last].tolist(),
            [""] * (last - first) if brief else verdicts.reasons_of(first, last),
            strict=True,
        )
        for index, (block, code, score, reason) in enumerate(rows, first):
            keep = copies.get(index)
            if keep is None:
                label = _LABELS[code]
                yield LabelledBlock(block, label, score, reason, kept=label in self.include)
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


def brief(blocks: Iterable[LabelledBlock]) -> list[LabelledBlock]:
    """The blocks of a page for those who look at neither reasons nor positions.

    >>> from dedup.page.clean import clean
    >>> page = clean("<nav>Home</nav><p>The town's library opened on Monday, after a year of work.")
    >>> [(block.label.value, block.reason) for block in brief(page.blocks)]
    [('nav', ''), ('body', '')]
    """
    return list(blocks.brief() if isinstance(blocks, LabelledBlocks) else blocks)
