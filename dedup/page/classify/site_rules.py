"""Rules for the pages of one site that no model gets right: CSS selectors to keep, drop, label.

As TOML, one table a domain (its subdomains included):

    ["example.com"]
    keep = ["div.post"]
    drop = [".share", "#related"]
    label = { ".author" = "byline" }

A rule holds for every block inside the elements that its selector finds; of nested ones the
innermost decides, and for one element ``label`` before ``drop`` before ``keep``.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from dedup.errors import SettingsError
from dedup.model import Label
from dedup.page.classify.cues import TAG_LABELS
from dedup.page.classify.page_rules import Decision
from dedup.page.table import PageTable
from dedup.rules import SiteRule, rules_of
from dedup.values import parsed_toml


def rules_of_toml(text: str) -> tuple[SiteRule, ...]:
    """Read rules.

    >>> rules_of_toml('["a.org"]\\ndrop = [".x"]')[0].selectors
    (('.x', <Label.OTHER: 'other'>),)
    """
    try:
        tables = parsed_toml(text)
    except SettingsError as error:
        raise SettingsError(f"the rules are {error}") from error
    rules = rules_of(tables)
    check_selectors(rules)
    return rules


def check_selectors(rules: Iterable[SiteRule]) -> None:
    """Refuse selectors that the parser does not understand.

    Raises:
        SettingsError: if there is one.
    """
    from dedup.page.source.selectors import is_selector

    for rule in rules:
        for selector, _ in rule.selectors:
            if not is_selector(selector):
                raise SettingsError(f'rules for "{rule.domain}": bad selector {selector!r}')


def rule_for(rules: Iterable[SiteRule], url: str | None) -> tuple[tuple[str, Label], ...]:
    """The selectors that hold for an address: of the longest domain that it lies in.

    >>> rule_for(rules_of_toml('["a.org"]\\ndrop = [".x"]'), "https://news.a.org/1")
    (('.x', <Label.OTHER: 'other'>),)
    """
    if not rules:
        return ()
    try:
        host = "." + (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:  # crawls hold addresses such as "http://[x"
        return ()
    fitting = [rule for rule in rules if host.endswith("." + rule.domain)]
    return max(fitting, key=lambda rule: len(rule.domain)).selectors if fitting else ()


def by_site(page: PageTable, rules: Sequence[tuple[str, Label]]) -> dict[int, Decision]:
    """What the rules of the site say."""
    decided: dict[int, Decision] = {}
    marks = page.marks or {}
    for block, (element, tag) in enumerate(
        zip(page.blocks.element.tolist(), page.block_tags, strict=True)
    ):
        place = _enclosing(page, element, marks)
        if place is not None:
            selector, label = rules[marks[place]]
            label = TAG_LABELS.get(tag, label) if label is Label.BODY else label
            dropped = label is Label.OTHER
            decided[block] = Decision(None if dropped else label, f"the site's rule {selector}")
    return decided


def _enclosing(page: PageTable, element: int, marks: Mapping[int, int]) -> int | None:
    """The innermost marked element that holds an element."""
    while element >= 0:
        if element in marks:
            return element
        element = int(page.elements.parent[element])
    return None
