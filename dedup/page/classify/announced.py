"""Blocks that say they are an advertisement, and nothing else."""

from functools import cache

from dedup.model import Label
from dedup.page.classify.cues import WHOLE, phrases
from dedup.page.classify.features import Described, hashes_of
from dedup.page.table import PageTable

_AD = frozenset(phrase for phrase, label in phrases(WHOLE).items() if label is Label.AD)


def announced(page: PageTable, described: Described) -> dict[int, str]:
    """The blocks that are announced as advertisements wherever they stand, and what they say."""
    alike = _ad_hashes()
    hashes = described.hashes[1:].tolist()
    found: dict[int, str] = {}
    for block in [place for place, number in enumerate(hashes) if number in alike]:
        said = page.blocks.text_of(block).lower()
        if said in _AD:
            found[block] = said
    return found


@cache
def _ad_hashes() -> frozenset[int]:
    """What `measure` makes of those phrases in the cases that they are written in."""
    cases = (str.lower, str.upper, str.capitalize, str.title)
    return frozenset(hashes_of([case(said) for case in cases for said in _AD]).tolist())
