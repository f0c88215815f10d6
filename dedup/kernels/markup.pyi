import numpy as np
import numpy.typing as npt

# The largest source in bytes.
LARGEST: int

def read(
    html: bytes, fragment: bool
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], bytes, bytes]:
    """Read markup in one pass into columns of elements and blocks.

    Inline elements are joined without a break; ``br`` leaves a line break inside the block and two
    of them end it; ``pre`` keeps its white space; a table row is one block, cells separated by a
    tab, unless a cell is long or holds blocks of its own. Scripts, styles, comments, templates and
    ``noscript`` are not text. Elements deeper than 512 count as their ancestor there.

    Args:
        html: the page as UTF-8 (surrogates may be encoded too); read only while the call runs.
        fragment: it is what a body holds: elements without a parent are roots.

    Returns:
        All arrays are new and belong to the caller.

        - elements, (7, elements): tag (its number in `tags.TAGS`), parent (row, -1 for a root),
          number of the name, first block that begins in it or after it, the end of the blocks in
          it, byte offset of its start tag (-1 where it has none), whether a style or an attribute
          hides it. Parents come before children.
        - blocks, (8, blocks): row of the innermost block-level element, characters that stand in
          links, images since the block before, rows of the first and past the last element opened
          in it, byte offsets of its first and past its last character that shows, offset of the
          end of its text. Text that stands in a table and in no cell is a block of what is around
          the table, at its place in the source.
        - notes, (notes, 5): elements that say something of the page, in order: number of the tag,
          byte range of what it is known by (``property``, ``name`` or ``itemprop`` of ``meta``,
          ``rel`` of ``link``, ``type`` of ``script``), byte range of what it says (``content``,
          ``href``, ``lang``, ``datetime``; the content of ``title``, ``script`` and ``noscript``).
          Tag 0: the value of a ``data-preloaded`` attribute; negative: a script in what is skipped.
        - the texts of the blocks, each after a NUL byte, white space collapsed.
        - the distinct names of elements, ``class tokens#id``, with NUL bytes between them; the
          empty name is number 0.

    Raises:
        ValueError: the source is larger than `LARGEST`.
    """
