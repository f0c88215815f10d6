"""One page from inside: how it is read, described and judged by a given model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dedup.config import DEFAULTS
from dedup.kernels.grams import grams
from dedup.model import Label, PageType, SourceKind
from dedup.page.classify.decide import judge
from dedup.page.classify.features import Described, features_of
from dedup.page.classify.network import (
    PARTS,
    TYPE_ARRAYS,
    Model,
    read_model,
    relations_of,
    weights_of,
)
from dedup.page.classify.schema import FEATURES, FINGERPRINT, KINDS, TYPES, WORD_ROWS
from dedup.page.classify.words import heads_of
from dedup.page.clean import cleaned
from dedup.page.source.decode import Decoded
from dedup.page.source.decode import decode as _decode
from dedup.page.source.html import blocks_of_html
from dedup.page.source.plain import columns_of_lines
from dedup.page.table import PageTable
from dedup.text.fold import fold_table

__all__ = [
    "DEFAULTS",
    "FEATURES",
    "FINGERPRINT",
    "KINDS",
    "PARTS",
    "TYPES",
    "TYPE_ARRAYS",
    "WORD_ROWS",
    "Described",
    "Judged",
    "Model",
    "PageTable",
    "classes_of_blocks",
    "cleaned_lines",
    "decode",
    "described",
    "grams_of",
    "judged_by",
    "model_of",
    "read",
    "read_decoded",
    "read_lines",
    "relations",
    "tags_of_blocks",
    "texts_of_blocks",
    "weights_of",
    "weights_path",
]


@dataclass(frozen=True, slots=True)
class Judged:
    """The texts of a page's blocks, the label of each, and what is said of the page.

    Attributes:
        texts: of the blocks.
        labels: of the blocks.
        type: of the page.
        signs: what the confidence is made from.
        confidence: an estimate of the F1 of the text; 0 where that is not learned yet.
    """

    texts: Sequence[str]
    labels: Sequence[Label]
    type: PageType
    signs: Any
    confidence: float

    @property
    def text(self) -> str:
        """The text of the blocks that are kept by default."""
        pairs = zip(self.texts, self.labels, strict=True)
        return "\n\n".join(text for text, label in pairs if label in DEFAULTS.page.include)


def decode(html: bytes) -> str:
    """Bytes as served to text."""
    return _decode(html).text


def read(html: bytes) -> PageTable:
    """The blocks of a page."""
    return blocks_of_html(decode(html))


def read_decoded(text: str, utf8: bytes) -> PageTable:
    """The blocks of a page that is decoded already; ``utf8``: the same as UTF-8."""
    return blocks_of_html(text, (), utf8)


def read_lines(texts: Sequence[str], bullets: Sequence[bool]) -> PageTable:
    """The same columns from lines, of which some have a bullet."""
    return columns_of_lines(texts, bullets)


def texts_of_blocks(page: PageTable) -> Sequence[str]:
    """The text of each block."""
    return page.blocks.texts


def tags_of_blocks(page: PageTable) -> list[str]:
    """The tag of the element around each block."""
    return page.block_tags


def classes_of_blocks(page: PageTable) -> list[str]:
    """The classes and the id of the element around each block."""
    elements = page.elements
    return [elements.names[name] for name in elements.name[page.blocks.element].tolist()]


def described(page: PageTable) -> Described:
    """The features of a page's blocks."""
    return features_of(page)


def grams_of(page: Described) -> tuple[Any, Any, Any]:
    """Where the grams of each block begin, all of them, and the heads of each block."""
    text = np.frombuffer(page.text, np.uint8)
    return (*grams(text, fold_table(), len(page)), heads_of(page))


def relations(scores: Any, page: Described) -> Any:
    """The inputs of the second stage, from the scores of the first."""
    return relations_of(page, scores)


def model_of(path: Path, prefix: str) -> Model:
    """The model in an archive for one kind of input: ``dom`` or ``text``."""
    return read_model(path.read_bytes(), prefix)


def judged_by(model: Model, page: PageTable) -> Judged:
    """A page as labelled by a given model."""
    verdicts = judge(page, DEFAULTS.page, model, kind=page.kind)
    signs = verdicts.signs if len(verdicts.scores) else None
    confidence = verdicts.confidence if model.confidence else 0.0
    texts = verdicts.page.blocks.texts
    return Judged(texts, verdicts.labels, verdicts.type[0], signs, confidence)


def cleaned_lines(model: Model, texts: Sequence[str], bullets: Sequence[bool]) -> str:
    """What `clean` keeps of a text of lines, of which some have a bullet, by a given model."""
    lines = (f"• {text}" if bullet else text for text, bullet in zip(texts, bullets, strict=True))
    return cleaned(Decoded("\n".join(lines), "str"), SourceKind.TEXT, model=model).text


def weights_path(project: Path) -> Path:
    """Where the weights of the package stand in the project's folder."""
    return project / "dedup" / "page" / "classify" / "weights.npz"
