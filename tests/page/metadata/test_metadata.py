"""What a page says of itself becomes fields with their sources."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.page.metadata.dates import date_in_address, find_date
from dedup.page.metadata.people import byline_names, names
from dedup.page.metadata.read import Line, Statements, read_metadata
from dedup.page.metadata.schema import read_article
from dedup.page.source.titles import best_title


@pytest.mark.parametrize(
    ("text", "lang", "date"),
    [
        ("2024-05-03T15:47:42.389Z", "", "2024-05-03T15:47:42+00:00"),
        ("2024-04-30 16:17:29 +02:00", "", "2024-04-30T16:17:29+02:00"),
        ("2026-06-05T17:20:55+0000", "", "2026-06-05T17:20:55+00:00"),
        ("2023-04-28 18:11:01.0", "", "2023-04-28T18:11:01"),
        ("Fri Apr 28 19:20:36 CEST 2023", "", "2023-04-28T19:20:36"),
        ("20240503", "", "2024-05-03"),
        ("1714749600", "", "2024-05-03T15:20:00+00:00"),
        ("May 3, 2024", "en", "2024-05-03"),
        ("3rd May 2024", "en", "2024-05-03"),
        ("3. Mai 2024", "de", "2024-05-03"),
        ("le 3 août 2024 à 14h05", "fr", "2024-08-03T14:05:00"),
        ("3 de mayo de 2024", "es", "2024-05-03"),
        ("3 мая 2024", "ru", "2024-05-03"),
        ("3 maja 2024", "pl", "2024-05-03"),
        ("3 Μαΐου 2024", "el", "2024-05-03"),
        ("3 Mayıs 2024", "tr", "2024-05-03"),
        ("2024年5月3日 09:20", "zh", "2024-05-03T09:20:00"),
        ("2024. 5. 3. 오전", "ko", "2024-05-03"),
        ("原创：某某网2024-04-23 12:27:25", "zh", "2024-04-23T12:27:25"),
        ("05/03/2024", "en-US", "2024-05-03"),
        ("05/03/2024", "fr", "2024-03-05"),
        ("25/03/2024", "en", "2024-03-25"),
        ("03.05.24", "de", "2024-05-03"),
        ("version 1.2.3", "en", ""),
        ("30 February 2024", "en", ""),
        ("1 of 2", "en", ""),
        ("", "", ""),
    ],
)
def test_dates_in_many_forms(text: str, lang: str, date: str) -> None:
    assert find_date(text, lang) == date


def test_dates_in_addresses() -> None:
    assert date_in_address("https://a.org/2024/05/03/x.html") == "2024-05-03"
    assert date_in_address("https://a.org/n1/20240503-x") == "2024-05-03"
    assert date_in_address("https://a.org/2024/99/03/x") == ""


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("By Ann Lee and John de Vries, Reuters", ("Ann Lee", "John de Vries")),
        ("Von Jörg Müller und Eva Groß, dpa", ("Jörg Müller", "Eva Groß")),
        ("Lee, Ann", ("Ann Lee",)),
        ("JÖRG MÜLLER", ("Jörg Müller",)),
        ("@annlee", ()),
        ("https://example.org/author/ann-lee", ()),
        ("ann@example.org", ()),
        ("The Daily Planet", ()),
        ("Redaktion", ()),
        ("文/王小明", ("王小明",)),
        ("本报记者 王小明 李红", ("王小明", "李红")),
        ("责任编辑：王小明", ()),
        ("김철수 기자", ("김철수",)),
        ("大渡 美咲", ("大渡 美咲",)),
    ],
)
def test_only_names_of_persons_are_authors(text: str, people: tuple[str, ...]) -> None:
    assert names(text, ["Daily Planet"]) == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Mai 3, 2024 | Von Eva Groß", ("Eva Groß",)),
        ("2024-05-03 来源：新华网 作者：王小明", ("王小明",)),
        ("记者注意到，市场上的商品价格", ()),
        ("By the end of the year", ()),
        ("打印 收藏 我要评论", ()),
    ],
)
def test_a_byline_needs_a_word_and_a_name(text: str, people: tuple[str, ...]) -> None:
    assert byline_names(text) == people


def test_json_ld_is_parsed_whole() -> None:
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": "Planet"},
            {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
            {"@type": "ImageObject", "datePublished": "2020-01-01"},
            {
                "@type": ["Article", "NewsArticle"],
                "headline": "A &amp;quot;storm&amp;quot;",
                "author": [{"@id": "#ann"}, {"@type": "Organization", "name": "Reuters"}, "Bo Ek"],
                "datePublished": "2024-05-03",
            },
        ]
    }
    article = read_article(["not json", json.dumps([graph])])
    assert article.headline == 'A "storm"'
    assert article.people == ("Ann Lee", "Bo Ek")
    assert article.organisations == ("Reuters",)
    assert (article.published, article.site) == ("2024-05-03", "Planet")


def test_of_several_articles_the_one_of_the_title_counts() -> None:
    teaser = {"@type": "Article", "headline": "Another thing", "datePublished": "2020-01-01"}
    main = {"@type": "Article", "headline": "A storm", "datePublished": "2024-05-03"}
    scripts = [json.dumps([teaser, main])]
    assert read_article(scripts, "A storm - Planet").published == "2024-05-03"


@pytest.mark.parametrize(
    ("titles", "headings", "title"),
    [
        (["A storm | Planet"], ["Planet", "A storm"], "A storm"),
        (["Storm hits the coast of Devon"], ["Storm hits Devon", "Log in"], "Storm hits Devon"),
        (["A storm and what it left - Planet"], [], "A storm and what it left"),
        (["老渡口的修船人--沙洲晚报"], [], "老渡口的修船人"),
        (["质检总局：烟花爆竹不合格-广西新闻网"], [], "质检总局：烟花爆竹不合格"),
        (["Goodbye - and thanks"], [], "Goodbye - and thanks"),
        (["A storm"], ["Weather: A storm"], "Weather: A storm"),
        ([], ["A storm"], "A storm"),
        ([], [], ""),
    ],
)
def test_titles_are_headings_that_the_head_confirms(
    titles: list[str], headings: list[str], title: str
) -> None:
    assert best_title(titles, headings, ["Planet"]) == title


def test_dates_of_changes_are_not_dates_of_publication() -> None:
    lines = [Line("A storm", heading=True), Line("Updated: May 9, 2024"), Line("May 3, 2024")]
    assert read_metadata(Statements(headings=["A storm"], lines=lines)).date == "2024-05-03"


def test_a_byline_that_names_more_completes_the_head() -> None:
    page = read_metadata(
        Statements(
            meta={"author": ["Ann Lee"]},
            headings=["A storm"],
            lines=[Line("A storm", heading=True), Line("By Ann Lee and Bo Ek")],
        )
    )
    assert (page.authors, page.sources["author"]) == (("Ann Lee", "Bo Ek"), "meta author")


def test_a_chinese_byline_gives_date_source_and_author() -> None:
    page = dedup.clean(
        "<html lang=en><title>新馆开放_某某网</title><h1>新馆开放</h1>"
        "<div class=info>2024年5月3日 09:20 来源：新华网 作者：王小明</div>"
        "<p>市图书馆的新馆今天向读者开放，欢迎大家参观，开放时间为每天上午九点到下午五点。</p>"
    )
    assert page.title == "新馆开放"
    assert dict(page.metadata) == {
        "author": "王小明",
        "date": "2024-05-03T09:20:00",
        "language": "zh",
        "site": "新华网",
    }
    assert dict(page.sources) == {
        "title": "heading",
        "author": "byline",
        "date": "byline",
        "language": "script",
        "site": "byline",
    }


def test_addresses_are_made_whole() -> None:
    meta = {"canonical": ["/a"]}
    assert read_metadata(Statements(meta=meta, url="https://a.org/b?c")).url == "https://a.org/a"
    assert read_metadata(Statements(meta={"canonical": ["http://[x"]})).url == ""


@given(
    st.dictionaries(st.sampled_from(["author", "date", "og:title", "canonical", "lang"]),
                    st.lists(st.text(max_size=40), min_size=1, max_size=3)),
    st.lists(st.text(max_size=60), max_size=3),
    st.lists(st.text(min_size=1, max_size=60), max_size=5),
)  # fmt: skip
def test_anything_can_be_read(
    meta: dict[str, list[str]], scripts: list[str], lines: list[str]
) -> None:
    page = read_metadata(Statements(meta, scripts, "x", lines[:1], [Line(t) for t in lines]))
    assert set(page.sources) <= {"title", "author", *dict(page.pairs())}


@pytest.mark.parametrize(
    "unit", ["By ", "A b, ", "记者 王小明 ", "1.2.", "2024-", " - ", "(", "\n"]
)
def test_time_is_linear(unit: str) -> None:
    seconds = []
    for size in (2_000, 20_000):
        text = unit * (size // len(unit))
        before = time.process_time()
        find_date(text)
        names(text)
        byline_names(text)
        best_title([text], [text], ["x"])
        seconds.append(time.process_time() - before)
    assert seconds[1] < 20 * seconds[0] + 0.05
