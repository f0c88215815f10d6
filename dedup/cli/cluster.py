"""``dedup cluster``: the clusters and outputs of a run anew, at another threshold."""

from pathlib import Path

import click

from dedup.cli.run import render
from dedup.corpus.cluster import cluster
from dedup.model import Keep


@click.command("cluster", context_settings={"show_default": True})
@click.argument("directory", type=click.Path(exists=True, file_okay=False))
@click.option("--threshold", type=float, help="Jaccard similarity of near-duplicates.")
@click.option(
    "--keep", type=click.Choice([keep.value for keep in Keep]), help="Which one of them to keep."
)
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, help="Processes for the outputs.")
def command(directory: str, threshold: float | None, keep: str | None, jobs: int) -> None:
    """Make the clusters and the outputs of a run anew, without another run.

    DIRECTORY is the --out of a `dedup run` with `--set near.floor=...`: the pairs from that
    similarity on were kept in it, with the texts. Its outputs are replaced, in seconds.
    """
    summary = cluster(directory, threshold=threshold, keep=keep, jobs=jobs)
    click.echo(render({**summary, "time": {}}, Path(directory)), err=True)
    for pair in summary["near"].get("nearest", ()):
        side = "from" if pair["jaccard"] >= summary["near"]["threshold"] else "below"
        click.echo(
            f"{pair['jaccard']:>12.4f}  {side} the threshold: {pair['a']}, {pair['b']}", err=True
        )
