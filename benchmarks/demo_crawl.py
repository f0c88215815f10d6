"""The part of the demo that shows ``dedup run``: a small crawl becomes a clean corpus."""

import json
import tempfile
from pathlib import Path

import click

import dedup

CRAWL = Path(__file__).resolve().parent.parent / "fixtures" / "crawl" / "crawl.warc.gz"
_RELATIONS = ("exact", "near", "contains")


def show_crawl() -> None:
    """Run the pipeline on the crawl of the fixtures, and show what it did and why."""
    with tempfile.TemporaryDirectory() as folder:
        settings = dedup.Settings(corpus=dedup.CorpusSettings(removed=True))
        summary = dedup.run(CRAWL, folder, settings)
        lines = Path(folder, "removed.jsonl").read_text("utf-8").splitlines()
    removed = [json.loads(line) for line in lines]
    click.secho(f"\ndedup run {CRAWL.parent.name}/{CRAWL.name}", bold=True)
    gone = ", ".join(f"{count} {name}" for name, count in summary["removed"].items())
    click.echo(f"   {summary['records']} pages, {summary['kept']} kept; removed: {gone}")
    blocks = ", ".join(f"{count} {name}" for name, count in summary["blocks"].items())
    click.echo(f"   blocks: {blocks}")
    click.echo(f"   {summary['template_blocks']} of them told by the other pages of their host")
    click.echo(f"   {summary['bytes_in']:,} bytes in, {summary['text_bytes_out']:,} of text out")
    for relation in _RELATIONS:
        for record in removed:
            if record["removed"]["relation"] == relation:
                click.echo(f"   {record['url']}: {record['removed']['reason']}")
                break
