"""What callers give to `clean`: told from what they meant, and brought into the form it takes."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dedup.config import DEFAULTS, Favor, Given, Settings, settings_of
from dedup.errors import InputError
from dedup.model import Label, Page, SourceKind
from dedup.page import clean as reading
from dedup.rules import SiteRule, rules_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

Rules = Mapping[str, Any] | Iterable[SiteRule] | str
_LONGEST = 1024  # characters that a path or an address may have
_PAGES = (".html", ".htm", ".xhtml", ".shtml")


def clean(
    data: "bytes | str | BeautifulSoup",
    *,
    url: str | None = None,
    kind: SourceKind | str | None = None,
    encoding: str | None = None,
    favor: Favor | str | None = None,
    include: Iterable[Label | str] | None = None,
    rules: Rules | None = None,
    settings: Given = DEFAULTS,
) -> Page:
    """Clean one page: label every block, and keep the text that belongs and repeats nothing.

    Args:
        data: the page as served (bytes), decoded (str), or as a parsed ``BeautifulSoup``.
        url: where the page came from.
        kind: ``html``, ``text`` or ``markdown``; told from the data if not given.
        encoding: the encoding of the bytes where it is known (the HTTP header).
        favor: ``precision`` (only what is surely text), ``balanced`` or ``recall`` (also what may
            be); short for ``settings.page.favor``, as the next two for the settings of their names.
        include: the labels whose blocks make up the text.
        rules: what to keep, drop or label on the pages of single sites: a table per domain as
            ``{"example.org": {"drop": [".share"]}}``, the same as TOML, or what
            `dedup.rules_of_toml` returns.
        settings: all the rest, as `dedup.Settings` or as a dict.

    Raises:
        InputError: the data is binary or too large, the encoding or kind unknown, or ``data`` of
            another type, or the name of a file or an address (of a text that is one, say so with
            ``kind="text"``).
        SettingsError: a setting that does not exist or makes no sense.

    >>> page = clean("<title>New library</title><nav>Home</nav><p>The town's new library opened on"
    ...              " Monday, after three years of work.</p><footer>© The Town</footer>")
    >>> page.text
    "The town's new library opened on Monday, after three years of work."
    >>> [(block.label.value, block.reason) for block in page.blocks]
    [('nav', 'says "home" and nothing else'), ('body', 'a paragraph'), ('legal', 'begins with "©"')]
    """
    if kind is None:
        refuse_names(data)
    chosen = with_choices(settings, favor, include, rules)
    return reading.clean(data, url=url, kind=kind, encoding=encoding, settings=chosen)


def with_choices(
    settings: Given,
    favor: Favor | str | None,
    include: Iterable[Label | str] | None,
    rules: Rules | None,
) -> Settings:
    """Settings with what was chosen by keyword in their place."""
    settings = settings_of(settings)
    chosen: dict[str, Any] = {}
    if favor is not None:
        chosen["favor"] = favor
    if include is not None:
        chosen["include"] = include
    if rules is not None:
        chosen["rules"] = _rules(rules)
    if chosen:
        settings = replace(settings, page=replace(settings.page, **chosen))
    if settings.page.rules:
        from dedup.page.classify.site_rules import check_selectors

        check_selectors(settings.page.rules)
    return settings


def _rules(given: Rules) -> tuple[SiteRule, ...]:
    from dedup.page.classify.site_rules import rules_of_toml

    return rules_of_toml(given) if isinstance(given, str) else rules_of(given)


def refuse_names(data: object) -> None:
    """Refuse the name of a file, an address or a response where a page is cleaned.

    Raises:
        InputError: if it is one; the message says what to give instead.

    >>> refuse_names("https://example.org/a")
    Traceback (most recent call last):
    ...
    dedup.errors.InputError: 'https://example.org/a' is an address, and clean() fetches nothing: ...
    """
    if isinstance(data, str):
        if 0 < len(data) <= _LONGEST and "<" not in data and "\n" not in data:
            _refuse_name(data.strip())
    elif isinstance(data, os.PathLike):
        name = os.fspath(data)
        raise InputError(f"{name!r} is the name of a file: dedup.clean_file({name!r}) cleans it")
    elif hasattr(data, "find_all"):  # a parsed page, which has attributes of any name
        return
    elif hasattr(data, "read"):
        raise InputError("clean() takes a page, not an open file: give what its read() returns")
    elif hasattr(data, "content"):
        raise InputError("clean() takes a page, not a response: give its bytes, response.content")


def _refuse_name(name: str) -> None:
    if name.startswith(("http://", "https://")) and " " not in name:
        raise InputError(
            f"{name!r} is an address, and clean() fetches nothing: download the page (requests, "
            f"httpx ...), then clean(response.content, url={name!r})"
        )
    there = os.path.isfile(name)  # noqa: PTH113 (any text is a name here, however odd)
    if there or (name.lower().endswith(_PAGES) and " " not in name):
        missing = "" if there else ", which is not there"
        raise InputError(
            f"{name!r} is the name of a file{missing}: dedup.clean_file({name!r}) cleans a file"
        )
