"""What the head of a page, and a few other elements, say of it: title, author, date, kind."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from dedup.kernels.references import unescape
from dedup.kernels.tags import NUMBER

_LD_JSON = "application/ld+json"
_TITLE, _META, _LINK, _HTML, _TIME, _SCRIPT = map(
    NUMBER.__getitem__, ("title", "meta", "link", "html", "time", "script")
)
# Elements whose value stands in one attribute, and our key of it.
_VALUED = {_HTML: "lang", _TIME: "time"}
# How far before its content the tag of a script is looked for.
_TAG_REACH = 4096


@dataclass(frozen=True, slots=True)
class Note:
    """The range of something that the reader noted, in bytes of the source."""

    start: int
    end: int

    def content(self, source: bytes) -> str:
        """The text of the range."""
        return source[self.start : self.end].decode("utf-8", "surrogatepass")

    def tag_text(self, source: bytes) -> str:
        """The tag before the range, without its name."""
        before = source[max(0, self.start - _TAG_REACH) : self.start]
        at = before.lower().rfind(b"<script")
        return before[at + 7 :].decode("utf-8", "replace") if at >= 0 else ""


class Notes:
    """What the reader noted on its way, sorted by what it serves.

    Attributes:
        meta: values of the head's elements by their lower-case keys, the first of each.
        title: the first title of the page.
        schemas: its JSON-LD. scripts, noscripts, preloaded: places that may hold its body.
        summary: where its description stands.
    """

    def __init__(self, source: bytes, notes: Iterable[tuple[int, int, int, int, int]]) -> None:
        self.meta: dict[str, str] = {}
        self.title = ""
        self.schemas: list[Note] = []
        self.scripts: list[Note] = []
        self.noscripts: list[Note] = []
        self.preloaded: list[Note] = []
        self.summary = Note(0, 0)
        for tag, key, key_end, start, end in notes:
            if tag in (_META, _LINK):
                self._take_named(source, tag, source[key:key_end], start, end)
            elif tag in _VALUED:
                self.meta.setdefault(_VALUED[tag], _value(source[start:end]))
            elif tag == _TITLE:
                if not self.title:
                    content = source[start:end].replace(b"\0", b"")
                    self.title = _spaced(_text(unescape(content, False)))
            else:
                self._take_place(tag, source[key:key_end], Note(start, end))

    def _take_place(self, tag: int, kind: bytes, place: Note) -> None:
        """Take up what may hold the body."""
        if tag in (_SCRIPT, -_SCRIPT):
            if tag > 0 and _value(kind).lower() == _LD_JSON:
                self.schemas.append(place)
            self.scripts.append(place)
        elif tag == 0:
            self.preloaded.append(place)
        elif place.end > place.start:
            self.noscripts.append(place)

    def _take_named(self, source: bytes, tag: int, name: bytes, start: int, end: int) -> None:
        """Take up a meta or link element."""
        key = _value(name).strip().lower()
        if tag == _LINK:
            if key == "canonical":
                self.meta.setdefault(key, _value(source[start:end]))
            return
        if key not in _READ or key in self.meta:
            return
        self.meta[key] = _spaced(_value(source[start:end]))
        if key in _SUMMARIES and self.summary.end == 0:
            self.summary = Note(start, end)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _value(data: bytes) -> str:
    """The value of an attribute."""
    return _text(unescape(data, True) if b"&" in data else data)


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

# The names of meta elements that somebody looks at.
_READ = frozenset({"og:title", "generator"}).union(*_METADATA.values())
_SUMMARIES = frozenset({"og:description", "description"})


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
