"""The values that every part of dedup speaks: frozen, hashable, without behaviour of their own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dedup import forms
from dedup.values import LateValue, LazyMapping, Value


class Label(StrEnum):
    """What a block is. Content first, then the kinds of boilerplate.

    >>> Label("ranking").is_content, Label.BODY.is_content
    (False, True)
    """

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    LIST = "list"
    TABLE = "table"
    QUOTE = "quote"
    CODE = "code"
    CAPTION = "caption"
    BYLINE = "byline"

    NAV = "nav"
    RANKING = "ranking"
    RELATED = "related"
    AD = "ad"
    COMMENT = "comment"
    SHARE = "share"
    LEGAL = "legal"
    FORM = "form"
    OTHER = "other"

    @property
    def is_content(self) -> bool:
        """Whether the block belongs to what the page is about."""
        return self in CONTENT


CONTENT = frozenset(
    {
        Label.TITLE,
        Label.HEADING,
        Label.BODY,
        Label.LIST,
        Label.TABLE,
        Label.QUOTE,
        Label.CODE,
        Label.CAPTION,
        Label.BYLINE,
    }
)


class SourceKind(StrEnum):
    """The kind of source that a page was read from."""

    HTML = "html"
    TEXT = "text"
    MARKDOWN = "markdown"


class PageType(StrEnum):
    """What a page is, as a whole.

    ``article``: one text, by somebody. ``forum``: a thread whose replies are content. ``listing``:
    one of many items of a kind. ``product``: one thing for sale. ``documentation``: a manual or a
    reference. ``service``: what an organisation offers. ``collection``: a selection of items, by
    somebody. ``other``: nothing is known of the page, which is empty.
    """

    ARTICLE = "article"
    FORUM = "forum"
    LISTING = "listing"
    PRODUCT = "product"
    DOCUMENTATION = "documentation"
    SERVICE = "service"
    COLLECTION = "collection"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block(Value):
    """One run of text between block-level boundaries, with where it stood in the source.

    Attributes:
        index: the block's place in its page, from 0.
        text: the source's own text, inline elements joined; never empty.
        start: offset of its first character in the decoded source (code points).
        end: offset behind its last character in the decoded source.
        path: the elements around it, outermost first, as ``body/div#main.article/p``;
            the empty string in plain text.
        tag: the block's own element (``p``, ``li``, ``td``, ``pre``, ``h1`` ...); ``p`` for a line
            of plain text, ``li`` for a bulleted one, ``h1`` to ``h6`` for a Markdown heading.
        link_density: the share of the text's characters that stand in links, 0 to 1.
        joins: the text goes on in the next block without a break (a sentence cut by a column).
    """

    index: int
    text: str
    start: int
    end: int
    path: str = ""
    tag: str = "p"
    link_density: float = 0.0
    joins: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LabelledBlock(Value):
    """A block and the verdict on it.

    Attributes:
        block: the block itself.
        label: what it is.
        score: how sure the classifier is that it is content, 0 to 1.
        reason: the rule, the cue or the strongest features behind the label, in words.
        duplicate_of: index of the block that this one repeats, or None.
        kept: whether it is in the page's text: of a label that is included, and no repeat.
    """

    block: Block
    label: Label
    score: float
    reason: str
    duplicate_of: int | None = None
    kept: bool = False

    @property
    def index(self) -> int:
        """The block's place in its page, from 0."""
        return self.block.index

    @property
    def text(self) -> str:
        """The block's text, as in the source."""
        return self.block.text

    @property
    def start(self) -> int:
        """Offset of the block's first character in the decoded source."""
        return self.block.start

    @property
    def end(self) -> int:
        """Offset behind the block's last character in the decoded source."""
        return self.block.end


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Page(LateValue):
    """One cleaned page: every block that it held, and the text that is left.

    In a notebook it shows its blocks coloured by what became of them.

    Attributes:
        title: the page's title, or the empty string.
        blocks: every block in source order, each with label, score and reason.
        text: the text of the blocks that are kept and repeat nothing, separated by blank lines.
        kind: what the source was read as.
        encoding: the encoding that the bytes were decoded with; ``str`` where text was given.
        metadata: what the page says of itself, a read-only mapping by name: for HTML of ``title``,
            ``author``, ``date``, ``language``, ``site``, ``description``, ``url`` and so on those
            that its head, its JSON-LD or its bylines tell; for Markdown its front matter.
        sources: by the same names, where each of them is from, and the title of an HTML page:
            ``heading``, ``json-ld``, ``meta og:title``, ``byline`` ...
        url: where the page came from, or None.
        type: what the page is, as a whole.
        type_probability: how likely that is, 0 to 1.
        confidence: an estimate of the F1 of the text, 0 to 1; 0 where the page is empty.
        error: why the page could not be read, which only `dedup.clean_many` hands out; else empty.
    """

    title: str
    blocks: Sequence[LabelledBlock]
    text: str
    kind: SourceKind
    encoding: str
    metadata: Mapping[str, str] = LazyMapping.of(())
    sources: Mapping[str, str] = LazyMapping.of(())
    url: str | None = None
    type: PageType = PageType.OTHER
    type_probability: float = 0.0
    confidence: float = 0.0
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The page as values that JSON can hold, with every block."""
        return forms.record_of(self)

    def to_json(self) -> str:
        """The page as a line of JSON."""
        from json import dumps

        return dumps(self.to_dict(), ensure_ascii=False)

    def to_markdown(self) -> str:
        """The page as Markdown: title, headings, lists, quotes, code, paragraphs."""
        return forms.markdown_of(self)

    def __repr__(self) -> str:
        return forms.line_of(self)

    def _repr_html_(self) -> str:
        return forms.html_of(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Span(Value):
    """A half-open range of characters (code points) in a text as it was given."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Passage(Value):
    """A stretch on which two texts agree after folding: where it stands in each."""

    a: Span
    b: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Place(Value):
    """Where a repeated passage stands.

    Attributes:
        text: id of the text (its position, unless the caller gave ids); of a text of the reference
            its position there.
        start: the first character (code point) in the text as it was given.
        end: the one past the last.
        reference: whether the text is one of the reference.
    """

    text: int | str
    start: int
    end: int
    reference: bool = False


class Relation(StrEnum):
    """How two texts relate.

    ``exact``: equal after folding. ``near``: Jaccard at or above the threshold. ``contains``: one
    lies in the other. ``none``: none of these.
    """

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Match(Value):
    """Two texts compared on their shingles.

    Attributes:
        a: id of the first text (its position, unless the caller gave ids).
        b: id of the second text.
        jaccard: shared shingles over all distinct shingles, 0 to 1.
        containment_a: the share of a's distinct shingles that are in b, 0 to 1.
        containment_b: the share of b's distinct shingles that are in a, 0 to 1.
        kind: exact, near, contains or none.
        passages: where the texts agree, in the order of ``a``; empty where not asked for.
    """

    a: int | str
    b: int | str
    jaccard: float
    containment_a: float
    containment_b: float
    kind: Relation
    passages: tuple[Passage, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Seen(Match):
    """A text (``a``) compared with a document of an index (``b``).

    Attributes:
        verified: the figures are exact; else they are estimated from sketches.
        added: when the document was added to the index, as ISO 8601 in UTC.
        meta: what was stored with it.
    """

    verified: bool = True
    added: str = ""
    meta: Any = field(default=None, hash=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexReport(Value):
    """What an index holds.

    Attributes:
        documents: documents stored.
        copies: of these, those whose folded text another one has.
        bytes: its size on disk, in bytes (of a Redis server, in memory).
        free: of these, bytes that are free for new documents.
        postings: keys that documents are entered under, in all.
        parts: places that each key is looked for in; `Index.compact` makes it one.
        content: what documents are verified by: sketch, shingles or texts.
        hot_bands: bands of texts asked for so far that more documents have than the cap.
        hot_samples: sampled shingles of texts asked for so far, passed over for the same reason.
    """

    documents: int
    copies: int
    bytes: int
    free: int
    postings: int
    parts: int
    content: str
    hot_bands: int
    hot_samples: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cluster(Value):
    """Texts of which each has a verified match with the one to keep.

    Iterating, ``len`` and ``in`` speak of all of them, the kept one first.

    >>> cluster = Cluster(keep=2, members=(0, 5))
    >>> list(cluster), len(cluster), 5 in cluster
    ([2, 0, 5], 3, True)

    Attributes:
        keep: id of the text to keep.
        members: ids of the others, in the order of the input.
    """

    keep: int | str
    members: tuple[int | str, ...]

    def __iter__(self) -> Iterator[int | str]:
        yield self.keep
        yield from self.members

    def __len__(self) -> int:
        return 1 + len(self.members)

    def __contains__(self, text: object) -> bool:
        return text == self.keep or text in self.members


class Keep(StrEnum):
    """Which text of a cluster is kept; ties go to the longest, then to one fixed by its content.

    ``longest``: the one with the most tokens. ``first``: the first of the input. ``earliest``: the
    one with the earliest date. ``priority``: the one with the highest priority. ``cleanest`` (of a
    run): the page with the higher confidence, then with less boilerplate, then one article and
    not several, then whole and not cut off, then longer, then earlier.
    """

    LONGEST = "longest"
    FIRST = "first"
    EARLIEST = "earliest"
    PRIORITY = "priority"
    CLEANEST = "cleanest"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NearReport(Value):
    """What a search for near-duplicates did, and what it passed over.

    Attributes:
        texts: texts searched.
        copies: texts whose folded text equals that of another that is kept for them.
        short: texts with fewer tokens than a shingle, only compared for equality.
        candidates: pairs that were verified.
        bands: bands of each sketch.
        rows: slots in each band.
        found: the chance that the bands find a pair whose Jaccard similarity is the threshold.
        half: the Jaccard similarity of which the bands find every second pair.
        hot_bands: buckets over the cap, in which each text was only paired with two others.
        largest_band: texts in the largest of them.
        hot_samples: sampled shingles in more texts than the cap, passed over.
        veiled: texts that have such shingles.
    """

    texts: int
    copies: int
    short: int
    candidates: int
    bands: int
    rows: int
    found: float
    half: float
    hot_bands: int
    largest_band: int
    hot_samples: int
    veiled: int
