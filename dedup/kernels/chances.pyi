import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]

def sigmoid(raw: _Floats, out: _Floats) -> None:
    """Turn log-odds into probabilities.

    Args:
        raw: (blocks, columns), of which the first counts.
        out: (blocks,), filled.

    Raises:
        ValueError: lengths differ.
    """

def softmax(rows: _Floats) -> None:
    """Turn rows of log-weights into probabilities, in place.

    Args:
        rows: (blocks, kinds).
    """

def weigh(tokens: _Floats, first: _Floats, shares: _Floats, numbers: _Floats) -> None:
    """Say what each block counts for the type of its page, and what the page is as a whole.

    Args:
        tokens: (blocks,), tokens of each block.
        first: (blocks,), its probability of content by itself.
        shares: (2, blocks), filled: its share in the means over the content, and over the rest.
        numbers: (5,), filled: logarithms of the blocks and of the tokens of content, the share of
            content in the tokens, the shares of unsure blocks and of content in the blocks.

    Raises:
        ValueError: lengths differ.
    """

def add_evidence(shares: _Floats, evidence: _Floats, out: _Floats) -> None:
    """Add up what the blocks say for each type.

    Args:
        shares: (2, blocks), see `weigh`.
        evidence: (blocks, 2 * types), what each says as content, and as what is outside of it.
        out: (types,), added to.

    Raises:
        ValueError: the shapes do not belong together.
    """
