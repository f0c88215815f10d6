import numpy as np
import numpy.typing as npt

from dedup.kernels.outline import Rows, Tree

_Ints = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float32]

PAGE: dict[str, int]
"""The places of what is the same for all blocks of a page, by their names."""

class Page:
    """What is known of a page's blocks: sums over the page, from which rows are made on demand.

    Attributes:
        context: (blocks, 10) int32: first block and end of the four containers around each block,
            the number of its group of alike blocks, below that of blocks, whether it is a heading.
        values: (len(PAGE),) float32.
        names: the groups of words in the names of containers that hold most of the page.
    """

    context: _Ints
    values: _Floats
    names: int

    def __init__(self, tree: Tree, rows: Rows, headings: int, h1: int, openers: int) -> None:
        """Sum up a page.

        Args:
            tree: its elements.
            rows: its texts.
            headings: the bits of the tags that are headings.
            h1: the bit of the foremost heading.
            openers: the groups of words that open a section.

        Raises:
            ValueError: an element or a block lies outside the page.
        """
