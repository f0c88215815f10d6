import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]
_Ints = npt.NDArray[np.int32]

RELATIONS: dict[str, int]
"""The columns of the relations, by their names."""

def relate(scores: _Floats, tokens: _Floats, context: _Ints, out: _Floats) -> None:
    """Say what the first stage's probabilities around each block say of it.

    Args:
        scores: (blocks,), probabilities of content.
        tokens: (blocks,), tokens of each block.
        context: (blocks, 10), see `dedup.kernels.page.Page`.
        out: (blocks, len(RELATIONS)), filled.

    Raises:
        ValueError: lengths differ, or a container ends outside the page.
    """

def settle(logs: _Floats, content: npt.NDArray[np.uint8], context: _Ints, out: _Floats) -> None:
    """Let the blocks outside the content that stand together agree on their kinds.

    The logarithm of each kind's probability is averaged over the block, its group of alike blocks
    and its two innermost containers; rows of content are passed over, and copied.

    Args:
        logs: (blocks, kinds), logarithms of probabilities.
        content: (blocks,), whether each block is content.
        context: (blocks, 10), see `dedup.kernels.page.Page`.
        out: (blocks, kinds), filled.

    Raises:
        ValueError: lengths differ, or a container ends outside the page.
    """
