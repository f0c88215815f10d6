"""Which copies of repeated windows go, so that one copy of all that they say is left.

Arrays are only read; those returned belong to the caller. What would lead outside of an array is
refused (ValueError).
"""

import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]

def cuts(
    classes: npt.NDArray[np.uint32],
    begins: _Ints,
    order: _Ints,
    uncut: int,
    length: int,
    least: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """What goes of each text.

    Texts are gone through in ``order``. Of a text the tokens go that lie in a window which an
    earlier text holds; and those that lie in a window which stood in the text before, unless they
    also lie in one that stands for the first time. So each token that goes stays in an equal window
    of an earlier text or place. A text of which too little is left goes as a whole, and holds
    nothing.

    Args:
        classes: those of `dedup.kernels.windows.verify_windows`; a 0 ends each text.
        begins: the first place of each text, and the one past the last text.
        order: the texts to go through, none twice.
        uncut: of so many, the first in ``order``, nothing goes.
        length: tokens in a window.
        least: tokens that must be left of a text of which something goes.

    Returns:
        A row for each run of tokens that goes, text by text in ``order``: the text, its first token
        and its last one, counted in the text, and the text that holds a window with the first of
        them; and for each text whether it goes as a whole.
    """
