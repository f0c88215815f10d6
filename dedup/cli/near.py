"""``dedup near``: near-duplicates among the documents of text and JSONL files."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace

import click

from dedup.config import NearSettings, Settings, TextSettings
from dedup.model import Keep, Match


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
    default="longest",
    show_default=True,
    type=click.Choice(["longest", "first"]),
    help="Which text of a cluster to keep.",
)
@click.option(
    "--join-excerpts", is_flag=True, help="Let a kept text stand for its excerpts as well."
)
@click.option("--phrases", is_flag=True, help="Also fold Taiwan's vocabulary (slower).")
@click.option("--text-key", default="text", show_default=True, help="Field of the text in JSONL.")
@click.option("--id-key", default="id", show_default=True, help="Field of the id in JSONL.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Threads.")
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "jsonl"])
)
@click.option(
    "--explain", is_flag=True, help="Show the passages on which the texts of each pair agree."
)
def near(
    files: tuple[str, ...],
    threshold: float,
    containment: float,
    keep: str,
    join_excerpts: bool,
    phrases: bool,
    text_key: str,
    id_key: str,
    jobs: int,
    form: str,
    explain: bool,
) -> None:
    """Find exact copies, near-duplicates and excerpts among FILES.

    A file that ends in .jsonl holds a document a line, - reads such lines from stdin, and any other
    file is one document. Clusters and excerpts go to stdout, what was passed over to stderr.
    """
    from dedup.near.compare import passages
    from dedup.near.find import find_duplicates

    names, texts, failed = _read(files, text_key, id_key)
    settings = Settings(
        text=TextSettings(phrases=phrases),
        near=NearSettings(
            threshold=threshold,
            containment=containment,
            keep=Keep(keep),
            join_excerpts=join_excerpts,
        ),
    )
    found = find_duplicates(texts, jobs=jobs, settings=settings)
    for cluster in found:
        ids = [names[int(i)] for i in cluster]
        record = {"cluster": ids, "keep": ids[0]}
        click.echo(json.dumps(record, ensure_ascii=False) if form == "jsonl" else _listing(ids))
    for match in (*found.matches, *found.excerpts):
        a, b = int(match.a), int(match.b)
        shared = passages(texts[a], texts[b], settings.text) if explain else ()
        named = replace(match, a=names[a], b=names[b], passages=shared)
        if form == "jsonl":
            click.echo(json.dumps(asdict(named), ensure_ascii=False))
            continue
        click.echo(_figures(named))
        for line in _side_by_side(named, texts[a], texts[b]):
            click.echo(line)
    click.echo(json.dumps(asdict(found.report)), err=True)
    if failed:
        sys.exit(1)


def _read(files: tuple[str, ...], text_key: str, id_key: str) -> tuple[list[str], list[str], int]:
    """Names and texts of all documents, and how many could not be read (each told on stderr)."""
    names: list[str] = []
    texts: list[str] = []
    failed = 0
    for path in files:
        try:
            with click.open_file(path, "r", encoding="utf-8") as stream:
                if path != "-" and not path.endswith(".jsonl"):
                    names.append(path)
                    texts.append(stream.read())
                    continue
                for number, line in enumerate(stream, 1):
                    try:
                        record = json.loads(line)
                        text = record[text_key]
                        if not isinstance(text, str):
                            raise TypeError(f"{text_key!r} is no text")
                        name = str(record.get(id_key, f"{path}:{number}"))
                    except (ValueError, TypeError, KeyError, AttributeError) as error:
                        failed += 1
                        click.echo(f"{path}:{number}: {type(error).__name__} {error}", err=True)
                        continue
                    names.append(name)
                    texts.append(text)
        except (OSError, UnicodeDecodeError) as error:
            failed += 1
            click.echo(f"{path}: {error}", err=True)
    return names, texts, failed


def _listing(ids: list[str]) -> str:
    """A cluster for people: the kept text, and the others below it."""
    return "\n".join((click.style(f"= {ids[0]}", bold=True), *(f"  {i}" for i in ids[1:])))


def _figures(match: Match) -> str:
    """A match in a line."""
    return (
        f"{match.kind:8} {match.a} ~ {match.b}  jaccard {match.jaccard:.3f}  "
        f"containment {match.containment_a:.3f} / {match.containment_b:.3f}"
    )


def _side_by_side(match: Match, a: str, b: str) -> Iterator[str]:
    """The passages of a match, one text above the other."""
    for passage in match.passages:
        for text, span, colour in ((a, passage.a, "green"), (b, passage.b, "cyan")):
            shown = " ".join(text[span.start : span.end].split())
            yield f"    {span.start:>7}-{span.end:<7} {click.style(shown, fg=colour)}"
