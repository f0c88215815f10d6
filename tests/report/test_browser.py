"""The report and the view of a page, as a browser shows them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.report.report import report_html
from dedup.report.view import view
from tests.report.conftest import HOSTILE
from tests.report.test_report import everywhere

Open = Callable[..., Any]
# Of each marked passage its text: that of its marks, without the numbers.
_PASSAGES = """side => {
  const found = {};
  for (const mark of side.querySelectorAll('mark')) {
    const copy = mark.cloneNode(true);
    copy.querySelectorAll('a').forEach(sign => sign.remove());
    const text = copy.textContent;
    for (const n of mark.dataset.passages.split(' ')) found[n] = (found[n] ?? '') + text;
  }
  return found;
}"""
_FURTHER = (
    ".pair:nth-of-type(n+4), section > details:nth-of-type(n+3), .block:nth-of-type(n+40), "
    "tbody tr:nth-of-type(n+9)"
)
_SEEN = "selector => [...document.querySelectorAll(selector)].filter(e => !e.hidden).length"


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a file, and sees at the end that nothing went wrong and nothing was asked for."""
    wrong: list[str] = []
    pages: list[Any] = []

    def open_file(path: Path, width: int = 1280, scheme: str = "light") -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda said: wrong.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: asked.url == path.as_uri() or wrong.append(asked.url))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_file
    assert wrong == []
    for page in pages:
        page.close()


def test_marked_passages_are_those_of_the_data(
    opened: Open, finished: Path, account: dict[str, Any]
) -> None:
    page = opened(finished / "report.html")
    pairs = [
        *(("#removed-list > .pair", told) for told in account["removed"]),
        *((".of-above", told) for told in account["pairs"]["above"]),
        *((".of-below", told) for told in account["pairs"]["below"]),
    ]
    seen: dict[str, int] = {}
    compared = 0
    for selector, told in pairs:
        at = seen.setdefault(selector, 0)
        seen[selector] += 1
        if told["partner"] is None:
            continue
        sides = page.locator(selector).nth(at).locator(".sides > div")
        for side, name in enumerate(("text", "partner_text")):
            window = told[name]
            wanted = {
                str(n + 1): window["text"][start:end]
                for n, (start, end) in enumerate(window["spans"])
                if start < end
            }
            assert sides.nth(side).evaluate(_PASSAGES) == wanted
            compared += len(wanted)
    assert compared > 20
    # A number leads to the same passage of the other text.
    page.locator("#removed-list mark a").first.press("Enter")
    assert page.evaluate("document.querySelector(':target').parentElement.tagName") == "MARK"


def test_filters_and_sorting(opened: Open, finished: Path, account: dict[str, Any]) -> None:
    page = opened(finished / "report.html")
    rows = account["sources"]["source"]["rows"]
    controls = page.locator("[data-controls=sources]")
    controls.get_by_role("checkbox").check()
    alarming = [row["name"] for row in rows if "alarm" in row]
    assert alarming == ["copies.example"]
    assert page.evaluate(_SEEN, ".sources tbody tr") == 1
    controls.get_by_role("checkbox").uncheck()
    controls.get_by_role("searchbox").fill("SITE1.")
    assert page.evaluate(_SEEN, ".sources tbody tr") == 1
    assert controls.locator("output").inner_text().startswith("1 of ")
    controls.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Kept", exact=True).first.press("Enter")
    kept = page.locator(".sources").first.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert list(map(int, kept)) == sorted((row["kept"] for row in rows), reverse=True)

    controls = page.locator("[data-controls=removed]")
    controls.get_by_role("combobox").select_option("near")
    near = sum(told["relation"] == "near" for told in account["removed"])
    assert 0 < page.evaluate(_SEEN, "#removed-list > .pair") == near < len(account["removed"])

    controls = page.locator("[data-controls=blocks]")
    blocks = [block for told in account["pages"] for block in told["blocks"]]
    controls.get_by_role("checkbox", name="nav").uncheck()
    shown = [block for block in blocks if block["label"] != "nav"]
    assert page.evaluate(_SEEN, ".block") == len(shown) < len(blocks)
    controls.get_by_role("combobox").select_option("yes")
    assert page.evaluate(_SEEN, ".block") == sum(block["kept"] for block in shown)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_is_accessible_and_fits_on_a_phone(
    opened: Open, finished: Path, tmp_path: Path, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    viewed = tmp_path / "view.html"
    html = "<nav>Home</nav><p>The old mill by the river is a school now, as everybody knows."
    viewed.write_text(view(dedup.clean(html, url="https://example.org/")), "utf-8")
    for path in (finished / "report.html", viewed):
        page = opened(path, width, scheme)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        # One of a kind is enough: contrast takes long.
        page.evaluate(f"document.querySelectorAll('{_FURTHER}').forEach(e => e.remove())")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.run(page).response["violations"]
        serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in serious] == []


def test_whatever_comes_from_outside_stays_text(
    opened: Open, finished: Path, account: dict[str, Any], tmp_path: Path
) -> None:
    page = opened(finished / "report.html")
    assert any(HOSTILE in said for said in page.locator(".of-below").all_text_contents())
    settings = json.loads((finished / "run.json").read_text("utf-8"))["settings"]
    summary = json.loads((finished / "summary.json").read_text("utf-8"))
    path = tmp_path / "hostile.html"
    path.write_text(
        report_html(HOSTILE, summary, everywhere(account), everywhere(settings)), "utf-8"
    )
    for shown in (page, opened(path)):
        assert shown.evaluate("window.hit") is None
        assert shown.evaluate("[document.scripts.length, document.images.length]") == [1, 0]
        assert shown.locator("a[href^=javascript]").count() == 0
    assert shown.locator("h1").inner_text() == f"Report of the run {HOSTILE}"
    assert shown.locator(".block .why").first.text_content().endswith(HOSTILE)
