"""The Scrapy pipeline in a real crawl of a server on loopback."""

import functools
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("scrapy", reason="needs Scrapy: pip install 'dedup-web[scrapy]'")

STORY = "The river rose in the night, and by the morning nobody could cross the old bridge at all."
OTHER = "Beekeepers of the valley met in the old school to talk about a mild winter and its price."
PAGES = {"1": STORY, "2": STORY.upper(), "3": OTHER, "4": STORY + " Yes.", "5": ""}
CRAWL = """
import json, sys
from scrapy import Spider
from scrapy.crawler import CrawlerProcess

class Pages(Spider):
    name = "pages"
    start_urls = sys.argv[3:]
    def parse(self, response):
        yield {"url": response.url, "text": response.css("p::text").get("")}

process = CrawlerProcess({
    "ITEM_PIPELINES": {"dedup.integrations.scrapy.SeenPipeline": 300},
    "DEDUP_INDEX": sys.argv[1], "FEEDS": {sys.argv[2]: {"format": "jsonlines"}},
    "CONCURRENT_REQUESTS": 1, "LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False,
})
crawler = process.create_crawler(Pages)
process.crawl(crawler)
process.start()
print(json.dumps({k: v for k, v in crawler.stats.get_stats().items() if k.startswith("dedup/")}))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / f"{name}.html").write_text(f"<html><body><p>{text}</p></body></html>")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def crawl(tmp_path: Path, site: str, names: str, feed: str) -> tuple[list[str], dict[str, int]]:
    command = [sys.executable, "-c", CRAWL, str(tmp_path / "seen.db"), str(tmp_path / feed)]
    urls = [f"{site}/{name}.html" for name in names]
    done = subprocess.run([*command, *urls], capture_output=True, text=True, check=True)
    items = [json.loads(line) for line in (tmp_path / feed).read_text().splitlines()]
    return [item["url"][-6] for item in items], json.loads(done.stdout.splitlines()[-1])


def test_seen_items_are_dropped_for_years(tmp_path: Path, site: str) -> None:
    passed, counted = crawl(tmp_path, site, "123", "first.jsonl")
    assert passed == ["1", "3"]
    assert counted == {"dedup/exact": 1}
    passed, counted = crawl(tmp_path, site, "1345", "second.jsonl")
    assert passed == ["5"]
    assert counted == {"dedup/exact": 2, "dedup/near": 1}
