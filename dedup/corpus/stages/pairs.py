"""The pairs that a run found, kept so that other thresholds and rules need no other run."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry
from dedup.corpus.stages.schema import read_table, write_table
from dedup.model import NearReport
from dedup.near.bands import split
from dedup.near.fingerprints import Fingerprints
from dedup.near.representatives import copies
from dedup.near.search import Candidates
from dedup.near.verify import Verified

PAIRS = "stages/near/pairs.arrow"
_NEAREST = 5  # pairs on each side of the threshold that the report tells


def keep_pairs(root: Path, found: Candidates, verified: Verified) -> Entry:
    """Write the verified pairs, by the numbers of their documents."""
    pa = require("pyarrow")
    a, b = split(verified.pairs)
    table = pa.table(
        {
            "a": found.chosen[a],
            "b": found.chosen[b],
            "size_a": verified.size_a,
            "size_b": verified.size_b,
            "shared": verified.shared,
        }
    )
    facts = require("orjson").dumps(asdict(found.report))
    return write_table(root, PAIRS, table.replace_schema_metadata({"dedup": facts}))


def read_pairs(
    root: Path, prints: Fingerprints, ranking: np.ndarray[Any, Any], shingle: int
) -> tuple[Candidates, Verified]:
    """The kept pairs, as if they had been found among documents in another order.

    Args:
        root: the directory of the run.
        prints: the fingerprints of all documents.
        ranking: the documents in the order in which they would be kept.
        shingle: tokens that a text needs to be compared.
    """
    table = read_table(root / PAIRS)
    report = NearReport(**require("orjson").loads(table.schema.metadata[b"dedup"]))
    leaders = copies(prints, ranking)
    chosen = ranking[(leaders[ranking] == ranking) & (prints.tokens[ranking] >= shingle)]
    places = np.empty(ranking.size, np.int64)
    places[chosen] = np.arange(chosen.size)
    # Of equal texts another one may stand for all now.
    a, b = (places[leaders[table[name].to_numpy()]] for name in ("a", "b"))
    sizes = [table[name].to_numpy() for name in ("size_a", "size_b")]
    swap = a > b
    pairs = np.minimum(a, b).astype(np.uint64) << np.uint64(32) | np.maximum(a, b).astype(np.uint64)
    order = np.argsort(pairs)
    verified = Verified(
        pairs[order],
        np.where(swap, sizes[1], sizes[0])[order],
        np.where(swap, sizes[0], sizes[1])[order],
        table["shared"].to_numpy()[order],
    )
    return Candidates(chosen, leaders, pairs[order], report), verified


def nearest_pairs(found: Candidates, verified: Verified, threshold: float) -> list[dict[str, Any]]:
    """The pairs next to the threshold on both sides, the least alike first.

    ``a`` and ``b`` are numbers of documents.
    """
    jaccard = verified.figures.jaccard
    order = np.argsort(jaccard, kind="stable")
    middle = int(np.searchsorted(jaccard[order], threshold))
    a, b = split(verified.pairs)
    return [
        {
            "a": int(found.chosen[a[at]]),
            "b": int(found.chosen[b[at]]),
            "jaccard": round(float(jaccard[at]), 4),
        }
        for at in order[max(middle - _NEAREST, 0) : middle + _NEAREST].tolist()
    ]
