"""The registry of peers that find near-duplicates, where installed.

Each is used the usual way, from a list of str to candidate pairs, tokenising included. Those that
clean pages are in `dedup.evaluate.peers`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

Find = Callable[[Sequence[str], bool], set[tuple[int, int]]]

_WORDS = re.compile(r"\w+")


def shingles(text: str, spaced: bool) -> set[str]:
    """Runs of five words, or of five characters where no spaces are written."""
    if spaced:
        words = _WORDS.findall(text.lower())
        return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}
    text = "".join(text.split())
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))}


def _datasketch(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    pairs = set()
    for i, text in enumerate(texts):
        minhash = MinHash(num_perm=128)
        minhash.update_batch([shingle.encode() for shingle in shingles(text, spaced)])
        pairs.update((j, i) for j in index.query(minhash))
        index.insert(i, minhash)
    return pairs


def _rensa(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    pairs = set()
    for i, text in enumerate(texts):
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(list(shingles(text, spaced)))
        pairs.update((j, i) for j in index.query(minhash))
        index.insert(i, minhash)
    return pairs


def _gaoya(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
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


def _simhash(texts: Sequence[str], spaced: bool) -> set[tuple[int, int]]:
    from simhash import Simhash, SimhashIndex

    index = SimhashIndex([], f=64, k=3)
    pairs = set()
    for i, text in enumerate(texts):
        fingerprint = Simhash(list(shingles(text, spaced)), f=64)
        pairs.update((int(j), i) for j in index.get_near_dups(fingerprint))
        index.add(str(i), fingerprint)
    return pairs


FINDERS: Mapping[str, Find] = {
    "gaoya": _gaoya,
    "rensa": _rensa,
    "datasketch": _datasketch,
    "simhash": _simhash,
}


def finders(names: Sequence[str] = tuple(FINDERS)) -> dict[str, Find]:
    """The finders that can be imported."""
    return {name: FINDERS[name] for name in names if find_spec(name)}
