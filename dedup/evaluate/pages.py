"""Pages with their main text, as a user keeps them: files side by side, JSON lines or Parquet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.config import DEFAULTS, Format
from dedup.corpus.io.formats import format_of, is_markup, walk
from dedup.corpus.io.readers import read_lines, read_parquet
from dedup.corpus.io.records import Reject, Source, load_object
from dedup.corpus.io.streams import Problems, read_file
from dedup.errors import InputError

_GOLDS = (".txt", ".md")
_LIMIT = DEFAULTS.corpus.record_bytes


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page of which the main text is known.

    Attributes:
        name: its file, or its id.
        html: the page as served.
        golds: the texts that are accepted as its main text.
        kind: the group in which it is counted, or the empty string.
        url: where it came from, or None.
    """

    name: str
    html: bytes
    golds: tuple[str, ...]
    kind: str = ""
    url: str | None = None


def gold_pages(folder: str | Path) -> Iterator[GoldPage]:
    """The pages below a folder that have a main text.

    ``NAME.html`` (also .htm, .gz, .zst) beside ``NAME.txt`` or ``NAME.md``, in UTF-8, counted by
    the folder that they are in; or records, JSON lines or Parquet, with the fields ``html`` and
    ``gold`` (a text, or a list of texts that are all accepted), and if known ``id``, ``url`` and
    ``kind``.

    Raises:
        InputError: if the folder is not there, holds none, or one that cannot be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"{folder} is no folder: name one that holds pages and their texts")
    found = False
    for path in map(Path, walk(str(root))):
        for page in _of_file(path, root):
            found = True
            yield page
    if not found:
        raise InputError(
            f"{folder} holds no page with its text: put NAME.txt beside NAME.html, "
            "or records with the fields html and gold (.jsonl, .parquet)"
        )


def _of_file(path: Path, root: Path) -> Iterator[GoldPage]:
    kind = format_of(str(path))
    if kind is Format.FILES and is_markup(str(path)):
        stem = path.name.partition(".htm")[0].partition(".xhtm")[0].partition(".shtm")[0]
        texts = [path.with_name(stem + ending) for ending in _GOLDS]
        golds = tuple(_read_gold(text) for text in texts if text.is_file())
        if golds:
            name = path.relative_to(root)
            group = "" if name.parent == Path() else name.parent.as_posix()
            with path.open("rb") as file:
                yield GoldPage(name.as_posix(), read_file(file, _LIMIT), golds, group)
    elif kind is Format.JSONL:
        for row, fields in _lines(path):
            yield _of_record(fields, f"{path}:{row + 1}")
    elif kind is Format.PARQUET:
        row = 0
        for batch in read_parquet(Source(str(path), Format.PARQUET, (str(path),))):
            for fields in batch.to_pylist():
                row += 1
                yield _of_record(fields, f"{path}: row {row}")


def _read_gold(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8 ({error.reason}): save it as UTF-8") from error


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    problems: Problems = []
    with path.open("rb") as file:
        for item in read_lines(file, problems, _LIMIT):
            if isinstance(item, Reject):
                raise InputError(f"{path}: {item.place}: {item.reason}")
            yield item.row, load_object(item.data)
    if problems:
        raise InputError(f"{path}: {problems[0]}")


def _of_record(fields: Mapping[str, Any], place: str) -> GoldPage:
    html, gold = fields.get("html"), fields.get("gold", fields.get("golds"))
    url = fields.get("url")
    golds = (gold,) if isinstance(gold, str) else tuple(gold or ())
    if not isinstance(html, str | bytes) or not golds or not all(isinstance(g, str) for g in golds):
        raise InputError(f"{place}: a record has html, and gold: a text or a list of texts")
    return GoldPage(
        str(fields.get("id") or place),
        html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html,
        golds,
        str(fields.get("kind") or ""),
        url if isinstance(url, str) else None,
    )
