"""What readers hand out, and how the fields of a record are told apart.

A raw record is what a reader hands out before anything is parsed, with the place where it stood;
for what it cannot read it hands out a `Reject`. `parse` makes a `Record` of a raw one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dedup.config import Format, KeySettings
from dedup.corpus.optional import require
from dedup.errors import InputError


class Form(StrEnum):
    """What the data of a record are.

    ``html`` and ``page`` are cleaned (``page`` is a page of unknown kind, as a WET record or a text
    dump); ``given`` is a text that somebody else has already taken out of its page.
    """

    HTML = "html"
    PAGE = "page"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file of records, or page files read as one.

    Attributes:
        name: what ids and messages call it.
        format: how to read it.
        paths: the file, or the page files.
    """

    name: str
    format: Format
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it was read, not yet parsed: one JSON line, one WARC record, one file.

    Attributes:
        row: its number in the source, from 0; bad records count.
        place: where it stands, for people: ``line 13``, ``record 5``, a path.
        data: its bytes.
        form: what the bytes are; None for a JSON line, whose keys tell.
        id: the id that the source gives it, or the empty string.
        url: where the page came from, or None.
        date: when it was fetched, or None.
        encoding: what the transport said the encoding was, or None.
    """

    row: int
    place: str
    data: bytes
    form: Form | None = None
    id: str = ""
    url: str | None = None
    date: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was set aside, with the place and the reason."""

    row: int
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that holds no page and never meant to: an image in a WARC, a request."""

    what: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its fields told apart.

    Attributes:
        row: its number in the source, from 0.
        place: where it stands in the source, for people.
        id: its own id, or one made of the source and the row.
        data: the text or markup.
        form: what ``data`` is.
        url: where the page came from, or None.
        date: its date as the source writes it, or None.
        priority: its priority, or None.
        encoding: what the transport said the encoding was, or None.
        source: what documents are counted by, if the record says it.
        extra: the JSON object that it was, text and markup taken out; ``{}`` if it was none.
    """

    row: int
    place: str
    id: str
    data: bytes | str
    form: Form
    url: str | None = None
    date: str | None = None
    priority: float | None = None
    encoding: str | None = None
    source: str | None = None
    extra: bytes = b"{}"


def lookup(fields: Mapping[str, Any], key: str) -> Any:
    """The value of a key; a dotted key reaches into nested objects.

    >>> lookup({"metadata": {"url": "u"}, "a.b": 1}, "metadata.url"), lookup({"a.b": 1}, "a.b")
    ('u', 1)
    """
    if key in fields:
        return fields[key]
    head, _, rest = key.partition(".")
    inner = fields.get(head)
    return lookup(inner, rest) if rest and isinstance(inner, Mapping) else None


def put(fields: dict[str, Any], key: str, value: Any) -> None:
    """Set the value of a key where `lookup` finds it, at the top where it does not.

    >>> fields = {"metadata": {"url": "u"}}
    >>> put(fields, "metadata.url", "v")
    >>> put(fields, "id", 1)
    >>> fields
    {'metadata': {'url': 'v'}, 'id': 1}
    """
    head, _, rest = key.partition(".")
    if key not in fields and rest and isinstance(fields.get(head), dict):
        put(fields[head], rest, value)
    else:
        fields[key] = value


def missing_keys(keys: KeySettings, found: frozenset[str]) -> str | None:
    """What is wrong with the keys of a source, in words, or None.

    Text or markup must be there; so must every key that the caller named.

    Args:
        keys: the keys that records are read by.
        found: all keys of the source, dotted where nested.

    >>> missing_keys(KeySettings(), frozenset({"content", "url"}))
    "no 'html' and no 'text' among the keys content, url: name one with --text-key or --html-key"
    >>> missing_keys(KeySettings(text="content", date="day"), frozenset({"content", "url"}))
    "no 'day' among the keys content, url: name another with --date-key"
    >>> missing_keys(KeySettings(), frozenset({"text"}))
    """
    here = ", ".join(sorted(found)) or "(none)"
    if not found & {keys.text, keys.html}:
        return (
            f"no {keys.html!r} and no {keys.text!r} among the keys {here}: "
            "name one with --text-key or --html-key"
        )
    default = KeySettings()
    for field in ("html", "text", "id", "url", "date", "priority", "source"):
        key = getattr(keys, field)
        if key != getattr(default, field) and key not in found:
            return f"no {key!r} among the keys {here}: name another with --{field}-key"
    return None


def key_names(fields: Mapping[str, Any], prefix: str = "") -> set[str]:
    """All keys of an object, dotted where nested.

    >>> sorted(key_names({"a": 1, "m": {"url": "u"}}))
    ['a', 'm', 'm.url']
    """
    names = set()
    for key, value in fields.items():
        names.add(prefix + key)
        if isinstance(value, Mapping):
            names |= key_names(value, f"{prefix}{key}.")
    return names


def made_id(source: str, row: int) -> str:
    """The id of a record that has none: stable as long as the source is.

    >>> made_id("crawl/pages.jsonl", 12)
    'crawl/pages.jsonl#12'
    """
    return f"{source}#{row}"


def as_text(value: Any) -> str | None:
    """A field's value as a string; None stays None.

    >>> as_text(7), as_text(None), as_text("x")
    ('7', None, 'x')
    """
    return value if value is None or isinstance(value, str) else str(value)


def as_number(value: Any) -> float | None:
    """A field's value as a number; None if it is none.

    >>> as_number("3"), as_number(True), as_number("high")
    (3.0, 1.0, None)
    """
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def load_object(line: bytes) -> dict[str, Any]:
    r"""The object of a JSON line.

    Whatever Python's `json` reads is read; half a surrogate pair, which no text can hold, becomes
    U+FFFD, and an integer over 64 bits a float. Where orjson is installed it does what it can,
    which is most of it, in a fifth of the time.

    Raises:
        InputError: if the line is not UTF-8, not JSON, or not an object.

    >>> load_object(b'{"text": "a", "n": NaN}')
    {'text': 'a', 'n': nan}
    >>> load_object(b'{"text": "half a pair: \\ud83d"}')["text"]
    'half a pair: \ufffd'
    """
    try:
        fields = _loads(line)
    except UnicodeDecodeError as error:
        raise InputError(f"bad UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"bad JSON: {error}") from error
    if not isinstance(fields, dict):
        raise InputError(f"a JSON {type(fields).__name__}, not an object")
    return fields


def _loads(line: bytes) -> Any:
    try:
        from orjson import loads

        return loads(line)
    except (ModuleNotFoundError, ValueError):
        fields = json.loads(line.decode(), parse_int=_number)
        return json.loads(scalar_text(json.dumps(fields, ensure_ascii=False)))


def _number(digits: str) -> int | float:
    """An integer of up to 64 bits; one of more as a float, as orjson reads it."""
    number = int(digits)
    return number if -(1 << 63) <= number < 1 << 64 else float(digits)


def scalar_text(text: str) -> str:
    """The text in a form that UTF-8 can hold: lone surrogates become U+FFFD.

    >>> scalar_text("a" + chr(0xD800))
    'a\ufffd'
    """
    return (
        text
        if text.isascii()
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def parse_json(raw: Raw, source: str, keys: KeySettings) -> Record:
    r"""Tell the fields of a JSON line apart.

    Raises:
        InputError: if the line is not UTF-8, not JSON, not an object, or has no text.

    >>> raw = Raw(0, "line 1", b'{"text": "a b", "lang": "en"}')
    >>> record = parse_json(raw, "x.jsonl", KeySettings())
    >>> record.id, record.data, record.extra
    ('x.jsonl#0', 'a b', b'{"text":null,"lang":"en"}')
    """
    fields = load_object(raw.data)
    key = keys.html if isinstance(lookup(fields, keys.html), str) else keys.text
    data = lookup(fields, key)
    if not isinstance(data, str):
        raise InputError(f"no string under {keys.html!r} or {keys.text!r}")
    record_id, url, date = (as_text(lookup(fields, key)) for key in (keys.id, keys.url, keys.date))
    put(fields, key, None)
    return Record(
        row=raw.row,
        place=raw.place,
        id=made_id(source, raw.row) if record_id is None else record_id,
        data=data,
        form=Form.HTML if key == keys.html else Form.GIVEN,
        url=url,
        date=date,
        priority=as_number(lookup(fields, keys.priority)),
        source=as_text(lookup(fields, keys.source)) if keys.source else None,
        extra=require("orjson").dumps(fields),
    )


def parse(raw: Raw, source: str, keys: KeySettings) -> Record:
    """Make a record of what a reader handed out.

    Raises:
        InputError: if it cannot be read; the message says why.
    """
    if raw.form is None:
        return parse_json(raw, source, keys)
    return Record(
        row=raw.row,
        place=raw.place,
        id=raw.id or made_id(source, raw.row),
        data=raw.data,
        form=raw.form,
        url=raw.url,
        date=raw.date,
        encoding=raw.encoding,
    )
