import numpy as np
import numpy.typing as npt

def shared(
    hashes: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    out: npt.NDArray[np.int64],
) -> None:
    """Count the hashes of each text that come more than once, in it or in others.

    Args:
        hashes: of the parts of all texts, text by text.
        offsets: (texts + 1,), text ``i`` has ``hashes[offsets[i]:offsets[i + 1]]``.
        out: (texts,), filled.

    Raises:
        ValueError: the offsets are not those of the hashes.
    """
