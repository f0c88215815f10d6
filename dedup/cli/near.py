"""``dedup near``: near-duplicates among the documents of text and JSONL files."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any

import click

from dedup.cli.index import raw_option
from dedup.cli.inputs import Failures, counted, is_quiet, say
from dedup.cli.printing import printable, write
from dedup.config import KeySettings, NearSettings, Settings, TextSettings
from dedup.corpus.io.documents import Documents, id_of_place
from dedup.corpus.io.records import lookup
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
@raw_option
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Threads.")
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "jsonl"])
)
@click.option(
    "--explain", is_flag=True, help="Show the passages on which the texts of each pair agree."
)
@click.option(
    "--fail-over",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Exit with code 1 if more than this share of the documents are duplicates.",
)
def near(files: tuple[str, ...], jobs: int, form: str, explain: bool, **options: Any) -> None:
    """Find exact copies, near-duplicates and excerpts among FILES.

    JSON lines (.jsonl, .ndjson, .json, also compressed) hold a document per line, - reads such
    lines from stdin, and any other file is a page, which is cleaned before it is compared (--raw:
    as it is). Clusters and pairs go to stdout, what was passed over to stderr. Exit code 1: some
    documents could not be read, or there are more duplicates than --fail-over allows.
    """
    from dedup.near.compare import passages
    from dedup.near.parallel import silent
    from dedup.near.search import find_duplicates

    failures = Failures()
    keep = Keep(options["keep"])
    order_key = {Keep.EARLIEST: "date_key", Keep.PRIORITY: "priority_key"}.get(keep)
    keys = KeySettings(text=options["text_key"], id=options["id_key"])
    found_documents = Documents(files, keys, id_of_place, failures.add, options["raw"])
    documents = list(
        _distinct(
            _Document(
                document.id,
                document.text,
                lookup(document.fields, options[order_key]) if order_key else None,
            )
            for document in found_documents
        )
    )
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
        progress=_show_progress() if sys.stderr.isatty() and not is_quiet() else silent,
        settings=settings,
    )
    for cluster in found:
        names = [documents[int(i)].name for i in cluster]
        write(_json({"cluster": names, "keep": names[0]}) if form == "jsonl" else _listing(names))
    for match in chain(found.matches, found.excerpts):
        a, b = documents[int(match.a)], documents[int(match.b)]
        shared = passages(a.text, b.text, settings.text) if explain else ()
        named = replace(match, a=a.name, b=b.name, passages=shared)
        write(_json(asdict(named)) if form == "jsonl" else _shown(named, a.text, b.text))
    say(_json(asdict(found.report)))
    _hold(len(documents) - int(found.keep.sum()), len(documents), options["fail_over"])
    failures.exit()


def _hold(duplicates: int, documents: int, most: float | None) -> None:
    """End with code 1 if there are more duplicates than allowed."""
    if most is None or duplicates <= most * documents:
        return
    share = f"{duplicates / documents:.1%}"
    raise click.ClickException(
        f"{share} of {counted(documents, 'document')} would go as duplicates; {most:.1%} may "
        "(--fail-over)"
    )


def _distinct(documents: Iterable[_Document]) -> Iterator[_Document]:
    """The same documents, with a number after the names that were there before."""
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
        say(f"dedup: {counted(again, 'document')} with the id of another: numbered")


def _order(keep: Keep, documents: list[_Document]) -> list[float | None] | None:
    """The dates or priorities of the documents; how many have none is told on stderr."""
    from dedup.near.representatives import seconds

    if keep not in (Keep.EARLIEST, Keep.PRIORITY):
        return None
    given = [document.order for document in documents]
    if keep is Keep.EARLIEST:
        values = [seconds(date) if isinstance(date, str) else None for date in given]
        what = "a date that can be read (ISO 8601)"
    else:
        values = [float(v) if isinstance(v, int | float) else None for v in given]
        what = "a number for a priority"
    missing = values.count(None)
    if missing:
        say(f"dedup: {missing} of {counted(len(given), 'document')} without {what}: kept last")
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


def _listing(names: list[str]) -> str:
    """A cluster for people: the kept text, and the others below it."""
    kept, *others = map(printable, names)
    return "\n".join((click.style(f"= {kept}", bold=True), *(f"  {name}" for name in others)))


def _shown(match: Match, a: str, b: str) -> str:
    """A match in a line, and its passages, one text above the other."""
    lines = [
        f"{match.kind:8} {printable(match.a)} ~ {printable(match.b)}  "
        f"jaccard {match.jaccard:.3f}  "
        f"containment {match.containment_a:.3f} / {match.containment_b:.3f}"
    ]
    for passage in match.passages:
        for text, span, colour in ((a, passage.a, "green"), (b, passage.b, "cyan")):
            shown = click.style(printable(text[span.start : span.end]), fg=colour)
            lines.append(f"    {span.start:>7}-{span.end:<7} {shown}")
    return "\n".join(lines)
