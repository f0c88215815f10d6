import numpy as np
import numpy.typing as npt

from dedup.kernels.page import Page

LEVELS: int
"""Enclosing containers that are described."""
WINDOWS: tuple[int, ...]
"""Blocks on each side that are summed."""
DENSE: dict[str, int]
"""The columns of the dense features, by their names."""
ZONES: dict[str, int]
"""The columns of the masks, by their names."""

def fill(
    page: Page,
    which: npt.NDArray[np.int32],
    dense: npt.NDArray[np.float32],
    masks: npt.NDArray[np.uint64],
) -> None:
    """Fill the rows of some blocks of a page.

    Args:
        page: the page, summed up.
        which: the numbers of the blocks.
        dense: (at least len(which), len(DENSE)), filled.
        masks: (at least len(which), len(ZONES)), filled.

    Raises:
        ValueError: there is no such block, or the shapes differ.
    """
