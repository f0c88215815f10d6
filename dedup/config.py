"""Every default, once: one frozen settings class per stage, and `Settings` that holds them all."""

from dataclasses import dataclass, field
from typing import Literal

from dedup.model import Label

DEFAULT_INCLUDE = frozenset(
    {Label.HEADING, Label.BODY, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings:
    """How texts are folded and cut into shingles, wherever two texts are compared.

    Attributes:
        shingle: tokens in a shingle (one token a character in scripts without spaces, a word
            elsewhere).
        phrases: also fold the regional vocabulary of Traditional Chinese (OpenCC tw2sp), before
            characters are folded; slower, and only ever used for comparing.
        slots: numbers in a sketch; more find more surely, and cost memory and time.
    """

    shingle: int = 5
    phrases: bool = False
    slots: int = 256


@dataclass(frozen=True, slots=True)
class SiteRule:
    """The rules of one site.

    Attributes:
        domain: the host, without ``www.``; its subdomains are meant too.
        selectors: pairs of a CSS selector and what its blocks are: ``body`` keeps them (with the
            label that the model would give to content), ``other`` drops them, any other label
            labels them. Later ones win.
    """

    domain: str
    selectors: tuple[tuple[str, Label], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """How one page is cleaned.

    Attributes:
        include: the labels whose blocks make up ``Page.text``.
        rules: selectors to keep, drop or label for the pages of single sites, see
            `dedup.page.rules.rules_of_toml`.
        favor: ``precision`` keeps only what is surely content, ``recall`` also what may be.
    """

    include: frozenset[Label] = DEFAULT_INCLUDE
    favor: Literal["precision", "balanced", "recall"] = "balanced"
    rules: tuple[SiteRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSettings:
    """How near-duplicates are found.

    Attributes:
        threshold: the Jaccard similarity from which two texts are near-duplicates.
        containment: the share of a text's shingles from which it counts as contained in another.
        excerpt: the distinct shingles that a text needs to count as contained in another.
    """

    threshold: float = 0.8
    containment: float = 0.8
    excerpt: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of every stage."""

    text: TextSettings = field(default_factory=TextSettings)
    page: PageSettings = field(default_factory=PageSettings)
    near: NearSettings = field(default_factory=NearSettings)


DEFAULTS = Settings()
