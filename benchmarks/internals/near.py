"""Texts from inside: folding, packing and the bands."""

from collections.abc import Iterable
from typing import Any

from dedup.config import DEFAULTS
from dedup.near.bands import Bands, bands_for
from dedup.near.fingerprints import fingerprint
from dedup.text.fold import fold
from dedup.text.shingles import pack
from dedup.text.sketch import sketch_many

__all__ = ["DEFAULTS", "Bands", "band_keys", "bands_for", "fold", "pack", "sketch_many"]


def band_keys(texts: Iterable[str], bands: Bands) -> Any:
    """The keys of texts in each band, one row per band."""
    return fingerprint(pack(texts), bands, DEFAULTS.text).bands
