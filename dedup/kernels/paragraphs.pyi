import numpy as np
import numpy.typing as npt

def paragraphs(
    codes: npt.NDArray[np.uint32], ranges: npt.NDArray[np.uint32]
) -> tuple[
    npt.NDArray[np.uint8],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
    npt.NDArray[np.uint8],
    npt.NDArray[np.int64],
]:
    """Cut a text into lines and paragraphs.

    Lines that were wrapped at a width are one paragraph, any other line that is not blank stands
    alone. White space at the ends of lines and the sign that opens an item are left out.

    Args:
        codes: the text's code points.
        ranges: (ranges, 2), first and last code point of what takes two columns, in order.

    Returns:
        ``data``: UTF-8 of the paragraphs, each behind a NUL byte; NUL itself becomes a space.
        ``offsets``: (paragraphs + 1,), text ``i`` is ``data[offsets[i]:offsets[i + 1] - 1]``.
        ``places``: (lines, 2), first code point of each line and the one past its last.
        ``flags``: (lines,), the sum of 1 (an item of a list), 2 (indented), 4 (no blank line stands
        before it), 8 (ends a sentence) and 16 (prose: 12 characters or more with a comma, no item).
        ``firsts``: (paragraphs + 1,), paragraph ``i`` has the lines ``firsts[i]:firsts[i + 1]``.
    """
