import numpy as np
import numpy.typing as npt

def code_points(html: bytes, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many code points begin before each of the places, which are sorted, in UTF-8."""

def extra_bytes(data: bytes) -> int:
    """How many bytes more than characters UTF-8 has: 0 for ASCII, -1 for what is not UTF-8."""
