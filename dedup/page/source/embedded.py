"""The body of a page whose elements hold none: in ``noscript``, JSON-LD or the state of a script.

Pages that are drawn by scripts ship their text as data. What is found here becomes blocks like any
other; the element that holds them is named after the place where the text was found.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import repeat
from typing import Any, NamedTuple

from dedup.expressions import expression
from dedup.page.source.entities import unescaped
from dedup.page.source.head import Note, Notes

# The identifiers of the elements that hold text found outside the tree.
NOSCRIPT, JSON_LD, STATE, SUMMARY = "from-noscript", "from-json-ld", "from-script", "from-meta"
WHERE = {
    NOSCRIPT: "found in noscript",
    JSON_LD: "found in the page's JSON-LD",
    STATE: "found in the state of a script",
    SUMMARY: "found in the page's description",
}

# Keys under which site software keeps the text (schema.org; Discourse; WordPress REST; common in
# Next and Nuxt pages).
_KEYS = frozenset(
    {
        *("articlebody", "cooked", "body", "content", "text", "html", "description", "contenthtml"),
        *("bodyhtml", "rendered", "markdown", "articlecontent", "richtext", "message"),
    }
)
_SCHEMA_KEYS = frozenset({"articlebody", "text", "reviewbody", "description"})
_ENOUGH = 140  # characters from which a value may be a body
_LEAST = 20  # characters that a part of one has more of
_NODES = 200_000  # values of one script that are looked at
_HOLDERS = frozenset({dict, list})
_TAGS = expression(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Embedded:
    """A body found outside the elements that show.

    Attributes:
        where: the place, a key of `WHERE`.
        html: the body as a fragment of HTML in one ``div``, as UTF-8.
        start: byte offset in the source of the first thing that the body was found in.
        end: byte offset past the end of the last one.
    """

    where: str
    html: bytes
    start: int
    end: int


class _Piece(NamedTuple):
    text: str
    length: int  # without tags
    place: Note


def body_of(source: bytes, notes: Notes, summary: str) -> Embedded | None:
    """The longest body outside the elements that show, or none.

    Args:
        source: the page as UTF-8.
        notes: what the reader noted in it.
        summary: what the page's head says of it; the last resort.
    """
    state: list[tuple[str, _Piece]] = [
        (key, _piece(text, place))
        for data, place in _states(source, notes)
        for key, text in _values(data, _KEYS)
    ]
    posts = [piece for key, piece in state if key == "cooked"]
    longest = (
        [max((piece for _, piece in state), key=lambda piece: len(piece.text))] if state else []
    )
    found = [
        (NOSCRIPT, [_piece(note.content(source), note) for note in notes.noscripts]),
        (
            JSON_LD,
            [
                _piece(text, note)
                for note in notes.schemas
                for _, text in _values(note.content(source), _SCHEMA_KEYS)
            ],
        ),
        (STATE, posts or longest),
    ]
    where, pieces = max(found, key=lambda pair: sum(piece.length for piece in pair[1]))
    pieces = [piece for piece in pieces if piece.length > _LEAST]
    if sum(piece.length for piece in pieces) < _ENOUGH:
        where, pieces = SUMMARY, [_piece(summary, notes.summary)] if summary else []
    if not pieces:
        return None
    posts_html = "".join(f'<div class="post">{_as_html(piece.text)}</div>' for piece in pieces)
    return Embedded(
        where,
        f'<div class="article-body" id="{where}">{posts_html}</div>'.encode(
            "utf-8", "surrogatepass"
        ),
        min(piece.place.start for piece in pieces),
        max(piece.place.end for piece in pieces),
    )


def _piece(text: str, place: Note) -> _Piece:
    return _Piece(text, _length(text), place)


def _length(markup: str) -> int:
    """How many characters are left without the tags."""
    return len(_TAGS.sub("", markup).strip())


def _as_html(text: str) -> str:
    """Markup as it is, plain text as paragraphs."""
    if "</" in text or "<p>" in text or "<br" in text:
        return text
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _states(source: bytes, notes: Notes) -> Iterator[tuple[str, Note]]:
    """The JSON texts that attributes and scripts carry."""
    for note in notes.preloaded:
        # Most of what is escaped there are quotes, and `unescape` calls a function for each.
        yield unescaped(note.content(source).replace("&quot;", '"')), note
    for note in notes.scripts:
        text = note.content(source)
        attributes = note.tag_text(source)
        if "ld+json" in attributes:
            continue
        begin = text.find("{")
        if "json" in attributes or 0 <= text.find("=") < begin < 200:
            yield (text[begin:].strip().rstrip(";") if begin >= 0 else text), note


def _values(data: str, keys: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Long strings under one of the keys, in order; JSON inside JSON strings is opened too."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(data.strip())
    except (ValueError, RecursionError):
        return
    stack: list[tuple[str, Any]] = [("", value)] if isinstance(value, dict | list | str) else []
    seen = 0
    while stack and seen < _NODES:
        key, value = stack.pop()
        seen += 1
        if not isinstance(value, str):
            inside = []
            # Most values are short texts and numbers: they are passed over here, and cheaply.
            for name, item in value.items() if type(value) is dict else zip(repeat(key), value):
                wanted = len(item) >= _ENOUGH if type(item) is str else type(item) in _HOLDERS
                if wanted:
                    inside.append((name, item))
            stack += reversed(inside)
        elif (opened := _opened(value)) is not None:
            stack.append((key, opened))
        elif key.lower() in keys:
            yield key, value


def _opened(value: str) -> dict[str, Any] | list[Any] | None:
    """The object or list that a string holds as JSON; none if it is just text."""
    if value[:1] not in ("{", "["):
        return None
    try:
        opened: dict[str, Any] | list[Any] = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return None
    return opened
