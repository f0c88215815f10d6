"""``dedup run`` on a crawl with known truth: quality, what the templates add, and speed.

``python -m benchmarks.pipeline`` prints a table, ``--json FILE`` writes the figures.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import dedup
from benchmarks.crawl import CrawledPage, make_crawl, warc
from benchmarks.metric import Score
from benchmarks.near_duplicates import generated


def text_quality(crawl: Sequence[CrawledPage], texts: dict[str, str]) -> dict[str, float]:
    """Main text F1, template blocks that are left, and paragraphs that are gone."""
    templates = left = paragraphs = gone = 0
    for page in crawl:
        text = texts[page.url]
        templates += len(page.template)
        left += sum(block in text for block in page.template)
        paragraphs += len(page.body)
        gone += sum(block not in text for block in page.body)
    score = Score()
    for page in crawl:
        score.add(texts[page.url], ("\n".join(page.body),), (), ())
    return {
        "f1": score.f1,
        "template_found": 1 - left / max(1, templates),
        "body_lost": gone / max(1, paragraphs),
    }


def duplicate_quality(
    crawl: Sequence[CrawledPage], removed: dict[str, str], ids: dict[str, str]
) -> dict[str, Any]:
    """Duplicates found of those that are there, by kind of copy, and pages wrongly removed.

    Args:
        crawl: the pages.
        removed: url of each removed page, and the id of its partner.
        ids: the url behind each id.
    """
    story = {page.url: page.story for page in crawl}
    tellings = Counter(story.values())
    kinds: dict[str, list[bool]] = {}
    for page in crawl:
        if page.copy != "original":
            # A copy is found if it, or all other pages of its story, were removed.
            others = [p.url for p in crawl if p.story == page.story and p.url != page.url]
            found = page.url in removed or all(url in removed for url in others)
            kinds.setdefault(page.copy, []).append(found)
    wrong = [url for url, partner in removed.items() if story[url] != story[ids[partner]]]
    there = sum(tellings.values()) - len(tellings)
    return {
        "duplicates_there": there,
        "duplicates_removed": len(removed) - len(wrong),
        "wrongly_removed": len(wrong),
        "found_by_kind": {kind: sum(hits) / len(hits) for kind, hits in sorted(kinds.items())},
    }


def quality(hosts: int, pages: int, seed: int, jobs: int) -> dict[str, Any]:
    """Run the pipeline on a crawl and hold the outcome against the truth."""
    crawl = make_crawl(hosts, pages, seed)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "crawl.warc.gz")
        source.write_bytes(warc(crawl))
        settings = dedup.Settings(corpus=dedup.CorpusSettings(removed=True))
        summary = dedup.run([source], Path(folder, "out"), settings, jobs=jobs)
        kept = _records(Path(folder, "out", "corpus.jsonl"))
        gone = _records(Path(folder, "out", "removed.jsonl"))
    texts = {record["url"]: record["text"] for record in (*kept, *gone)}
    alone = {page.url: dedup.clean(page.html.encode(), url=page.url).text for page in crawl}
    removed = {record["url"]: record["removed"]["partner"] for record in gone}
    ids = {record["id"]: record["url"] for record in (*kept, *gone)}
    return {
        "pages": len(crawl),
        "classifier_alone": text_quality(crawl, alone),
        "with_templates": text_quality(crawl, texts),
        "duplicates": duplicate_quality(crawl, removed, ids),
        "time": summary["time"],
    }


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def speed(pages: int, documents: int, seed: int) -> dict[str, Any]:
    """Pages and documents a second with one process and with two, and where the time goes."""
    with tempfile.TemporaryDirectory() as folder:
        crawl, texts = Path(folder, "crawl.warc.gz"), Path(folder, "texts.jsonl")
        crawl.write_bytes(warc(make_crawl(8, pages // 8, seed)))
        with texts.open("w", encoding="utf-8") as file:
            for spaced in (True, False):
                for text in generated(documents // 2, spaced, seed):
                    file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
        figures: dict[str, Any] = {}
        for name, source in (("html", crawl), ("text", texts)):
            for jobs in (1, 2):
                summary = dedup.run([source], Path(folder, f"{name}{jobs}"), jobs=jobs)
                figures[f"{name}, {jobs} processes"] = _speed(summary)
    return figures


def _speed(summary: dict[str, Any]) -> dict[str, Any]:
    seconds = sum(stage["seconds"] for stage in summary["time"].values())
    cpu = sum(stage["cpu_seconds"] for stage in summary["time"].values())
    return {
        "records_per_second": summary["records"] / seconds,
        "records_per_cpu_second": summary["records"] / cpu,
        "seconds": {name: stage["seconds"] for name, stage in summary["time"].items()},
        "cpu_seconds": {name: stage["cpu_seconds"] for name, stage in summary["time"].items()},
    }


def show(figures: dict[str, Any], indent: str = "") -> None:
    """Print nested figures as a table."""
    for name, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{indent}{name}")
            show(value, indent + "  ")
        else:
            number = f"{value:,.3f}" if isinstance(value, float) else f"{value:,}"
            click.echo(f"{indent}{name:<{28 - len(indent)}}{number:>14}")


@click.command()
@click.option("--hosts", default=6, show_default=True)
@click.option("--pages", default=50, show_default=True, help="Pages of each host.")
@click.option("--seed", default=1, show_default=True)
@click.option("--jobs", default=2, show_default=True)
@click.option("--speed", "timed", is_flag=True, help="Also measure speed and scaling.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures there.")
def main(hosts: int, pages: int, seed: int, jobs: int, timed: bool, path: Path | None) -> None:
    """Measure ``dedup run`` against a crawl whose truth is known."""
    figures = {"quality": quality(hosts, pages, seed, jobs)}
    if timed:
        figures["speed"] = speed(4_000, 200_000, seed)
    show(figures)
    if path:
        path.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
