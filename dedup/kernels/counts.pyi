import numpy as np
import numpy.typing as npt

COUNTS: dict[str, int]
"""The columns of the counts, by their names."""

def measure(
    text: npt.NDArray[np.uint8],
    counts: npt.NDArray[np.float32],
    hashes: npt.NDArray[np.uint64],
) -> None:
    """Count what is in each of the texts that NUL bytes separate; the first one is the title.

    Args:
        text: UTF-8 (lone surrogates as three bytes), read only. Bytes that are no UTF-8 are
            counted as some character; nothing beyond the end is read.
        counts: (texts, len(COUNTS)), filled; owned by the caller.
        hashes: (texts,), filled: of the letters and digits of each text, ASCII in lower case.

    Raises:
        ValueError: the arrays have other shapes.
    """
