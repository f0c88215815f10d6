import numpy as np
import numpy.typing as npt

def polynomial(data: bytes) -> tuple[int, int]:
    """The hash of bytes as a polynomial, and the factor by which they move what stands before.

    With ``(a, _)`` of some bytes and ``(b, f)`` of others, ``a * f + b`` (modulo ``2 ** 64``) is
    that of the first followed by the others.
    """

def parents(
    element: npt.NDArray[np.int32],
    parent: npt.NDArray[np.int32],
    tag: npt.NDArray[np.int32],
    name: npt.NDArray[np.int32],
    tags: npt.NDArray[np.uint64],
    names: npt.NDArray[np.uint64],
) -> npt.NDArray[np.uint64]:
    """The hash of the elements around each block, its own not among them: the innermost 23.

    It is the `polynomial` of their steps, outermost first; 0 where nothing is around a block. The
    root, row 0, is no step.

    Args:
        element: (blocks,), the row of each block's own element.
        parent: (elements,), the row of its parent, which comes before it; -1 for none.
        tag: (elements,), row of ``tags``.
        name: (elements,), row of ``names``.
        tags: (tags, 2), the `polynomial` of how a step begins.
        names: (names, 2), that of the rest of it.

    Raises:
        ValueError: the columns are not those of one page.
    """

def fingerprints(
    data: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    seeds: npt.NDArray[np.uint64],
    fold: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], str],
) -> npt.NDArray[np.uint64]:
    """The fingerprints of folded texts: letters and numbers only, digits masked where letters lead.

    Args:
        data: UTF-8 (surrogates encoded too).
        begins: (texts,), where each text begins in it.
        ends: (texts,), and the byte past its last.
        seeds: (texts,), fingerprints of unlike seeds are unlike.
        fold: the fold table.

    Returns:
        (texts, 3): of the whole text; from 48 folded characters on, of its opening and its very
        end, and of its ending and its very beginning, so that one with another name or number in
        between has one of them in common; 0 for a shorter one.

    Raises:
        ValueError: the columns are not those of the data.
    """
