"""Postings of the index: their keys, and who of the documents found has enough in common.

The layout of keys and hits is that of `dedup.near.index.format`. Arrays are only read; those
returned belong to the caller. What is not there is refused (ValueError).
"""

import numpy as np
import numpy.typing as npt

_Keys = npt.NDArray[np.uint64]
_Ints = npt.NDArray[np.int64]

def keys_of_kind(hashes: _Keys, kind: int) -> _Keys:
    """The keys of hashes of one kind, ``uint64`` of the same size, `KEY_BITS` each."""

def posting_keys(
    bands: _Keys, samples: _Keys, offsets: _Ints, folded: _Keys, coarse: int
) -> tuple[_Keys, npt.NDArray[np.uint8], _Ints, _Ints, _Ints]:
    """What each text is entered under: its folded text, its bands, its distinct samples.

    Args:
        bands: band keys of shape (bands, texts); zeros for a text that has none.
        samples: sampled shingles, one text after the other.
        offsets: text ``i`` has ``samples[offsets[i]:offsets[i + 1]]``.
        folded: of shape (texts, 2), equal where the folded texts are.
        coarse: bits that are zero in a coarse sample.

    Returns:
        The keys one text after the other; the kind of each; the offsets of each text in them; the
        number of its samples, and of the coarse ones among them.
    """

def weigh(
    hits: _Keys,
    kinds: npt.NDArray[np.uint8],
    offsets: _Ints,
    needs: _Ints,
    is_long: npt.NDArray[np.bool_],
    cap: int,
) -> tuple[_Ints, _Ints, _Ints, _Ints, _Ints]:
    """Candidates among the documents that share keys with texts.

    Samples of more than ``cap`` documents are passed over, and may all be shared for what is known;
    of a band that more have, the first ``cap``.

    Args:
        hits: sorted numbers, from the top: the place of the key, the document's number and what it
            needs.
        kinds: the kind of each key.
        offsets: text ``i`` has the keys ``offsets[i]:offsets[i + 1]``.
        needs: samples that each text needs.
        is_long: for each text whether only coarse samples count.
        cap: the documents that may share a key.

    Returns:
        The candidates (text, number, shared samples); and for each text the samples passed over,
        and the bands cut.
    """
