"""Many texts as the kernels read them: strings, or columns of UTF-8."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int64]
# Strings, or the bytes of all texts with the first byte of each and the one past its last.
Texts = list[str] | tuple[_Bytes, _Ints, _Ints]

class Source:
    """Texts of which a kernel opens one after the other.

    ASCII strings are read where they are; others are encoded into a buffer that holds one text at a
    time. Columns are read where they are, bytes that are no UTF-8 count as symbols.
    """

    count: int
    total: int

    def __init__(self, texts: Texts | Sequence[Any]) -> None:
        """Hold on to the texts.

        Raises:
            TypeError: if something else than strings is given.
            ValueError: if a text lies outside of the data.
        """
