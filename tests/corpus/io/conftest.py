"""What the tests of readers share."""

from pathlib import Path

from dedup.config import CorpusSettings
from dedup.corpus.io.readers import read
from dedup.corpus.io.records import Raw, Reject, Skipped
from dedup.corpus.io.sources import find_sources

SETTINGS = CorpusSettings()


def items(path: Path, settings: CorpusSettings = SETTINGS) -> list[Raw | Reject | Skipped]:
    (source,) = find_sources([path], settings)
    return list(read(source, settings))
