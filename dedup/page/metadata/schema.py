"""What the JSON-LD of a page says of its main article."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dedup.page.source.entities import unescaped

# Types of what a page can be about (schema.org); a page, a site and an image are not among them.
_ARTICLES = frozenset(
    {
        *("article", "newsarticle", "reportagenewsarticle", "opinionnewsarticle", "blogposting"),
        *("analysisnewsarticle", "backgroundnewsarticle", "reviewnewsarticle", "posting"),
        *("socialmediaposting", "discussionforumposting", "liveblogposting", "scholarlyarticle"),
        *("techarticle", "report", "review", "recipe", "advertisercontentarticle", "creativework"),
        *("claimreview", "qapage", "howto", "book", "course", "medicalscholarlyarticle"),
    }
)
_PAGES = frozenset({"webpage", "itempage", "aboutpage", "medicalwebpage"})
_ORGANISATIONS = frozenset({"organization", "newsmediaorganization", "corporation", "website"})
_NODES = 20_000  # values of one script that are looked at
_LENGTH = 1 << 20  # characters of one script that are read


@dataclass(frozen=True, slots=True)
class Article:
    """What JSON-LD says of the main article; what it does not say is empty.

    Attributes:
        headline: its title.
        people: authors that are persons, or of which nothing is said.
        organisations: authors that are organisations.
        published: the date of publication as written.
        language: its language as written.
        site: the name of the publisher or of the site.
        url: its address.
        description: a summary.
        keywords: keywords, separated by commas.
    """

    headline: str = ""
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    published: str = ""
    language: str = ""
    site: str = ""
    url: str = ""
    description: str = ""
    keywords: str = ""


def read_article(scripts: Sequence[str], title: str = "") -> Article:
    """The article of JSON-LD scripts; of several the one whose headline is in the page's title.

    >>> script = '{"@graph": [{"@type": "NewsArticle", "headline": "A storm", "author":' \\
    ...          ' [{"@type": "Person", "name": "Ann Lee"}], "datePublished": "2024-05-03"}]}'
    >>> article = read_article([script])
    >>> article.headline, article.people, article.published
    ('A storm', ('Ann Lee',), '2024-05-03')
    """
    nodes = [node for script in scripts for node in _nodes(_parsed(script))]
    by_id = {str(node["@id"]): node for node in nodes if len(node) > 1 and "@id" in node}
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    pages = [node for node in nodes if _types(node) & _PAGES]
    main = _main(articles, title) or next((n for n in pages if n.get("datePublished")), {})
    people, organisations = _authors(main.get("author") or main.get("creator"), by_id)
    sites = (_name(node, by_id) for node in nodes if "website" in _types(node))
    return Article(
        headline=_text(main.get("headline")) or _text(main.get("name")),
        people=people,
        organisations=organisations,
        published=_text(main.get("datePublished")) or _published(pages),
        language=_text(main.get("inLanguage")) or _text(next(iter(pages), {}).get("inLanguage")),
        site=_name(main.get("publisher"), by_id) or next(filter(None, sites), ""),
        url=_address(main.get("mainEntityOfPage")) or _address(main.get("url")),
        description=_text(main.get("description")),
        keywords=_joined(main.get("keywords")),
    )


def _parsed(script: str) -> Any:
    script = script[:_LENGTH].strip().removeprefix("<!--").removesuffix("-->").strip()
    script = script.removeprefix("//<![CDATA[").removesuffix("//]]>").strip().rstrip(";")
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """All objects of a value, outer ones first, in their order."""
    waiting, seen = [value], 0
    while waiting and seen < _NODES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            waiting.extend(reversed([v for v in value.values() if isinstance(v, dict | list)]))
        elif isinstance(value, list):
            waiting.extend(reversed([v for v in value if isinstance(v, dict | list)]))


def _types(node: Mapping[str, Any]) -> set[str]:
    types = node.get("@type")
    types = types if isinstance(types, list) else [types]
    return {str(name).rpartition("/")[2].lower() for name in types}


def _main(articles: Sequence[Mapping[str, Any]], title: str) -> Mapping[str, Any]:
    """The article that the page is about."""
    dated = [node for node in articles if node.get("datePublished")] or list(articles)
    for node in dated:
        headline = _text(node.get("headline"))
        if len(headline) > 3 and headline in title:
            return node
    headed = [node for node in dated if node.get("headline")]
    return next(iter(headed or dated), {})


def _published(pages: Sequence[Mapping[str, Any]]) -> str:
    return next(filter(None, (_text(page.get("datePublished")) for page in pages)), "")


def _authors(value: Any, by_id: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people: list[str] = []
    organisations: list[str] = []
    for author in value if isinstance(value, list) else [value]:
        node = _resolved(author, by_id)
        for name in _names(node):
            kinds = _types(node) if isinstance(node, dict) else set()
            (organisations if kinds & _ORGANISATIONS else people).append(name)
    return tuple(dict.fromkeys(people)), tuple(dict.fromkeys(organisations))


def _resolved(value: Any, by_id: Mapping[str, Any]) -> Any:
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return by_id.get(str(value["@id"]), value)
    return value


def _names(node: Any) -> list[str]:
    if isinstance(node, dict):
        names = node.get("name")
        if not names and node.get("familyName"):
            names = f"{_text(node.get('givenName'))} {_text(node['familyName'])}"
        names = names if isinstance(names, list) else [names]
        return [text for text in map(_text, names) if text]
    return [_text(node)] if _text(node) else []


def _name(value: Any, by_id: Mapping[str, Any]) -> str:
    if isinstance(value, list):
        value = next(iter(value), None)
    return next(iter(_names(_resolved(value, by_id))), "")


def _address(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) and value.startswith("http") else ""


def _text(value: Any) -> str:
    """A value as plain text: entities read (pages often escape them twice)."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return " ".join(unescaped(unescaped(value)).split()) if isinstance(value, str) else ""


def _joined(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, map(_text, values)))
