"""``dedup report``: what a run did, as a page for people."""

import click

from dedup.report.report import write_report


@click.command("report")
@click.argument("run", metavar="DIR", type=click.Path(file_okay=False))
def command(run: str) -> None:
    """Write DIR/report.html: what the run in DIR kept and removed, with examples of everything.

    One file that loads nothing: counts by source, with an alarm where one loses more than 95 %, how
    similar documents are, the largest clusters, removed documents beside what stands for them, and
    pages block by block. Its numbers and texts are in DIR/report.json, which every run leaves.
    """
    click.echo(write_report(run))
