"""What the head of a page, and a few other elements, say of it: title, author, date, kind."""

import re
from html import unescape
from urllib.parse import urlsplit

from dedup.page.metadata.fields import READ
from dedup.page.tags import TAGS
from dedup.page.walk import Columns

_ATTRIBUTE = re.compile(r' ([^\s][^\s=]*)(?:="([^"]*)")?')
_TAG = re.compile(r"<[^>]*>")


class Head:
    """What the elements of the head, and a few others, say of the page."""

    def __init__(self, html: bytes, columns: Columns) -> None:
        self.scripts: list[str] = []
        self.meta: dict[str, str] = {}  # the first value of each name
        self.values: dict[str, list[str]] = {}
        self.title = ""
        for number, at, end, close in columns.heads.tolist():
            opening, tag = html[at:end], TAGS[number]
            if tag == "title":
                text = unescape(_TAG.sub("", html[end + 1 : close].decode()))
                self.title = self.title or _spaced(text)
            elif tag == "script":
                if b"ld+json" in opening.lower():
                    self.take(tag, opening, html[end + 1 : close])
            elif tag != "link" or b"canonical" in opening.lower():
                self.take(tag, opening)

    def take(self, tag: str, opening: bytes, content: bytes = b"") -> None:
        """Take up one element by its attributes."""
        found: dict[str, str] = dict(_ATTRIBUTE.findall(opening.decode()))
        if tag == "meta":
            key = found.get("property") or found.get("name") or found.get("itemprop") or ""
            key = unescape(key).strip().lower()
            if key in READ and found.get("content"):
                self._add(key, _spaced(unescape(found["content"])))
        elif tag == "link":
            if found.get("rel", "").lower() == "canonical" and found.get("href"):
                self._add("canonical", unescape(found["href"]))
        elif tag == "html":
            if found.get("lang"):
                self._add("lang", unescape(found["lang"]))
        elif tag == "time":
            self.meta.setdefault("time", unescape(found["datetime"]))
            self._time(found)
        elif found.get("type", "").lower() == "application/ld+json":
            self.scripts.append(content.decode())

    def _time(self, found: dict[str, str]) -> None:
        """Take up a ``time`` element that is no date of a change."""
        said = f"{found.get('itemprop', '')} {found.get('class', '')}".lower()
        if "datepublished" in said or "pubdate" in found:
            self.values.setdefault("datepublished", []).append(unescape(found["datetime"]))
        elif "modified" not in said and "update" not in said:
            self.values.setdefault("time", []).append(unescape(found["datetime"]))

    def _add(self, key: str, value: str) -> None:
        self.meta.setdefault(key, value)
        self.values.setdefault(key, []).append(value)


def _spaced(text: str) -> str:
    return " ".join(text.split())


# Where metadata comes from: our key, and the names that pages give it, best first (Open Graph,
# Dublin Core, schema.org microdata, and what Chinese portals write).
_METADATA = {
    "author": (
        "author",
        "article:author",
        "byl",
        "dc.creator",
        "dcterms.creator",
        "twitter:creator",
    ),
    "date": (
        "article:published_time",
        "datepublished",
        "pubdate",
        "publishdate",
        "date",
        "dc.date",
        "dcterms.created",
        "og:release_date",
        "time",
    ),
    "description": ("og:description", "description", "twitter:description"),
    "keywords": ("keywords", "news_keywords"),
    "language": ("lang", "content-language", "og:locale"),
    "site": ("og:site_name", "application-name"),
    "type": ("og:type",),
    "url": ("canonical", "og:url"),
}


def metadata_of(meta: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The known keys with the first value that the page gives."""
    found = []
    for key, names in _METADATA.items():
        value = next((meta[name] for name in names if meta.get(name)), "")
        if value:
            found.append((key, value))
    return tuple(found)


_SCHEMA_TYPE = re.compile(r'"@type"\s*:\s*"(\w{1,40})"')


def hints_of(meta: dict[str, str], scripts: list[str], body: str) -> str:
    """What the page says of its own type, as words: ``og=article ld=newsarticle url=/a/b.html``."""
    words = [f"og={meta.get('og:type', '')}", f"by={meta.get('generator', '')}"]
    words += [f"has={key}" for key, value in metadata_of(meta) if value]
    kinds = {kind for script in scripts for kind in _SCHEMA_TYPE.findall(script[:100_000])}
    words += [f"ld={kind}" for kind in sorted(kinds)]
    words += [f"body={word}" for word in body.replace("#", " ").split()]
    address = meta.get("canonical") or meta.get("og:url") or ""
    try:
        path = urlsplit(address).path
    except ValueError:  # "http://[x"
        path = ""
    return f"{' '.join(words)} url={path}".lower()


# What stands between the title of a page and the name of its site.
_TITLE_JOINT = re.compile(r"\s+[-–—|·•»:]\s+|\s*[|_»｜]\s*|\s*(?:--|——)\s*")


def best_title(title: str, shared: str, heading: str) -> str:
    """The page's title without the site's name: confirmed by og:title or h1 where possible."""
    for other in (heading, shared):
        if other and title and other in title:
            return other
    parts = [part for part in _TITLE_JOINT.split(title) if part]
    for part in parts:
        if part and (part in heading or part in shared):
            return part
    # The site's name mostly comes last, and is mostly the shorter one.
    return max(parts, key=lambda part: len(part) * (1 + (part is parts[0]))) if parts else heading
