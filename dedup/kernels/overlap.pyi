"""What sets of shingles have in common."""

import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]

def shared_shingles(
    hashes: npt.NDArray[np.uint64], offsets: _Ints, lead: _Ints, other: _Ints, share: float
) -> tuple[_Ints, _Ints]:
    """Sizes of the sets of shingles, and of what each pair has in common.

    A pair that cannot share ``share`` of its smaller set any more is given up: it counts as sharing
    nothing.

    Args:
        hashes: one text after the other; made distinct in place.
        offsets: text ``i`` has ``hashes[offsets[i]:offsets[i + 1]]``.
        lead: one text of each pair. In any order; it is fastest where these ascend and each is
            larger than the other text, since the set of each is then laid out once.
        other: the other text of each pair.
        share: the share of the smaller set that is wanted.

    Returns:
        Distinct shingles of each text, and those that each pair shares.

    Raises:
        ValueError: if a set or a text is not there.
    """
