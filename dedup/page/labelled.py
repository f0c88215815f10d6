"""The blocks of a page with their verdicts, made one by one when somebody looks at them.

Most callers of `clean` read the text only; blocks with positions and reasons take longer to make
than the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from dedup.kernels.utf8 import code_points
from dedup.model import Block, Label, LabelledBlock

if TYPE_CHECKING:
    from dedup.page.classify.decide import Verdicts
    from dedup.page.table import PageTable

Array = np.ndarray[Any, Any]

_LABELS = tuple(Label)
_CODE = {label: code for code, label in enumerate(_LABELS)}
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


@dataclass(frozen=True, slots=True, eq=False)
class LabelledColumns:
    """The labelled blocks of a page as columns, one row per block.

    Attributes:
        text: UTF-8 of the texts (surrogates encoded too), one after the other, a byte between them.
        begins: where each text begins in ``text`` (int64).
        ends: where it ends (int64).
        label: place of its label in `Label` (uint8).
        score: how sure it is content (float32).
        copy_of: the block that it repeats, or -1 (int32).
        density: the share of its characters that stand in links (float64).
        joins: whether its text goes on in the next block (bool).
        elements: the page whose elements the blocks stand in, or None where they were made before
            or by somebody else: then ``blocks`` know their tags and paths.
        blocks: the blocks as values, where they are there as such.
    """

    text: bytes
    begins: Array
    ends: Array
    label: Array
    score: Array
    copy_of: Array
    density: Array
    joins: Array
    elements: "PageTable | None"
    blocks: Sequence[Block] = ()

    def __len__(self) -> int:
        return len(self.label)


def columns_of(blocks: Sequence[LabelledBlock]) -> LabelledColumns:
    """The blocks of a page as columns, of which nothing is made that `clean` has not made.

    >>> from dedup.page.clean import clean
    >>> found = columns_of(clean("<nav>Home</nav><p>The library opened on Monday morning.").blocks)
    >>> [_LABELS[code].value for code in found.label], found.text[found.begins[0] : found.ends[0]]
    (['nav', 'body'], b'Home')
    """
    if not isinstance(blocks, LabelledBlocks) or blocks.verdicts.given is not None:
        return _of_values(blocks)
    verdicts, copies = blocks.verdicts, blocks.copies
    page = verdicts.page
    label = verdicts.named
    copy_of = np.full(len(label), -1, np.int32)
    if copies:
        places = np.fromiter(copies, np.int64, len(copies))
        copy_of[places] = np.fromiter(copies.values(), np.int64, len(copies))
        label = label.copy()
        label[places] = verdicts.named[copy_of[places]]
    begins, ends = page.blocks.bounds
    # The bytes between two texts are one code point each.
    points = np.diff(code_points(page.blocks.text, np.append(begins, len(page.blocks.text) + 1)))
    sizes = points - (np.arange(len(points)) < len(points) - 1)
    joins = page.blocks.joins
    return LabelledColumns(
        page.blocks.text,
        begins,
        ends,
        label,
        verdicts.scores,
        copy_of,
        np.minimum(page.blocks.links / np.maximum(sizes, 1), 1.0),
        np.zeros(len(label), np.bool_) if joins is None else joins,
        page,
    )


def _of_values(blocks: Sequence[LabelledBlock]) -> LabelledColumns:
    """The columns of blocks that are there as values."""
    labelled = brief(blocks)
    encoded = [block.text.encode("utf-8", "surrogatepass") for block in labelled]
    ends = np.cumsum([len(text) + 1 for text in encoded], dtype=np.int64)
    copies = [-1 if block.duplicate_of is None else block.duplicate_of for block in labelled]
    return LabelledColumns(
        b"".join(b"\0" + text for text in encoded),
        ends - np.fromiter(map(len, encoded), np.int64, len(encoded)),
        ends,
        np.array([_CODE[block.label] for block in labelled], np.uint8),
        np.array([block.score for block in labelled], np.float32),
        np.array(copies, np.int32),
        np.array([block.block.link_density for block in labelled], np.float64),
        np.array([block.block.joins for block in labelled], np.bool_),
        None,
        [block.block for block in labelled],
    )
