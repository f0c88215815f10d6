"""A sequence that is made when somebody looks at it.

Most callers of `clean` read the text only; block objects with positions and reasons take longer to
make than the text.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from dedup.model import LabelledBlock


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
