"""Every default, once: one frozen settings class per stage, and `Settings` that holds them all."""

from dataclasses import dataclass, field

from dedup.model import Keep, Label

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """How one page is cleaned.

    Attributes:
        include: the labels whose blocks make up ``Page.text``.
    """

    include: frozenset[Label] = DEFAULT_INCLUDE


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSettings:
    """How near-duplicates are found.

    Attributes:
        threshold: the Jaccard similarity from which two texts are near-duplicates.
        containment: the share of a text's shingles from which it counts as contained in another.
        excerpt: the distinct shingles that a text needs to count as contained in another.
        keep: which text of a cluster is kept.
        join_excerpts: let a kept text also stand for those that are contained in it.
        cap: texts that may share a band or a sampled shingle before it counts as too common to pair
            all of them; what that hides is reported.
    """

    threshold: float = 0.8
    containment: float = 0.8
    excerpt: int = 30
    keep: Keep = Keep.LONGEST
    join_excerpts: bool = False
    cap: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of every stage."""

    text: TextSettings = field(default_factory=TextSettings)
    page: PageSettings = field(default_factory=PageSettings)
    near: NearSettings = field(default_factory=NearSettings)


DEFAULTS = Settings()
