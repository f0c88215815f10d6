"""Pages of files, and many pages by many processes."""

import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import dedup
from dedup.errors import InputError, SettingsError
from tests.paths import FIXTURES

PAGES = sorted((FIXTURES / "pages").glob("*/source.html"))
TEXT = "The ferry runs again from Monday, said the port, after two years of repairs."


def test_a_file_is_cleaned_as_its_bytes_compressed_or_not(tmp_path: Path) -> None:
    data = PAGES[0].read_bytes()
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(data))
    assert dedup.clean_file(packed, url="u", favor="recall") == dedup.clean(
        data, url="u", favor="recall"
    )
    assert dedup.clean_file(str(PAGES[0])) == dedup.clean(data)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("https://example.org/a", "fetches nothing"),
        ("pages.jsonl", "holds many records"),
        (str(FIXTURES), "is a directory"),
    ],
)
def test_what_is_no_page_file_is_refused(name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        dedup.clean_file(name)
    (page,) = dedup.clean_many([Path(name)]) if "//" not in name else dedup.clean_many([name])
    assert says in page.error


def test_processes_give_the_pages_in_order_and_name_the_bad_ones() -> None:
    told: list[tuple[str, int, int | None]] = []
    given = [
        *PAGES,
        b"%PDF-1.4",
        3,
        Path("not there.html"),
        BeautifulSoup(f"<p>{TEXT}", "html.parser"),
        (bytearray(TEXT, "utf-8"), "https://example.org/a"),
    ]
    pages = list(dedup.clean_many(given, jobs=2, progress=lambda *row: told.append(row)))
    assert pages == list(dedup.clean_many(given))
    assert told == [("pages", done, len(given)) for done in range(1, len(given) + 1)]
    *cleaned, pdf, number, missing, soup, pair = pages
    assert cleaned == [dedup.clean_file(path) for path in PAGES]
    assert "PDF" in pdf.error
    assert pdf.text == ""
    assert number.error == "a page is int: give bytes, str or a path"
    assert "not there.html" in missing.error
    assert soup.text == pair.text == TEXT
    assert pair.url == "https://example.org/a"


def test_few_pages_are_taken_before_they_are_asked_for() -> None:
    taken = 0

    def pages() -> Iterator[str]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield f"<p>{number}. {TEXT}"

    found = dedup.clean_many(pages(), jobs=2)
    assert taken == 0
    for number in range(40):
        assert next(found).text.startswith(f"{number}.")
    assert taken < 40 + 16 * 4 * 2 + 16
    found.close()  # type: ignore[attr-defined]


def test_wrong_usage_is_said_at_once() -> None:
    with pytest.raises(InputError, match="one page was given"):
        dedup.clean_many("<p>a page")
    with pytest.raises(SettingsError, match="jobs is 0"):
        dedup.clean_many([], jobs=0)
    with pytest.raises(SettingsError, match=r"page.favor is 'most'"):
        dedup.clean_many([], favor="most")
