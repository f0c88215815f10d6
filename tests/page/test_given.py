"""What `dedup.clean` says of what is no page, and its keywords."""

import pickle
from pathlib import Path

import pytest

import dedup
from dedup.errors import InputError, SettingsError
from tests.paths import FIXTURES

SOURCE = (FIXTURES / "pages" / "zh_related_comments" / "source.html").read_bytes()
PAGE = (
    "<nav>Home</nav><h1>Ferry</h1><p class=a>The ferry runs again from Monday, said the port."
    "<p class=b>Nobody knows why the old ferry had been painted green, he said."
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("page.html", "which is not there: dedup.clean_file('page.html')"),
        (str(FIXTURES / "README.md"), "name of a file"),
        (Path("page.html"), "dedup.clean_file('page.html')"),
        ("https://example.org/a", "an address, and clean() fetches nothing"),
        (type("Response", (), {"content": b"<p>"})(), "give its bytes, response.content"),
        (7, "takes bytes, str or a BeautifulSoup, not int"),
    ],
)
def test_what_is_no_page_is_refused_with_the_remedy(data, says, tmp_path, monkeypatch) -> None:
    if "README" in str(data):
        monkeypatch.chdir(tmp_path)
        Path("notes").write_text("a file")
        data = "notes"
    with pytest.raises(InputError) as error:
        dedup.clean(data)
    assert says in str(error.value)


def test_an_open_file_is_refused_with_the_remedy() -> None:
    with (FIXTURES / "pages" / "en_news_comments" / "source.html").open("rb") as file:
        with pytest.raises(InputError, match="what its read\\(\\) returns"):
            dedup.clean(file)
        assert dedup.clean(file.read()).text


@pytest.mark.parametrize(
    "text", ["", "a", "notes of a day", "see https://example.org/a", "x" * 300]
)
def test_short_texts_are_texts(text: str) -> None:
    assert len(dedup.clean(text).blocks) == bool(text)
    assert (
        dedup.clean("https://example.org/a", kind="text").blocks[0].text == "https://example.org/a"
    )


def test_keywords_are_short_for_settings() -> None:
    rules = {"example.org": {"drop": [".b"]}}
    at = {"url": "https://example.org/1"}
    by_keyword = dedup.clean(PAGE, favor="recall", include=["body", "title"], rules=rules, **at)
    page = {"favor": "recall", "include": ["body", "title"], "rules": rules}
    assert by_keyword == dedup.clean(PAGE, settings={"page": page}, **at)
    assert by_keyword == dedup.clean(PAGE, settings=dedup.Settings(page=page), **at)
    assert "green" not in by_keyword.text
    assert "Ferry" in by_keyword.text
    toml = '["example.org"]\ndrop = [".b"]\n'
    assert dedup.clean(PAGE, rules=toml, **at) == dedup.clean(
        PAGE, rules=dedup.rules_of_toml(toml), **at
    )


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"favor": "most"}, "page.favor is 'most': set it to one of precision"),
        ({"include": ["text"]}, "set it to labels of title"),
        ({"rules": {"a.org": {"drop": ["p["]}}}, "bad selector 'p\\['"),
        ({"settings": {"page": {"rules": {"a.org": {"drop": ["p["]}}}}}, "bad selector 'p\\['"),
        ({"rules": {"a.org": {"label": {"p": "text"}}}}, "'text' is no label"),
        ({"rules": 3}, "page.rules are no rules of sites"),
        ({"settings": {"page": {"favour": 1}}}, "no setting page.favour; page has favor, include"),
        ({"settings": dedup.PageSettings()}, r"give Settings\(page=\.\.\.\)"),
        ({"settings": "recall"}, "or a dict of stages"),
    ],
)
def test_wrong_keywords_are_refused_with_what_is_right(keywords, says) -> None:
    with pytest.raises(SettingsError, match=says):
        dedup.clean(PAGE, **keywords)


def test_a_page_shows_itself_in_every_form() -> None:
    page = dedup.clean(SOURCE, url="https://example.org/a")
    assert repr(page) == (
        f"<Page {page.title!r}: html, article, {len(page.blocks)} blocks, "
        f"{len(page.text)} characters>"
    )
    assert page.text == "\n\n".join(block.text for block in page.blocks if block.kept)
    assert [b["kept"] for b in page.to_dict()["blocks"]] == [b.kept for b in page.blocks]
    shown = page._repr_html_()
    assert shown.count("<div ") == len(page.blocks)
    assert shown.count("#2da44e33") == sum(block.kept for block in page.blocks)
    assert "&lt;nav&gt;" in shown  # the reason of a block
    assert page.to_markdown().startswith(f"# {page.title}\n\n")


def test_markup_in_a_text_is_no_markup_of_a_notebook() -> None:
    shown = dedup.clean("a < b & <script>alert(1)</script> is what he wrote.", kind="text")
    assert "<script" not in shown._repr_html_()


def test_metadata_are_a_mapping() -> None:
    page = dedup.clean(SOURCE)
    assert page.metadata["language"] == "zh"
    assert page.metadata.get("author") is None
    assert dict(page.metadata) == page.metadata
    assert dedup.clean("a text").metadata == {}


def test_what_clean_returns_is_equal_after_pickling() -> None:
    page = dedup.clean(SOURCE)
    again = pickle.loads(pickle.dumps(page))
    assert again == page
    assert hash(again) == hash(page)
    assert [block.kept for block in again.blocks] == [block.kept for block in page.blocks]
