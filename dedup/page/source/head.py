"""What the head of a page, and a few other elements, say of it: title, author, date, kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from dedup.expressions import expression
from dedup.kernels.references import unescape
from dedup.kernels.tags import NUMBER
from dedup.page.source.fields import FIELDS, READ, SITE, TITLE, TITLE_LAST, URL

_TITLE, _META, _LINK, _HTML, _TIME, _SCRIPT, _NOSCRIPT = map(
    NUMBER.__getitem__, ("title", "meta", "link", "html", "time", "script", "noscript")
)
# Elements whose value stands in one attribute, and our key of it.
_VALUED = {_HTML: "lang", _TIME: "time"}
_SCHEMA = "application/ld+json"
# Values that are shorter are others, however they are written.
_CANONICAL, _LD_JSON = len("canonical"), len(_SCHEMA)
# Values of one name that are looked at; pages with more repeat themselves.
_MOST = 8
# How far before its content the tag of a script is looked for, and the tag of a time around its
# value.
_TAG_REACH, _TIME_REACH = 4096, 512


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
        schemas: its JSON-LD.
        summary: where its description stands.
    """

    def __init__(self, source: bytes, notes: Sequence[tuple[int, int, int, int, int]]) -> None:
        self._notes = notes
        self.meta: dict[str, str] = {}
        self.title = ""
        self.schemas: list[Note] = []
        self.summary = Note(0, 0)
        for tag, key, key_end, start, end in notes:
            if tag == _META:
                self._take_meta(source, source[key:key_end], start, end)
            elif tag == _LINK:
                if (
                    key_end - key >= _CANONICAL
                    and _value(source[key:key_end]).lower() == "canonical"
                ):
                    self.meta.setdefault("canonical", _value(source[start:end]))
            elif tag == _SCRIPT:
                if key_end - key >= _LD_JSON and _value(source[key:key_end]).lower() == _SCHEMA:
                    self.schemas.append(Note(start, end))
            elif tag in _VALUED:
                self.meta.setdefault(_VALUED[tag], _value(source[start:end]))
            elif tag == _TITLE and not self.title:
                content = source[start:end].replace(b"\0", b"")
                self.title = _spaced(_text(unescape(content, False)))

    def _take_meta(self, source: bytes, name: bytes, start: int, end: int) -> None:
        key = _READ.get(name.lower())
        if key is None:  # most are none of ours; some are written in other ways
            key = _value(name).strip().lower() if b"&" in name or name.strip() != name else ""
            if key.encode() not in _READ:
                return
        if key not in self.meta:
            self.meta[key] = _spaced(_value(source[start:end]))
            if key in _SUMMARIES and self.summary.end == 0:
                self.summary = Note(start, end)

    def values(self, source: bytes) -> dict[str, list[str]]:
        """All values of the head's elements and of ``time`` elements, by their lower-case keys.

        Dates of changes are left out; a time that is said to be that of publication stands under
        ``datepublished``.
        """
        values: dict[str, list[str]] = {}
        for tag, key, key_end, start, end in self._notes:
            if tag == _META:
                name = _value(source[key:key_end]).strip().lower()
                name = name if name in READ else ""
            elif tag == _TIME:
                name = _time_name(source, start, end)
            elif tag == _LINK:
                canonical = _value(source[key:key_end]).lower() == "canonical"
                name = "canonical" if canonical else ""
            else:
                name = _VALUED.get(tag, "")
            found = values.setdefault(name, []) if name else []
            if name and len(found) < _MOST:
                found.append(_spaced(_value(source[start:end])))
        return values

    @property
    def titles(self) -> dict[str, tuple[str]]:
        """The first values of the elements that tell the title from the name of the site."""
        return {name: (self.meta[name],) for name in _TITLES if name in self.meta}

    @cached_property
    def scripts(self) -> list[Note]:
        """The scripts, JSON-LD and what noscript and templates hold too."""
        return self._places(_SCRIPT, -_SCRIPT)

    @cached_property
    def noscripts(self) -> list[Note]:
        """What shows where scripts do not run."""
        return self._places(_NOSCRIPT, _NOSCRIPT)

    @cached_property
    def preloaded(self) -> list[Note]:
        """Attributes that hold the state of a page."""
        return self._places(0, 0)

    def _places(self, *tags: int) -> list[Note]:
        return [
            Note(start, end) for tag, _, _, start, end in self._notes if tag in tags and end > start
        ]


def _text(data: bytes) -> str:
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.decode("utf-8", "surrogatepass")


def _value(data: bytes) -> str:
    """The value of an attribute."""
    return _text(unescape(data, True) if b"&" in data else data)


def _time_name(source: bytes, start: int, end: int) -> str:
    """The key of a ``time`` element's date by its other attributes; empty for one of a change."""
    at = source.rfind(b"<", max(0, start - _TIME_REACH), start)
    stop = source.find(b">", end, end + _TIME_REACH)
    said = source[max(at, 0) : max(stop, end)].lower()
    if b"datepublished" in said or b"pubdate" in said:
        return "datepublished"
    return "" if b"modified" in said or b"update" in said else "time"


def _spaced(text: str) -> str:
    return " ".join(text.split())


# The names of meta elements that somebody looks at.
_READ = {name.encode(): name for name in READ}
_HAS = tuple((f"has={key}", frozenset(names)) for key, names in sorted(FIELDS.items()))
_TITLES = (*TITLE, *TITLE_LAST, *SITE, *URL)
_SUMMARIES = frozenset({"og:description", "description"})


_SCHEMA_TYPE = expression(r'"@type"\s*:\s*"(\w{1,40})"')


def hints_of(meta: dict[str, str], scripts: list[str], body: str) -> str:
    """What the page says of its own type, as words: ``og=article ld=newsarticle url=/a/b.html``."""
    words = [f"og={meta.get('og:type', '')}", f"by={meta.get('generator', '')}"]
    given = [name for name, value in meta.items() if value]
    words += [word for word, names in _HAS if not names.isdisjoint(given)]
    kinds = {kind for script in scripts for kind in _SCHEMA_TYPE.findall(script[:100_000])}
    words += [f"ld={kind}" for kind in sorted(kinds)]
    words += [f"body={word}" for word in body.replace("#", " ").split()]
    address = meta.get("canonical") or meta.get("og:url") or ""
    try:
        path = urlsplit(address).path
    except ValueError:  # "http://[x"
        path = ""
    return f"{' '.join(words)} url={path}".lower()
