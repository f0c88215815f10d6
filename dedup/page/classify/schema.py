"""The features: their names, where the kernels put each one, and what a network reads.

A network's inputs are one row of numbers per block: the dense features, those of the page, and the
bits of masks, zone by zone. `FEATURES` names them in the order that weights are stored in, and
`INPUT_OF` says where in that row each stands.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any
from zlib import crc32

import numpy as np

from dedup.kernels.context import RELATIONS as _RELATION_COLUMNS
from dedup.kernels.features import DENSE, LEVELS, ZONES
from dedup.kernels.page import PAGE
from dedup.model import Label, PageType
from dedup.page.classify.lexicon import NAME_GROUPS, PAGE_GROUPS, TEXT_GROUPS

# Tags that are told apart, by the bit that stands for them; several tags may share one.
TAG_BITS = (
    "p", "li", "tr td th", "h1", "h2", "h3", "h4 h5 h6", "div", "pre", "dd", "dt", "a",
    "figcaption caption", "blockquote q", "span", "button", "select option textarea input",
    "label legend", "address", "body", "article", "main", "section", "aside", "nav",
    "header hgroup",
    "footer", "form fieldset", "ul menu", "ol", "dl", "table tbody", "figure picture",
    "details summary", "strong b", "em i", "time", "img", "code kbd samp", "cite", "small", "font",
    "center", "dialog", "sup sub",
)  # fmt: skip
TAG_BIT = {tag: bit for bit, tags in enumerate(TAG_BITS) for tag in tags.split()}
OTHER_TAG = len(TAG_BITS)
HEADING_BITS = sum(1 << TAG_BIT[tag] for tag in ("h1", "h2", "h3", "h4"))
H1_BIT = TAG_BIT["h1"]

# A short block that holds one of these opens a section, until a long paragraph ends it.
_SECTION_GROUPS = (
    "disclaimer", "share", "comment", "login", "subscribe", "more", "related", "ranking", "ad",
    "pages", "forum", "tags", "copyright", "policy", "feature",
)  # fmt: skip
SECTION_BITS = sum(1 << bit for bit, group in enumerate(TEXT_GROUPS) if group in _SECTION_GROUPS)

# The kinds that are told apart; what content is called else depends on its tag.
KINDS = (
    Label.BODY, Label.TITLE, Label.CAPTION, Label.BYLINE, Label.NAV, Label.RANKING, Label.RELATED,
    Label.AD, Label.COMMENT, Label.SHARE, Label.LEGAL, Label.FORM, Label.OTHER,
)  # fmt: skip

# Rows of the table of hashed words: of a block's own, and of the blocks over it.
WORD_ROWS = (8192, 4096)

# The page types that are told apart; what a page is, is an input of the second stage too.
TYPES = tuple(kind for kind in PageType if kind is not PageType.OTHER)

# What the address of a page says, after the groups of its hints.
ADDRESS = ("url_depth", "url_words", "url_digits", "url_root", "url_known")
PAGE_NAMES = (*PAGE, *(f"says:{group}" for group in PAGE_GROUPS), *ADDRESS)

_TAG_NAMES = tuple(f"<{tags.split()[0]}>" for tags in TAG_BITS)
# The zones of the kernel's masks and, last, the names on the containers of the page itself.
_ZONE_BITS = {
    "text": ("text", tuple(TEXT_GROUPS)),
    "section": ("section", tuple(TEXT_GROUPS)),
    "box": ("box", tuple(TEXT_GROUPS)),
    "own_tags": ("own", _TAG_NAMES),
    "own": ("own", tuple(NAME_GROUPS)),
    "around_tags": ("around", _TAG_NAMES),
    "around": ("around", tuple(NAME_GROUPS)),
    "page": ("page", tuple(NAME_GROUPS)),
}
_PAGE_ZONE = "page"


def _inputs() -> tuple[dict[str, int], tuple[int, ...]]:
    """The place of each input by its name, and where each zone begins, with the end of the last."""
    places = dict(DENSE)
    places |= {name: len(DENSE) + k for k, name in enumerate(PAGE_NAMES)}
    zones = [len(places)]
    for zone in (*sorted(ZONES, key=ZONES.__getitem__), _PAGE_ZONE):
        prefix, bits = _ZONE_BITS[zone]
        places |= {f"{prefix}:{bit}": zones[-1] + k for k, bit in enumerate(bits)}
        zones.append(zones[-1] + len(bits))
    return places, tuple(zones)


INPUTS, ZONE_STARTS = _inputs()


def zone_masks(names: Iterable[str]) -> np.ndarray[Any, Any]:
    """Per zone of the kernel's masks the bits of some inputs."""
    masks = [0] * len(ZONES)
    for name in names:
        zone = bisect_right(ZONE_STARTS, INPUTS[name]) - 1
        masks[zone] |= 1 << (INPUTS[name] - ZONE_STARTS[zone])
    return np.array(masks, np.uint64)


def _stored_order() -> tuple[str, ...]:
    """The names in the order in which the stored weights know them."""
    names = [
        "tokens", "chars", "cjk", "digits", "upper", "marks", "commas", "ends", "ends_log",
        "link_density", "links", "ends_sentence", "ends_colon", "starts_lower", "starts_upper",
        "starts_digit", "lines", "year", "capitals", "asks", "symbols", "word_length",
        "numbers", "dated", "clock", "cuts", "ends_cut", "gaps",
        "title_precision", "title_recall", "copies", "images", "inline", "hidden",
    ]  # fmt: skip
    for zone in ("text", "section", "box"):
        names += [f"{zone}:{group}" for group in TEXT_GROUPS]
    names += ["since_section", "segment", "segment_distance", "segment_share"]
    for zone in ("own", "around"):
        names += [f"{zone}:{tag}" for tag in _TAG_NAMES]
        names += [f"{zone}:{group}" for group in NAME_GROUPS]
    names += [f"page:{group}" for group in NAME_GROUPS]
    names += [name for name in DENSE if name.startswith("container")]
    names += ["depth", "siblings", "alike", "alike_tokens", "alike_links", "alike_ends", "repeats"]
    names += ["best60", "best85", "best60_distance", "best85_distance"]
    names += [name for name in DENSE if name[0] in "+-"]
    names += [name for name in DENSE if name.startswith("window")]
    names += ["position", "text_position", "after_title", "since_title", "since_heading", "to_end"]
    names += ["page_blocks", "page_tokens", "page_links", "page_good", "page_cjk", "page_repeats"]
    names += [f"says:{group}" for group in PAGE_GROUPS]
    return (*names, *ADDRESS)


FEATURES = _stored_order()
INPUT_OF = np.array([INPUTS[name] for name in FEATURES])

_RELATED = ("mean", "mass")
RELATIONS = (
    "logit", "before", "after", "before2", "after2",
    *(f"window{width}:{what}" for width in (1, 2, 4, 8, 16) for what in _RELATED),
    "past16", "coming16",
    *(f"container{level}:{what}" for level in range(LEVELS) for what in (*_RELATED, "size")),
    "group:mean", "group:mass", "group:size", "page:mean", "page:mass", "page:max",
    "since_content", "until_content", "content_before", "content_after", "core_distance", "in_core",
    "tokens", "heading", "next_after_heading",
)  # fmt: skip
# The second stage reads the relations of a block and, after them, the probabilities of the types.
RELATION_OF = np.array(
    [
        *(_RELATION_COLUMNS[name] for name in RELATIONS),
        *range(len(RELATIONS), len(RELATIONS) + len(TYPES)),
    ]
)


# What tells how good the text of a page is; see `confidence.signs_of`.
SIGNS = (
    "precision", "recall", "tokens", "page_tokens", "unsure", "changed", "runs", "blocks",
    "page_blocks", "longest", "best", *TYPES,
)  # fmt: skip


def _fingerprint() -> int:
    """What weights were trained on: the names of the inputs, their order, and the words of each."""
    words = [f"{name}={row}" for groups in (TEXT_GROUPS, NAME_GROUPS, PAGE_GROUPS)
             for name, row in groups.items()]  # fmt: skip
    words += [*TAG_BITS, *_SECTION_GROUPS, f"words={WORD_ROWS}", "tokens=fold table"]
    return crc32("\n".join((*FEATURES, *RELATIONS, *TYPES, *KINDS, *words)).encode())


FINGERPRINT = _fingerprint()
