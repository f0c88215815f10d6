"""The peers, used the usual way: from a list of str to candidate pairs, tokenising included."""

import importlib.util
import re
from collections.abc import Callable, Sequence

_WORDS = re.compile(r"\w+")


def _shingles(text: str, spaced: bool) -> set[str]:
    """Runs of five words, or of five characters where no spaces are written."""
    if spaced:
        words = _WORDS.findall(text.lower())
        return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}
    text = "".join(text.split())
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))}


def datasketch(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    pairs = set()
    for i, text in enumerate(texts):
        minhash = MinHash(num_perm=128)
        minhash.update_batch([shingle.encode() for shingle in _shingles(text, spaced)])
        pairs.update((j, i) for j in index.query(minhash))
        index.insert(i, minhash)
    return pairs


def rensa(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    pairs = set()
    for i, text in enumerate(texts):
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(list(_shingles(text, spaced)))
        pairs.update((j, i) for j in index.query(minhash))
        index.insert(i, minhash)
    return pairs


def gaoya(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.8,
        num_bands=20,
        band_size=5,
        num_hashes=100,
        analyzer="word" if spaced else "char",
        lowercase=True,
        ngram_range=(5, 5),
    )
    for i, text in enumerate(texts):
        index.insert_document(i, text)
    return {
        (min(i, j), max(i, j)) for i, text in enumerate(texts) for j in index.query(text) if i != j
    }


def simhash(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from simhash import Simhash, SimhashIndex

    index = SimhashIndex([], f=64, k=3)
    pairs = set()
    for i, text in enumerate(texts):
        fingerprint = Simhash(list(_shingles(text, spaced)), f=64)
        pairs.update((int(j), i) for j in index.get_near_dups(fingerprint))
        index.add(str(i), fingerprint)
    return pairs


NAMES = ("gaoya", "rensa", "datasketch", "simhash")
PEERS: dict[str, Callable[[Sequence[str], bool], set[tuple[int, int]]]] = {
    peer.__name__: peer
    for peer in (gaoya, rensa, datasketch, simhash)
    if importlib.util.find_spec(peer.__name__)
}
