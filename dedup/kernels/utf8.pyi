import numpy as np
import numpy.typing as npt

def code_points(html: bytes, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many code points begin before each of the places, which are sorted, in UTF-8."""

def extra_bytes(data: bytes) -> int:
    """How many bytes more than characters UTF-8 has: 0 for ASCII, -1 for what is not UTF-8."""

def controls(data: bytes) -> int:
    """How many control characters there are but tabs, line ends, form feeds and escapes."""

def prose(text: bytes, links: npt.NDArray[np.int32], least: int, enough: int) -> int:
    """How many characters the long texts hold that are mostly outside links.

    Args:
        text: UTF-8 of the texts, each after a NUL.
        links: (texts,), characters in links.
        least: characters of a long text.
        enough: from so many on, counting stops.
    """
