"""The pipeline suite on a small crawl: its figures, and floors that only go up."""

from pathlib import Path

from benchmarks.suites.pipeline import quality
from tests.paths import FIXTURES
from tests.support.crawl import make_crawl, warc


def test_the_crawl_of_the_fixtures_is_what_the_script_makes() -> None:
    data = Path(FIXTURES, "crawl", "crawl.warc.gz").read_bytes()
    assert data == warc(make_crawl(4, 12, seed=3))


def test_templates_and_duplicates_against_the_truth() -> None:
    found = quality(hosts=4, pages=25, seed=2, jobs=1)
    alone, together = found["text"]["classifier alone"], found["text"]["with templates"]
    assert together["F1"].value >= max(0.985, alone["F1"].value + 0.1)
    assert together["template blocks found"].value >= 0.97
    assert together["paragraphs kept"].value >= 0.995
    duplicates = found["duplicates"]
    assert duplicates["wrongly removed"] == 0
    assert duplicates["removed"].value >= 0.95
