"""Floors for what the pipeline makes of a crawl whose truth is known; they only go up."""

from pathlib import Path

from benchmarks.crawl import make_crawl, warc
from benchmarks.pipeline import quality
from tests.paths import FIXTURES


def test_the_crawl_of_the_fixtures_is_what_the_script_makes() -> None:
    data = Path(FIXTURES, "crawl", "crawl.warc.gz").read_bytes()
    assert data == warc(make_crawl(4, 12, seed=3))


def test_templates_and_duplicates_against_the_truth() -> None:
    found = quality(hosts=4, pages=25, seed=2, jobs=1)
    alone, together = found["classifier_alone"], found["with_templates"]
    assert together["f1"] >= max(0.985, alone["f1"] + 0.1)
    assert together["template_found"] >= 0.97
    assert together["body_lost"] <= 0.005
    duplicates = found["duplicates"]
    assert duplicates["wrongly_removed"] == 0
    assert duplicates["duplicates_removed"] >= 0.95 * duplicates["duplicates_there"]
