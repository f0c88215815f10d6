import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float32]
_Masks = npt.NDArray[np.uint64]
_Bytes = npt.NDArray[np.uint8]

class Tree:
    """The elements of a page, as views of arrays that belong to the caller."""

    def __init__(
        self,
        tag: _Bytes,
        parent: _Ints,
        name: _Ints,
        names: _Masks,
        shapes: _Masks,
        spans: tuple[_Ints, _Ints],
        hidden: _Bytes,
    ) -> None:
        """Check the columns.

        Args:
            tag: (elements,), the bit of each tag, below 64.
            parent: (elements,), the row of the parent, -1 for a root; parents come first.
            name: (elements,), the place of the element's name.
            names: (names,), the groups of words in each name.
            shapes: (names,), a hash of each name.
            spans: (elements,) each: the first block in it or after it, and the end.
            hidden: (elements,), whether a style or an attribute hides it.

        Raises:
            ValueError: lengths differ, or a value is out of its range.
        """

class Rows:
    """The texts of a page, as views of arrays that belong to the caller."""

    def __init__(
        self,
        counts: _Floats,
        hashes: _Masks,
        phrases: _Masks,
        element: _Ints,
        links: _Ints,
        images: _Ints,
        inner: _Ints,
    ) -> None:
        """Check the columns.

        Args:
            counts: (blocks + 1, counts), of the title and of each block.
            hashes: (blocks + 1,), of the title's text and of each block's.
            phrases: (blocks + 1,), the groups of words in the title and in each block.
            element: (blocks,), the row of the innermost block-level element.
            links: (blocks,), characters in links.
            images: (blocks,), images since the block before.
            inner: (blocks, 2), rows of the first element opened in the block, and the end.

        Raises:
            ValueError: lengths differ.
        """
