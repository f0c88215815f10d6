"""The metadata of a page from all that it says of itself: head, JSON-LD, headings and bylines.

Each field is taken from the most credible source that states it: the structured data of the main
article, elements of the head, microdata, the lines around the title, the address.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from dedup.expressions import expression
from dedup.page.metadata.dates import date_in_address, find_date
from dedup.page.metadata.people import byline_names, looks_like_name, names, says_by, without_date
from dedup.page.metadata.schema import Article, read_article
from dedup.page.source.fields import (
    AUTHOR,
    LANGUAGE,
    OTHER,
    PUBLISHED,
    SITE,
    TITLE,
    URL,
)
from dedup.page.source.titles import site_names, squeezed, stated_title

# Class names and identifiers of elements that hold an author or a date.
BYLINE_NAMES = expression(
    r"author|byline|by-line|autor|writer|journalist|redakt|credit|contributor|signature|firma|"
    r"dateline|pub[-_]?date|publish|posted|timestamp|article[-_]?(?:info|meta|date|time)|"
    r"(?:post|entry|story|news)[-_]?(?:info|meta|date|time)|source|laiyuan|datum|fecha|"
    r"(?:^|[\s_-])(?:date|time|meta|info)(?:$|[\s_#-])",
    re.IGNORECASE,
)
_AUTHOR_NAMES = expression(
    r"author|byline|by-line|autor|writer|journalist|signature", re.IGNORECASE
)
_NOT_THE_AUTHOR = expression(
    r"bio|comment|related|recommend|teaser|card|list|widget|footer|sidebar|popular|more-|promo|"
    r"caption|photo|image|credit|copyright|all-|next|trending",
    re.IGNORECASE,
)
_CHANGED = expression(
    r"updated?|modified|revised|last\s+edit|aktualisi\w+|geändert|letzte[sr]? änderung|mis à jour|"
    r"modifié|actualizad\w+|aggiornat\w+|bijgewerkt|opdater\w+|oppdatert|uppdaterad\w*|"
    r"zaktualiz\w+|aktualiz\w+|обновлен\w*|изменен\w*|更新|修改|最新推荐|güncelle\w+|ενημέρωση|수정",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 8, 14  # lines before and after the title that may hold a byline
_BYLINE_LENGTH = 160
_BESIDE = 5  # lines between a name and its date
_CLOCK = expression(r"\b\d{1,2}[:.]\d\d\b")
_LEFT = 6  # characters that may stand beside bare names: "by", "and AP"
_SITE_IN_BYLINE = expression(
    r"(?:来源|來源|稿源|出处|消息来源)\s*[:：]\s*([^\s|｜:：,，()（）]{2,20})"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A short block of a page.

    Attributes:
        text: its text.
        label: what it is, where that is known: ``title``, ``byline`` ...
        names: classes and identifiers of its element and of those around it.
        heading: whether it is an ``h1``.
    """

    text: str
    label: str = ""
    names: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a page says of itself.

    Attributes:
        meta: the values of meta elements by name in lower case; also ``lang`` of the root,
            ``canonical``, and ``time``, the machine-readable dates of ``time`` elements.
        json_ld: the texts of JSON-LD scripts.
        title: the text of the title element.
        headings: the ``h1`` elements in their order.
        lines: the short blocks that may be bylines, in their order, with the headings.
        url: where the page came from, or None.
    """

    meta: Mapping[str, Sequence[str]] = field(default_factory=dict)
    json_ld: Sequence[str] = ()
    title: str = ""
    headings: Sequence[str] = ()
    lines: Sequence[Line] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a page; what is not is empty.

    Attributes:
        title: its title, without the name of the site.
        authors: names of persons.
        date: when it was published, ISO 8601: a date, or a date and time as the page states it.
        language: as BCP 47: ``en``, ``zh-CN``.
        site: the name of the site, or of the source that a byline names.
        url: its canonical address.
        description: a summary.
        keywords: keywords, separated by commas.
        type: the Open Graph type.
        sources: for each field that is not empty, where its value is from.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    language: str = ""
    site: str = ""
    url: str = ""
    description: str = ""
    keywords: str = ""
    type: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The fields that are not empty but the title, as texts, sorted by name.

        >>> Metadata(authors=("Ann Lee", "Bo Ek"), date="2024-05-03").pairs()
        (('author', 'Ann Lee, Bo Ek'), ('date', '2024-05-03'))
        """
        values = {
            "author": ", ".join(self.authors),
            **{name: getattr(self, name) for name in ("date", "description", "keywords")},
            **{name: getattr(self, name) for name in ("language", "site", "type", "url")},
        }
        return tuple((name, value) for name, value in values.items() if value)


def read_metadata(page: Statements) -> Metadata:
    """The metadata of a page from its own statements.

    >>> page = read_metadata(Statements(
    ...     meta={"og:title": ["Storm | Times"], "author": ["@times"], "lang": ["en"]},
    ...     headings=["A storm"], lines=[Line("A storm", heading=True), Line("By Ann Lee"),
    ...                                  Line("May 3, 2024")], title="A storm | Times"))
    >>> page.title, page.authors, page.date, page.sources["author"]
    ('A storm', ('Ann Lee',), '2024-05-03', 'byline')
    """
    article = read_article(page.json_ld, page.title)
    near = tuple(_near(page))
    sites = _sites(page, article)
    found = {
        "title": _title(page, article, sites),
        "date": _first(_dates(page, article, near)),
        "language": _language(page, article),
        "site": _first(_site(page, article, near)),
        "url": _first(_urls(page, article)),
    }
    for key, keys in OTHER.items():
        stated = getattr(article, key, "")
        found[key] = _first((*_stated(page, keys), (stated, "json-ld")))
    authors, source = next(_authors(page, article, near, sites), ((), ""))
    values = {key: value for key, (value, _) in found.items()}
    sources = {key: where for key, (value, where) in found.items() if value}
    if authors:
        sources["author"] = source
    return Metadata(authors=authors, sources=sources, **values)


def _first(found: "Iterator[tuple[str, str]] | Sequence[tuple[str, str]]") -> tuple[str, str]:
    return next(((value, source) for value, source in found if value), ("", ""))


def _stated(page: Statements, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    for key in keys:
        for value in page.meta.get(key, ()):
            yield value, f"meta {key}"


def _near(page: Statements) -> Iterator[Line]:
    """The lines around the title: after it first."""
    title = squeezed(next((text for text, _ in _stated(page, TITLE)), page.title))
    places = [i for i, line in enumerate(page.lines) if line.heading]
    confirmed = [i for i in places if squeezed(page.lines[i].text) in title]
    at = next(iter(confirmed or places), -1)
    lines = [
        *page.lines[at + 1 : at + 1 + _BEHIND],
        *reversed(page.lines[max(at - _BEFORE, 0) : max(at, 0)]),
    ]
    yield from (line for line in lines if len(line.text) <= _BYLINE_LENGTH)
    yield from (line for line in page.lines if line.label == "byline" and line not in lines)


def _sites(page: Statements, article: Article) -> tuple[str, ...]:
    """All names of the site: no authors, and no part of a title."""
    stated = site_names(page.meta, page.url)
    return tuple(filter(None, (*stated, article.site, *article.organisations)))


def _title(page: Statements, article: Article, sites: Sequence[str]) -> tuple[str, str]:
    title = stated_title(page.meta, page.title, page.headings, sites, article.headline)
    if title in page.headings:
        return title, "heading"
    if title and article.headline and squeezed(title) == squeezed(article.headline):
        return title, "json-ld"
    head = next((text for text, _ in _stated(page, TITLE)), "")
    return title, "meta og:title" if title in head else "title"


def _dates(page: Statements, article: Article, near: Sequence[Line]) -> Iterator[tuple[str, str]]:
    lang = next((text for text, _ in _stated(page, ("lang",))), "")
    yield find_date(article.published, lang), "json-ld"
    for value, source in _stated(page, PUBLISHED):
        yield find_date(value, lang), source
    times = [find_date(value) for value in page.meta.get("time", ())]
    address = date_in_address(page.url or next((t for t, _ in _stated(page, URL)), ""))
    written = list(_written(near, lang))
    for day in written:  # what two sources agree on
        if day[:10] == address:
            yield day, "byline"
        for time in times:
            if time[:10] == day[:10]:
                yield max(time, day, key=len), "time"
    for time in times:
        if address and time[:10] == address:
            yield time, "time"
    yield next(iter(written), ""), "byline"
    yield next(iter(times), ""), "time"
    yield address, "address"


def _written(near: Sequence[Line], lang: str) -> Iterator[str]:
    """The dates of the lines around the title; dates of changes last."""
    changed = []
    for line in near:
        for part in re.split(r"\n|\t|\s[|•·]\s", line.text):
            mark = _CHANGED.search(part)
            before = find_date(part[: mark.start()], lang) if mark else ""
            if mark is None or before:
                day = before or find_date(part, lang)
                if day:
                    yield day
            else:
                changed.append(find_date(part, lang))
    yield from filter(None, changed)


@lru_cache(maxsize=1 << 14)
def _is_author(names: str) -> bool:
    """Whether elements of these names hold authors; the pages of a site have the same names."""
    return _AUTHOR_NAMES.search(names) is not None


@lru_cache(maxsize=1 << 14)
def _is_other(names: str) -> bool:
    return _NOT_THE_AUTHOR.search(names) is not None


def _authors(
    page: Statements, article: Article, near: Sequence[Line], sites: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    people = [name for text in article.people for name in names(text, sites)]
    candidates = [(tuple(dict.fromkeys(people)), "json-ld")]
    for key in AUTHOR:
        found = [name for text in page.meta.get(key, ()) for name in names(text, sites)]
        candidates.append((tuple(dict.fromkeys(found)), f"meta {key}"))
    for stated, source in candidates:
        if any(map(looks_like_name, stated)):
            others = [other for other, _ in candidates if set(stated) < set(other)]
            yield _more(next(iter(others), stated), near, sites), source
    for line in near:
        if _is_author(line.names) or not _is_other(line.names):
            written = byline_names(line.text, sites)
            if written:
                yield written, "byline"
    yield from ((written, "byline") for written in _bare(near, sites) if written)
    for line in (*near, *page.lines):
        if _is_author(line.names) and not _is_other(line.names):
            short = len(line.text) <= _BYLINE_LENGTH
            written = names(line.text, sites, sure=False) if short else ()
            if written:
                yield written, "byline"
    yield from (c for c in candidates if c[0])


def _bare(near: Sequence[Line], sites: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The names that stand alone around the title.

    They stand in an element for authors, after a line that only says "by", or beside a date.
    """
    written = [names(line.text, sites, sure=False) for line in near]
    for place, line in enumerate(near):
        told = _is_author(line.names) or (line.names and not _is_other(line.names))
        if (told or line.label == "byline") and written[place] and _begins(line, written[place]):
            yield _joined(near, written, place)
    for place, line in enumerate(near[:-1]):
        if says_by(line.text) and written[place + 1]:
            yield _joined(near, written, place + 1)
    dated = [bool(find_date(line.text) or _CLOCK.search(line.text)) for line in near]
    for place, line in enumerate(near):
        left = squeezed(without_date(line.text))
        for name in written[place]:
            left = left.replace(squeezed(name), "")
        beside = any(dated[max(place - _BESIDE, 0) : place + _BESIDE + 1])
        if beside and not line.names and written[place] and len(left) <= _LEFT:
            yield _joined(near, written, place)


def _begins(line: Line, written: tuple[str, ...]) -> bool:
    return squeezed(written[0]) in squeezed(line.text)[: len(squeezed(written[0])) + _LEFT]


def _joined(
    near: Sequence[Line], written: Sequence[tuple[str, ...]], place: int
) -> tuple[str, ...]:
    """The names of a line, and of the lines after it in elements of the same names."""
    found = list(written[place])
    for line, more in zip(near[place + 1 :], written[place + 1 :], strict=True):
        if not more or not line.names or line.names != near[place].names:
            break
        found += more
    return tuple(dict.fromkeys(found))


def _more(stated: tuple[str, ...], near: Sequence[Line], sites: Sequence[str]) -> tuple[str, ...]:
    """The authors of a byline that names those that are stated and others."""
    for line in near:
        if stated[0] in line.text and len(line.text) <= _BYLINE_LENGTH:
            written = names(line.text, sites, sure=False)
            if set(stated) < set(written):
                return written
    return stated


def _language(page: Statements, article: Article) -> tuple[str, str]:
    script = _script(page.title + " ".join(page.headings))
    for value, source in (*_stated(page, LANGUAGE), (article.language, "json-ld")):
        code = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2,4}))?\b", value)
        if code and (not script or script == code[1].lower()):
            return code[1].lower() + (f"-{_region(code[2])}" if code[2] else ""), source
    return (script, "script") if script else ("", "")


def _region(tag: str) -> str:
    return tag.title() if len(tag) == 4 else tag.upper()


_SCRIPTS = (
    ("ja", expression(r"[\u3041-\u30fa]")),
    ("ko", expression(r"[\uac00-\ud7a3]")),
    ("zh", expression(r"[\u4e00-\u9fff]")),
)


_FOREIGN = expression(r"[\u3041-\u30fa\u4e00-\u9fff\uac00-\ud7a3]")


def _script(text: str) -> str:
    """The language that a script belongs to, where most of the text is in it."""
    letters = sum(map(str.isalpha, text))
    foreign = len(_FOREIGN.findall(text))
    for code, pattern in _SCRIPTS:
        if letters and 4 * len(pattern.findall(text)) > letters and 2 * foreign > letters:
            return code
    return ""


def _site(page: Statements, article: Article, near: Sequence[Line]) -> Iterator[tuple[str, str]]:
    yield from _stated(page, ("og:site_name",))
    yield article.site, "json-ld"
    yield from _stated(page, SITE)
    for line in near:
        source = _SITE_IN_BYLINE.search(line.text)
        yield source[1] if source else "", "byline"


def _urls(page: Statements, article: Article) -> Iterator[tuple[str, str]]:
    for value, source in (*_stated(page, URL), (article.url, "json-ld")):
        try:
            address = urljoin(page.url or "", value.strip())
            whole = urlsplit(address).scheme in ("http", "https")
        except ValueError:  # "http://[x"
            continue
        yield address if whole else "", source
