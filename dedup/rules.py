"""The rules of single sites: which elements of their pages are kept, dropped or labelled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dedup.errors import SettingsError
from dedup.model import Label
from dedup.values import Value

_KEYS = {"keep", "drop", "label"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SiteRule(Value):
    """The rules of one site.

    Attributes:
        domain: the host, without ``www.``; its subdomains are meant too.
        selectors: pairs of a CSS selector and what its blocks are: ``body`` keeps them (with the
            label that the model would give to content), ``other`` drops them, any other label
            labels them. Later ones win.
    """

    domain: str
    selectors: tuple[tuple[str, Label], ...]


def rules_of(given: Any) -> tuple[SiteRule, ...]:
    """Rules as they are, or as a table per domain, which may hold ``keep``, ``drop`` and ``label``.

    >>> rules_of({"a.org": {"drop": [".x"]}})[0].selectors
    (('.x', <Label.OTHER: 'other'>),)

    Raises:
        SettingsError: if they are neither.
    """
    if isinstance(given, Mapping):
        return tuple(_rule_of(domain, table) for domain, table in given.items())
    rules = tuple(given) if isinstance(given, tuple | list) else (given,)
    if not all(isinstance(rule, SiteRule) for rule in rules):
        raise SettingsError(
            'page.rules are no rules of sites: give a table such as {"example.org": '
            '{"drop": [".share"]}}, or read a file with dedup.rules_of_toml(text)'
        )
    return rules


def _rule_of(domain: object, table: Any) -> SiteRule:
    if not isinstance(domain, str):
        raise SettingsError(f"page.rules has {domain!r} for a domain: give its name")
    if not isinstance(table, Mapping) or not _KEYS.issuperset(table):
        raise SettingsError(f'rules for "{domain}" may hold only keep, drop and label')
    for key in ("keep", "drop"):
        if not isinstance(table.get(key, []), list | tuple):
            raise SettingsError(f'rules for "{domain}": {key} is a list of selectors')
    if not isinstance(table.get("label", {}), Mapping):
        raise SettingsError(f'rules for "{domain}": label is a table of selectors')
    pairs = tuple(_pairs(domain, table))
    return SiteRule(domain.removeprefix("www.").lower(), pairs)


def _pairs(domain: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Label]]:
    yield from ((selector, Label.BODY) for selector in table.get("keep", ()))
    yield from ((selector, Label.OTHER) for selector in table.get("drop", ()))
    for selector, name in table.get("label", {}).items():
        try:
            yield selector, Label(name)
        except ValueError:
            raise SettingsError(
                f'rules for "{domain}": {name!r} is no label: use one of {", ".join(Label)}'
            ) from None
