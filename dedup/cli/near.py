"""``dedup near``: near-duplicates among the documents of text and JSONL files."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any

import click

from dedup.cli.inputs import Failures, read
from dedup.config import NearSettings, Settings, TextSettings
from dedup.errors import InputError
from dedup.model import Keep, Match

_EVERY = 0.1  # seconds between two lines of progress


@dataclass(frozen=True, slots=True)
class _Document:
    """A text, what it is called, and its date or priority if that is asked for."""

    name: str
    text: str
    order: Any = None


@click.command("near")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--threshold",
    default=0.8,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="Jaccard similarity of near-duplicates.",
)
@click.option(
    "--containment",
    default=0.8,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="Share of a text that makes it an excerpt.",
)
@click.option(
    "--keep",
    default=Keep.LONGEST.value,
    show_default=True,
    type=click.Choice([keep.value for keep in Keep]),
    help="Which text of a cluster to keep.",
)
@click.option(
    "--join-excerpts", is_flag=True, help="Let a kept text stand for its excerpts as well."
)
@click.option("--phrases", is_flag=True, help="Also fold Taiwan's vocabulary (slower).")
@click.option("--text-key", default="text", show_default=True, help="Field of the text in JSONL.")
@click.option("--id-key", default="id", show_default=True, help="Field of the id in JSONL.")
@click.option(
    "--date-key",
    default="date",
    show_default=True,
    help="Field of the date (ISO 8601), for --keep earliest.",
)
@click.option(
    "--priority-key",
    default="priority",
    show_default=True,
    help="Field of the priority (a number), for --keep priority.",
)
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Threads.")
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "jsonl"])
)
@click.option(
    "--explain", is_flag=True, help="Show the passages on which the texts of each pair agree."
)
def near(files: tuple[str, ...], jobs: int, form: str, explain: bool, **options: Any) -> None:
    """Find exact copies, near-duplicates and excerpts among FILES.

    A file that ends in .jsonl holds a document a line, - reads such lines from stdin, and any other
    file is one document, taken as it is. Clusters and pairs go to stdout, what was passed over to
    stderr. Exit code 1: some documents could not be read.
    """
    from dedup.near.compare import passages
    from dedup.near.find import find_duplicates
    from dedup.near.threads import silent

    failures = Failures()
    keep = Keep(options["keep"])
    order_key = {Keep.EARLIEST: "date_key", Keep.PRIORITY: "priority_key"}.get(keep)
    keys = (options["text_key"], options["id_key"], options[order_key] if order_key else None)
    documents = list(_distinct(chain.from_iterable(_read(f, keys, failures) for f in files)))
    settings = Settings(
        text=TextSettings(phrases=options["phrases"]),
        near=NearSettings(
            threshold=options["threshold"],
            containment=options["containment"],
            keep=keep,
            join_excerpts=options["join_excerpts"],
        ),
    )
    found = find_duplicates(
        (document.text for document in documents),
        order=_order(keep, documents),
        jobs=jobs,
        progress=_show_progress() if sys.stderr.isatty() else silent,
        settings=settings,
    )
    for cluster in found:
        names = [documents[int(i)].name for i in cluster]
        _write(_json({"cluster": names, "keep": names[0]}) if form == "jsonl" else _listing(names))
    for match in chain(found.matches, found.excerpts):
        a, b = documents[int(match.a)], documents[int(match.b)]
        shared = passages(a.text, b.text, settings.text) if explain else ()
        named = replace(match, a=a.name, b=b.name, passages=shared)
        _write(_json(asdict(named)) if form == "jsonl" else _shown(named, a.text, b.text))
    click.echo(_json(asdict(found.report)), err=True)
    failures.exit()


def _read(path: str, keys: tuple[str, str, str | None], failures: Failures) -> Iterator[_Document]:
    """The documents of a file; what cannot be read is named on stderr."""
    from dedup.page.source.decode import decode

    if path != "-" and not path.endswith(".jsonl"):
        try:
            yield _Document(path, decode(read(path)).text)
        except (OSError, InputError) as error:
            failures.add(path, error)
        return
    try:
        with click.open_file(path, "rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    if line.strip():
                        yield _record(line, f"{path}:{number}", *keys)
                except (ValueError, RecursionError) as error:
                    failures.add(f"{path}:{number}", error)
    except OSError as error:
        failures.add(path, error)


def _record(
    line: bytes, place: str, text_key: str, id_key: str, order_key: str | None
) -> _Document:
    """A line of JSONL as a document."""
    record = json.loads(line)
    if not isinstance(record, dict):
        raise InputError("no JSON object")
    text = record.get(text_key)
    if not isinstance(text, str):
        raise InputError(f"no text under {text_key!r}: name its field with --text-key")
    name = record.get(id_key)
    return _Document(place if name is None else str(name), text, record.get(order_key))


def _distinct(documents: Iterable[_Document]) -> Iterator[_Document]:
    """The same documents, with a number behind the names that were there before."""
    seen: dict[str, int] = {}
    again = 0
    for document in documents:
        name = document.name
        while name in seen:
            seen[document.name] += 1
            name = f"{document.name} ({seen[document.name]})"
        again += name != document.name
        seen[name] = 1
        yield replace(document, name=name)
    if again:
        click.echo(f"dedup: {again} documents have the id of another: numbered", err=True)


def _order(keep: Keep, documents: list[_Document]) -> list[float | None] | None:
    """The dates or priorities of the documents; how many have none is told on stderr."""
    from dedup.near.keep import seconds

    if keep not in (Keep.EARLIEST, Keep.PRIORITY):
        return None
    given = [document.order for document in documents]
    if keep is Keep.EARLIEST:
        values = [seconds(date) if isinstance(date, str) else None for date in given]
        what = "no date that can be read (ISO 8601)"
    else:
        values = [float(v) if isinstance(v, int | float) else None for v in given]
        what = "no number for a priority"
    missing = values.count(None)
    if missing:
        click.echo(f"dedup: {missing} of {len(given)} documents have {what}: kept last", err=True)
    return values


def _show_progress() -> Any:
    """A line on the terminal that counts on."""
    last = 0.0

    def show(unit: str, done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last > _EVERY:
            last = time.monotonic()
            click.echo(f"\r{done:,} of {total:,} {unit}", err=True, nl=done == total)

    return show


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def _write(text: str) -> None:
    """Print; lone surrogates are escaped as JSON does."""
    click.echo(text.encode("utf-8", "backslashreplace").decode())


def _listing(names: list[str]) -> str:
    """A cluster for people: the kept text, and the others below it."""
    kept, *others = map(_printable, names)
    return "\n".join((click.style(f"= {kept}", bold=True), *(f"  {name}" for name in others)))


def _shown(match: Match, a: str, b: str) -> str:
    """A match in a line, and its passages, one text above the other."""
    lines = [
        f"{match.kind:8} {_printable(match.a)} ~ {_printable(match.b)}  "
        f"jaccard {match.jaccard:.3f}  "
        f"containment {match.containment_a:.3f} / {match.containment_b:.3f}"
    ]
    for passage in match.passages:
        for text, span, colour in ((a, passage.a, "green"), (b, passage.b, "cyan")):
            shown = click.style(_printable(text[span.start : span.end]), fg=colour)
            lines.append(f"    {span.start:>7}-{span.end:<7} {shown}")
    return "\n".join(lines)


def _printable(text: object) -> str:
    """On one line, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(str(text).split()))
