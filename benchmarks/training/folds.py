"""Pages as judged by a model that has seen no page of their site."""

from functools import cache
from pathlib import Path
from zlib import crc32

from benchmarks.internals.page import (
    Judged,
    Model,
    PageTable,
    cleaned_lines,
    judged_by,
    model_of,
    read,
    read_lines,
    tags_of_blocks,
    texts_of_blocks,
)
from benchmarks.pages import Example

WEIGHTS = Path(__file__).parent / "weights"
# Every other page is given to the text-only model without its bullets, as WET files are.
_BULLETS_KEPT = 2


@cache
def fold_model(fold: int, prefix: str, folder: Path = WEIGHTS) -> Model:
    """The model that has seen no page of a fold; ``folder``: where the weights of the folds are."""
    return model_of(folder / f"{fold}.npz", prefix)


def has_bullets(name: str) -> bool:
    """Whether the lines of a page keep their bullets, by its name."""
    return crc32(name.encode()) % _BULLETS_KEPT == 0


def judged(example: Example, page: PageTable | None = None, folder: Path = WEIGHTS) -> Judged:
    """A page, read as HTML; ``page``: its blocks where they have been read already."""
    return judged_by(fold_model(example.fold, "dom", folder), page or read(example.html))


def judged_as_lines(
    example: Example, page: PageTable | None = None, folder: Path = WEIGHTS
) -> Judged:
    """The lines of a page, as in WET files."""
    page = page or read(example.html)
    keep = has_bullets(example.name)
    bullets = [keep and tag == "li" for tag in tags_of_blocks(page)]
    lines = read_lines(texts_of_blocks(page), bullets)
    return judged_by(fold_model(example.fold, "text", folder), lines)


def cleaned_as_lines(example: Example, page: PageTable | None = None) -> str:
    """What `clean` keeps of the lines of a page."""
    page = page or read(example.html)
    keep = has_bullets(example.name)
    bullets = [keep and tag == "li" for tag in tags_of_blocks(page)]
    return cleaned_lines(fold_model(example.fold, "text"), texts_of_blocks(page), bullets)
