"""A finished run that has something of everything to report, and a browser to look at it with."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.report.report import write_report
from tests.corpus.conftest import documents, write_jsonl
from tests.support.crawl import make_crawl

HOSTILE = "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'>&amp;\""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def records() -> list[dict[str, Any]]:
    """A crawl, a site that only copies, texts, a page that means ill, and a record without text."""
    crawl = make_crawl(2, 16)
    found: list[dict[str, Any]] = [
        {"id": f"p{n}", "url": page.url, "html": page.html} for n, page in enumerate(crawl)
    ]
    page = next(page for page in crawl if page.copy == "original")
    for number in range(40):
        url = f"https://copies.example/{number}"
        found.append({"id": f"copy{number}", "url": url, "html": page.html})
    found += documents(12)
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;")
    for number in range(2):
        body = f"<p>It says {escaped} and then goes on about {number * 'it'}.</p>"
        html = f"<title>{escaped}</title><h1>{escaped}</h1>{body * 3}"
        found.append({"id": f"{HOSTILE}{number}", "url": "javascript:window.hit=1", "html": html})
    return [*found, {"id": "none"}]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the run."""
    root = tmp_path_factory.mktemp("report")
    path = write_jsonl(root / "in<b>put.jsonl", records())
    dedup.run([path], root / "run")
    write_report(root / "run")
    return root / "run"


@pytest.fixture(scope="session")
def account(finished: Path) -> dict[str, Any]:
    """What the report is made of."""
    found: dict[str, Any] = json.loads((finished / "report.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(_BROWSERS)}")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()
