"""``dedup passages``: passages that stand in documents more than once, or in a reference too."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from dedup.cli.inputs import Failures
from dedup.cli.printing import printable, write
from dedup.config import KeySettings, Settings, TextSettings
from dedup.corpus.io.documents import Documents, id_of_place
from dedup.corpus.io.formats import walk
from dedup.model import Place
from dedup.near.contamination import Contamination

_LENGTH, _LENGTH_OF_TESTS = 50, 13
_SHOWN = 300  # characters of a passage that are shown to people


@click.command("passages")
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option(
    "--reference",
    multiple=True,
    type=click.Path(exists=True),
    help="Files or directories to look in: how much of each of FILES do they hold?",
)
@click.option(
    "--length",
    type=click.IntRange(1, 1 << 16),
    help=f"Tokens of a passage, at least.  [default: {_LENGTH}, with --reference "
    f"{_LENGTH_OF_TESTS}]",
)
@click.option(
    "--places",
    default=10,
    show_default=True,
    type=click.IntRange(2),
    help="Places to name of each passage.",
)
@click.option("--phrases", is_flag=True, help="Also fold Taiwan's vocabulary (slower).")
@click.option("--text-key", default="text", show_default=True, help="Field of the text in JSONL.")
@click.option("--id-key", default="id", show_default=True, help="Field of the id in JSONL.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Threads.")
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "jsonl"])
)
def command(files: tuple[str, ...], reference: tuple[str, ...], **options: Any) -> None:
    """Find passages that stand in FILES more than once.

    A passage is a stretch of so many tokens (words; characters in scripts without spaces) that
    stands in two documents or twice in one, after folding; each is printed with its places. Of
    passages that go on alike in some of their places, the longer one is printed as well.

    With --reference: for each document of FILES, the test set, what share of it the reference
    holds, and where. The reference is read once and may be of any size.

    JSON lines (.jsonl, .ndjson, .json, also compressed) hold a document per line, - reads such
    lines from stdin, any other file is one document. Counts go to stderr. Exit code 1: some
    documents could not be read.
    """
    failures = Failures()
    keys = KeySettings(text=options["text_key"], id=options["id_key"])
    settings = Settings(text=TextSettings(phrases=options["phrases"]))
    shared = {"jobs": options["jobs"], "settings": settings}
    as_json = options["form"] == "jsonl"
    if reference:
        length = options["length"] or _LENGTH_OF_TESTS
        _contamination(
            _documents(files, keys, failures),
            _documents(reference, keys, failures),
            as_json,
            length=length,
            **shared,
        )
    else:
        length = options["length"] or _LENGTH
        documents = _documents(files, keys, failures)
        _repeated(documents, options["places"], as_json, length=length, **shared)
    failures.exit()


def _documents(
    names: Iterable[str], keys: KeySettings, failures: Failures
) -> Iterator[tuple[str, str]]:
    """Ids and texts, one document after the other."""
    files = [
        file
        for name in names
        for file in (walk(name) if name != "-" and Path(name).is_dir() else [name])
    ]
    for document in Documents(files, keys, id_of_place, failures.add):
        yield document.id, document.text


def _repeated(
    documents: Iterator[tuple[str, str]], most: int, as_json: bool, **options: Any
) -> None:
    """Print each passage and its places; the texts lie on disk meanwhile."""
    from dedup.corpus.io.spool import SpooledTexts
    from dedup.near.passages import find_passages

    names: list[str] = []
    with SpooledTexts(_kept_names(documents, names)) as texts:
        found = find_passages(texts, **options)
        for passage in found:
            where = [_place(place, names[int(place.text)]) for place in passage[:most]]
            first = where[0]
            text = texts.encoded(int(passage[0].text)).decode("utf-8", "surrogatepass")
            text = text[first["start"] : first["end"]]
            row = {"tokens": passage.tokens, "count": len(passage), "places": where, "text": text}
            write(json.dumps(row, ensure_ascii=False) if as_json else _shown(row))
        ours = found.stretches
        counts = {
            "texts": len(texts),
            "tokens": int(found.tokens.sum()),
            "passages": len(found),
            "texts_with_passages": int((found.shares > 0).sum()),
            "tokens_in_passages": int(ours.tokens.sum()),
        }
    click.echo(json.dumps(counts), err=True)


def _kept_names(documents: Iterator[tuple[str, str]], names: list[str]) -> Iterator[str]:
    """The texts; the ids are kept aside."""
    for name, text in documents:
        names.append(name)
        yield text


def _contamination(
    tests: Iterator[tuple[str, str]],
    reference: Iterator[tuple[str, str]],
    as_json: bool,
    **options: Any,
) -> None:
    """Print of each test item how much of it the reference holds."""
    from dedup.near.contamination import find_contamination

    names: list[str] = []
    texts = list(_kept_names(tests, names))
    found = find_contamination(texts, reference, progress=_progress(), **options)
    for name, text, item in zip(names, texts, found, strict=True):
        write(_item_json(name, item) if as_json else _item_shown(name, text, item))
    share = sum(item.share for item in found) / max(1, len(found))
    counts = {
        "items": len(found),
        "items_found": sum(bool(item.overlaps) for item in found),
        "mean_share": round(share, 4),
    }
    click.echo(json.dumps(counts), err=True)


def _progress() -> Any:
    """On a terminal, a line that counts on."""

    def show(unit: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} {unit}", err=True, nl=False)

    return show


def _place(place: Place, name: str) -> dict[str, Any]:
    return {"id": name, "start": place.start, "end": place.end}


def _item_json(name: str, item: Contamination) -> str:
    row = {
        "id": name,
        "share": round(item.share, 4),
        "tokens": item.tokens,
        "overlaps": [
            {
                "start": overlap.start,
                "end": overlap.end,
                "tokens": overlap.tokens,
                "reference": _place(overlap.place, str(overlap.place.text)),
            }
            for overlap in item.overlaps
        ],
    }
    return json.dumps(row, ensure_ascii=False)


def _item_shown(name: str, text: str, item: Contamination) -> str:
    """An item for people: its share, and what was found of it."""
    lines = [click.style(f"{item.share:4.0%}  {printable(name)}", bold=True)]
    for overlap in item.overlaps:
        shown = click.style(_cut(text[overlap.start : overlap.end]), fg="green")
        lines.append(f"  {overlap.start:>7}-{overlap.end:<7} {shown}")
        lines.append(f"          in {printable(overlap.place.text)} at {overlap.place.start}")
    return "\n".join(lines)


def _shown(row: dict[str, Any]) -> str:
    """A passage for people."""
    head = f"{row['tokens']} tokens in {row['count']} places: "
    lines = [click.style(head, bold=True) + click.style(_cut(row["text"]), fg="green")]
    lines += [
        f"  {place['start']:>7}-{place['end']:<7} {printable(place['id'])}"
        for place in row["places"]
    ]
    if row["count"] > len(row["places"]):
        lines.append(f"  and {row['count'] - len(row['places'])} more")
    return "\n".join(lines)


def _cut(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
