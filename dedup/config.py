"""Every default, once: one frozen settings class per stage, and `Settings` that holds them all.

A setting with few values has an enum of them; the plain string of a value does as well. Each class
checks its own values when it is made, and the error names the setting and what it may be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from dedup.choices import (
    Clean,
    Contained,
    Content,
    Favor,
    Format,
    Level,
    Mode,
    Output,
    Synchronous,
)
from dedup.errors import InputError, SettingsError
from dedup.model import Keep, Label
from dedup.rules import SiteRule, rules_of
from dedup.values import SettingsBase, as_stages, with_toml, with_values

__all__ = [
    "DEFAULTS",
    "DEFAULT_INCLUDE",
    "RUN_MAX_BYTES",
    "Clean",
    "Contained",
    "Content",
    "CorpusSettings",
    "Favor",
    "Format",
    "Given",
    "IndexSettings",
    "Keep",
    "KeySettings",
    "Label",
    "Level",
    "Mode",
    "NearSettings",
    "Output",
    "PageSettings",
    "Settings",
    "SiteRule",
    "Synchronous",
    "TemplateSettings",
    "TextSettings",
    "settings_of",
    "text_settings_of",
]

if TYPE_CHECKING:
    from pathlib import Path


DEFAULT_INCLUDE = frozenset(
    {Label.HEADING, Label.BODY, Label.LIST, Label.TABLE, Label.QUOTE, Label.CODE}
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TextSettings(SettingsBase):
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

    def __post_init__(self) -> None:
        if not 1 <= self.shingle <= 100:
            raise SettingsError(f"a shingle of {self.shingle} tokens: set text.shingle to 1 to 100")
        if self.slots not in (16, 32, 64, 128, 256):
            raise SettingsError(
                f"a sketch of {self.slots} slots: set text.slots to 16, 32, 64, 128 or 256"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PageSettings(SettingsBase):
    """How one page is cleaned.

    Attributes:
        include: the labels whose blocks make up ``Page.text``.
        rules: selectors to keep, drop or label on the pages of single sites: a table per domain,
            or what `dedup.page.classify.site_rules.rules_of_toml` reads.
        favor: ``precision`` keeps only what is surely content, ``recall`` also what may be.
        max_bytes: the largest page that is cleaned, in bytes (a ``str``: in characters); None for
            any size. `dedup.run` sets it to `RUN_MAX_BYTES` where it is None.
    """

    include: frozenset[Label] = DEFAULT_INCLUDE
    favor: Favor = Favor.BALANCED
    rules: tuple[SiteRule, ...] = ()
    max_bytes: int | None = None

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "include", frozenset(map(Label, self.include)))
        except (TypeError, ValueError):
            raise SettingsError(
                f"page.include is {self.include!r}: set it to labels of {', '.join(Label)}"
            ) from None
        self._choose("page", favor=Favor)
        object.__setattr__(self, "rules", rules_of(self.rules))
        if self.max_bytes is not None:
            self._check_least("page", max_bytes=1)

    def check_size(self, data: Any) -> None:
        """See that a page is not over ``max_bytes``.

        Raises:
            InputError: if it is.
        """
        if self.max_bytes is None or not isinstance(data, bytes | bytearray | memoryview | str):
            return
        if len(data) > self.max_bytes:
            unit = "characters" if isinstance(data, str) else "bytes"
            raise InputError(
                f"a page over {self.max_bytes} bytes (page.max_bytes): it has {len(data)} {unit}; "
                "raise the setting, or leave the page out"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class NearSettings(SettingsBase):
    """How near-duplicates are found.

    Attributes:
        threshold: the Jaccard similarity from which two texts are near-duplicates.
        containment: the share of a text's shingles from which it counts as contained in another.
        excerpt: the distinct shingles that a text needs to count as contained in another.
        keep: which text of a cluster is kept; `dedup.model.Keep` tells how each rule decides.
        join_excerpts: let a kept text also stand for those that are contained in it.
        cap: texts that may share a band or a sampled shingle before it counts as too common to pair
            all of them; what that hides is reported.
        floor: the Jaccard similarity from which a run keeps the pairs that it found, with its stage
            files, so that `dedup cluster` can cluster anew; None to keep none.
        source_floor: the share of each source (a host, or what ``keys.source`` says) that a run has
            to keep, of sources with 10 documents and more; it ends where repeats would take more. 0
            for none.
    """

    threshold: float = 0.8
    containment: float = 0.8
    excerpt: int = 30
    keep: Keep = Keep.LONGEST
    join_excerpts: bool = False
    cap: int = 64
    floor: float | None = None
    source_floor: float = 0.0

    def __post_init__(self) -> None:
        self._check_shares("near", "threshold", "containment")
        if self.floor is not None and not 0 < self.floor <= self.threshold:
            raise SettingsError(
                f"near.floor is {self.floor!r}: set it above 0, up to near.threshold"
            )
        if not 0 <= self.source_floor <= 1:
            raise SettingsError(f"near.source_floor is {self.source_floor!r}: set it to 0 to 1")
        self._check_least("near", excerpt=1, cap=2)
        self._choose("near", keep=Keep)

    @property
    def lowest(self) -> float:
        """The similarity from which pairs are looked for."""
        return self.threshold if self.floor is None else self.floor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class IndexSettings(SettingsBase):
    """What an index stores, and how it deals with other processes.

    Attributes:
        content: what matches are verified by. ``sketch``: 256 bytes a document, figures are
            estimates (``Seen.verified`` says so): of all pairs that `dedup.find_duplicates` finds,
            0.995 are found, 0.98 as the same kind; equal texts always. ``shingles`` or ``texts``:
            exact figures, the same answers. On disk
            a document of 1.5 KB takes, in English and in Chinese: sketch 0.95 and 1.2 KB, texts
            (compressed) 1.5 and 2.0 KB, shingles 2.8 and 4.8 KB (`python -m benchmarks index`).
        timeout: seconds to wait for other processes that write.
        synchronous: ``normal``: an acknowledged document survives the end of the process, however
            sudden; after a power cut the last ones may be gone. ``full``: it survives that too, at
            the cost of a wait for the disk each time (SQLite only).
    """

    content: Content = Content.SKETCH
    timeout: float = 30.0
    synchronous: Synchronous = Synchronous.NORMAL

    def __post_init__(self) -> None:
        self._choose("index", content=Content, synchronous=Synchronous)
        self._check_least("index", timeout=0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TemplateSettings(SettingsBase):
    """When a block that recurs over the pages of a host is taken for its template.

    A share is that of the host's pages with text of their own. How the four differ is told at
    `dedup.Templates`.

    Attributes:
        pages: the pages on which a block must be, at least; hosts with fewer are not judged.
        frame_short: share for a short or linked block outside the body.
        frame_long: share for a paragraph outside the body.
        inside_short: share for a short block between paragraphs that are the page's own.
        inside_long: share for a paragraph between paragraphs that are the page's own.
        entries: fingerprints held at once; the rarest are dropped beyond (about 200 bytes each).
    """

    pages: int = 4
    frame_short: float = 0.15
    frame_long: float = 0.3
    inside_short: float = 0.5
    inside_long: float = 0.7
    entries: int = 4_000_000

    def __post_init__(self) -> None:
        self._check_least("templates", pages=1, entries=1)
        self._check_shares("templates", "frame_short", "frame_long", "inside_short", "inside_long")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class KeySettings(SettingsBase):
    """What the fields of a record are called; a dotted key reaches into nested objects.

    Attributes:
        text: the text, already taken out of its page.
        html: the page; where a record has both, the page is read.
        id: the record's id.
        url: where the page came from.
        date: the record's date, as ISO 8601, for ``near.keep = "earliest"``.
        priority: a number, for ``near.keep = "priority"``.
        metadata: where what a page says of itself is written to.
        source: what documents are counted by, see ``near.source_floor``; the host by default.
    """

    text: str = "text"
    html: str = "html"
    id: str = "id"
    url: str = "url"
    date: str = "date"
    priority: str = "priority"
    metadata: str = "metadata"
    source: str | None = None

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            key = getattr(self, name)
            if name == "source" and key is None:
                continue
            if not isinstance(key, str) or not key:
                raise SettingsError(f"keys.{name} is {key!r}: set it to the name of a field")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CorpusSettings(SettingsBase):
    """What `dedup.run` makes of a corpus.

    Attributes:
        mode: what to write.
        clean: which records go through `dedup.clean`: ``auto`` (markup, WARC, WET and page files;
            a text under the text key is taken as it is), ``always`` or ``never``.
        level: ``document``; or ``block`` to drop repeated paragraphs too, or ``passage`` to drop
            sentences of repeated passages, wherever they begin and end.
        block_length: characters from which a paragraph is compared at level ``block``.
        passage_length: tokens of a passage at level ``passage``, at least.
        passage_rest: tokens that a document needs to stay when passages go from it.
        contained: ``remove`` or ``keep`` documents that lie in another one.
        removed: also write what was removed, each with its reason.
        blocks: keep the blocks of each page in its record: span, label, score and reason.
        below: pages whose `Page.confidence` is below this are set apart in ``uncertain.*``, for a
            heavier model or a person: they are in no cluster, and no other page goes for them.
        below_path: the file that these are written to instead; its suffix says the format.
        output: the format of the corpus; None for that of the first input.
        input: the format of inputs whose name does not tell it; None to refuse them.
        part_bytes: bytes of input in one stage file.
        part_rows: records in one stage file.
        record_bytes: the largest record that is read.
        page_seconds: time that one page may take before it is set aside.
        memory: bytes that the comparison may hold at once.
    """

    mode: Mode = Mode.FILTER
    clean: Clean = Clean.AUTO
    level: Level = Level.DOCUMENT
    block_length: int = 80
    passage_length: int = 50
    passage_rest: int = 20
    contained: Contained = Contained.REMOVE
    removed: bool = False
    blocks: bool = False
    below: float = 0.0
    below_path: str | None = None
    output: Output | None = None
    input: Format | None = None
    part_bytes: int = 8 << 20
    part_rows: int = 1_000
    record_bytes: int = 100 << 20
    page_seconds: float = 60.0
    memory: int = 3 << 30

    def __post_init__(self) -> None:
        self._choose("corpus", mode=Mode, clean=Clean, level=Level, contained=Contained)
        if not 0 <= self.below <= 1:
            raise SettingsError(f"corpus.below is {self.below!r}: set it to 0 to 1")
        if self.below_path is not None and Output.of_path(self.below_path) is None:
            raise SettingsError(
                f"corpus.below_path is {self.below_path!r}: end it in one of "
                + ", ".join(f".{output}" for output in Output)
            )
        if self.output is not None:
            self._choose("corpus", output=Output)
        if self.input is not None:
            self._choose("corpus", input=Format)
        self._check_least("corpus", block_length=1, passage_length=1, passage_rest=0)
        self._check_least("corpus", part_bytes=1, part_rows=1, record_bytes=1, memory=1)
        if not self.page_seconds > 0:
            raise SettingsError(f"corpus.page_seconds is {self.page_seconds!r}: set it above 0")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Settings(SettingsBase):
    """The settings of every stage; each may be given as a dict.

    >>> Settings(page={"favor": "recall"}) == Settings(page=PageSettings(favor="recall"))
    True
    >>> Settings(favor="recall")
    Traceback (most recent call last):
    ...
    dedup.errors.SettingsError: there is no setting favor; did you mean page.favor?
    """

    text: TextSettings = field(default_factory=TextSettings)
    page: PageSettings = field(default_factory=PageSettings)
    near: NearSettings = field(default_factory=NearSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    templates: TemplateSettings = field(default_factory=TemplateSettings)
    keys: KeySettings = field(default_factory=KeySettings)
    corpus: CorpusSettings = field(default_factory=CorpusSettings)

    def __post_init__(self) -> None:
        as_stages(self)

    @classmethod
    def from_toml(cls, path: "str | Path") -> Self:
        """The defaults, and over them the settings of a TOML file, one table per stage.

        Raises:
            SettingsError: if the file is not there or no TOML, or names a setting that does not
                exist, or gives one a value that it cannot have.
        """
        return with_toml(cls(), path)


# What functions take as settings: `settings_of` makes one of it.
Given = Settings | Mapping[str, Any]
DEFAULTS = Settings()
# The largest page of a run that does not say another: real pages of this size are data dumps.
RUN_MAX_BYTES = 50 << 20


def text_settings_of(given: TextSettings | Mapping[str, Any]) -> TextSettings:
    """Settings of texts, or a dict of those that differ from the defaults."""
    if isinstance(given, TextSettings):
        return given
    if isinstance(given, Mapping):
        return TextSettings(**given)
    raise SettingsError(f"settings is {given!r}: give TextSettings(...), or a dict of them")


def settings_of(given: Given) -> Settings:
    """Settings, or a dict of those that differ from the defaults.

    Raises:
        SettingsError: if it is neither, or names what does not exist.

    >>> settings_of({"near": {"threshold": 0.7}})
    Settings(near=NearSettings(threshold=0.7))
    """
    if isinstance(given, Settings):
        return given
    if isinstance(given, Mapping):
        return with_values(DEFAULTS, given)
    stage = type(given).__name__.removesuffix("Settings").lower()
    example = f"{stage}=..." if isinstance(given, SettingsBase) else 'page={"favor": "recall"}'
    raise SettingsError(f"settings is {given!r}: give Settings({example}), or a dict of stages")
