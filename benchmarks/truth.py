"""What is true of a corpus: brute force over shingle sets; of dedup's code only the folding."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from benchmarks.internals.near import fold

_UNSPACED = "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORDS = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])+")


def shingle_sets(texts: Sequence[str], size: int = 5) -> list[frozenset[int]]:
    """The set of each text's runs of ``size`` tokens, after folding."""
    sets = []
    for text in texts:
        tokens = _WORDS.findall(fold(text))
        runs = zip(*(tokens[i:] for i in range(size)), strict=False)
        sets.append(frozenset(map(hash, runs)))
    return sets


def near_pairs(sets: Sequence[frozenset[int]], threshold: float) -> dict[tuple[int, int], float]:
    """Every pair of Jaccard similarity >= threshold, with the similarity.

    Exhaustive: two such sets share one of their rarest shingles (the prefix filter of Chaudhuri,
    Ganti and Kaushik 2006), so only pairs that share one of these are compared.
    """
    seen = Counter(shingle for members in sets for shingle in members)
    postings: dict[int, list[int]] = defaultdict(list)
    found: dict[tuple[int, int], float] = {}
    for b, members in enumerate(sets):
        prefix = len(members) - int(-(-threshold * len(members) // 1)) + 1
        rarest = sorted(members, key=lambda shingle: (seen[shingle], shingle))[:prefix]
        for a in {a for shingle in rarest for a in postings[shingle]}:
            shared = len(members & sets[a])
            jaccard = shared / (len(members) + len(sets[a]) - shared) if shared else 0.0
            if jaccard >= threshold:
                found[a, b] = jaccard
        for shingle in rarest:
            postings[shingle].append(b)
    return found
