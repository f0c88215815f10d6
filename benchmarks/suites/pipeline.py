"""``dedup run`` on a crawl with known truth: quality, what the templates add, and speed."""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dedup
from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.texts import generated
from dedup.evaluate.metric import Estimate, Score
from tests.support.crawl import CrawledPage, make_crawl, warc

SUITE = "pipeline"
CRAWL = (6, 40)  # hosts and pages of each
SPEED = (2_000, 20_000)  # pages, documents
MORE = (4_000, 200_000)
SEED = 1


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    figures = quality(*CRAWL, seed=SEED, jobs=1)
    table = "main text of a crawl"
    for name, text in figures["text"].items():
        for row, estimate in text.items():
            gated = name == "with templates" and row != "paragraphs kept"
            kind = Kind.QUALITY if gated else Kind.SHOWN
            out.put(table, row, name, estimate, kind, Better.MORE)
    _duplicates(out, figures["duplicates"])
    if options.quick:
        out.absent("records per CPU second", "only in the full run")
    else:
        for source, row in speed(*(MORE if options.million else SPEED), seed=SEED).items():
            for column, rate in row.items():
                out.put("records per second", source, column, rate)
    return out


def _duplicates(out: Outcome, found: dict[str, Any]) -> None:
    table = "duplicates in a crawl"
    out.put(table, "removed of those there", "dedup", found["removed"], Kind.QUALITY)
    out.put(table, "wrongly removed", "dedup", found["wrongly removed"], Kind.COUNT)
    for kind, estimate in found["by kind"].items():
        out.put(table, f"found: {kind}", "dedup", estimate, better=Better.MORE)


def text_quality(crawl: Sequence[CrawledPage], texts: dict[str, str]) -> dict[str, Estimate]:
    """Main text F1, the share of template blocks that are gone, and of paragraphs that are left."""
    score = Score()
    templates, left, paragraphs, kept = 0, 0, 0, 0
    for page in crawl:
        text = texts[page.url]
        templates += len(page.template)
        left += sum(block in text for block in page.template)
        paragraphs += len(page.body)
        kept += sum(block in text for block in page.body)
        score.add(text, ("\n".join(page.body),), (), ())
    return {
        "F1": score.estimate,
        "template blocks found": share(templates - left, templates),
        "paragraphs kept": share(kept, paragraphs),
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
        "removed": share(len(removed) - len(wrong), there),
        "wrongly removed": len(wrong),
        "by kind": {kind: share(sum(hits), len(hits)) for kind, hits in sorted(kinds.items())},
    }


def quality(hosts: int, pages: int, seed: int, jobs: int) -> dict[str, Any]:
    """Run the pipeline on a crawl and hold the outcome against the truth."""
    crawl = make_crawl(hosts, pages, seed)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "crawl.warc.gz")
        source.write_bytes(warc(crawl))
        settings = dedup.Settings(corpus=dedup.CorpusSettings(removed=True))
        dedup.run([source], Path(folder, "out"), settings, jobs=jobs)
        kept = _records(Path(folder, "out", "corpus.jsonl"))
        gone = _records(Path(folder, "out", "removed.jsonl"))
    texts = {record["url"]: record["text"] for record in (*kept, *gone)}
    alone = {page.url: dedup.clean(page.html.encode(), url=page.url).text for page in crawl}
    removed = {record["url"]: record["removed"]["partner"] for record in gone}
    ids = {record["id"]: record["url"] for record in (*kept, *gone)}
    return {
        "pages": len(crawl),
        "text": {
            "classifier alone": text_quality(crawl, alone),
            "with templates": text_quality(crawl, texts),
        },
        "duplicates": duplicate_quality(crawl, removed, ids),
    }


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def speed(pages: int, documents: int, seed: int) -> dict[str, dict[str, float]]:
    """Pages and documents per second with one process and with two, and the CPU of each stage."""
    with tempfile.TemporaryDirectory() as folder:
        crawl, texts = Path(folder, "crawl.warc.gz"), Path(folder, "texts.jsonl")
        crawl.write_bytes(warc(make_crawl(8, pages // 8, seed)))
        with texts.open("w", encoding="utf-8") as file:
            for spaced in (True, False):
                for text in generated(documents // 2, spaced, seed):
                    file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
        figures: dict[str, dict[str, float]] = {}
        for name, source in (("html", crawl), ("text", texts)):
            for jobs in (1, 2):
                summary = dedup.run([source], Path(folder, f"{name}{jobs}"), jobs=jobs)
                figures[f"{name}, {jobs} processes"] = _speed(summary)
    return figures


def _speed(summary: dict[str, Any]) -> dict[str, float]:
    time, records = summary["time"], summary["records"]
    stages = {f"CPU s of {name}": stage["cpu_seconds"] for name, stage in time.items()}
    return {
        "per CPU second": records / sum(stage["cpu_seconds"] for stage in time.values()),
        "per second": records / sum(stage["seconds"] for stage in time.values()),
        **stages,
    }
