"""The body of a page whose tree holds none: in ``noscript``, JSON-LD or the state of a script.

Pages that are drawn by scripts ship their text as data. What is found here becomes blocks like any
other; the element that holds them is named after the place where the text was found.
"""

import json
import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from itertools import repeat
from typing import Any

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
_PRELOADED = re.compile(rb"""data-preloaded=(?:"([^"]*)"|'([^']*)')""")
_TAGS = re.compile(r"<[^<>]*>")


def body_of(source: bytes, schema: Sequence[str], summary: str) -> str:
    """The longest body outside the tree as an HTML fragment, or the empty string.

    Args:
        source: the page as UTF-8.
        schema: the page's JSON-LD.
        summary: what the page's head says of it.

    >>> body_of(b'', ['{"@type": "Article", "articleBody": "' + "One. Two. " * 20 + '"}'], "")[:58]
    '<div class="article-body" id="from-json-ld"><div class="po'
    """
    lowered = source.lower()
    state = [pair for data in _states(source, lowered) for pair in _values(data, _KEYS)]
    posts = [text for key, text in state if key == "cooked"]
    longest = [max((text for _, text in state), key=len)] if state else []
    found = [
        (NOSCRIPT, [text for _, text in _elements(source, lowered, b"noscript")]),
        (JSON_LD, [text for data in schema for _, text in _values(data, _SCHEMA_KEYS)]),
        (STATE, posts or longest),
    ]
    measured = [(where, [(text, _length(text)) for text in texts]) for where, texts in found]
    where, sized = max(measured, key=lambda pair: sum(length for _, length in pair[1]))
    sized = [(text, length) for text, length in sized if length > _LEAST]
    texts = [text for text, _ in sized]
    if sum(length for _, length in sized) < _ENOUGH:
        where, texts = SUMMARY, [summary] if summary else []
    posts = [f'<div class="post">{_as_html(text)}</div>' for text in texts]
    return f'<div class="article-body" id="{where}">{"".join(posts)}</div>' if posts else ""


def _length(markup: str) -> int:
    """How many characters are left without the tags."""
    return len(_TAGS.sub("", markup).strip())


def _as_html(text: str) -> str:
    """Markup as it is, plain text as paragraphs."""
    if "</" in text or "<p>" in text or "<br" in text:
        return text
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _elements(source: bytes, lowered: bytes, name: bytes) -> Iterator[tuple[str, str]]:
    """Attributes and content of the elements of one name, in time linear in the source."""
    at = lowered.find(b"<" + name)
    while at >= 0:
        begin = lowered.find(b">", at)
        end = lowered.find(b"</" + name, begin) if begin >= 0 else -1
        if end < 0:
            return
        yield source[at + len(name) + 1 : begin].decode(), source[begin + 1 : end].decode()
        at = lowered.find(b"<" + name, end)


def _states(source: bytes, lowered: bytes) -> Iterator[str]:
    """The JSON texts that scripts and attributes carry."""
    for double, single in _PRELOADED.findall(source):
        # Most of what is escaped there are quotes, and `unescape` calls a function for each.
        yield unescape((double or single).decode().replace("&quot;", '"'))
    for attributes, text in _elements(source, lowered, b"script"):
        if "ld+json" in attributes:
            continue
        begin = text.find("{")
        if "json" in attributes or 0 <= text.find("=") < begin < 200:
            yield text[begin:].strip().rstrip(";") if begin >= 0 else text


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
