"""What a search costs on a cluster: a model with few numbers, to put your own in."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dedup.config import Settings
from dedup.corpus.io.chunks import chunks, input_bytes
from dedup.corpus.io.sources import find_sources

# CPU seconds of a run however small: a JVM that warms up, and some twenty jobs to plan.
FIXED = 45.0
# CPU seconds a document of 2 KB without copies, JVM and Python: reckoned from the rows that each
# stage handles, not yet measured at size. What depends on the text grows with its bytes.
_PER_TEXT = 60e-6
_PER_DOCUMENT = 90e-6
_TYPICAL_BYTES = 2_000
# CPU seconds to clean a page.
_PER_PAGE = 2e-3
# Bytes that go over the network: keys of bands and samples (14 bytes each, 42 bands and one sample
# for 16 tokens of 5.7 bytes), what copies are told by, and of one document in six its text.
_BANDS = 42 * 14
_KEY = 14
_TOKEN_BYTES, _TOKENS_PER_SAMPLE = 5.7, 16
_ROWS = 160
_TEXT_SHARE = 1 / 6
# Dollars for an hour of one vCPU, as clouds ask for them.
PRICE = 0.08
# One machine holds so much beside the texts, per document.
_MEMORY = 700


@dataclass(frozen=True, slots=True)
class Costs:
    """What a run costs.

    Attributes:
        documents: how many there are.
        text_bytes: bytes of all texts.
        cpu_seconds: of JVM and Python on all cores.
        shuffle_bytes: what goes over the network.
        cores: how many work.
    """

    documents: int
    text_bytes: int
    cpu_seconds: float
    shuffle_bytes: float
    cores: int

    def lines(self) -> Iterator[str]:
        """It in words."""
        hours = self.cpu_seconds / 3600
        yield f"{self.documents:,} documents, {self.text_bytes:,} bytes of text"
        mean = self.shuffle_bytes / max(1, self.documents)
        yield f"{self.shuffle_bytes / 1e9:,.2f} GB shuffled ({mean:,.0f} bytes a document)"
        yield f"{hours:,.2f} CPU hours, {hours / self.cores:,.2f} hours on {self.cores} cores"
        yield f"{hours * PRICE:,.2f} dollars at {PRICE} a CPU hour"
        yield f"one machine would hold {self.documents * _MEMORY / 1e9:,.1f} GB beside the texts"
        yield "estimates of a model: right within a factor of 3"


def estimate(documents: int, text_bytes: int, cores: int, pages: int = 0) -> Costs:
    """Estimate what a search costs.

    ``cpu = 45 s + documents * (90 us + 60 us * bytes / 2,000) + pages * 2 ms``, and
    ``shuffle = documents * (748 + 14 * tokens / 16 + bytes / 6)`` with 5.7 bytes a token.

    Args:
        documents: how many.
        text_bytes: of all their texts together, in bytes.
        cores: how many work at it.
        pages: of the documents, those that are cleaned from their markup.

    >>> found = estimate(1_000_000, 2_000_000_000, 16)
    >>> round(found.cpu_seconds), round(found.shuffle_bytes / found.documents)
    (195, 1388)
    """
    mean = text_bytes / max(1, documents)
    cpu = FIXED + documents * (_PER_DOCUMENT + _PER_TEXT * mean / _TYPICAL_BYTES)
    samples = mean / _TOKEN_BYTES / _TOKENS_PER_SAMPLE
    shuffled = _BANDS + _ROWS + samples * _KEY + mean * _TEXT_SHARE
    return Costs(documents, text_bytes, cpu + pages * _PER_PAGE, documents * shuffled, cores)


def costs_of_inputs(
    inputs: Sequence[str | os.PathLike[str]], settings: Settings, cores: int = 16
) -> str:
    """What a run on these inputs would cost, by their sizes and the first records of each."""
    documents = text_bytes = pages = 0
    for number, source in enumerate(find_sources(inputs, settings.corpus)):
        chunk = next(iter(chunks(number, source, settings.corpus)), None)
        if chunk is None:
            continue
        records = len(chunk.items) + (0 if chunk.table is None else chunk.table.num_rows)
        share = max(1.0, input_bytes(source) / max(1, chunk.read))
        documents += round(records * share)
        text_bytes += round(chunk.bytes * share)
        pages += round(records * share) * (source.format.value in ("warc", "files"))
    return "\n".join(estimate(documents, text_bytes, cores, pages).lines())
