"""``dedup compare``: how much two texts share, and where."""

import json

import click

import dedup
from dedup.cli.inputs import read, shown_name
from dedup.errors import InputError
from dedup.model import Match, Relation
from dedup.page.source.decode import decode

_VERDICTS = {
    Relation.EXACT: "the same text",
    Relation.NEAR: "nearly the same text",
    Relation.CONTAINS: "one contains the other",
    Relation.NONE: "different texts",
}
_SHOWN = 60  # characters of a passage that are printed


@click.command("compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--raw", is_flag=True, help="Compare the files as they are, without cleaning them.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def command(a: str, b: str, raw: bool, form: str) -> None:
    """Compare two pages: Jaccard, containment both ways, and the passages they share.

    A and B are files; one of them may be - for standard input.
    """
    if a == b == "-":
        raise click.UsageError("only one of A and B can be standard input")
    one, other = _text(a, raw), _text(b, raw)
    match = dedup.compare(one, other)
    if form == "json":
        click.echo(json.dumps(_record(match, a, b)))
    else:
        click.echo(_shown(match, one))


def _text(name: str, raw: bool) -> str:
    try:
        data = read(name)
        return decode(data).text if raw else dedup.clean(data).text
    except (InputError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        click.echo(f"dedup: {shown_name(name)}: {reason}", err=True)
        raise SystemExit(1) from error


def _record(match: Match, a: str, b: str) -> dict[str, object]:
    return {
        "a": a,
        "b": b,
        "kind": match.kind.value,
        "jaccard": match.jaccard,
        "containment_a": match.containment_a,
        "containment_b": match.containment_b,
        "passages": [[p.a.start, p.a.end, p.b.start, p.b.end] for p in match.passages],
    }


def _shown(match: Match, one: str) -> str:
    lines = [
        f"{match.kind.value}: {_VERDICTS[match.kind]}",
        f"jaccard       {match.jaccard:.3f}",
        f"containment a {match.containment_a:.3f}  (the share of A that is in B)",
        f"containment b {match.containment_b:.3f}  (the share of B that is in A)",
        f"passages      {len(match.passages)}",
    ]
    for passage in match.passages:
        text = " ".join(one[passage.a.start : passage.a.end].split())
        text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
        places = f"{passage.a.start}-{passage.a.end} = {passage.b.start}-{passage.b.end}"
        lines.append(f"  {places}  {text}")
    return "\n".join(lines)
