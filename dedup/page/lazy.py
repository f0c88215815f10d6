"""A sequence that is made when somebody looks at it.

Most callers of `clean` read the text only; block objects with positions and reasons take longer to
make than the text.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import numpy as np

from dedup.config import TextSettings
from dedup.model import LabelledBlock
from dedup.text.shingles import shingles

# Less than any repeat that counts: the share of a block's shingles that come again, the tokens of
# one such block, and of all of them.
_SHARED, _LINE, _TOKENS = 0.5, 8, 50


class LazyBlocks(Sequence[LabelledBlock]):
    """Labelled blocks; equal to, and pickled as, the tuple of them.

    >>> blocks = LazyBlocks(lambda: ())
    >>> len(blocks), blocks == ()
    (0, True)
    """

    __slots__ = ("_blocks", "_make")

    def __init__(self, make: Callable[[], tuple[LabelledBlock, ...]]) -> None:
        self._make: Callable[[], tuple[LabelledBlock, ...]] | None = make
        self._blocks: tuple[LabelledBlock, ...] = ()

    def _all(self) -> tuple[LabelledBlock, ...]:
        make = self._make
        if make is not None:
            self._blocks = make()
            self._make = None
        return self._blocks

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, key: int) -> LabelledBlock: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[LabelledBlock, ...]: ...
    def __getitem__(self, key: int | slice) -> LabelledBlock | tuple[LabelledBlock, ...]:
        return self._all()[key]

    def __iter__(self) -> Iterator[LabelledBlock]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, LazyBlocks) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._all(),)


def may_repeat(texts: Sequence[str], settings: TextSettings) -> bool:
    """Whether any of the texts may repeat another: no answer but a quick no.

    >>> may_repeat(["one text", "and another"], TextSettings())
    False
    """
    if len(texts) < 2:
        return False
    cut = shingles(texts, settings)
    _, where, counts = np.unique(cut.hashes, return_inverse=True, return_counts=True)
    shared = np.concatenate([[0], np.cumsum(counts[where] > 1)])
    sizes = np.diff(cut.offsets)
    share = np.diff(shared[cut.offsets]) / np.maximum(sizes, 1)
    _, where, counts = np.unique(cut.keys[:, 0], return_inverse=True, return_counts=True)
    twice = (cut.tokens >= _LINE) & ((share >= _SHARED) | (counts[where] > 1))
    return bool(cut.tokens[twice].sum() >= _TOKENS)
