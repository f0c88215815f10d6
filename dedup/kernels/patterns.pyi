import numpy as np
import numpy.typing as npt

_Bytes = npt.NDArray[np.uint8]
_Masks = npt.NDArray[np.uint64]

class Words:
    """Words compiled to a trie; one bit of a mask stands for each group of them."""

    def __init__(self, keys: _Bytes, groups: _Bytes, needs: _Bytes) -> None:
        """Compile words.

        Args:
            keys: the words as UTF-8, a NUL byte after each; ASCII is found in either case.
            groups: (words,), the bit that each word sets, below 64.
            needs: (words,), 1: the word must begin at the edge of a word, 2: end at one, 3: both.
                An edge is where a letter of ASCII meets something else, or lower meets upper case.

        Raises:
            ValueError: the arrays do not belong together.
        """

    def find(self, text: _Bytes, masks: _Masks) -> None:
        """Set the bits of the groups found in each of the texts that NUL bytes separate.

        Args:
            text: UTF-8, read only.
            masks: (texts,), bits are added.

        Raises:
            ValueError: there are more or fewer masks than texts.
        """

def shapes(text: _Bytes, out: _Masks) -> None:
    """Hash names without their digits and ids (from ``#`` on): equal for the items of one list.

    Args:
        text: UTF-8, names separated by NUL bytes.
        out: (names,), filled.

    Raises:
        ValueError: there are more or fewer places than names.
    """
